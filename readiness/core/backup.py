"""Copies of the whole file that are known to be good, and the way back."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from readiness.core import audit, encryption, migrations, retention, verification
from readiness.core.anchors import RESTORED, Anchor
from readiness.core.audit import SYSTEM, Event
from readiness.core.config import MEMORY
from readiness.core.db import Store, has_no_room, is_damage, refuses
from readiness.core.encryption import Recipients
from readiness.core.errors import BadInput, NotFound, NotReadable, NotSaved
from readiness.core.sealing import hmac_of, key_if_there, key_path

PATIENCE_MS = 5_000
STAMP = "%Y%m%dT%H%M%SZ"
OWN_NAME = f"readiness-{STAMP}.db"  # of backups made without naming a file; old ones make room
KINDS = ("*.db", f"*.db{encryption.ENDING}")
IN_USE = "The database is in use. Stop the server, then try again."
NO_ROOM = "The disk refused to keep the copy. Make room on it, or name another disk, and try again."


@dataclass(frozen=True)
class Backup:
    """A copy, and the anchor of its history: the number and hash of its last line."""

    path: Path
    sha256: str
    lines: int
    head: str

    @property
    def manifest(self) -> Path:
        return manifest_of(self.path)


def manifest_of(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def make(store: Store, target: Path, now: datetime, to: Recipients = ()) -> Backup:
    """Copy in one step, check the copy, and write what it must be beside it.

    `to`: for whom it is encrypted.
    """
    if to:
        target = target.with_name(target.name.removesuffix(encryption.ENDING) + encryption.ENDING)
    part, note = part_of(target), part_of(manifest_of(target))
    key = key_if_there(store.path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with place_of_copy(store, part, to) as copy:
            copy_into(copy, store)
            lines, head = checked(copy, key)
            if to:
                part.unlink(missing_ok=True)
                encryption.encrypt(copy, part, to)
        made = Backup(target, sha256_of(part), lines, head)
        text = {"sha256": made.sha256, "made_at": now.isoformat(), "lines": lines, "head": head}
        if key:
            text["mark"] = manifest_mark(key, text)
        note.write_text(json.dumps(text, indent=1) + "\n")
        for written, place in ((note, made.manifest), (part, target)):
            flush(written)
            written.replace(place)
        flush(target.parent)
    except (sqlite3.DatabaseError, OSError) as error:
        if not refuses(error) or is_damage(error):
            raise
        raise NotSaved(NO_ROOM) from error
    finally:
        for path in (part, note):
            path.unlink(missing_ok=True)
    return made


@contextmanager
def place_of_copy(store: Store, part: Path, to: Recipients) -> Iterator[Path]:
    """Where it is made and checked. One that is to be encrypted is in memory, which a full disk
    does not hinder; where that is too small, beside the database."""
    if not to:
        yield part
        return
    size = 2 * sum(each.stat().st_size for each in store.path.parent.glob(f"{store.path.name}*"))
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > size
    with TemporaryDirectory(dir=MEMORY if has_room else store.path.parent) as folder:
        yield Path(folder, store.path.name)


def part_of(path: Path) -> Path:
    """Where a file is written before it takes its place whole."""
    return path.with_name(f"{path.name}.part")


def copy_into(part: Path, store: Store) -> None:
    """In one step: a copy in parts starts anew at each foreign write and may never end."""
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(part)) as copy:
        store.db.conn.backup(copy)
        copy.execute("pragma journal_mode = delete")  # one file, nothing beside it


def manifest_mark(key: bytes, text: Mapping[str, object]) -> str:
    """So that nobody without the key writes the manifest of a backup they changed."""
    return hmac_of(key, "manifest", text["sha256"], text["made_at"], text["lines"], text["head"])


def kept_heads(folder: Path, key: bytes | None) -> Iterator[Anchor]:
    """Of the backups in the folder whose manifests bear the mark of this installation."""
    for manifest in map(manifest_of, in_folder(folder)):
        with suppress(OSError, ValueError, TypeError, KeyError, RecursionError):
            text = json.loads(manifest.read_text())
            if key and text["mark"] == manifest_mark(key, text):
                yield Anchor(datetime.fromisoformat(text["made_at"]), text["lines"], text["head"])


def checked(path: Path, key: bytes | None, *, lost_key: bool = False) -> tuple[int, str]:
    """The head of the copy's history, when nothing is wrong with the copy."""
    with closing(Store.reading(path)) as copy:
        found = verification.problems(copy, key)
        if found and not (lost_key and found == [verification.NO_KEY]):
            raise BadInput("\n".join(found))
        return audit.head(copy)


