"""The units for systemd, as far as they can be judged without one that runs."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from tests.deploy.nginx import ROOT, lacking

FOLDER = ROOT / "deploy"
UNITS = sorted(p for p in FOLDER.iterdir() if p.suffix in (".service", ".timer"))
SERVICES = [path for path in UNITS if path.suffix == ".service"]
MOST_EXPOSED = 20  # of 100, as systemd rates it: 0 is shut in, 96 is a service without any limit
NO_SYSTEMD = "No systemd-analyze was found; for tests of the units: apt-get install systemd"


@pytest.fixture
def units(tmp_path):
    """Our units beside one another, with the program where it lies here and a user there is."""
    if not shutil.which("systemd-analyze"):
        lacking(NO_SYSTEMD)
    for path in UNITS:
        text = path.read_text().replace("/srv/readiness", str(ROOT))
        (tmp_path / path.name).write_text(text.replace("User=readiness", "User=daemon"))
    return tmp_path


@pytest.mark.parametrize("name", [path.name for path in UNITS])
def test_systemd_understands_every_line(units, name):
    ended = analyze("verify", "--recursive-errors=no", str(units / name))
    assert (ended.returncode, ended.stderr + ended.stdout) == (0, "")


@pytest.mark.parametrize("name", [path.name for path in SERVICES])
def test_a_service_is_shut_in(units, name):
    ended = analyze("security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(units / name))
    assert ended.returncode == 0, ended.stdout[-300:]


def analyze(*words):
    return subprocess.run(
        ["systemd-analyze", "--no-pager", *words], capture_output=True, text=True, check=False
    )


def test_all_services_are_shut_in_alike():
    assert len({tuple(limits(path.read_text())) for path in SERVICES}) == 1
    assert len(limits(SERVICES[0].read_text())) > 20


def limits(text):
    """The lines behind the place that may be written to."""
    lines = re.sub(r"\n\[Install\].*", "", text, flags=re.DOTALL).splitlines()
    return [line for line in lines[lines.index("StateDirectory=readiness") :] if "=" in line]
