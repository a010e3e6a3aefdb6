"""The ten steps of docs/operate.md, typed in order by a newcomer on a machine of stand-ins."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.nginx import ROOT, free_port, lacking

pytestmark = pytest.mark.slow
TEXT = (ROOT / "docs" / "operate.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
STAND_INS = {  # what would change the machine, and what is done here instead
    "apt-get": ":",
    "useradd": ":",
    "journalctl": ":",
    "git": ":",
    "nginx": ":",  # `test_nginx.py` starts a real one with the same file
    "runuser": 'shift 3; "$@"',
    "systemctl": 'control "$@"',
}
TYPED = {
    *("cd", "cp", "curl", "echo", "export", "install", "ls", "rm", "sed", "set", "."),
    *("script/setup", ".venv/bin/python"),
}
ASSIGNED = re.compile(r"^[A-Z]+=\$\((.*)\)$")
PLACES = (
    *("/srv/readiness", "/etc/readiness", "/var/lib/readiness", "/etc/systemd/system"),
    *("/etc/nginx/conf.d", "/var/log/readiness-anchors", "/media/keys", "/run/readiness-identity"),
)
CONTROL = """
line_of() {{ sed -n 's/^ExecStart=//p' "{units}/$1" | sed -e 's#/srv/readiness#{srv}#' \
    -e 's#127.0.0.1:8000#127.0.0.1:{port}#'; }}
begin() {{
    read -ra words <<<"$(line_of readiness.service)"
    "${{words[@]}}" >"{folder}/served" 2>&1 &
    server=$!
    until grep -q ^Open "{folder}/served"; do kill -0 $server || exit 1; sleep 0.1; done
}}
finish() {{ kill $server; wait $server || true; server=; }}
control() {{
    case "$*" in
    daemon-reload | "reload nginx" | "enable --now readiness-backup.timer") ;;
    "enable --now readiness.service" | "start readiness.service") begin ;;
    "stop readiness.service") finish ;;
    "start readiness-backup.service")
        $(line_of readiness-backup.service)
        $(line_of readiness-anchor.service) >>"{log}" ;;
    *) echo "no stand-in for systemctl $*" >&2; exit 1 ;;
    esac
}}
trap 'test -z "$server" || kill $server' EXIT
server=
"""


def test_every_command_is_typed_or_has_a_stand_in():
    """So that a new line of the document is either run here or owned up to."""
    unknown = [line for line in lines() if command_of(line) not in TYPED | set(STAND_INS)]
    assert unknown == []


def lines() -> list[str]:
    return [line for block in BLOCKS for line in block.splitlines()]


def command_of(line: str) -> str:
    assigned = ASSIGNED.match(line)
    return shlex.split(assigned[1] if assigned else line)[0]


def test_a_newcomer_gets_from_nothing_to_served_backed_up_restored_and_rolled_back(tmp_path):
    if not shutil.which("curl"):
        lacking("No curl was found; for the test of docs/operate.md: apt-get install curl")
    ended = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script(tmp_path)],
        env={
            **{k: v for k, v in os.environ.items() if not k.startswith("READINESS_")},
            "REPOSITORY": "where it is",
            "NEW": "the later release",
            "FORMER": "the one before",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    said = ended.stdout
    assert said.count("/letters/") == 2
    assert said.count("ready\n") == 2
    assert re.search(r"readiness-\d+T\d+Z\.db\.age\n", said)
    assert "readiness_ready 1.0" in said
    for sentence in (
        "Nothing was changed. Run it without --dry-run to bring this backup back.",
        "Nothing is wrong with the database or its history.",
        "Nothing was changed; the copy that was tried was whole afterwards.",
        "before-upgrade.db.age holds.",
    ):
        assert sentence in ended.stderr
    data = tmp_path / "var/lib/readiness"
    assert len(list(data.glob("readiness-before-*.db"))) == 2  # the practice, and the way back
    assert not (tmp_path / "run/readiness-identity").exists()
    settings = tmp_path / "etc/readiness/environment"
    assert settings.stat().st_mode & 0o777 == 0o600
    assert data.stat().st_mode & 0o777 == 0o700


def script(folder: Path) -> str:
    """The document's own lines, in places and for the account of this test, after stand-ins."""
    make_machine(folder)
    port = free_port()
    typed = "\n".join(lines()).replace("127.0.0.1:8000", f"127.0.0.1:{port}")
    for place in PLACES:
        typed = typed.replace(place, f"{folder}{place}")
    control = CONTROL.format(
        folder=folder,
        units=folder / "etc/systemd/system",
        srv=folder / "srv/readiness",
        log=folder / "var/log/readiness-anchors",
        port=port,
    )
    stand_ins = "\n".join(f"{name}() {{ {done}; }}" for name, done in STAND_INS.items())
    return f"{control}\n{stand_ins}\n{typed.replace('-o readiness ', '')}"


def make_machine(folder: Path) -> None:
    """The folders that Debian has, and the program where `git clone` would put it."""
    for place in PLACES:
        (folder / place[1:]).parent.mkdir(parents=True, exist_ok=True)
    for place in ("etc/systemd/system", "etc/nginx/conf.d", "media/keys", "srv/readiness/script"):
        (folder / place).mkdir(parents=True)
    program = folder / "srv/readiness"
    for name in ("app.py", "readiness", "templates", "static", "deploy"):
        (program / name).symlink_to(ROOT / name)
    (program / ".venv").symlink_to(sys.prefix)
    (program / "script/setup").symlink_to("/bin/true")
