"""The instruments: versioned files, read with every problem told at once.

`<folder>/<id>/<version>.yaml` is one version. Published versions in our own folder are sealed.
What `load` gives has the costs and sources that the version's cost book corrects.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from readiness.core.errors import BadInput, NotFound, Problem
from readiness.core.typed_file import Finding
from readiness.core.yaml_file import MOST_BYTES
from readiness.instruments import cost_book, sealed_files
from readiness.instruments.consistency import contradictions
from readiness.instruments.corrections import corrected
from readiness.instruments.file_format import InstrumentFile, instrument_of
from readiness.instruments.models import Instrument
from readiness.instruments.sealed_files import version_key
from readiness.instruments.seals import broken_seal, seal_of

SHIPPED = Path(__file__).parent
OWN: list[Path] = []  # folders of the installation's own, from its settings

HAS_PROBLEMS = "has problems"  # the status of a file that `load` would refuse

Listed = tuple[str, str, str]  # id, version, status


def use_folders(folders: Sequence[Path]) -> None:
    """Read instruments from these folders too, from now on and in the whole process."""
    if missing := [folder for folder in folders if not folder.is_dir()]:
        says = "there is no such folder: mend READINESS_INSTRUMENTS"
        raise BadInput([Problem(str(folder), says) for folder in missing])
    OWN[:] = folders


def load(instrument_id: str, version: str | None = None) -> Instrument:
    """One version of an instrument; without a version, the latest published.

    The shipped folder comes first, so that a file elsewhere can add to it but never replace it.
    """
    paths = [(folder, path) for folder, path in files() if path.parent.name == instrument_id]
    if version is not None:
        for folder, path in paths:
            if path.stem == version:
                return load_sealed(folder, path)
        raise NotFound(
            f"There is no instrument {instrument_id!r} in version {version!r}: "
            "choose one that is listed."
        )
    found = (load_if_sound(folder, path) for folder, path in paths)
    published = [each for each in found if each and each.status == "published"]
    if not published:
        raise NotFound(
            f"There is no published instrument {instrument_id!r}: choose one that is listed."
        )
    return max(published, key=lambda each: version_key(each.version))


def catalog() -> tuple[Listed, ...]:
    """Every version there is, by id, oldest first; of two of the same, the one `load` takes."""
    listed: dict[tuple[str, str], str] = {}
    for folder, path in files():
        instrument = load_if_sound(folder, path)
        status = instrument.status if instrument else HAS_PROBLEMS
        listed.setdefault((path.parent.name, path.stem), status)
    by_age = sorted(listed, key=lambda each: (each[0], version_key(each[1])))
    return tuple((own, version, listed[own, version]) for own, version in by_age)


def read(path: Path) -> Instrument:
    """The instrument in a file, or BadInput with everything that is wrong with it."""
    instrument, problems = check_file(path)
    if problems or instrument is None:
        raise BadInput(problems)
    return instrument


def problems_of(path: Path) -> tuple[Problem, ...]:
    """Everything that is wrong with a file, in the order of its lines. Empty: nothing."""
    return check_file(path)[1]


def check_file(path: Path) -> tuple[Instrument | None, tuple[Problem, ...]]:
    """A file as far as it can be read, and all its problems. Never raises for a bad file."""
    try:
        with path.open("rb") as file:
            return check_bytes(file.read(MOST_BYTES + 1), path.absolute().parent.parent)
    except OSError as error:
        says = f"the file cannot be read ({error.strerror}): check its name"
        return None, (Problem(str(path), says),)


def check_bytes(raw: bytes, folder: Path) -> tuple[Instrument | None, tuple[Problem, ...]]:
    """It may extend a version in its own folder, or one that is shipped."""
    bases = (SHIPPED, folder)
    written, problems = sealed_files.check(raw, InstrumentFile, contradictions_of, bases)
    return None if written is None else instrument_of(written, seal_of(raw)), problems


def contradictions_of(written: InstrumentFile) -> Iterator[Finding]:
    return contradictions(written, instrument_of(written, ""))


def files() -> Iterator[tuple[Path, Path]]:
    """Every version's file with the folder it belongs to."""
    for folder in (SHIPPED, *OWN):
        for path in sorted(folder.glob("*/*.yaml")):
            yield folder, path


def load_if_sound(folder: Path, path: Path) -> Instrument | None:
    """The instrument in a folder, or None: one bad file of one's own must not stop the others."""
    try:
        return load_sealed(folder, path)
    except BadInput:
        if folder == SHIPPED:
            raise
        return None


def load_sealed(folder: Path, path: Path) -> Instrument:
    """The instrument in a folder, once it is known to be whole and in its right place."""
    return load_cached(folder, path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def load_cached(folder: Path, path: Path, _changed_at: int) -> Instrument:
    instrument = read(path)
    named = f"{instrument.id}/{instrument.version}.yaml"
    if named != path.relative_to(folder).as_posix():
        says = f"this file holds {named}: give it that name"
        raise BadInput([Problem(path.relative_to(folder).as_posix(), says)])
    if instrument.status != "draft":
        reason = broken_seal(folder, path, path.read_bytes(), needed=folder == SHIPPED)
        if reason:
            raise BadInput(reason)
    return with_corrections(instrument)


def with_corrections(instrument: Instrument) -> Instrument:
    """An installation's own instrument may come without a cost book."""
    try:
        book = cost_book.load(instrument.id, instrument.version)
    except NotFound:
        return instrument
    return corrected(instrument, book.corrects)
