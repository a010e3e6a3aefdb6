"""What is true of the repository as a whole: clean files, sound scripts, a README that works."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from readiness import cli

ROOT = Path(__file__).parents[1]
SCRIPTS = sorted(p for p in (ROOT / "script").iterdir() if p.suffix == "")
SHELL_FILES = [*SCRIPTS, ROOT / "script" / "common.sh"]
LOCKS = ("requirements.txt", "requirements-dev.txt", "package-lock.json")
THIS = "tests/test_repository.py"  # names what it forbids

FORBIDDEN = {
    "a path of one machine": r"/home/\w|/root\b|/Users/\w|/work/\w|file:///(?!etc/passwd|proc/)",
    "a promise instead of work": r"\b(TODO|FIXME|XXX|HACK)\b",
    "a conflict left over": r"^(<{7}|>{7}) ",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY",
}
INDEX_HOSTS = r"://|--(extra-)?index-url|--find-links"


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("This copy came without its history, so there is no list of its files.")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""  # a font or a picture


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what):
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in tracked()
        if str(path.relative_to(ROOT)) != THIS
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if re.search(FORBIDDEN[what], line)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_host(name):
    assert not re.search(INDEX_HOSTS, text_of(ROOT / name))


@pytest.mark.parametrize("name", LOCKS[:2])
def test_every_locked_package_has_its_hash(name):
    packages = re.split(r"\n(?=[a-z])", text_of(ROOT / name).split("script/lock\n")[1])
    assert len(packages) > 20
    assert [package for package in packages if "--hash=sha256:" not in package] == []


def test_the_locks_agree_with_what_was_asked_for():
    locked = {name: pins(text_of(ROOT / name)) for name in LOCKS[:2]}
    assert locked["requirements.txt"].items() <= locked["requirements-dev.txt"].items()
    for name, lock in locked.items():
        asked = pins(text_of((ROOT / name).with_suffix(".in")))
        assert asked.items() <= lock.items(), f"run script/lock: {name} is behind"


def pins(text: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)", text, re.MULTILINE))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.name)
def test_a_script_can_be_run(path):
    assert os.access(path, os.X_OK), f"chmod +x script/{path.name}"
    assert text_of(path).startswith("#!/bin/sh\n# ")


@pytest.mark.parametrize("path", SHELL_FILES, ids=lambda p: p.name)
def test_a_script_is_sound_shell(path):
    subprocess.run(["sh", "-n", str(path)], check=True)


def test_the_build_is_sound_shell():
    subprocess.run(["bash", "-n", str(ROOT / ".ci" / "run")], check=True)


def test_the_readme_names_only_scripts_that_exist():
    named = set(re.findall(r"\bscript/([a-z]+)", text_of(ROOT / "README.md")))
    assert {"server", "test"} <= named
    assert named <= {path.name for path in SCRIPTS}


def test_the_readme_names_only_commands_that_exist():
    commands = {command.name for command in cli.COMMANDS} | {"run", "routes"}
    assert {"database", "demo", "score"} <= commands
    named = set(re.findall(r"\bflask ([a-z]+)", text_of(ROOT / "README.md")))
    assert named <= commands, named - commands


def test_the_readme_links_only_to_files_that_exist():
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text_of(ROOT / "README.md"))
    assert [link for link in links if not (ROOT / link).exists()] == []
