"""What DuckDB is kept from: the disk, other files, and telling what stands in a table."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback

import pytest

from readiness.core.errors import BadInput
from readiness.imports.warehouse.duckdb_session import MemoryLimits, UnlistedValue, open_session
from tests.factories.result_tables import MAPPING, table

NAME = "Wilhelmina Quickly"

# Counts the table named on the command line with as much memory as is said there.
COUNTS = """
import sys
from pathlib import Path
from readiness.core.errors import BadInput
from readiness.core.tables.models import ReadContext, Report, file_on_disk
from readiness.imports.mapping import parse
from readiness.imports.screening_codes import loader as screening
from readiness.imports.service import large
from readiness.imports.warehouse.duckdb_session import MemoryLimits
codes = screening.load()
mapping = parse(Path(sys.argv[2]).read_text(), codes)
reading = ReadContext(lambda _: b"", Report(), "")
room = MemoryLimits(memory_mb=int(sys.argv[3]))
try:
    print(len(large.cells_of(file_on_disk(Path(sys.argv[1])), reading, mapping, codes, "", room)))
except BadInput as error:
    print(error)
"""


@pytest.fixture
def opened(tmp_path):
    (tmp_path / "own.csv").write_text(f"a,b\n1,{NAME}\n")
    (tmp_path / "other.csv").write_text("a\n1\n")
    with open_session(str(tmp_path / "own.csv"), lambda _: None, MemoryLimits()) as db:
        yield db


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('{}/other.csv')",
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY (SELECT 1) TO '{}/out.csv'",
        "ATTACH '{}/out.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET temp_directory = '{}/spill'",
        "SET enable_external_access = true",
        "CREATE PERSISTENT SECRET s (TYPE s3)",
    ],
)
def test_only_the_one_file_is_opened_and_nothing_is_written(opened, tmp_path, sql):
    with pytest.raises(BadInput):
        opened.run(sql.format(tmp_path))
    assert sorted(os.listdir(tmp_path)) == ["other.csv", "own.csv"]


def test_an_error_tells_nothing_of_what_stands_in_the_file(opened, tmp_path):
    query = f"SELECT CAST(b AS INTEGER) FROM read_csv('{tmp_path}/own.csv')"
    with pytest.raises(UnlistedValue) as failed:
        opened.run(query)
    assert failed.value.__context__ is None
    assert failed.value.__cause__ is None
    assert NAME not in "".join(traceback.format_exception(failed.value))


@pytest.mark.slow
@pytest.mark.parametrize(("memory_mb", "says"), [(400, ""), (12, "not enough memory")])
def test_no_run_leaves_a_byte_of_a_patient_behind(tmp_path, memory_mb, says):
    """Not even one that fails half-way for want of memory: there is nowhere to spill to."""
    (tmp_path / "in").mkdir()
    (tmp_path / "room").mkdir()
    source, mapping = tmp_path / "in" / "screens.csv", tmp_path / "in" / "mapping.toml"
    source.write_text(table(3, 30_000).replace("P7,", f"{NAME},"))
    mapping.write_text(MAPPING)
    room = str(tmp_path / "room")
    places = {"HOME": room, "TMPDIR": room, "XDG_CACHE_HOME": room}
    done = subprocess.run(
        [sys.executable, "-c", COUNTS, source, mapping, str(memory_mb)],
        capture_output=True,
        text=True,
        cwd=room,
        env=os.environ | places | {"PYTHONPATH": os.getcwd()},
        check=True,
    )
    assert says in done.stdout
    assert NAME not in done.stdout + done.stderr
    assert list((tmp_path / "room").rglob("*")) == []
    assert sorted(each.name for each in (tmp_path / "in").iterdir()) == [
        "mapping.toml", "screens.csv",
    ]  # fmt: skip
