"""What a person sends with an upload: files, a mapping, what they chose for columns and words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from flask import request
from werkzeug.datastructures import FileStorage

from readiness.core.errors import BadInput, Problem
from readiness.core.tables.models import SourceFile, file_in_memory
from readiness.imports.column_contents import MOST_COLUMNS, ColumnContent, SlashOrder, Withheld
from readiness.imports.column_uses import use_of
from readiness.imports.dates import DateOrder
from readiness.imports.mapping_choices import (
    STATUSES,
    STRATUM_TYPES,
    WORDED,
    MappingChoices,
    Meaning,
    Word,
    WordReader,
    strata_for,
)
from readiness.imports.mapping_models import ColumnRole
from readiness.imports.screens.models import Absent, NeedResult
from readiness.imports.service.mappings import MappingAnswers, NameChoice

USE, REVERSED, MEANING, VALUE = "use.", "yes.", "meaning.", "value."  # in the names of fields
MEANINGS: dict[str, Meaning] = {
    **{result.value: result for result in NeedResult},
    Absent.NOT_ASKED.value: Absent.NOT_ASKED,
}
MOST_FILES = 20
TOO_MANY = f"Choose {MOST_FILES} files at the most, or put the rows into fewer files."
MOST_MAPPINGS = 8
TOO_MANY_MAPPINGS = f"Choose {MOST_MAPPINGS} mappings at the most, one for each shape of file."
MAPPING_TOO_LONG = "The mapping is too long. Map only the columns that hold screens."
NO_TEXT = "The mapping is not text in UTF-8. Save it as such."
MOST_OF_A_MAPPING = 256 * 1024  # bytes
AGAIN = "Choose the file again and begin anew."


def source_files() -> tuple[SourceFile, ...]:
    """What was sent, in memory. A file is told by its number: its name may say too much."""
    files = [each for each in request.files.getlist("files") if each.filename]
    if len(files) > MOST_FILES:
        raise BadInput([Problem("files", TOO_MANY)])
    return tuple(
        file_in_memory(f"file {number}", each.filename or "", each.read())
        for number, each in enumerate(files, start=1)
    )


def mapping_files() -> tuple[str, ...]:
    sent = [each for each in request.files.getlist("mapping") if each.filename]
    if len(sent) > MOST_MAPPINGS:
        raise BadInput([Problem("mapping", TOO_MANY_MAPPINGS)])
    return tuple(map(mapping_text, sent))


def mapping_text(sent: FileStorage) -> str:
    text: bytes = sent.read(MOST_OF_A_MAPPING + 1)
    if len(text) > MOST_OF_A_MAPPING:
        raise BadInput([Problem("mapping", MAPPING_TOO_LONG)])
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput([Problem("mapping", NO_TEXT)]) from None


def name_choice() -> NameChoice:
    form = request.form
    return NameChoice(form.get("name", ""), form.get("changes", ""), "replaces" in form)


@dataclass(frozen=True)
class MappingForm:
    """One sending of the page on which a mapping is made."""

    answers: MappingAnswers
    asked_meanings: frozenset[Word]


def mapping_form(known: WordReader) -> MappingForm:
    form = decoded(request.form)
    contents = contents_from(form.get("contents", ""))
    answers = MappingAnswers(
        contents=contents,
        choices=choices_in(form, contents, known),
        asked=frozenset(word_of(name) for name in form if name.startswith(VALUE)),
        dates=next((order for order in DateOrder if order == form.get("dates")), None),
    )
    meanings = (name.removeprefix(MEANING) for name in form if name.startswith(MEANING))
    return MappingForm(answers, frozenset(meanings))


def decoded(form: Mapping[str, str]) -> dict[str, str]:
    """Headings and words stand in the names of fields, where browsers change line breaks and
    quotation marks; so the page writes them as addresses do."""
    return {unquote(name): value for name, value in form.items()}


def choices_in(
    form: Mapping[str, str],
    contents: Sequence[ColumnContent],
    known: WordReader,
) -> MappingChoices:
    headings = [each.heading for each in contents]
    return MappingChoices(
        uses={name: use_of(form.get(f"{USE}{name}", ""), known.codes) for name in headings},
        reversed_headings=frozenset(name for name in headings if f"{REVERSED}{name}" in form),
        meanings={
            name.removeprefix(MEANING): MEANINGS[value]
            for name, value in form.items()
            if name.startswith(MEANING) and value in MEANINGS
        },
        values=values_in(form, known),
        sheet=form.get("sheet", ""),
    )


def word_of(name: str) -> tuple[ColumnRole, Word]:
    """Whose word a field is about; of the group, which nothing is asked about, for no role."""
    role, _, word = name.removeprefix(VALUE).partition(".")
    return next((each for each in WORDED if each == role), ColumnRole.GROUP), word


def values_in(form: Mapping[str, str], known: WordReader) -> dict[ColumnRole, dict[Word, str]]:
    found: dict[ColumnRole, dict[Word, str]] = {}
    for name, value in form.items():
        if name.startswith(VALUE) and value:
            role, word = word_of(name)
            if value in allowed_values(role, known):
                found.setdefault(role, {})[word] = value
    return found


def allowed_values(role: ColumnRole, known: WordReader) -> set[str]:
    if role in STRATUM_TYPES:
        return set(strata_for(role))
    if role is ColumnRole.SITE:
        return set(known.site_ids.values())
    return set(STATUSES) if role is ColumnRole.STATUS else set()


# What the page showed, carried along in it: the file itself is not kept


def contents_text(contents: Sequence[ColumnContent]) -> str:
    return json.dumps([[c.heading, list(c.words), c.withheld, c.slashes] for c in contents])


def contents_from(text: str) -> tuple[ColumnContent, ...]:
    try:
        found = [content_from(each) for each in json.loads(text)]
    except (ValueError, TypeError, RecursionError):
        raise BadInput([Problem("files", AGAIN)]) from None
    if not 0 < len(found) <= MOST_COLUMNS:
        raise BadInput([Problem("files", AGAIN)])
    return tuple(found)


def content_from(of: Any) -> ColumnContent:
    heading, words, withheld, slashes = of
    if not all(isinstance(each, str) for each in (heading, *words)):
        raise ValueError("not as the page wrote it")
    "".join((heading, *words)).encode()  # half a character is none
    return ColumnContent(heading, tuple(words), Withheld(withheld), SlashOrder(slashes))
