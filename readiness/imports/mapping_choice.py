"""Which of several mappings a table goes to: the one whose columns it holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from readiness.core.errors import BadInput, Problem
from readiness.core.tables.models import SourceFile
from readiness.core.tables.reader import column_key
from readiness.imports import safe_names
from readiness.imports.mapped_table import open_mapped
from readiness.imports.mapping_models import AnyMapping, AnyTableMapping, FormMapping, RedcapMapping
from readiness.imports.redcap import boxes_of

AMBIGUOUS = (
    "Two of the mappings fit this table equally well. Send it by itself with the one that is meant."
)
SEVERAL_FORMS = (
    "Only one of the mappings can be for forms. Put what the others say into one of them."
)
FIRST_MISSING = 12  # named one by one

Allotted = list[tuple[AnyTableMapping, list[SourceFile]]]


def form_mapping(mappings: Sequence[AnyMapping]) -> FormMapping | None:
    found = [each for each in mappings if isinstance(each, FormMapping)]
    if len(found) > 1:
        raise BadInput(SEVERAL_FORMS)
    return found[0] if found else None


def allot(sources: Sequence[SourceFile], mappings: Sequence[AnyTableMapping]) -> Allotted:
    """Every table with its mapping; refused with all that fit none. A mapping that is alone is
    that of every table: its reader says what does not fit."""
    if len(mappings) == 1:
        return [(mappings[0], [*sources])] if sources else []
    found: Allotted = [(mapping, []) for mapping in mappings]
    problems = []
    for source in sources:
        missing = [tuple(missing_in(source, mapping)) for mapping in mappings]
        best = max((len(each.headings) for each, lacks in zip(mappings, missing, strict=True)
                    if not lacks), default=0)  # fmt: skip
        fitting = [
            at
            for at, mapping in enumerate(mappings)
            if not missing[at] and len(mapping.headings) == best
        ]
        if len(fitting) == 1:
            found[fitting[0]][1].append(source)
        else:
            says = AMBIGUOUS if fitting else none_fits(min(missing, key=len))
            problems.append(Problem(source.label, says))
    if problems:
        raise BadInput(problems)
    return [(mapping, files) for mapping, files in found if files]


def missing_in(source: SourceFile, mapping: AnyTableMapping) -> Iterator[str]:
    with open_mapped(source, mapping) as table:
        yield from missing_headings(mapping, table.header)


def missing_headings(mapping: AnyTableMapping, header: Sequence[str]) -> Iterator[str]:
    places = {column_key(name): at for at, name in enumerate(header)}
    for name in mapping.headings:
        has_boxes = isinstance(mapping, RedcapMapping) and boxes_of(name, places)
        if column_key(name) not in places and not has_boxes:
            yield name


def none_fits(missing: Sequence[str]) -> str:
    """What the mapping that comes nearest names and the table lacks."""
    named = [f"“{name}”" for name in missing if safe_names.is_heading(name)][:FIRST_MISSING]
    if unnamed := len(missing) - len(named):
        named.append(f"{unnamed:,} more" if named else f"{unnamed:,} of its columns")
    *first, last = named
    lacks = f"{', '.join(first)} and {last}" if first else last
    return (
        f"None of the mappings fits this table. The nearest also names {lacks}. Add what is "
        "missing, or send the mapping that is meant for it."
    )
