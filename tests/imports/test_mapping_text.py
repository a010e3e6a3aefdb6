"""A mapping written down and read back is the same mapping, whatever stands in its headings."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.counts.social_risk.models import Need
from readiness.imports.dates import DateOrder
from readiness.imports.mapping import parse
from readiness.imports.mapping_models import (
    MADE_BY_US,
    ColumnRole,
    MappedField,
    MappingShape,
    RedcapMapping,
    plain,
)
from readiness.imports.mapping_text import text_of
from readiness.imports.screening_codes import loader as screening
from readiness.imports.screens.models import STATED, Absent, ScreenAnswer
from tests.factories.readings import DATA

CODES = screening.load()
# What a table that was read can hold: text without halves of characters.
ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
HEADINGS = ANYTHING.map(str.strip).filter(bool)
WORDS = ANYTHING.map(plain).filter(bool)
NEEDS = [need for need in Need if need not in MADE_BY_US]
ANSWERS = [
    ScreenAnswer(code="LA28397-0"),
    ScreenAnswer(code="LA28398-8"),
    *(ScreenAnswer(absent=reason) for reason in Absent),
]


def tables(keys, values):
    return st.dictionaries(keys, st.sampled_from(values), max_size=4)


NEED_FIELDS = st.builds(MappedField, need=st.sampled_from(NEEDS), results=tables(WORDS, STATED))
QUESTION_FIELDS = st.builds(
    MappedField,
    question=st.just("88122-7"),
    is_number=st.booleans(),
    answers=tables(WORDS, ANSWERS),
)


@st.composite
def mappings(draw):
    words = draw(tables(WORDS, [*STATED, None]))
    return RedcapMapping(
        shape=MappingShape.REDCAP,
        columns={
            ColumnRole.PATIENT: draw(HEADINGS),
            ColumnRole.DATE: draw(HEADINGS),
            **draw(st.dictionaries(st.just(ColumnRole.RACE), HEADINGS)),
        },
        instrument=draw(st.sampled_from(["", "prapare"])),
        dates=draw(st.sampled_from(DateOrder)),
        ignore=tuple(draw(st.lists(HEADINGS.filter(lambda name: "*" not in name), max_size=4))),
        statuses=draw(tables(WORDS, ["final", "preliminary"])),
        values=draw(st.dictionaries(st.just(ColumnRole.SEX), tables(WORDS, ["female", "male"]))),
        sheet=draw(st.just("") | HEADINGS),
        fields=draw(
            st.dictionaries(HEADINGS, NEED_FIELDS | QUESTION_FIELDS, min_size=1, max_size=4)
        ),
        patient_parts=tuple(draw(st.lists(HEADINGS, max_size=3))),
        results={word: result for word, result in words.items() if result},
        blanks=frozenset(word for word, result in words.items() if not result),
    )


@given(mappings())
def test_what_is_written_is_read_back_as_the_same_mapping(mapping):
    read = parse(text_of(mapping), CODES)
    written_values = {role: of for role, of in mapping.values.items() if of}
    assert read == RedcapMapping(**{**vars(mapping), "values": written_values})


def test_the_example_of_an_export_survives_being_written_again():
    mapping = parse((DATA / "redcap" / "export.toml").read_text(encoding="utf-8"), CODES)
    assert isinstance(mapping, RedcapMapping)
    assert parse(text_of(mapping), CODES) == mapping


@pytest.mark.parametrize("text", ['"', "\\", "a\nb", "\x7f", "\u2028", "é", "#", "'''"])
def test_no_character_ends_a_text_early(text):
    mapping = RedcapMapping(
        MappingShape.REDCAP,
        {ColumnRole.PATIENT: f"p{text}q", ColumnRole.DATE: "d"},
        fields={"f": MappedField(need=Need.FOOD)},
    )
    assert tomllib.loads(text_of(mapping))["columns"]["patient"] == f"p{text}q"
