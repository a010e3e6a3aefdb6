"""A child whose parent is killed ends, whatever it is at."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.factories.processes import children, is_running
from tests.factories.waiting import until

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow  # processes are started

PRINT_FOR_EVER = """
from tests.core.pdf.test_printer import TOO_WIDE
from tests.factories import documents
from readiness.core.pdf.printer import Limits, Printer

if __name__ == "__main__":
    Printer(Limits(seconds=3600)).pdf_of(documents.a_job(html=TOO_WIDE))
"""
READ_A_SPREADSHEET = """
import subprocess, sys
subprocess.run([sys.executable, "-m", "readiness.core.tables.spreadsheet_child"])
"""


def busy(process_id: int) -> bool:
    """It has used more than a second of the processor: beyond its start, it is at work."""
    try:
        stat = Path("/proc", str(process_id), "stat").read_text()
    except OSError:  # gone since it was listed
        return False
    return int(stat.rpartition(")")[2].split()[11]) > os.sysconf("SC_CLK_TCK")


def test_a_printing_child_ends_with_its_server_in_the_middle_of_a_document(tmp_path):
    (script := tmp_path / "server.py").write_text(PRINT_FOR_EVER)
    server = subprocess.Popen(
        [sys.executable, script], env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=ROOT
    )
    try:
        printing = until(lambda: {each for each in children(server.pid) if busy(each)})
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()
    until(lambda: not any(map(is_running, printing)))


def test_a_child_that_reads_a_spreadsheet_ends_with_its_server():
    """What it reads does not come to an end: somebody else holds the other end open."""
    read_from, write_to = os.pipe()
    server = subprocess.Popen([sys.executable, "-c", READ_A_SPREADSHEET], stdin=read_from, cwd=ROOT)
    try:
        (reading,) = until(lambda: children(server.pid))
        os.write(write_to, json.dumps({"parent_id": server.pid}).encode() + b"\n")
        until(lambda: len(list(Path("/proc", str(reading), "task").iterdir())) > 1)
        server.send_signal(signal.SIGKILL)
        server.wait()
        until(lambda: not is_running(reading))
    finally:
        server.kill()
        os.close(read_from)
        os.close(write_to)
