from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.counts.social_risk.models import Need
from readiness.imports.screens.evaluation import KnownEvaluations, evaluate
from readiness.imports.screens.models import NeedResult, PatientRecord, PatientTraits, RecordStatus
from tests.factories.screens import CODES, DAY, NO, YES, a_part, answered, assembled

EARLY, LATE, LATEST = "2026-07-03T09:00Z", "2026-07-03T10:00Z", "2026-07-03T11:00Z"
UTILITIES = "96779-4"
yes, no = answered(UTILITIES, YES), answered(UTILITIES, NO)
HELD, DELETED = RecordStatus.HELD, RecordStatus.DELETED


def results(*parts) -> list[dict[Need, NeedResult]]:
    return [dict(evaluate(screen, CODES).needs) for screen in assembled(*parts)[0]]


def utilities(*parts) -> str:
    """The one result, or why there is none."""
    found = results(*parts)
    return " ".join(result[Need.UTILITIES] for result in found) or "none"


@pytest.mark.parametrize("is_turned", [False, True])
def test_the_later_answer_to_a_question_counts(is_turned):
    parts = [a_part(yes, issued=EARLY), a_part(no, issued=LATE)]
    assert utilities(*reversed(parts) if is_turned else parts) == "negative"


def test_of_the_same_issue_the_later_version_counts_and_then_the_later_in_the_file():
    assert utilities(a_part(yes, version=2), a_part(no, version=1)) == "positive"
    assert utilities(a_part(yes), a_part(no)) == "negative"


@pytest.mark.parametrize("is_turned", [False, True])
def test_an_amended_resource_replaces_itself_even_on_another_day(is_turned):
    before = a_part(yes, resource=b"r", version=1, issued=LATE)
    after = a_part(no, resource=b"r", version=2, issued=EARLY, day=date(2026, 8, 1))
    screens, report = assembled(*((after, before) if is_turned else (before, after)))
    assert [(screen.day, evaluate(screen, CODES).needs) for screen in screens] == [
        (date(2026, 8, 1), {Need.UTILITIES: NeedResult.NEGATIVE})
    ]
    assert report.duplicates == 1


@pytest.mark.parametrize("is_turned", [False, True])
def test_what_was_entered_in_error_takes_back_what_came_before_it(is_turned):
    before = a_part(yes, resource=b"r", version=1, issued=EARLY)
    error = a_part(yes, resource=b"r", version=2, issued=EARLY, standing=DELETED)
    assert utilities(*((error, before) if is_turned else (before, error))) == "none"


def test_what_was_emptied_when_it_was_taken_back_is_known_by_its_id():
    form = a_part(yes, resource=b"q", is_whole=True, instrument="ahc_hrsn", issued=EARLY)
    item = a_part(answered("93030-5", YES), instrument="ahc_hrsn", issued=EARLY, resource=b"i")
    gone = a_part(resource=b"q", version=2, patient=b"", day=date.min, standing=DELETED)
    assert results(form, gone) == []
    assert results(gone, form) == []
    assert results(form, item, replace(gone, issued=LATE)) == []
    assert results(replace(gone, resource=b"none"), item) == [{Need.TRANSPORTATION: "positive"}]


def test_an_item_taken_back_leaves_the_rest_of_its_screen():
    parts = [
        a_part(yes, answered("93030-5", YES), instrument="ahc_hrsn", is_whole=True, issued=EARLY),
        a_part(yes, instrument="ahc_hrsn", standing=DELETED, issued=LATE),
    ]
    assert results(*parts) == [{Need.TRANSPORTATION: NeedResult.POSITIVE}]


def test_a_form_taken_back_takes_its_whole_screen_and_what_comes_later_stands():
    item = a_part(yes, instrument="ahc_hrsn", issued=EARLY)
    form = a_part(instrument="ahc_hrsn", is_whole=True, standing=DELETED, issued=LATE)
    again = a_part(no, instrument="ahc_hrsn", issued=LATEST)
    assert utilities(item, form) == "none"
    assert utilities(again, form, item) == "negative"


def test_what_is_not_final_neither_counts_nor_replaces():
    screens, report = assembled(
        a_part(yes, issued=EARLY), a_part(no, issued=LATE, standing=HELD, status="preliminary")
    )
    assert evaluate(screens[0], CODES).needs == {Need.UTILITIES: NeedResult.POSITIVE}
    assert report.held == 1
    assert results(a_part(yes, standing=HELD)) == []


def test_held_and_deleted_screens_are_shown_only_to_who_wants_to_know():
    parts = (
        a_part(yes, standing=HELD, status="preliminary"),
        a_part(no, standing=DELETED, status="entered-in-error", patient=b"p2"),
    )
    assert assembled(*parts)[0] == []
    shown, report = assembled(*parts, is_explained=True)
    assert [(screen.standing, screen.status) for screen in shown] == [
        (HELD, "preliminary"),
        (DELETED, "entered-in-error"),
    ]
    assert (report.held, report.deleted) == (1, 1)


