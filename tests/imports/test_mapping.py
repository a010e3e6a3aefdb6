"""A mapping file says everything that is wrong with it at once; the examples are right."""

from __future__ import annotations

import pytest

from readiness.core.errors import BadInput
from readiness.counts.social_risk.models import Need
from readiness.imports.dates import DateOrder
from readiness.imports.mapping import parse
from readiness.imports.mapping_examples import EXAMPLES
from readiness.imports.mapping_models import (
    OVER_ALL,
    ColumnRole,
    FormMapping,
    LongMapping,
    MappingShape,
    RedcapMapping,
    ReferralMapping,
    VisitMapping,
)
from readiness.imports.referrals.models import Outcome
from readiness.imports.screening_codes import loader as screening
from readiness.imports.screens.models import Absent, NeedResult, ScreenAnswer

CODES = screening.load()
LEAST = 'shape = "long"\n[columns]\npatient = "p"\ndate = "d"\nquestion = "q"\nanswer = "a"\n'


def problems(text: str) -> list[str]:
    with pytest.raises(BadInput) as told:
        parse(text, CODES)
    return [str(problem) for problem in told.value.problems]


def test_the_example_of_a_long_table_is_right():
    found = parse(EXAMPLES[MappingShape.LONG], CODES)
    assert isinstance(found, LongMapping)
    assert found.columns[ColumnRole.SITE] == "CLINIC"
    assert found.questions["food worry"] == "88122-7"
    assert found.answers["88122-7"]["often"] == ScreenAnswer(code="LA28397-0")
    assert found.answers[OVER_ALL]["refused"] == ScreenAnswer(absent=Absent.DECLINED)
    assert found.ignores("NOTE_7")
    assert not found.ignores("NOTES")
    assert found.dates is DateOrder.MONTH_FIRST


def test_the_example_of_a_wide_export_is_right():
    found = parse(EXAMPLES[MappingShape.REDCAP], CODES)
    assert isinstance(found, RedcapMapping)
    assert found.fields["needs"].question == "93031-3"
    assert found.fields["income"].is_number
    assert found.fields["safety_need"].need is Need.SAFETY
    assert found.fields["safety_need"].results["9"] is NeedResult.DECLINED


def test_the_example_of_a_form_is_right():
    found = parse(EXAMPLES[MappingShape.FHIR], CODES)
    assert isinstance(found, FormMapping)
    assert found.questions[""]["1.1"] == "71802-3"


def test_the_examples_of_visits_and_referrals_are_right():
    visits = parse(EXAMPLES[MappingShape.VISITS], CODES)
    assert isinstance(visits, VisitMapping)
    assert visits.value(ColumnRole.PAYER, "Medicaid MCO") == "medicaid"
    referrals = parse(EXAMPLES[MappingShape.REFERRALS], CODES)
    assert isinstance(referrals, ReferralMapping)
    assert referrals.need("Food insecurity") is Need.FOOD
    assert referrals.outcomes["could not be reached"] is Outcome.NOT_CONNECTED
    assert referrals.value(ColumnRole.WANTS_HELP, "Interested") == "yes"


NAMED = "outcome, outcome_date, patient, referred, resolved, screened, wants_help"


def test_a_list_of_referrals_needs_its_columns_and_known_words():
    text = 'shape = "referrals"\n[columns]\npatient = "p"\ndate = "d"\n[outcomes]\n"x" = "y"\n'
    columns = "outcome, outcome_date, referred, resolved, wants_help"
    assert problems(f'{text}[values.race]\n"a" = "b"\n') == [
        f"columns: Name one or more of: intervention, {columns}.",
        f"columns.date: Use one of: intervention, need, {NAMED}.",
        "columns.need: Name the column of the need.",
        "outcomes.x: Use one of: connected, not connected, open.",
        "values.race: Use one of: wants_help, referred, resolved.",
    ]


def test_a_list_of_visits_has_no_answers():
    text = 'shape = "visits"\n[columns]\npatient = "p"\nanswer = "a"\n'
    says = problems(text)
    assert says[0].startswith("columns.answer: Use one of: age, born, date, ")
    assert says[1:] == ["columns.date: Name the column of the date."]


