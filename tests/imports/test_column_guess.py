"""A guess at strangers' columns: what is what, and what must not be shown at all."""

from __future__ import annotations

import pytest

from readiness.core.errors import BadInput
from readiness.imports.column_contents import (
    MOST_COLUMNS,
    ColumnTally,
    SlashOrder,
    Withheld,
    check_headings,
    tallies_of,
)
from readiness.imports.column_guess import content, guessed, result_for
from readiness.imports.mapping_models import ColumnRole
from readiness.imports.screening_codes import loader as screening
from readiness.imports.screens.models import Absent, NeedResult
from tests.factories import flat_tables

CODES = screening.load()


def columns_of(lines):
    found = guessed(tallies_of(list(lines[0]), (list(line.values()) for line in lines)), CODES)
    return {each.content.heading: each for each in found}


def uses(lines):
    return {name: each.use.value for name, each in columns_of(lines).items() if each.use.value}


def test_a_flat_export_is_guessed_without_a_word_from_the_team():
    assert uses(flat_tables.rows()) == {
        "Patient ID": "patient",
        "DOB": "born",
        "Screening Date": "date",
        "Food Insecurity": "need.food",
        "Housing Instability": "need.housing",
        "Transportation": "need.transportation",
        "Utilities": "need.utilities",
        "Safety": "need.safety",
        "Race": "race",
        "Preferred Language": "language",
    }


def test_names_and_numbers_of_patients_are_never_among_what_is_shown():
    found = columns_of(flat_tables.rows())
    for heading in ("Patient ID", "Patient Name", "Provider"):
        assert found[heading].content.words == ()
        assert found[heading].content.withheld is Withheld.PERSON
    assert found["DOB"].content.withheld is Withheld.DAYS


@pytest.mark.parametrize(
    "heading",
    [
        "MRN",
        "Last Name",
        "Home address",
        "PhoneNumber",
        "e-mail",
        "SSN",
        "PCP",
        "Notes",
        "Screened by",
        "Insurance ID",
        "Member number",
        "Emergency contact",
    ],
)
def test_a_heading_that_announces_a_person_hides_its_column(heading):
    tally = ColumnTally(heading)
    for text in ("Yes", "No", "Yes", "No"):
        tally.add(text)
    assert content(tally, CODES).withheld is Withheld.PERSON


@pytest.mark.parametrize(
    ("texts", "withheld"),
    [
        (["Jo Doe", "Al Roe", "Bo Poe"], Withheld.PERSON),  # each once, as names are
        (["617-555-0134"] * 9, Withheld.PERSON),
        (["jo@example.org"] * 9, Withheld.PERSON),
        (["A1234567"] * 9, Withheld.PERSON),
        ([f"w{number}" for number in range(13)] * 9, Withheld.MANY),
        (["She said that she has been living with a friend"] * 9, Withheld.MANY),
        (["2026-07-03"] * 9, Withheld.DAYS),
        (["Yes", "No", "Unknown"], Withheld.NOTHING),  # answers, however few
        (["Office", "Phone call"] * 9, Withheld.NOTHING),
    ],
)
def test_what_stands_in_a_column_of_an_unknown_heading_decides_whether_it_is_shown(texts, withheld):
    tally = ColumnTally("Column of theirs")
    for text in texts:
        tally.add(text)
    assert content(tally, CODES).withheld is withheld
    assert bool(content(tally, CODES).words) is (withheld is Withheld.NOTHING)


