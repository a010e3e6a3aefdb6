"""What a team chooses becomes a mapping, which reads the table as they meant it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from readiness.counts.social_risk.models import Need
from readiness.imports import redcap
from readiness.imports.column_contents import ColumnContent, Withheld, tallies_of
from readiness.imports.column_guess import guessed
from readiness.imports.column_uses import (
    BORN_AND_PATIENT,
    DATE,
    NOT_NEEDED,
    PATIENT,
    USES,
    VISIT_DATE,
    ColumnUse,
    use_of,
)
from readiness.imports.dates import DateOrder
from readiness.imports.mapping import parse
from readiness.imports.mapping_choices import (
    STATUSES,
    STRATUM_TYPES,
    MappingChoices,
    WordReader,
    can_be_changed_here,
    choices_from_mapping,
    mapping_from,
    open_words,
    problems,
    screens_from,
    strata_for,
    with_known_sites,
)
from readiness.imports.mapping_models import ColumnRole, RedcapMapping, VisitMapping, plain
from readiness.imports.mapping_page import first_choices, page_of
from readiness.imports.mapping_text import text_of
from readiness.imports.screening_codes import loader as screening
from readiness.imports.screens.models import Absent, NeedResult
from tests.factories import flat_tables
from tests.factories.readings import a_reading, file_of, screens

CODES = screening.load()
KNOWN = WordReader(CODES, {"elm-1": "elm-1", "elm main street": "elm-1"})
FOOD, SAFE = ColumnUse(need=Need.FOOD), ColumnUse(need=Need.SAFETY)
SITE, RACE = ColumnUse((ColumnRole.SITE,)), ColumnUse((ColumnRole.RACE,))
STATUS = ColumnUse((ColumnRole.STATUS,))
LEAST = MappingChoices(
    uses={"ID": PATIENT, "Day": DATE, "Food": FOOD},
    meanings={"yes": NeedResult.POSITIVE, "no": NeedResult.NEGATIVE},
)


def wide(text: str) -> RedcapMapping:
    found = parse(text, CODES)
    assert isinstance(found, RedcapMapping)
    return found


def contents(**words):
    given = {"ID": (), "Day": (), "Food": ("Yes", "No")} | words
    return [ColumnContent(heading, tuple(of)) for heading, of in given.items()]


def told(choices, columns, asked=()):
    return [(each.place, each.says) for each in problems(choices, columns, asked, KNOWN)]


def as_guessed(lines):
    columns = guessed(tallies_of(list(lines[0]), (list(line.values()) for line in lines)), CODES)
    first = first_choices(columns)
    page = page_of([c.content for c in columns], first.choices, first.dates, KNOWN, {})
    meanings = {
        line.word: Absent.NOT_ASKED if line.value == "not_asked" else NeedResult(line.value)
        for line in page.words
    }
    return replace(first.choices, meanings=meanings)


def test_a_flat_table_is_read_by_the_guess_as_it_stands():
    mapping = screens_from(as_guessed(flat_tables.rows()))
    reading = a_reading()
    source = file_of(flat_tables.table())
    found = screens(iter(redcap.parts([source], reading, mapping, CODES)))
    assert (len(found), reading.report.problems) == (48, [])
    assert found[0].results == {
        Need.FOOD: NeedResult.POSITIVE,
        Need.HOUSING: NeedResult.POSITIVE,
        Need.TRANSPORTATION: NeedResult.NEGATIVE,
        Need.UTILITIES: NeedResult.NEGATIVE,
        Need.SAFETY: NeedResult.NEGATIVE,
    }


def test_what_is_left_out_is_named_so_that_a_new_column_is_noticed():
    assert mapping_from(as_guessed(flat_tables.rows())).ignore == ("Patient Name", "Provider")


@pytest.mark.parametrize(
    "choices",
    [
        LEAST,
        as_guessed(flat_tables.rows()),
        replace(LEAST, uses={**LEAST.uses, "Income": ColumnUse(question="63586-2")}),
        replace(LEAST, reversed_headings=frozenset({"Food"}), dates=DateOrder.DAY_FIRST),
        replace(LEAST, uses={"First": PATIENT, "Last": PATIENT, "DOB": BORN_AND_PATIENT,
                             "Day": DATE, "Food": FOOD, "Notes": NOT_NEEDED}),
        replace(LEAST, meanings={**LEAST.meanings, "n/a": Absent.NOT_ASKED},
                values={ColumnRole.RACE: {"mixed": "multiple"}, ColumnRole.STATUS: {"x": "final"}}),
    ],
)  # fmt: skip
def test_a_saved_mapping_comes_back_as_the_same_choices(choices):
    read = wide(text_of(mapping_from(choices)))
    assert can_be_changed_here(read, CODES)
    again = choices_from_mapping(read)
    assert {name: again.use(name) for name in choices.uses} == dict(choices.uses)
    assert (again.meanings, again.values, again.dates) == (
        choices.meanings,
        choices.values,
        choices.dates,
    )
    assert again.reversed_headings == {n for n in choices.reversed_headings if n in choices.uses}


def test_a_mapping_that_holds_more_than_the_page_shows_is_not_changed_there():
    text = text_of(mapping_from(LEAST)) + '\n[fields.Food.results]\nMaybe = "unknown"\n'
    assert not can_be_changed_here(wide(text), CODES)


def test_where_a_yes_means_no_need_every_word_is_turned_around():
    field = screens_from(replace(LEAST, reversed_headings=frozenset({"Food"}))).fields["Food"]
    assert field.results == {"yes": NeedResult.NEGATIVE, "no": NeedResult.POSITIVE}


VISITS = [
    {"Patient ID": f"A{n}", "Visit Date": "7/3/2026", "Visit": "In person"} for n in range(30)
]


def test_a_table_of_patients_and_days_without_a_need_is_taken_for_a_list_of_visits():
    choices = as_guessed(VISITS)
    assert choices.is_of_visits
    mapping = mapping_from(choices)
    assert isinstance(mapping, VisitMapping)
    assert mapping.columns == {ColumnRole.PATIENT: "Patient ID", ColumnRole.DATE: "Visit Date"}
    assert mapping.ignore == ("Visit",)
    assert parse(text_of(mapping), CODES) == mapping
    assert choices_from_mapping(mapping).uses == choices.uses
    assert can_be_changed_here(mapping, CODES)


def test_a_list_of_visits_has_no_needs_and_one_patient():
    columns = contents(Name=(), Status=("final",))
    choices = MappingChoices(
        uses={
            "ID": PATIENT,
            "Day": VISIT_DATE,
            "Food": ColumnUse(need=Need.FOOD),
            "Name": PATIENT,
            "Status": ColumnUse((ColumnRole.STATUS,)),
        },
        meanings={"yes": NeedResult.POSITIVE, "no": NeedResult.NEGATIVE},
    )
    says = dict(told(choices, columns))
    assert "one column tells patients apart" in says["use.ID"]
    assert "A list of visits has no “Food”" in says["use.Food"]
    assert "A list of visits has no “Status”" in says["use.Status"]


def test_patient_day_and_a_need_are_asked_for_together():
    says = " ".join(says for _, says in told(MappingChoices(), contents()))
    assert "patients are told apart" in says
    assert "the day of the screen" in says
    assert "at least one need" in says


def test_every_word_of_a_need_wants_a_meaning():
    columns = contents(Food=("Yes", "YES ", "Maybe"))
    assert told(LEAST, columns) == [("meaning.maybe", "Say what “Maybe” means.")]


def test_a_column_that_was_not_shown_cannot_be_a_need():
    columns = [*contents(), ColumnContent("Who", (), Withheld.PERSON)]
    choices = replace(LEAST, uses={**LEAST.uses, "Who": SAFE})
    [(place, says)] = told(choices, columns)
    assert place == "use.Who"
    assert "looks like names, numbers or notes" in says


def test_two_columns_may_be_one_need_but_not_one_trait():
    columns = contents(More=("No",), Race=("White",), Again=("White",))
    choices = replace(LEAST, uses={**LEAST.uses, "More": FOOD, "Race": RACE, "Again": RACE})
    assert [place for place, _ in told(choices, columns)] == ["use.Again"]


def test_an_unknown_word_of_a_trait_may_stay_unknown_once_it_was_shown():
    columns = contents(Race=("White", "Martian; White"))
    choices = replace(LEAST, uses={**LEAST.uses, "Race": RACE})
    assert open_words(ColumnRole.RACE, choices, columns, KNOWN) == {"martian": "Martian"}
    assert [place for place, _ in told(choices, columns)] == ["value.race.martian"]
    assert told(choices, columns, {(ColumnRole.RACE, "martian")}) == []


def test_an_unknown_status_has_to_be_said():
    columns = contents(Status=("final", "Half"))
    choices = replace(LEAST, uses={**LEAST.uses, "Status": STATUS})
    asked = {(ColumnRole.STATUS, "half")}
    assert [place for place, _ in told(choices, columns, asked)] == ["value.status.half"]
    said = replace(choices, values={ColumnRole.STATUS: {"half": "preliminary"}})
    assert told(said, columns, asked) == []


def test_a_site_by_its_name_is_counted_under_its_id():
    columns = contents(Clinic=("Elm Main Street", "Elsewhere"))
    choices = replace(LEAST, uses={**LEAST.uses, "Clinic": SITE})
    found = with_known_sites(choices, columns, KNOWN)
    assert found.values[ColumnRole.SITE] == {"elm main street": "elm-1"}
    assert open_words(ColumnRole.SITE, choices, columns, KNOWN) == {"elsewhere": "Elsewhere"}


@pytest.mark.parametrize("role", STRATUM_TYPES)
def test_whatever_a_word_may_be_said_to_stand_for_is_read_as_that(role):
    assert {name: KNOWN.value(role, name) for name in strata_for(role)} == {
        name: name for name in strata_for(role)
    }


def test_what_a_status_may_be_said_to_mean_is_known():
    assert all(KNOWN.value(ColumnRole.STATUS, plain(name)) for name in STATUSES)


def test_a_use_is_known_again_by_its_value_and_nothing_else_is_one():
    assert all(use_of(value, CODES) == use for value, use in USES.items())
    assert use_of("question.88122-7", CODES).question == "88122-7"
    for value in ("question.1-1", "need.any", "name", "patient+race"):
        assert use_of(value, CODES) == NOT_NEEDED


@pytest.mark.parametrize("heading", ["Food * required", "Notes*", "a * b * c"])
def test_a_star_in_a_heading_that_is_left_out_is_read_as_the_rest_of_it(heading):
    choices = replace(LEAST, uses={**LEAST.uses, heading: NOT_NEEDED})
    mapping = wide(text_of(mapping_from(choices)))
    assert mapping.ignores(heading)


def test_a_heading_that_begins_with_a_star_cannot_be_left_out():
    choices = replace(LEAST, uses={**LEAST.uses, "*Name": NOT_NEEDED})
    columns = [*contents(), ColumnContent("*Name")]
    assert [place for place, _ in told(choices, columns)] == ["use.*Name"]


def test_a_mapping_is_carried_over_to_this_month_s_headings():
    lines = [{"id": "A10001", "Day": "2026-07-03", "FOOD ": "Yes", "Housing": "No"}] * 4
    columns = guessed(tallies_of(list(lines[0]), (list(line.values()) for line in lines)), CODES)
    saved = mapping_from(replace(LEAST, uses={**LEAST.uses, "Safety": SAFE},
                                 reversed_headings=frozenset({"Food"})))  # fmt: skip
    first = first_choices(columns, saved)
    assert {name: use.value for name, use in first.choices.uses.items()} == {
        "id": "patient", "Day": "date", "FOOD": "need.food", "Housing": "need.housing",
    }  # fmt: skip
    assert first.choices.reversed_headings == frozenset({"FOOD"})
    assert first.missing == ("Safety",)
