"""`flask database` and `flask people`, as an operator types them: before anything else is there."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from readiness.assessments.service import result
from readiness.core.db import Store
from tests.factories import plans, world

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def flask(tmp_path):
    """Run `flask ...` in a folder with a space in its name, without a secret key."""
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith("READINESS_")
    } | {"READINESS_DATA": str(tmp_path / "the data")}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "flask", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.mark.slow
def test_from_nothing_to_a_backup_and_back(flask, tmp_path):
    missing = flask("database", "check")
    assert missing.returncode == 2
    assert "Run: flask database migrate" in missing.stderr

    made = flask("database", "migrate")
    assert (made.returncode, made.stdout) == (0, "")
    database = tmp_path / "the data" / "readiness.db"
    assert database.stat().st_mode & 0o777 == 0o600
    assert flask("database", "migrate").returncode == 0  # twice in a row

    invited = flask("people", "add-administrator", "ada@example.org", "--name", "Ada")
    assert invited.returncode == 0
    assert invited.stdout.startswith("/letters/")
    payer = flask("people", "add-payer", "Fair Health", "--manager", "pam@example.org")
    assert payer.stdout.startswith("/letters/")
    again = flask("people", "add-payer", "Fair Health", "--manager", "pam@example.org")
    assert (again.returncode, again.stdout) == (2, "")

    unknown = flask("people", "remove-second-step", "nobody@example.org")
    assert (unknown.returncode, unknown.stdout) == (2, "")

    copied = flask("database", "backup")
    assert copied.returncode == 0
    backup = Path(copied.stdout.strip())
    with closing(Store(database)) as store, store.writing():
        store.execute("delete from payers")
    tried = flask("database", "restore", "--dry-run", str(backup))
    assert (tried.returncode, tried.stdout) == (0, "")
    assert "Nothing was changed" in tried.stderr
    with closing(Store(database)) as store:
        assert store.row("select name from payers") is None
    restored = flask("database", "restore", str(backup))
    assert (restored.returncode, restored.stdout) == (0, "")
    with closing(Store(database)) as store:
        assert store.row("select name from payers") == {"name": "Fair Health"}
    assert flask("database", "check").returncode == 0

    backup.write_bytes(backup.read_bytes() + b"x")
    refused = flask("database", "restore", str(backup))
    assert refused.returncode == 2
    assert "is not what its manifest says" in refused.stderr
    with closing(Store(database)) as store:
        store.db.conn.execute("drop trigger events_are_never_removed")
        store.db.conn.execute("delete from events where seq = 2")
    broken = flask("database", "check")
    assert broken.returncode == 1
    assert "changed or cut at line 2" in broken.stderr


@pytest.mark.slow
def test_an_update_works_out_what_lists_are_ordered_by(flask, tmp_path):
    assert flask("database", "migrate").returncode == 0
    with closing(Store(tmp_path / "the data" / "readiness.db")) as store:
        world.fill(store)
        plans.submitted(store, "elm", plans.developing(), world.NOW)
        result.update_entry(store, "elm", world.NOW)
    told = [flask("database", "migrate").stderr for _ in range(2)]
    assert ["next tier costs for 1 group" in each for each in told] == [True, False]
