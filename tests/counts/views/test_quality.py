"""Entering quality measures through the pages: saving, checking, pasting, files, and clashes."""

from __future__ import annotations

import csv
import gzip
from io import BytesIO, StringIO

import openpyxl
import pytest

from readiness.core.periods import Period
from readiness.counts.db import quality
from readiness.counts.measures.loader import load_quality
from readiness.counts.models import PeriodState
from readiness.counts.quality.models import (
    DemographicCell,
    DemographicField,
    DemographicSource,
    DemographicStatus,
    MeasureCell,
    MeasurePart,
)
from readiness.counts.strata import Stratum, StratumType
from tests.factories.completion import complete_page
from tests.factories.page import Page

LIST = "/groups/elm/quality"
HERE = f"{LIST}/2026-Q4"
RACE = f"{HERE}/by/race_omb2024"
RACE_DATA = f"{HERE}/by/race-data"
FILE = f"{HERE}/file"
Q4 = Period(2026, 4)
MET, COUNTED = (MeasureCell("COL", part) for part in MeasurePart)
ASIAN = Stratum(StratumType.RACE, "asian")
MET_ASIAN, COUNTED_ASIAN = (MeasureCell("COL", part, ASIAN) for part in MeasurePart)
SAID = DemographicCell(
    DemographicField.RACE, DemographicStatus.KNOWN, DemographicSource.SELF_REPORT
)


def filled(client, fields, path=HERE, **more):
    """What a browser sends after somebody typed `fields` into the page as it stands."""
    return {
        **Page(client.get(path).text).values(path),
        **{cell.key: str(value) for cell, value in fields.items()},
        **more,
    }


def line(store):
    return quality.status(store, "elm", Q4)


def stored(store):
    found = quality.of_group(store, "elm")
    return dict(found[Q4].known) if Q4 in found else {}


def sent_file(client, content, name="filled.csv"):
    page = Page(client.get(HERE).text)
    token = page.values(FILE)["csrf_token"]
    return client.post(
        FILE,
        data={"csrf_token": token, "file": (BytesIO(content), name)},
        content_type="multipart/form-data",
    )


def csv_of(*rows):
    written = StringIO()
    lines = csv.writer(written)
    lines.writerow(("period", "measure", "stratum_type", "stratum", "numerator", "denominator"))
    lines.writerows(rows)
    return written.getvalue().encode()


def test_counts_are_saved_and_stand_in_their_fields_again(cara, store):
    answer = cara.post(HERE, data=filled(cara, {MET: 560, COUNTED: "1,000"}, do="save"))
    assert answer.status_code == 303
    assert stored(store) == {MET: 560, COUNTED: 1000}
    assert Page(cara.get(HERE).text).values(HERE)[MET.key] == "560"


def test_a_breakdown_and_the_race_data_have_pages_of_their_own(cara, store):
    cara.post(RACE, data=filled(cara, {MET_ASIAN: 30, COUNTED_ASIAN: 50}, RACE))
    cara.post(RACE_DATA, data=filled(cara, {SAID: 812}, RACE_DATA))
    assert stored(store) == {MET_ASIAN: 30, COUNTED_ASIAN: 50, SAID: 812}


def test_a_text_that_is_no_count_is_refused_and_everything_typed_stays(cara, store):
    answer = cara.post(HERE, data=filled(cara, {MET: "many", COUNTED: 1000}))
    page = Page(answer.text)
    assert answer.status_code == 422
    assert "this is not a whole number" in page.text
    assert (page.values(HERE)[MET.key], page.values(HERE)[COUNTED.key]) == ("many", "1000")
    assert stored(store) == {}


def test_numbers_that_contradict_each_other_are_kept_and_stop_the_period(cara, store):
    answer = complete_page(cara, HERE, filled(cara, {MET: 20, COUNTED: 10}))
    assert answer.status_code == 422
    assert "cannot be more than the 10 counted in it" in answer.text
    assert stored(store) == {MET: 20, COUNTED: 10}
    assert line(store).state is PeriodState.OPEN


