"""Identifiers are planted in every shape of file; afterwards nothing that a run could write holds
one, whether it came to its end, was refused half way or was killed."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from readiness.cli.screens import screens
from tests.factories.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"

NAME, FAMILY, STREET = "Qplantedgiven", "Qplantedfamily", "77 Qplantedstreet Lane"
SSN, PHONE, MRN, MAIL = "078-05-1120", "718-555-0199", "MRN-Q9127734", "q@planted.example"
RESOURCE = "qplanted-4b1f7a2e"
PLANTED = (NAME, FAMILY, "Qplantedstreet", SSN, PHONE, MRN, MAIL, RESOURCE, "Q9127734")
WORDS = re.compile("|".join(map(re.escape, PLANTED)).encode(), re.IGNORECASE)


def patient(number: int = 1) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": MRN,
        "identifier": [{"value": SSN}, {"system": "http://hospital.example", "value": MRN}],
        "name": [{"given": [NAME], "family": FAMILY}],
        "telecom": [{"system": "phone", "value": PHONE}, {"system": "email", "value": MAIL}],
        "address": [{"line": [STREET]}],
        "birthDate": "1990-01-02",
        "gender": "female",
        "communication": [{"language": {"text": NAME}}],
    }


def observed(question: str, **value: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": f"{RESOURCE}-{question}",
        "status": "final",
        "category": [{"coding": [{"code": "survey"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": question}], "text": NAME},
        "subject": {"reference": f"Patient/{MRN}", "display": f"{NAME} {FAMILY}"},
        "effectiveDateTime": "2026-08-12T09:00:00Z",
        "note": [{"text": f"call {PHONE}"}],
        **value,
    }


FHIR = [
    patient(),
    observed("56799-0", valueString=STREET),
    observed("93033-9", valueCodeableConcept={"coding": [{"code": "LA33-6"}], "text": FAMILY}),
    observed("93030-5", valueString=f"{NAME} says {SSN}"),
    observed("63586-2", valueString=f"{PHONE} dollars"),
    observed("9999-9", valueString=STREET),
    {**observed("96779-4"), "status": NAME},
    {**observed("96779-4"), "effectiveDateTime": MRN},
    {"resourceType": "QuestionnaireResponse", "id": RESOURCE, "status": "completed",
     "subject": {"reference": f"Patient/{MRN}"}, "authored": "2026-08-12",
     "item": [{"linkId": "/93025-5/56799-0", "text": NAME, "answer": [{"valueString": STREET}]},
              {"linkId": "/93025-5/93033-9", "answer": [{"valueString": f"{NAME} {SSN}"}]}]},
    {"resourceType": "Encounter", "id": RESOURCE, "status": "finished", "period": {"start": SSN},
     "subject": {"reference": f"Patient/{MRN}"}, "serviceType": {"text": NAME}},
    {"resourceType": "ServiceRequest", "id": RESOURCE, "status": "active", "authoredOn": PHONE,
     "category": [{"coding": [{"code": "food-insecurity"}], "text": FAMILY}],
     "subject": {"display": NAME}},
    {"resourceType": "Task", "id": RESOURCE, "status": NAME, "lastModified": SSN,
     "focus": {"reference": f"ServiceRequest/{RESOURCE}"}, "description": STREET},
    {"resourceType": "Procedure", "id": RESOURCE, "status": "completed", "performedString": NAME,
     "category": {"coding": [{"code": "sdoh"}], "text": FAMILY},
     "subject": {"reference": f"Patient/{MRN}"}},
    {"resourceType": "Condition", "id": MRN, "clinicalStatus": {"coding": [{"code": "resolved"}]},
     "category": [{"coding": [{"code": "stress"}]}], "abatementString": STREET,
     "subject": {"reference": f"Patient/{MRN}", "display": NAME}},
    {"resourceType": NAME, "id": SSN},
]  # fmt: skip
NDJSON = "\n".join([*map(json.dumps, FHIR), f'{{"resourceType": "{NAME}", {SSN}', MRN, ""])


@dataclass(frozen=True)
class Case:
    files: Mapping[str, str | bytes]
    ends: int
    options: tuple[str, ...] = ()


def replaced(folder: str, ending: str = "csv", **words: str) -> dict[str, str | bytes]:
    """Fixtures of a kind with what stands for people in them exchanged for what is planted."""
    files: dict[str, str | bytes] = {}
    for path in (DATA / folder).glob(f"*.{ending}"):
        text = path.read_text(encoding="utf-8")
        for old, new in words.items():
            text = text.replace(old.replace("_", "-"), new)
        files[path.name] = text
    return files


NY = replaced("ny1115", MR_501=MRN, Planted=NAME, Person=FAMILY)
NY = {name: str(text).replace("000-00-0001", SSN).replace("3 Example Way", STREET)
      for name, text in NY.items()}  # fmt: skip
WIDE = str((DATA / "redcap" / "export.csv").read_text(encoding="utf-8"))
WIDE = WIDE.replace("Planted", NAME).replace("planted@example.org", MAIL)
LONG = str((DATA / "long" / "answers.csv").read_text(encoding="utf-8"))
LONG = LONG.replace("Planted", NAME).replace("L-1", MRN)
LONG += f"{MRN},{NAME},{SSN},{STREET},{PHONE},{FAMILY},,,{STREET},{NAME},{SSN}\n"
LISTS = replaced("lists", Planted=NAME, V_1=MRN, V_3=MRN, V_4=SSN)
COUNTS = "schema_version,site_id,period,as_of_date,need,screened,positive"

CASES = {
    "an export to its end": Case({"export.ndjson": NDJSON}, 0),
    "an export with every screen told": Case({"export.ndjson": NDJSON}, 0, ("--explain",)),
    "an export named after a patient": Case({f"{NAME}-{SSN}.ndjson": NDJSON}, 0, ("--explain",)),
    "a bundle": Case(
        {"b.json": json.dumps({"resourceType": "Bundle", "type": "collection",
                               "entry": [{"fullUrl": f"urn:uuid:{RESOURCE}", "resource": each}
                                         for each in FHIR]})}, 0),
    "an export that is damaged half way": Case(
        {"export.ndjson.gz": gzip.compress((NDJSON * 50).encode())[:-60]}, 2),
    "a form that nothing explains": Case(
        {"form.json": json.dumps({**FHIR[8], "item": [
            {"linkId": SSN, "text": NAME, "answer": [{"valueString": STREET}]}]})}, 2),
    "the New York set": Case(NY, 0, ("--explain",)),
    "the New York set with broken lines": Case(
        {name: str(text) + f'"{NAME}|{SSN}\n' for name, text in NY.items()}, 0),
    "a wide export": Case(
        {"export.csv": WIDE}, 0, ("--mapping", str(DATA / "redcap" / "export.toml"))),
    "a wide export with a column too many": Case(
        {"export.csv": "\n".join(f"{line},{MRN}" for line in WIDE.splitlines())}, 2,
        ("--mapping", str(DATA / "redcap" / "export.toml"))),
    "a long table": Case(
        {"long.csv": LONG}, 0, ("--explain", "--mapping", str(DATA / "long" / "answers.toml"))),
    "lists of visits and referrals": Case(
        LISTS, 0, ("--mapping", str(DATA / "lists" / "visits.toml"),
                   "--mapping", str(DATA / "lists" / "referrals.toml"))),
    "lists with the mapping of one of them": Case(
        LISTS, 2, ("--mapping", str(DATA / "lists" / "visits.toml"))),
    "a list that no mapping fits": Case(
        {**LISTS, "third.csv": f"MRN,{NAME}\n{MRN},{SSN}\n"}, 2,
        ("--mapping", str(DATA / "lists" / "visits.toml"),
         "--mapping", str(DATA / "lists" / "referrals.toml"))),
    "a table that nothing explains": Case({"t.csv": f"{NAME},{SSN}\n{STREET},{MRN}\n"}, 2),
    "counts with a person among them": Case(
        {"c.csv": f"{COUNTS},PATIENT\n1,{STREET},2026-Q3,2026-10-15,food,{SSN},1,{MRN}\n"}, 2),
    "counts of a person": Case(
        {"c.csv": f"{COUNTS}\n1,{STREET},2026-Q3,2026-10-15,{NAME},{SSN},{MRN}\n"}, 2),
    "no table at all": Case({"t.bin": f"{NAME}\0{SSN}".encode()}, 2),
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """All that a run could write to, fresh and empty."""

    sent: Path
    writable: Path

    @property
    def environment(self) -> dict[str, str]:
        names = ("HOME", "TMPDIR", "TMP", "TEMP", "READINESS_DATA", "XDG_CACHE_HOME")
        path = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}
        return path | dict.fromkeys(names, str(self.writable))

    def given(self, *options: str) -> list[str]:
        return ["aggregate", str(self.sent), "--json", *options]

    def command(self, *options: str) -> list[str]:
        app = ["-m", "flask", "--app", str(ROOT / "app.py"), "screens"]
        return [sys.executable, *app, *self.given(*options)]

    def fill(self, files: Mapping[str, str | bytes]) -> None:
        for name, content in files.items():
            raw = content.encode() if isinstance(content, str) else content
            (self.sent / name).write_bytes(raw)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    found = Place(tmp_path / "sent", tmp_path / "writable")
    found.sent.mkdir()
    found.writable.mkdir()
    return found


def holding_what_was_planted(place: Place, since: float) -> Iterator[Path]:
    """Every file of the run's own folders, and what is new where programs leave things."""
    elsewhere = [Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), Path.cwd(), ROOT]  # noqa: S108
    new = (each for folder in elsewhere for each in folder.glob("*") if is_new(each, since))
    for path in (*place.writable.rglob("*"), *new):
        try:
            if path.is_file() and WORDS.search(path.name.encode() + path.read_bytes()):
                yield path
        except OSError:  # somebody else's, and gone or closed to us
            continue