@pytest.mark.parametrize(
    ("heading", "words", "use"),
    [
        ("Hunger screen", "Yes No", "need.food"),
        ("food_insecurity", "1 0", "need.food"),
        ("IPV", "Positive Negative", "need.safety"),
        ("Transport need?", "Need None", "need.transportation"),
        ("Financial strain", "Y N", "need.financial"),
        ("Employment Status", "Employed Unemployed", "need.employment"),
        ("Food referral made", "Yes No", ""),
        ("Wants help with food", "Yes No", ""),
        ("Meals per week", "3 7", ""),
        ("Worried about food (88122-7)", "LA28397-0 LA28398-8", "question.88122-7"),
        ("Gender", "F M", "sex"),
        ("Payer", "Medicaid Medicare", "payer"),
        ("Clinic ID", "north south", "site"),
        ("Visit type", "Office Phone", ""),
        ("Form status", "final preliminary", "status"),
        ("social_needs_complete", "2 0", "complete"),
    ],
)
def test_a_column_is_guessed_by_its_heading_and_its_words(heading, words, use):
    lines = [{heading: word} for word in words.split() * 5]
    assert uses(lines) == ({heading: use} if use else {})


@pytest.mark.parametrize("heading", ["Enough food?", "Housing is stable", "Feels safe at home"])
def test_a_heading_that_asks_for_the_good_turns_a_yes_around(heading):
    assert columns_of([{heading: "Yes"}] * 3)[heading].is_reversed


def test_without_a_number_the_name_and_the_birth_date_tell_patients_apart():
    lines = [
        {name: text for name, text in line.items() if name != "Patient ID"}
        for line in flat_tables.rows()
    ]
    found = uses(lines)
    assert (found["Patient Name"], found["DOB"]) == ("patient", "patient+born")


def test_of_several_numbers_and_days_the_best_named_one_is_taken():
    line = {"Record ID": "A10001", "Visit Date": "2026-07-03", "MRN": "B10001"}
    found = uses([line | {"Screening Date": "2026-07-03"}] * 3)
    assert found == {"MRN": "patient", "Screening Date": "date"}


@pytest.mark.parametrize(
    ("texts", "slashes"),
    [
        (["7/3/2026"], SlashOrder.OPEN),
        (["7/3/2026", "7/13/2026"], SlashOrder.MONTH_FIRST),
        (["7/3/2026", "13/7/2026"], SlashOrder.DAY_FIRST),
        (["13/7/2026", "7/13/2026"], SlashOrder.BOTH),
        (["2026-07-03"], SlashOrder.NONE),
    ],
)
def test_a_day_above_twelve_proves_which_number_it_is(texts, slashes):
    [found] = columns_of([{"Day": text} for text in texts]).values()
    assert found.content.slashes is slashes


@pytest.mark.parametrize(
    "first",
    [["A1234567", "Jo Doe", "Yes"], ["Jo Doe", "1/2/1980", "Yes"], ["jo@example.org", "No"]],
)
def test_a_file_without_headings_is_refused_before_a_patient_becomes_one(first):
    with pytest.raises(BadInput, match="Put the headings above the rows") as told:
        check_headings("file 1", [*first, "and more"])
    assert not any(text in str(told.value) for text in first[:2])


def test_more_columns_than_a_person_can_look_through_are_refused():
    with pytest.raises(BadInput, match="Export only those"):
        check_headings("file 1", [f"q{at}" for at in range(MOST_COLUMNS + 1)])


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("YES", NeedResult.POSITIVE),
        ("At risk", NeedResult.POSITIVE),
        ("No need", NeedResult.NEGATIVE),
        ("Patient declined", NeedResult.DECLINED),
        ("Don't know", NeedResult.UNKNOWN),
        ("N/A", Absent.NOT_ASKED),
        ("Purple", None),
    ],
)
def test_a_word_is_guessed_where_it_can_mean_one_thing(word, meaning):
    assert result_for(word, CODES) == meaning


@pytest.mark.parametrize("heading", ["Record", "Chart", "ID"])
def test_a_column_that_is_named_for_the_record_alone_tells_patients_apart(heading):
    rows = [{heading: f"A{n}", "Screened on": f"07/0{n}/2026", "Food": "Yes"} for n in range(1, 4)]
    assert columns_of(rows)[heading].use.roles == (ColumnRole.PATIENT,)
