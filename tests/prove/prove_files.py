"""Hostile files are sent to every address that takes one: refused in words, nothing stored."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.factories import hostile_files, sending, world
from tests.prove.figures import Figure, counted
from tests.prove.inside import Inside, inside

LONG = 10  # rounds from which on the largest files are sent too
ADDRESSES = {  # the field that takes the file, and who may send it
    "/assessments/open/questionnaire": ("file", "maya"),
    "/groups/elm/quality/2026-Q4/file": ("file", "cara"),
    "/groups/elm/counts/upload": ("files", "cara"),
}
OWN = {"/assessments/open/questionnaire": "/assessments/open/questionnaire.xlsx"}
OF_AN_UPLOAD = {"uploads", "jobs", "events"}  # that it was sent, and that it was refused
REFUSED = "Nothing of this file could be taken"


def run(rounds: int, seed: int) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder, inside(Path(folder)) as made:
        yield from figures(made, is_short=rounds < LONG)


def figures(made: Inside, *, is_short: bool) -> Iterator[Figure]:
    books = {f"{kind}.xlsx": raw for kind, raw in hostile_files.books(is_short=is_short).items()}
    tables = {f"{kind}.csv": raw for kind, raw in hostile_files.tables().items()}
    files = [*books.items(), *tables.items()]
    faults = [
        fault
        for path in ADDRESSES
        for name, raw in files
        for fault in faults_of(made, path, name, raw)
    ]
    yield counted("hostile files sent, none taken, nothing of them stored",
                  len(files) * len(ADDRESSES), faults)  # fmt: skip
    named = [
        f"{name!r} to {path}"
        for path in ADDRESSES
        for name in hostile_files.NAMES
        if not is_calm(made, path, name)
    ]
    yield counted("hostile names of files, none of which is repeated or makes a file",
                  len(hostile_files.NAMES) * len(ADDRESSES), named)  # fmt: skip
    refused = [path for path in OWN if not takes_its_own(made, path)]
    yield counted("ordinary files sent to the same addresses and read", len(OWN), refused)


def send(made: Inside, path: str, name: str, raw: bytes) -> tuple[int, str]:
    """How it is answered, and for what is read in the background what came of it."""
    field, visitor = ADDRESSES[path]
    client = made.client(visitor)
    body = sending.body({"csrf_token": world.token(client)}, [(field, name, raw)])
    reply = sending.post(client, path, body)
    if reply.status_code == 303:
        made.wait()
        return 303, client.get(reply.location).text
    return reply.status_code, reply.text


def faults_of(made: Inside, path: str, name: str, raw: bytes) -> Iterator[str]:
    made.changed()
    status, text = send(made, path, name, raw)
    changed = set(made.changed())
    if status == 303:
        changed -= OF_AN_UPLOAD
        if REFUSED not in text:
            yield f"{name} to {path} is not refused"
    elif status not in (413, 422):
        yield f"{name} to {path} is answered with {status}"
    if changed:
        yield f"{name} to {path} changed {sorted(changed)}"
    made.put_back()


def is_calm(made: Inside, path: str, name: str) -> bool:
    before = sorted(made.path.parent.iterdir())
    status, text = send(made, path, name.replace("\r\n", "%0D%0A"), b"nothing,we,know\n")
    made.put_back()
    is_same = sorted(made.path.parent.iterdir()) == before
    return status in (303, 400, 413, 422) and name not in text and is_same


def takes_its_own(made: Inside, path: str) -> bool:
    raw = made.client(ADDRESSES[path][1]).get(OWN[path]).data
    status, text = send(made, path, OWN[path].rsplit("/", 1)[1], raw)
    made.put_back()
    return status == 200 or (status == 303 and "What this upload would change" in text)