@pytest.mark.parametrize("is_turned", [False, True])
def test_a_form_and_the_same_answers_one_by_one_are_one_screen(is_turned):
    form = a_part(yes, instrument="ahc_hrsn", is_whole=True, is_completed=True, issued=EARLY)
    items = [
        a_part(yes, issued=EARLY, resource=b"1"),
        a_part(answered("93030-5", NO), issued=EARLY, resource=b"2"),
    ]
    parts = [form, *items]
    screens, report = assembled(*reversed(parts) if is_turned else parts)
    assert len(screens) == 1
    assert evaluate(screens[0], CODES).needs[Need.UTILITIES] is NeedResult.POSITIVE
    assert report.duplicates >= 1


def test_a_whole_screen_replaces_all_that_came_before_it():
    parts = [
        a_part(answered("93030-5", YES), instrument="ahc_hrsn", issued=EARLY),
        a_part(yes, instrument="ahc_hrsn", is_whole=True, issued=LATE),
    ]
    assert results(*parts) == [{Need.UTILITIES: NeedResult.POSITIVE}]


def test_choices_of_one_issue_are_united_and_those_of_an_earlier_one_replaced():
    def chosen(code, **changes):
        return a_part(answered("93031-3", code), instrument="prapare", **changes)

    food, clothing, phone = "LA30125-1", "LA30126-9", "LA30129-3"
    found = results(
        chosen(food, issued=LATE, resource=b"1"),
        chosen(clothing, issued=LATE, resource=b"2"),
        chosen("LA30124-4", issued=EARLY, resource=b"3"),
    )
    assert found == [
        {
            Need.FOOD: NeedResult.POSITIVE,
            Need.UTILITIES: NeedResult.NEGATIVE,
            Need.MATERIAL: NeedResult.POSITIVE,
        }
    ]
    changed = results(
        chosen(food, issued=LATE, resource=b"1", version=1),
        chosen(phone, issued=LATE, resource=b"1", version=2),
    )
    assert changed[0][Need.FOOD] is NeedResult.NEGATIVE


def test_where_one_answer_may_be_chosen_two_are_not_united():
    yes_, no_ = answered("93030-5", YES), answered("93030-5", NO)
    assert results(a_part(yes_), a_part(no_)) == [{Need.TRANSPORTATION: NeedResult.NEGATIVE}]


def test_the_same_row_twice_counts_once():
    screens, report = assembled(a_part(yes), a_part(yes))
    assert (len(screens), report.duplicates) == (1, 1)


def test_rows_of_one_screen_are_kept_as_one_piece():
    from readiness.core.tables.models import Report
    from readiness.imports.screens.assembly import ScreenAssembly

    assembly = ScreenAssembly(CODES, Report())
    for question in ("96779-4", "93030-5", "71802-3"):
        assembly.add(a_part(answered(question, YES)))
    assert [len(pieces) for pieces in assembly.days.values()] == [1]


def test_the_instrument_is_told_from_the_pairs_of_the_day():
    core = [answered("71802-3", "LA31994-9"), answered("93030-5", NO), yes]
    other = [answered("93033-9", YES), answered("93026-3", YES)]
    screens, _ = assembled(*(a_part(each) for each in [*core, *other]))
    assert [(screen.instrument, set(screen.answered)) for screen in screens] == [
        ("ahc_hrsn", {"71802-3", "93030-5", "96779-4"}),
        ("prapare", {"93033-9", "93026-3"}),
    ]


def test_an_instrument_that_the_day_names_already_takes_the_pairs_it_knows():
    screens, _ = assembled(
        a_part(answered("93030-5", NO), is_whole=True, instrument="prapare"),
        a_part(answered("93030-5", NO)),
    )
    assert [screen.instrument for screen in screens] == ["prapare"]


@pytest.mark.parametrize("is_turned", [False, True])
def test_a_piece_takes_the_instrument_of_the_panel_that_names_it(is_turned):
    panel = a_part(instrument="prapare", resource=b"panel", members=(b"item",), is_completed=True)
    item = a_part(answered("93030-5", NO), resource=b"item")
    parts = (panel, item)
    screens, report = assembled(*reversed(parts) if is_turned else parts)
    assert [(screen.instrument, screen.is_completed) for screen in screens] == [("prapare", True)]
    assert report.duplicates == 0


def test_a_panel_without_any_answer_is_no_screen():
    panel = a_part(instrument="prapare", resource=b"panel", members=(b"x",), is_completed=True)
    assert assembled(panel)[0] == []