def test_everything_wrong_is_told_at_once_with_its_place():
    text = (
        'shape = "long"\ninstrument = "mine"\ndates = "whenever"\nignore = ["*"]\nextra = 1\n'
        '[columns]\npatient = "p"\ncolour = "x"\nneed = "n"\n'
        '[questions]\n"Food" = "1-1"\n[answers]\n"Yes" = "yes"\n[needs]\n"Any" = "any"\n'
        '[results]\n"Y" = "certain"\n[statuses]\n"F" = "done"\n[flags]\n"Y" = "yes"\n'
        "[values.site]\nelm = 4\n"
    )
    assert [each.split(":")[0] for each in problems(text)] == [
        "answers.Yes",
        "columns",
        "columns.colour",
        "columns.date",
        "dates",
        "extra",
        "flags.Y",
        "ignore, 1",
        "instrument",
        "needs.Any",
        "questions.Food",
        "results.Y",
        "statuses.F",
        "values.site.elm",
    ]


def test_a_field_is_a_question_or_a_need_never_both():
    wide = (
        'shape = "redcap"\n[columns]\npatient = "p"\ndate = "d"\n[fields.x]\nquestion = "88122-7"\n'
        'need = "food"\n[fields.y]\nquestion = "nothing"\n[fields.z]\nneed = "food"\nresults = 3\n'
    )
    assert [each.split(":")[0] for each in problems(wide)] == [
        "fields.x",
        "fields.y.question",
        "fields.z.results",
    ]


def test_an_answer_of_another_question_is_told():
    assert problems(LEAST + '[answers."88122-7"]\n"Yes" = "LA33-6"\n') == [
        "answers.88122-7.Yes: That answer does not belong to this question."
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("shape = \n", "line 1"),
        ("a = 1\nshape = x\n", "line 2"),
        ("shape = 'csv'", "shape"),
        ("", "shape"),
        ("[" * 5_000, ""),
        ("x = " + "[" * 5_000, ""),
        ("a" * 300_000, ""),
    ],
)
def test_what_is_no_mapping_is_refused(text, place):
    [told] = problems(text)
    assert told.startswith((f"{place}: " if place else "Th", "line 1: "))


@pytest.mark.parametrize(
    "text",
    [
        'shape = "long"\ncolumns = 1\nquestions = []\nanswers = "x"\nnumbers = "x"\nvalues = 2\n',
        'shape = "redcap"\nfields = {x = 1}\nignore = [1]\n',
        'shape = "fhir"\nanswers = {"88122-7" = 1, x = {y = 2}}\n',
        'shape = ["long"]',
        'shape = "long"\ninstrument = ["x"]\ndates = []\n',
    ],
)
def test_a_value_of_the_wrong_kind_is_told_not_stumbled_over(text):
    assert problems(text)


WIDE = (
    'shape = "wide"\nsheet = "Screens"\n[columns]\npatient = ["Name", "DOB"]\ndate = "Day"\n'
    '[fields.Food]\nneed = "food"\n[results]\nYes = "positive"\n"N/A" = "not_asked"\n'
)


def test_a_wide_table_has_words_for_all_needs_and_a_patient_in_several_columns():
    made = parse(WIDE, CODES)
    assert isinstance(made, RedcapMapping)
    assert (made.columns[ColumnRole.PATIENT], made.patient_parts) == ("Name", ("DOB",))
    assert (made.results, made.blanks) == ({"yes": NeedResult.POSITIVE}, frozenset({"n/a"}))
    assert made.sheet == "Screens"


@pytest.mark.parametrize("patient", ["[]", '["a", 1]', '["a", " "]', '[["a"]]'])
def test_a_patient_in_several_columns_names_each_of_them(patient):
    text = WIDE.replace('["Name", "DOB"]', patient)
    assert problems(text) == ["columns.patient: Give the headings of the columns."]


def test_a_sheet_is_named_by_a_text():
    assert problems(WIDE.replace('"Screens"', "3")) == ["sheet: Give the name of the sheet."]