def itself(path: Path) -> Path:
    return path


def verify(
    path: Path,
    key: bytes | None,
    *,
    lost_key: bool = False,
    content: Callable[[Path], Path] = itself,
) -> Backup:
    """The backup, when it is byte for byte what its manifest says and nothing is wrong inside.

    `key`: that of the installation which made it; `content`: where what is inside can be read.
    """
    if not path.is_file():
        raise NotFound(f"There is no file {path}. Check the path.")
    try:
        text = json.loads(manifest_of(path).read_text())
        said, is_ours = text["sha256"], not key or has_mark(key, text)
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        raise BadInput(
            f"{manifest_of(path)} is missing or cannot be read. "
            "Keep it beside its backup: without it nobody can tell whether the copy is whole."
        ) from None
    sha256 = sha256_of(path)
    if sha256 != said or not is_ours:
        raise BadInput(f"{path} is not what its manifest says. Use another backup.")
    lines, head = checked(content(path), key, lost_key=lost_key)
    return Backup(path, sha256, lines, head)


def has_mark(key: bytes, text: Mapping[str, object]) -> bool:
    """Also a manifest from before there were marks."""
    return "mark" not in text or text["mark"] == manifest_mark(key, text)


@dataclass(frozen=True)
class Restorable:
    """A copy of a verified backup beside the database, of this release, ready to take its place."""

    path: Path
    lines: int
    head: str
    applied: tuple[str, ...]  # what a backup of an earlier release was brought up to date by


def brought(fresh: Path, identity: Path | None, source: Path) -> Path:
    """The content of a backup, in a file beside the database for this account alone."""
    fresh.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh.unlink(missing_ok=True)
    if source.suffix == encryption.ENDING:
        encryption.decrypt(source, fresh, identity)
    else:
        fresh.touch(0o600)
        shutil.copyfile(source, fresh)
    return fresh


@contextmanager
def prepared(
    source: Path,
    database: Path,
    now: datetime,
    *,
    lost_key: bool = False,
    identity: Path | None = None,
) -> Iterator[Restorable]:
    """Everything that can go wrong with a backup goes wrong here, before anything is changed.

    `lost_key`: the one that its marks were made with is no more, and a new one is begun.
    `identity`: the file with the secret key of an encrypted one.
    """
    key, fresh = key_if_there(database), part_of(database)
    try:
        content = partial(brought, fresh, identity)
        verified = verify(source, key, lost_key=lost_key, content=content)
        with closing(Store(fresh)) as store:
            applied = tuple(migrations.migrate(store, is_restored=True))
            if lost_key:
                migrations.new_key(store, now)
            note_restored(store, verified, now)
            store.db.conn.execute("pragma journal_mode = delete")
        checked(fresh, key_if_there(database))
        flush(fresh)
        yield Restorable(fresh, verified.lines, verified.head, applied)
    except OSError as error:
        raise NotSaved(NO_ROOM) from error
    finally:
        for ending in ("", ".lock", "-wal", "-shm"):
            beside(fresh, ending).unlink(missing_ok=True)


def note_restored(store: Store, verified: Backup, now: datetime) -> None:
    """So that the heads of backups made since are known to hold no more."""
    with store.writing():
        said = {"lines": verified.lines}
        event = Event(now, SYSTEM, RESTORED, "database", verified.path.name, detail=said)
        audit.record(store, event)