def test_a_complete_period_is_open_again_after_a_change(cara, store):
    complete_page(cara, HERE, filled(cara, {MET: 5, COUNTED: 10}))
    assert line(store).state is PeriodState.COMPLETE
    assert "Complete" in cara.get(LIST).text
    cara.post(HERE, data=filled(cara, {MET: 6}))
    assert line(store).state is PeriodState.OPEN


def test_an_empty_period_is_not_complete(cara, store):
    answer = complete_page(cara, HERE, filled(cara, {}))
    assert answer.status_code == 422
    assert line(store).state is None


def test_who_saves_second_is_shown_both_and_overwrites_nothing(cara, store):
    old = filled(cara, {MET: 7})
    cara.post(HERE, data=filled(cara, {MET: 5}))
    answer = cara.post(HERE, data=old)
    assert answer.status_code == 409
    assert "You typed 7, somebody else saved 5." in answer.text
    assert stored(store) == {MET: 5}


def test_a_pasted_block_is_shown_in_the_table_before_anything_is_saved(cara, store):
    block = "\tCOL denominator\tCOL numerator\nAsian alone\t50\t30"
    answer = cara.post(RACE, data=filled(cara, {}, RACE, block=block, do="preview"))
    assert Page(answer.text).values(RACE)[MET_ASIAN.key] == "30"
    assert stored(store) == {}


def test_a_file_is_shown_as_what_it_would_change_and_saved_after_that(cara, store):
    cara.post(HERE, data=filled(cara, {COUNTED: 1000}))
    raw = csv_of(
        ("2026-Q4", "COL", "total", "total", 560, 1000),
        ("2026-Q4", "COL", "race_omb2024", "asian", 30, 50),
    )
    page = Page(sent_file(cara, raw).text)
    assert "3 changes" in page.text
    assert stored(store) == {COUNTED: 1000}
    cara.post(FILE, data=page.values(FILE))
    assert stored(store) == {MET: 560, COUNTED: 1000, MET_ASIAN: 30, COUNTED_ASIAN: 50}


def test_what_changed_meanwhile_is_not_overwritten_by_a_file(cara, store):
    page = Page(sent_file(cara, csv_of(("2026-Q4", "COL", "total", "total", 560, 1000))).text)
    cara.post(HERE, data=filled(cara, {MET: 5}))
    assert cara.post(FILE, data=page.values(FILE)).status_code == 409
    assert stored(store) == {MET: 5}


def test_the_downloaded_workbook_comes_back_without_a_change(cara, store):
    cara.post(HERE, data=filled(cara, {MET: 560, COUNTED: 1000}))
    cara.post(RACE_DATA, data=filled(cara, {SAID: 812}, RACE_DATA))
    raw = cara.get(f"{HERE}/counts.xlsx").data
    assert "nothing that differs" in sent_file(cara, raw, "filled.xlsx").text
    assert openpyxl.load_workbook(BytesIO(raw)).sheetnames == [
        "Measures",
        "Race and language",
        "Asked again",
    ]
    raw = cara.get(f"{HERE}/counts.csv").data
    assert "nothing that differs" in sent_file(cara, raw).text


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (("2025-Q4", "COL", "total", "total", 1, 2), "12 months that end with 2026-Q4"),
        (
            ("2026-Q4", "XYZ", "total", "total", 1, 2),
            "“measure” holds none that we know",
        ),
        (
            ("2026-Q4", "COL", "zip", "02139", 1, 2),
            "“stratum_type” holds none that we know",
        ),
        (
            ("2026-Q4", "COL", "race_omb2024", "Jane Doe", 1, 2),
            "“stratum” holds none that we know",
        ),
        (("2026-Q4", "COL", "total", "total", "1.5", 2), "“numerator” is not a whole number"),
        (("2026-Q4", "COL", "total", "total", "12,5", 2), "is written with a decimal comma"),
        (("2026-Q4", "COL", "total", "total", 3, 2), "says another number than a row above"),
    ],
)
def test_every_problem_of_a_file_is_told_by_its_row_and_nothing_is_stored(cara, store, row, says):
    answer = sent_file(cara, csv_of(("2026-Q4", "COL", "total", "total", 1, 2), row))
    assert answer.status_code == 422
    assert "The file, line 3" in answer.text
    assert says in answer.text
    assert "Jane" not in answer.text
    assert stored(store) == {}


