"""A version that says only what it changes of an earlier one, which it `extends`.

Entries are merged by name and lists of things by their ids, much as in a JSON merge patch (RFC
7396): what stands in the later file wins, `null` takes a part away, and any other list is replaced
as a whole. The earlier version is sealed and never changes, so that the later file alone tells what
differs.
"""

from __future__ import annotations

from collections.abc import Sequence as SequenceOf
from pathlib import Path
from typing import Any

from readiness.core.yaml_file import Entries, Scalar, Sequence, UnreadableError, parse
from readiness.instruments.seals import broken_seal

EXTENDS = "extends"
NAMES = ("id", "key")  # by which a thing in a list is known
NULLS = ("null", "~")


def with_base(root: Any, folders: SequenceOf[Path]) -> Any:
    """What a file says together with the version it extends; the file itself if it extends none.

    `folders` are looked through in order for `<id>/<extends>.yaml`. UnreadableError where there is
    none, where its seal is not whole, or where it extends another.
    """
    if not isinstance(root, Entries) or EXTENDS not in root:
        return root
    own = Entries(root.line)
    own.update((key, node) for key, node in root.items() if key != EXTENDS)
    return merged(base_of(root, folders), own)


def base_of(root: Entries, folders: SequenceOf[Path]) -> Any:
    named, line = root[EXTENDS], getattr(root[EXTENDS], "line", 1)
    name = f"{root.get('id')}/{named}.yaml"
    found = [(folder, folder / name) for folder in folders if is_plain(name, folder)]
    if not found:
        raise UnreadableError(line, f"there is no {name} to extend: name a version there is")
    folder, path = found[0]
    raw = path.read_bytes()
    if reason := broken_seal(folder, path, raw, needed=True):
        raise UnreadableError(line, f"what it extends may not be used: {reason}")
    base, _ = parse(raw)
    if EXTENDS in base:
        raise UnreadableError(line, f"{name} extends another version itself: extend that one")
    return base


def is_plain(name: str, folder: Path) -> bool:
    """A file right in one of the folder's own folders, not somewhere else by a clever name."""
    path = folder / name
    return path.is_file() and path.resolve().parent.parent == folder.resolve()


def merged(base: Any, change: Any) -> Any:
    """`change` over `base`. A part that only the base has carries no line of its own."""
    if isinstance(base, Entries) and isinstance(change, Entries):
        return merged_entries(base, change)
    if isinstance(base, Sequence) and isinstance(change, Sequence):
        olds, news = by_name(base), by_name(change)
        if olds is not None and news is not None:
            return merged_things(olds, news, change.line)
    return change


def merged_entries(base: Entries, change: Entries) -> Entries:
    found = Entries(change.line)
    for key, node in base.items():
        if key not in change:
            found[key] = without_lines(node)
        elif not is_null(change[key]):
            found[key] = merged(node, change[key])
    found.update((key, node) for key, node in change.items() if key not in base)
    return found


def merged_things(olds: Entries, news: Entries, line: int) -> Sequence:
    found = Sequence(line)
    found.extend(
        merged_entries(old, news[own]) if own in news else without_lines(old)
        for own, old in olds.items()
    )
    found.extend(new for own, new in news.items() if own not in olds)
    return found


def by_name(things: Sequence) -> Entries | None:
    """The things of a list by their ids; None where one has none, or two share one."""
    found = Entries(things.line)
    for thing in things:
        named = [thing[name] for name in NAMES if isinstance(thing, Entries) and name in thing]
        if not named or not isinstance(named[0], str) or named[0] in found:
            return None
        found[named[0]] = thing
    return found


def is_null(node: Any) -> bool:
    return isinstance(node, Scalar) and not node.quoted and node in NULLS


def without_lines(node: Any) -> Any:
    """A copy whose problems are told at the nearest part that the later file has itself."""
    if isinstance(node, Entries):
        entries = Entries(0)
        entries.update((key, without_lines(inner)) for key, inner in node.items())
        return entries
    if isinstance(node, Sequence):
        items = Sequence(0)
        items.extend(map(without_lines, node))
        return items
    return Scalar(node, 0, node.quoted)