def test_a_piece_of_a_form_in_error_is_taken_back_with_it():
    form = a_part(resource=b"q", standing=DELETED, patient=b"", day=date.min)
    assert results(form, a_part(yes, resource=b"i", belongs_to=b"q")) == []


def test_patients_and_days_are_screens_of_their_own():
    parts = [a_part(yes), a_part(yes, patient=b"p2"), a_part(no, day=date(2026, 7, 4))]
    assert [screen.patient for screen in assembled(*parts)[0]] == [b"p1", b"p2", b"p1"]


def test_the_latest_site_and_status_stand():
    parts = [
        a_part(yes, issued=LATE, site_id="north", status="amended"),
        a_part(answered("93030-5", NO), issued=EARLY, site_id="south"),
    ]
    (screen,) = assembled(*parts)[0]
    assert (screen.site_id, screen.status) == ("north", "amended")


def test_a_later_record_of_a_person_adds_to_an_earlier_one():
    from readiness.core.tables.models import Report
    from readiness.imports.screens.assembly import ScreenAssembly

    assembly = ScreenAssembly(CODES, Report())
    assembly.add(PatientRecord(b"p1", PatientTraits(races=("2106-3",), sex="female")))
    assembly.add(PatientRecord(b"p1", PatientTraits(language="en", sex="male")))
    assert assembly.people[b"p1"] == PatientTraits(races=("2106-3",), sex="male", language="en")


QUESTIONS = st.sampled_from(
    [
        answered("96779-4", YES),
        answered("96779-4", NO),
        answered("93031-3", "LA30125-1"),
        answered("93031-3", "LA30126-9"),
        answered("93031-3", "LA30122-8"),
        answered("71802-3", "LA31994-9"),
        answered("71802-3", "LA30190-5"),
        answered("93026-3", YES),
    ]
)


@st.composite
def some_parts(draw):
    """Pieces that the file's order cannot decide between: no two are of one instant."""
    count = draw(st.integers(1, 8))
    instants = draw(st.permutations([f"2026-07-03T{n:02}:00Z" for n in range(count)]))
    return [
        a_part(
            *draw(st.lists(QUESTIONS, min_size=1, max_size=3, unique_by=lambda q: q.question)),
            issued=issued,
            instrument=draw(st.sampled_from(["", "ahc_hrsn", "prapare"])),
            standing=draw(
                st.sampled_from([RecordStatus.COUNTED, RecordStatus.COUNTED, HELD, DELETED])
            ),
            is_whole=draw(st.booleans()),
            is_completed=draw(st.booleans()),
            resource=draw(st.sampled_from([b"", b"1", b"2", b"3"])),
            version=draw(st.integers(0, 2)),
            patient=draw(st.sampled_from([b"p1", b"p2"])),
            day=draw(st.sampled_from([DAY, date(2026, 7, 4)])),
        )
        for issued in instants
    ]


@pytest.mark.slow
@given(parts=some_parts(), data=st.data())
def test_the_order_of_the_pieces_never_matters(parts, data):
    def needs_of(some):
        found = [
            (s.patient, s.day, s.instrument, sorted(evaluate(s, CODES).needs.items()))
            for s in assembled(*some)[0]
        ]
        return sorted(found)

    assert needs_of(data.draw(st.permutations(parts))) == needs_of(parts)


def test_screens_that_are_answered_alike_say_so_and_keep_whose_they_are():
    traits = PatientTraits(language="spanish")
    screens, _ = assembled(
        a_part(yes, site_id="elm"),
        a_part(yes, patient=b"p2", day=date(2026, 8, 1), traits=traits, group_id="g"),
        a_part(no, patient=b"p3"),
    )
    first, third, second = screens
    assert first.alike == second.alike
    assert 0 != first.alike != third.alike
    assert (first.site_id, first.traits, second.site_id, second.traits) == (
        "elm",
        (),
        "",
        (traits,),
    )
    assert (second.patient, second.day, second.group_id) == (b"p2", date(2026, 8, 1), "g")


@pytest.mark.slow
@given(parts=st.lists(some_parts(), max_size=3))
def test_what_is_remembered_of_screens_is_what_each_says_by_itself(parts):
    screens, _ = assembled(*(part for some in parts for part in some))
    known = KnownEvaluations()
    for screen in screens:
        assert evaluate(screen, CODES, known) == evaluate(replace(screen, alike=0), CODES)


def test_a_poor_income_of_one_year_may_not_be_one_of_the_next():
    income, people = answered("63586-2", 15_800), answered("63512-8", 1)
    days = (date(2025, 7, 3), date(2026, 7, 3))
    parts = [a_part(income, people, instrument="prapare", day=day) for day in days]
    known = KnownEvaluations()
    told = [evaluate(screen, CODES, known).needs for screen in assembled(*parts)[0]]
    assert [each[Need.FINANCIAL] for each in told] == [NeedResult.NEGATIVE, NeedResult.POSITIVE]