def test_a_column_that_we_do_not_know_is_refused_with_what_to_remove(cara):
    raw = csv_of(("2026-Q4", "COL", "total", "total", 1, 2, 9)).replace(
        b"denominator", b"denominator,mrn"
    )
    answer = sent_file(cara, raw)
    assert answer.status_code == 422
    assert "Take out the columns we do not know: “mrn”." in answer.text


REPORT = (
    b"Quality measures, second half\nMade on,2027-01-02\n\n"
    b"Reporting period;Measure name;Group type;Group;Met;Eligible\n"
    b"Q4 2026;COL;All patients;all patients;560;1,000\n"
    b"2026-Q4;{title};race and ethnicity;Asian;30;50\n"
)


def test_a_report_under_its_usual_headings_is_read_below_its_title(cara, store):
    title = next(each.title for each in load_quality().measures if each.id == "COL")
    raw = REPORT.replace(b"{title}", title.upper().encode())
    for content in (raw, gzip.compress(raw)):
        page = Page(sent_file(cara, content).text)
        assert page.values(FILE)
    cara.post(FILE, data=page.values(FILE))
    assert stored(store) == {MET: 560, COUNTED: 1000, MET_ASIAN: 30, COUNTED_ASIAN: 50}


def test_two_headings_for_one_column_are_refused(cara):
    raw = csv_of(("2026-Q4", "COL", "total", "total", 1, 2, 1)).replace(
        b"denominator", b"denominator,met"
    )
    assert "“numerator” and “met” mean the same column: keep one." in sent_file(cara, raw).text


def test_every_formula_of_a_workbook_is_told_at_once(cara, store):
    book = openpyxl.load_workbook(BytesIO(cara.get(f"{HERE}/counts.xlsx").data))
    for sheet, cell in (("Measures", "E2"), ("Measures", "F4"), ("Race and language", "F3")):
        book[sheet][cell] = "=1+1"
    held = BytesIO()
    book.save(held)
    text = Page(sent_file(cara, held.getvalue(), "filled.xlsx").text).text
    for said in (
        "The file, sheet Measures, line 2: “numerator” is a formula",
        "The file, sheet Measures, line 4: “denominator” is a formula",
        "The file, sheet Race and language, line 3: “patients” is a formula",
    ):
        assert said in text
    assert stored(store) == {}


def test_what_is_no_table_is_refused_by_its_name(cara):
    assert "This is a PDF, which is not read." in sent_file(cara, b"%PDF-1.7\n").text


def test_the_reference_is_declared_and_never_one_without_counts(cara, store):
    declare = f"{HERE}/reference"
    token = Page(cara.get(HERE).text).values(HERE)["csrf_token"]
    wanted = {"csrf_token": token, "reference": "race_omb2024.asian"}
    assert cara.post(declare, data=wanted).status_code == 422
    cara.post(RACE, data=filled(cara, {MET_ASIAN: 30, COUNTED_ASIAN: 50}, RACE))
    assert cara.post(declare, data=wanted).status_code == 303
    assert line(store).reference == "race_omb2024.asian"
    complete_page(cara, HERE, filled(cara, {MET: 5, COUNTED: 10}))
    assert line(store).reference == "race_omb2024.asian"


def test_the_history_names_who_changed_what(cara):
    cara.post(HERE, data=filled(cara, {MET: 5}))
    cara.post(HERE, data=filled(cara, {MET: 6}))
    rows = [row.text for row in Page(cara.get(f"{HERE}/history").text).all("tr")]
    assert any("meet the measure" in row and "5" in row and "6" in row for row in rows)
