"""Exports as they are made every day, each with the numbers that are right."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from openpyxl import Workbook

from readiness.core.errors import BadInput
from readiness.core.tables.models import file_in_memory
from readiness.counts.social_risk.models import Need, Step
from readiness.imports.screens.models import ResultCounts
from readiness.imports.service import screens

PLAIN = (("Yes", "positive"), ("No", "negative"), ("Declined", "declined"), ("Unknown", "unknown"))
HEADINGS = {"food": "food", "housing": "housing", "ride": "transportation"}
HEADINGS |= {"power": "utilities", "safe": "safety"}


def wide(*columns: str, words: tuple[tuple[str, str], ...] = PLAIN, more: str = "") -> str:
    """A mapping of a wide table with a column for each need."""
    results = ", ".join(f'"{word}" = "{result}"' for word, result in words)
    fields = "\n".join(
        f'[fields.{each}]\nneed = "{HEADINGS[each]}"\nresults = {{{results}}}' for each in columns
    )
    return f'shape = "redcap"\n{more}[columns]\npatient = "id"\ndate = "date"\n{fields}\n'


def read(content: str, mapping: str | None = None, name: str = "export.csv", **more):
    source = file_in_memory("file 1", name, content.encode())
    return screens.aggregate([source], mapping=mapping, **more)


def total(found, need):
    parts = [of for key, of in found.cells.items() if (key.need, key.stratum) == (need, "total")]
    return parts[0] if parts else ResultCounts()


def lines(*resources):
    return "\n".join(map(json.dumps, resources))


def response(form, *items, **more):
    return {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "questionnaire": form,
        "subject": {"reference": f"Patient/{len(form)}"},
        "authored": "2026-08-03",
        "item": [{"linkId": link, "answer": [answer]} for link, answer in items],
        **more,
    }


def said(question, text, patient):
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": question}]},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": "2026-08-03",
        "valueCodeableConcept": {"text": text},
    }


def test_whoever_declined_one_item_was_screened_all_the_same():
    found = read(
        "id,date,food,housing,ride,power,safe\n"
        "1,2026-01-05,No,No,No,No,Declined\n"
        "2,2026-01-06,No,No,No,No,Unknown\n"
        "3,2026-01-07,No,No,No,No,No\n"
        "4,2026-01-08,No,No,,No,No\n"
        "5,2026-01-08,Declined,Declined,Declined,Declined,Declined\n",
        wide(*HEADINGS),
    )
    assert total(found, Need.ANY) == ResultCounts(negative=2, declined=1, partial=2)
    assert total(found, Need.ANY).screened == 4
    assert total(found, Need.SAFETY) == ResultCounts(negative=2, declined=2, unknown=1)
    assert total(found, Need.FOOD).screened == 4


@pytest.mark.parametrize("word", ["Perhaps", "maybe later", "7"])
def test_a_word_that_nobody_explained_opens_its_own_need_and_no_other(word):
    found = read(f"id,date,food,ride\n1,2026-01-05,{word},No\n", wide("food", "ride"))
    assert total(found, Need.FOOD) == ResultCounts(incomplete=1)
    assert total(found, Need.TRANSPORTATION) == ResultCounts(negative=1)
    assert total(found, Need.ANY) == ResultCounts(partial=1)
    assert found.report.unreadable_answers == {"food": 1}
    assert "1 answer was not understood" in found.report.warnings[0].says


def test_a_letter_stands_for_the_word_that_the_mapping_explains():
    found = read("id,date,food,ride\n1,2026-01-05,y,n\n", wide("food", "ride"))
    assert total(found, Need.FOOD) == ResultCounts(positive=1)
    assert total(found, Need.TRANSPORTATION) == ResultCounts(negative=1)
    turned = read("id,date,food\n1,2026-01-05,Y\n", wide("food", words=(("Yes", "negative"),)))
    assert total(turned, Need.FOOD) == ResultCounts(negative=1)


def test_capitals_and_a_period_behind_a_word_change_nothing_of_it():
    found = read(
        "id,date,food,ride\n"
        "1,2026-01-05,YES.,no.\n"
        "2,2026-01-05,N.,Positive.\n"
        "3,2026-01-05,declined.,Nobody asked.\n",
        wide("food", "ride", more='results = {"Nobody asked" = "not_asked"}\n'),
    )
    assert total(found, Need.FOOD) == ResultCounts(positive=1, negative=1, declined=1)
    assert total(found, Need.TRANSPORTATION) == ResultCounts(positive=1, negative=1)
    assert not found.report.unreadable_answers


def test_a_mapped_answer_is_known_with_a_period_behind_it():
    mapping = 'shape = "fhir"\n[answers."71802-3"]\n"Own flat" = "LA30189-7"\n'
    found = read(lines(said("71802-3", "Own flat.", "1")), mapping, "x.ndjson")
    assert total(found, Need.HOUSING) == ResultCounts(negative=1)
    mapping = wide() + '[fields.home]\nquestion = "71802-3"\nanswers = {"Own flat" = "LA30189-7"}\n'
    found = read("id,date,home\n1,2026-01-05,own flat.\n", mapping)
    assert total(found, Need.HOUSING) == ResultCounts(negative=1)


@pytest.mark.parametrize(
    "text", ["Don't know/refused", "Don\u2019t know / Refused.", "Don\u2019t know"]
)
def test_whoever_does_not_know_is_unknown_however_it_is_written(text):
    found = read(lines(said("95251-5", text, "1")), None, "x.ndjson")
    assert not found.report.unreadable_answers


def test_an_answer_of_several_that_is_not_known_is_no_answer_to_the_other_needs():
    mapping = (
        'shape = "long"\ninstrument = "prapare"\n[columns]\npatient = "id"\ndate = "date"\n'
        'question = "q"\nanswer = "a"\n[answers."93031-3"]\n"Groceries" = "LA30125-1"\n'
    )
    found = read(
        "id,date,q,a\n1,2026-08-01,93031-3,Groceries\n1,2026-08-01,93031-3,Fodder\n"
        "2,2026-08-01,93031-3,None\n3,2026-08-01,93031-3,\n",
        mapping,
    )
    assert total(found, Need.FOOD) == ResultCounts(positive=1, negative=1, incomplete=1)
    assert total(found, Need.UTILITIES) == ResultCounts(negative=1, incomplete=2)


TWO_NEEDS = ["Food, Utilities", "food; utilities", "Utilities and Food", "Food/Utilities"]


@pytest.mark.parametrize("text", [*TWO_NEEDS, "Food\nUtilities", "Food & utilities, food"])
def test_several_answers_in_one_text_are_several_answers(text):
    long = (
        'shape = "long"\n[columns]\npatient = "id"\ndate = "date"\nquestion = "q"\nanswer = "a"\n'
    )
    table = f'id,date,q,a\n1,2026-08-01,93031-3,"{text}"\n'
    for found in (read(table, long), read(lines(said("93031-3", text, "1")))):
        assert total(found, Need.FOOD) == ResultCounts(positive=1)
        assert total(found, Need.UTILITIES) == ResultCounts(positive=1)
        assert total(found, Need.MATERIAL) == ResultCounts(negative=1)
        assert not found.report.unreadable_answers


def test_a_part_of_several_answers_that_is_not_known_is_no_answer_to_other_needs():
    found = read(lines(said("93031-3", "Utilities, not food, luck", "1")))
    assert total(found, Need.FOOD) == ResultCounts(incomplete=1)
    assert found.report.unreadable_answers == {"93031-3": 1}


def test_where_one_answer_may_be_chosen_a_text_is_one_answer():
    assert read(lines(said("88122-7", "Often true, never true", "1"))).report.unreadable_answers


def test_points_that_an_item_does_not_give_are_told_among_answers_not_understood():
    mapping = (
        'shape = "long"\nnumbers = ["95618-5"]\n[columns]\npatient = "id"\ndate = "date"\n'
        'question = "q"\nanswer = "a"\n'
    )
    content = "id,date,q,a\n1,2026-08-01,95618-5,7\n2,2026-08-01,95614-4,25\n"
    found = read(content, mapping)
    assert found.report.unreadable_answers == {"95618-5": 1, "95614-4": 1}
    assert "2 answers were not understood" in found.report.warnings[0].says


def test_a_decimal_comma_leaves_its_own_need_open_and_is_told_by_line_and_heading():
    found = read(
        'id,date,food,points\n1,2026-07-03,Yes,"12,5"\n2,2026-07-03,No,"12"\n',
        wide("food") + '[fields.points]\nquestion = "95614-4"\nnumber = true\n',
    )
    assert total(found, Need.FOOD) == ResultCounts(positive=1, negative=1)
    assert total(found, Need.SAFETY) == ResultCounts(positive=1, incomplete=1)
    assert [str(each) for each in found.report.problems] == [
        (
            "file 1, line 2: The number of an answer under “points” is written with a decimal "
            "comma. Write it with a point, such as 12.5."
        )
    ]


def test_none_of_these_can_be_said_in_a_mapping():
    mapping = (
        'shape = "long"\ninstrument = "prapare"\n[columns]\npatient = "id"\ndate = "date"\n'
        'question = "q"\nanswer = "a"\n[answers."93031-3"]\n"No unmet need" = "none"\n'
    )
    found = read("id,date,q,a\n2,2026-08-01,93031-3,No unmet need\n", mapping)
    assert total(found, Need.FOOD) == total(found, Need.UTILITIES) == ResultCounts(negative=1)
    with pytest.raises(BadInput, match="does not belong to this question"):
        read("id,date,q,a\n", mapping.replace("93031-3", "93033-9"))


FORMS = """
shape = "fhir"
[questionnaires]
"https://clinic.example/food" = "hvs"
[questions]
"1" = "88122-7"
"2" = "88123-5"
[answers]
"Often" = "LA28397-0"
"Never" = "LA28398-8"
"""
NEVER, OFTEN = {"valueString": "Never"}, {"valueString": "Often"}


@pytest.mark.parametrize(
    "mapping",
    [
        FORMS,
        FORMS.replace("[questions]", '[questions."https://clinic.example/food"]'),
        FORMS.replace('"hvs"', '"hvs"\n"https://clinic.example/sleep" = "ignore"'),
    ],
)
def test_link_ids_belong_to_the_forms_that_the_mapping_names(mapping):
    content = lines(
        response("https://clinic.example/food", ("1", NEVER), ("2", NEVER)),
        response("https://clinic.example/sleep", ("1", OFTEN), ("2", OFTEN)),
    )
    found = read(content, mapping, "x.ndjson")
    assert total(found, Need.FOOD) == ResultCounts(negative=1)
    assert found.report.passed_forms == {"https://clinic.example/sleep": 1}
    assert "1 filled-in form was passed over" in found.report.warnings[0].says


def test_an_address_that_may_be_a_person_is_not_repeated():
    content = lines(response("mailto:jo@example.org", ("1", OFTEN)))
    found = read(content, FORMS, "x.ndjson")
    assert found.report.passed_forms == {"a form without a plain address": 1}


def test_an_item_without_a_code_in_a_form_that_is_known_is_passed_over():
    coded = [{"linkId": "a", "code": [{"system": "http://loinc.org", "code": "88122-7"}]}]
    form = {"resourceType": "Questionnaire", "id": "q", "item": [*coded, {"linkId": "name"}]}
    answers = (("a", {"valueCoding": {"code": "LA6729-3"}}), ("name", {"valueString": "Planted"}))
    found = read(lines(response("#q", *answers, contained=[form])), None, "x.ndjson")
    assert total(found, Need.FOOD) == ResultCounts(positive=1)
    assert "Planted" not in repr(found)
    uncoded = {**form, "item": [{"linkId": "a"}, {"linkId": "name"}]}
    with pytest.raises(BadInput, match="nothing says what it asks"):
        read(lines(response("#q", *answers, contained=[uncoded])), None, "x.ndjson")


def test_the_usual_wording_of_an_answer_is_known_by_its_question():
    found = read(
        lines(
            said("71802-3", "I have a steady place to live", "1"),
            said("71802-3", "I have a place today, but I\u2019m worried about losing it", "2"),
            said("71802-3", "I don't have a steady place to live (in a shelter)", "3"),
            said("71802-3", "It depends", "4"),
        ),
        None,
        "x.ndjson",
    )
    assert total(found, Need.HOUSING) == ResultCounts(positive=2, negative=1, incomplete=1)
    assert found.report.unreadable_answers == {"71802-3": 1}


def test_answers_alone_make_a_mapping():
    mapping = 'shape = "fhir"\n[answers."71802-3"]\n"Own flat" = "LA30189-7"\n'
    found = read(lines(said("71802-3", "Own flat", "1")), mapping, "x.ndjson")
    assert total(found, Need.HOMELESSNESS) == ResultCounts(negative=1)
    with pytest.raises(BadInput, match="Name the link ids"):
        read("{}", 'shape = "fhir"\n', "x.ndjson")


def test_a_list_of_resources_reads_as_they_do_one_by_one():
    both = [said("71802-3", "I have housing", "1"), said("93030-5", "Yes", "1")]
    assert read(json.dumps(both), None, "x.json").cells == read(lines(*both), None, "x.json").cells
    with pytest.raises(BadInput, match="cut off"):
        read(json.dumps(both)[:-9], None, "x.json")


def test_what_was_cut_off_is_told_with_its_share():
    whole = lines(said("71802-3", "I have housing", "1"), said("93030-5", "Yes", "1"))
    found = read(whole[:-20], None, "x.ndjson")
    assert found.report.warnings[0].says.startswith("1 of 2 rows (50.0%) could not be read")


def test_a_bundle_that_is_refused_whole_is_told_with_its_share_too():
    inner: dict[str, object] = {"resourceType": "Bundle", "entry": []}
    for _ in range(5):
        inner = {"resourceType": "Bundle", "entry": [{"resource": inner}]}
    found = read(json.dumps(inner), None, "x.json")
    assert (found.report.rows, found.report.refused) == (0, 1)
    assert found.report.warnings[0].says.startswith("1 of 1 rows (100.0%) could not be read")


def test_errors_that_an_export_tells_itself_are_told():
    issue = {"severity": "error", "diagnostics": "Planted could not be exported"}
    outcome = {"resourceType": "OperationOutcome", "issue": [issue, {"severity": "information"}]}
    found = read(lines(said("93030-5", "Yes", "1"), outcome), None, "x.ndjson")
    assert [each.says[:36] for each in found.report.warnings] == [
        "The export itself tells of errors (1"
    ]
    assert "Planted" not in repr(found)


def test_a_table_of_which_no_line_can_be_read_is_refused():
    with pytest.raises(BadInput, match="No line of this could be read"):
        read("id,date,food\n1,soon,No\n2,later,No\n", wide("food"))


@pytest.mark.parametrize(
    ("content", "mapping"),
    [
        ("id,date,food\n", wide("food")),
        ("id,date,food\n,,\n", wide("food")),
        ("[]", None),
        ('{"resourceType": "Bundle", "type": "collection"}', None),
    ],
)
def test_headings_or_an_empty_list_alone_are_refused(content, mapping):
    with pytest.raises(BadInput, match="There is no row in it"):
        read(content, mapping)


@pytest.mark.parametrize("content", ["{}", "[{}]", '{"a": 1}\n{"b": 2}\n'])
def test_json_without_any_resource_is_refused(content):
    with pytest.raises(BadInput, match="No FHIR resource was found in it"):
        read(content)


def test_of_several_tables_the_one_without_rows_is_told():
    tables = [b"id,date,food\n1,2026-07-03,No\n", b"id,date,food\n"]
    sources = [file_in_memory(f"file {at}", "", each) for at, each in enumerate(tables, 1)]
    found = screens.aggregate(sources, mapping=wide("food"))
    assert [str(each) for each in found.report.warnings] == [
        "file 2: There is no row below the headings. Export it again with its rows."
    ]


def test_the_days_that_a_file_covers_are_told():
    found = read("id,date,food\n1,2026-02-03,No\n2,2026-01-31,Yes\n3,,\n", wide("food"))
    assert (str(found.report.first_day), str(found.report.last_day)) == ("2026-01-31", "2026-02-03")


def book(**sheets):
    made = Workbook(write_only=True)  # which begins without a sheet
    for name, rows in sheets.items():
        tab = made.create_sheet(name)
        for row in rows:
            tab.append(row)
    held = BytesIO()
    made.save(held)
    return file_in_memory("file 1", "report.xlsx", held.getvalue())


ROWS = (("id", "date", "food"), ("1", "2026-07-03", "Yes"), ("2", "2026-07-04", "No"))
SUMMARY = (("Need", "Count"), ("Food", 2), ("Housing", 3))


def test_of_several_sheets_the_one_with_the_headings_of_the_mapping_is_read():
    found = screens.aggregate([book(Summary=SUMMARY, Rows=ROWS)], mapping=wide("food"))
    assert total(found, Need.FOOD) == ResultCounts(positive=1, negative=1)


def test_a_mapping_may_name_the_sheet():
    twice = book(July=ROWS, August=(ROWS[0], ("3", "2026-08-03", "Yes")))
    found = screens.aggregate([twice], mapping=wide("food", more='sheet = "August"\n'))
    assert total(found, Need.FOOD) == ResultCounts(positive=1)


def test_each_of_several_mappings_finds_its_own_sheet():
    other = wide("ride").replace('"id"', '"person"')
    rides = (("person", "date", "ride"), ("7", "2026-07-03", "No"))
    sources = [book(Summary=SUMMARY, Rows=ROWS), book(Summary=SUMMARY, Rows=rides)]
    found = screens.aggregate(sources, mapping=[wide("food"), other])
    assert total(found, Need.FOOD).screened == 2
    assert total(found, Need.TRANSPORTATION).screened == 1


def test_a_birth_date_tells_patients_apart_however_it_is_written():
    mapping = wide("food").replace('patient = "id"', 'patient = ["name", "born"]')
    found = read(
        "name,born,date,food\nJo  Doe,1/1/1980,2026-02-03,No\njo doe,01/01/1980,2026-02-04,Yes\n"
        "Jo Doe,1980-01-01,2026-02-05,No\nJo Doe,1/2/1980,2026-02-05,No\n",
        mapping,
    )
    assert total(found, Need.FOOD) == ResultCounts(positive=1, negative=1)


@pytest.mark.parametrize(
    "row", ["Total,2026-07-05,Yes", "Grand total:,,1", "Total patients: 2", ",TOTAL,1", "Totals,,"]
)
def test_a_row_of_totals_is_no_patient_and_is_told_with_its_line(row):
    found = read(f"id,date,food\n1,2026-07-03,Yes\n{row}\n2,2026-07-04,No\n", wide("food"))
    assert total(found, Need.FOOD) == ResultCounts(positive=1, negative=1)
    assert (found.report.rows, found.report.refused) == (2, 0)
    assert [str(each) for each in found.report.warnings] == [
        "file 1: Line 3 holds totals and no patient: passed over, and counted nowhere."
    ]


def test_a_row_of_totals_is_no_visit():
    visits = 'shape = "visits"\n[columns]\npatient = "mrn"\ndate = "seen"\n'
    found = screens.aggregate(
        [
            file_in_memory("file 1", "", b"id,date,food\n1,2026-07-03,Yes\n"),
            file_in_memory(
                "file 2", "", b"mrn,seen\n1,2026-07-03\n2,2026-07-03\nTotal,2026-07-31\n"
            ),
        ],
        mapping=[wide("food"), visits],
    )
    eligible = [of[Step.ELIGIBLE] for of in found.step_counts.steps.values() if Step.ELIGIBLE in of]
    assert set(eligible) == {2}


def test_a_plan_called_total_is_no_row_of_totals():
    more = wide("food").replace('date = "date"', 'date = "date"\npayer = "plan"')
    found = read("plan,id,date,food\nTotal Care,1,2026-07-03,Yes\n", more)
    assert total(found, Need.FOOD) == ResultCounts(positive=1)


DAY_FIRST = 'dates = "day first"\n'
SAYS_DAY_FIRST = "This date is written day first, and dates are read month first here"
SAYS_MONTH_FIRST = "This date is written month first, and dates are read day first here"


@pytest.mark.parametrize(
    ("day", "more", "says"),
    [("13/7/2026", "", SAYS_DAY_FIRST), ("7/13/26", DAY_FIRST, SAYS_MONTH_FIRST)],
)
def test_a_date_in_the_other_order_is_told_as_one_with_what_to_do(day, more, says):
    found = read(f"id,date,food\n1,{day},Yes\n2,2026-07-03,No\n", wide("food", more=more))
    (problem,) = found.report.problems
    assert problem.says.startswith(says)
    assert "Say in the mapping" in problem.says
    assert total(found, Need.FOOD) == ResultCounts(negative=1)


def test_dates_that_are_all_the_other_way_round_refuse_the_file():
    """7/3 would be read as July 3 where March 7 is meant."""
    content = "id,date,food\n1,13/7/2026,Yes\n2,7/3/2026,No\n"
    with pytest.raises(BadInput, match="Dates are written day first, and were to be read month"):
        read(content, wide("food"))
    assert read(content, wide("food", more=DAY_FIRST)).report.refused == 0
    visits = 'shape = "visits"\n[columns]\npatient = "id"\ndate = "date"\n'
    with pytest.raises(BadInput, match="written day first"):
        read(content.replace(",food", "").replace(",Yes", "").replace(",No", ""), visits)


def test_one_date_in_the_other_order_among_many_is_left_out_alone():
    content = "id,date,food\n1,13/7/2026,Yes\n2,7/3/2026,No\n3,7/14/2026,No\n"
    found = read(content, wide("food"))
    assert (found.report.refused, total(found, Need.FOOD)) == (1, ResultCounts(negative=2))