def is_new(path: Path, since: float) -> bool:
    try:
        return path.stat().st_mtime >= since
    except OSError:
        return False


def check(place: Place, since: float, *printed: bytes) -> None:
    for text in printed:
        assert not WORDS.findall(text)
    assert list(holding_what_was_planted(place, since)) == []


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_run_leaves_nothing_of_anybody(place, case, monkeypatch):
    place.fill(case.files)
    monkeypatch.chdir(place.writable)
    monkeypatch.setattr(tempfile, "tempdir", str(place.writable))
    since = time.time() - 1
    done = CliRunner().invoke(screens, place.given(*case.options), env=place.environment)
    assert done.exit_code == case.ends, done.stderr
    check(place, since, done.stdout_bytes, done.stderr_bytes)
    assert list(place.writable.rglob("*")) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["an export with every screen told", "an export that is damaged half way"]
)
def test_the_program_itself_leaves_nothing_of_anybody(place, name):
    case = CASES[name]
    place.fill(case.files)
    since = time.time() - 1
    done = subprocess.run(
        place.command(*case.options),
        cwd=place.writable,
        env=place.environment,
        capture_output=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == case.ends, done.stderr.decode()
    check(place, since, done.stdout, done.stderr)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="Open files are not listed here.")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_killed_leaves_nothing_of_anybody(place, how):
    place.fill({"export.ndjson": NDJSON * 5_000})
    since = time.time() - 1
    running = subprocess.Popen(
        place.command(),
        cwd=place.writable,
        env=place.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    wait_until_it_reads(running, place.sent)
    running.send_signal(how)
    printed = running.communicate(timeout=PATIENCE)
    assert running.returncode == -how
    check(place, since, *printed)


def wait_until_it_reads(running: subprocess.Popen[bytes], sent: Path) -> None:
    """Some way into the file, so that there is something to leave behind."""
    for _ in range(12_000):
        for found in Path(f"/proc/{running.pid}/fd").iterdir():
            try:
                if found.resolve().parent == sent and read_so_far(running.pid, found.name):
                    return
            except OSError:
                continue
        time.sleep(0.05)
    pytest.fail("The run never came to its file.")


def read_so_far(pid: int, opened: str) -> bool:
    position = Path(f"/proc/{pid}/fdinfo/{opened}").read_text().split()[1]
    return int(position) > 500_000  # bytes