def restore(source: Path, database: Path, now: datetime) -> Path | None:
    """Put a verified backup in the place of the database; return where the former one is kept."""
    with prepared(source, database, now) as ready:
        return put(ready, database, now)


def put(ready: Restorable, database: Path, now: datetime) -> Path | None:
    former = database.with_name(f"{database.stem}-before-{stamp(now)}.db")
    if database.exists():
        try:
            write_over(ready.path, database, former)
        except (sqlite3.DatabaseError, NotReadable, OSError) as error:
            former.unlink(missing_ok=True)
            if not is_damage(error):
                raise NotSaved(NO_ROOM if has_no_room(error) else IN_USE) from error
        else:
            return former
    kept = move_aside(database, former)
    ready.path.replace(database)
    flush(database.parent)
    return former if kept else None


def write_over(source: Path, database: Path, former: Path) -> None:
    """As one transaction of the database itself: whoever is reading never sees a mixture."""
    with closing(Store(database)) as present, present.locked():
        refuse_stranger(present)
        with closing(sqlite3.connect(former)) as kept:
            present.db.conn.backup(kept)
            kept.execute("pragma journal_mode = delete")
        former.chmod(0o600)
        flush(former)
        with closing(sqlite3.connect(source)) as copy:
            copy.backup(present.db.conn)
        present.db.conn.execute("pragma journal_mode = wal")


def refuse_stranger(store: Store) -> None:
    """Fail now when another program is writing: the copying itself would wait for ever."""
    store.db.conn.execute(f"pragma busy_timeout = {PATIENCE_MS}")
    store.db.conn.execute("begin immediate")
    store.db.conn.execute("rollback")


def move_aside(database: Path, former: Path) -> bool:
    """Whether there was anything: a damaged file is kept as it lies, with its log, for somebody may
    still mend it; and a log that has lost its file must not be taken for the next one's."""
    parts = [ending for ending in ("-wal", "-shm", "") if beside(database, ending).exists()]
    for ending in parts:
        beside(database, ending).replace(beside(former, ending))
    return "" in parts


def beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def in_folder(folder: Path) -> list[Path]:
    return sorted(path for kind in KINDS for path in folder.glob(kind))


def rotate(folder: Path) -> list[Path]:
    """Remove what retention does not keep of the backups of our own naming; return those."""
    named = {path: at for path in in_folder(folder) if (at := made_at(path))}
    kept = retention.kept(named.values())
    old = [path for path, at in named.items() if at not in kept]
    for path in old:
        path.unlink()
        manifest_of(path).unlink(missing_ok=True)
    return old


def made_at(path: Path) -> datetime | None:
    """By its name; None where that is not of our giving."""
    try:
        return datetime.strptime(path.name.removesuffix(encryption.ENDING), OWN_NAME).replace(
            tzinfo=UTC
        )
    except ValueError:
        return None


def newest(folder: Path) -> datetime | None:
    """When the last of them was made; None where there is none."""
    return max(filter(None, map(made_at, in_folder(folder))), default=None)


def rehearsed(database: Path) -> list[str]:
    """What an update would apply, found out by doing it to a copy, which is checked and removed.

    The copy has a folder of its own, for an update may make a key beside what it changes.
    """
    try:
        with TemporaryDirectory(dir=database.parent) as folder, closing(Store(database)) as store:
            migrations.refuse_strange(store)
            copy = Path(folder, database.name)
            copy_into(copy, store)
            if key_path(database).exists():
                shutil.copyfile(key_path(database), key_path(copy))
            with closing(Store(copy)) as tried:
                applied = migrations.migrate(tried)
                tried.db.conn.execute("pragma journal_mode = delete")
            checked(copy, key_if_there(copy))
            return applied
    except OSError as error:
        raise NotSaved(NO_ROOM) from error


def next_path(folder: Path, now: datetime) -> Path:
    return folder / f"{now:{OWN_NAME}}"


def stamp(now: datetime) -> str:
    return f"{now:{STAMP}}"


def sha256_of(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def flush(path: Path) -> None:
    """Onto the disk itself: a backup that a power cut can undo is none."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
