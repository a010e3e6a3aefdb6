"""`flask screens aggregate` and `flask screens mapping`, as a person types them."""

from __future__ import annotations

import gzip
import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from readiness.cli.screens import screens
from readiness.core.tables import packed
from readiness.imports.screens.evaluation import evaluate
from readiness.imports.service import screens as usecase
from tests.factories import patient_lists
from tests.factories.patient_lists import REFERRALS, SCREENS, VISITS

DATA = Path(__file__).parents[1] / "data"


def run(*given):
    return CliRunner().invoke(screens, [str(each) for each in given])


def counted(*given, says=""):
    """`says`: how what is left out is told."""
    done = run("aggregate", *given, "--json")
    assert done.exit_code == 0, done.stderr
    assert done.stderr.startswith(says) if says else done.stderr == ""
    return json.loads(done.stdout)


def test_the_counts_stand_alone_on_standard_output():
    found = counted(DATA / "fhir" / "prapare-form.json", "--group", "elm")
    assert set(found) == {"cells", "report"}
    assert list(found["cells"][0]) == [
        "group_id",
        "site_id",
        "period",
        "need",
        "stratum_type",
        "stratum",
        "screened",
        "positive",
        "negative",
        "declined",
        "unknown",
        "incomplete",
    ]
    utilities = [
        cell
        for cell in found["cells"]
        if (cell["need"], cell["stratum_type"]) == ("utilities", "total")
    ]
    assert [(cell["group_id"], cell["screened"], cell["positive"]) for cell in utilities] == [
        ("elm", 1, 1)
    ]
    assert found["report"]["rows"] == 1


def test_every_screen_is_told_in_the_order_of_the_input_when_asked_for():
    found = counted(DATA / "fhir" / "changes.ndjson", DATA / "fhir" / "we-care.ndjson", "--explain")
    told = found["by_screen"]
    assert set(told[0]) == {"source", "instrument", "date", "status", "needs"}
    assert told[-1]["source"].startswith("file 2, line ")
    assert {each["status"] for each in told if not each["needs"]} == {
        "entered-in-error",
        "preliminary",
        "registered",
        "in-progress",
    }


def test_a_folder_is_read_with_all_that_is_in_it(tmp_path):
    (tmp_path / "more").mkdir()
    form = (DATA / "fhir" / "prapare-form.json").read_bytes()
    (tmp_path / "more" / "b.json.gz").write_bytes(gzip.compress(form))
    (tmp_path / ".hidden.json").write_bytes(b"not read")
    (tmp_path / "README.md").write_bytes(b"# not read")
    done = run("aggregate", tmp_path)
    found = json.loads(done.stdout)["cells"]
    assert found == counted(DATA / "fhir" / "prapare-form.json")["cells"] != []
    assert done.stderr.startswith("path 1: Files with other endings were left out (2)")


def test_a_mapping_says_what_a_table_holds():
    table, mapping = DATA / "redcap" / "export.csv", DATA / "redcap" / "export.toml"
    assert counted(table, "--mapping", mapping, says="1 of 8 rows (12.5%) could not")["cells"]
    done = run("aggregate", table)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "flask screens mapping --example" in done.stderr


def test_one_quarter_may_be_kept():
    form = DATA / "fhir" / "prapare-form.json"
    assert counted(form, "--period", "2026-Q1")["cells"] == []
    assert counted(form, "--period", "2026-Q3")["cells"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["nowhere.json"], "path 1: There is no such file or folder"),
        ([DATA / "fhir" / "hits.ndjson", "--period", "July"], "--period: write a quarter"),
        ([DATA / "fhir" / "hits.ndjson", "--mapping", "nowhere.toml"], "--mapping: There is no"),
        (
            [DATA / "fhir" / "hits.ndjson", "--mapping", DATA / "long" / "judged.csv"],
            "be read here",
        ),
        ([DATA / "fhir" / "own-form.json"], "nothing says what it asks"),
    ],
)
def test_bad_input_is_told_in_sentences_and_nothing_is_printed(given, says):
    done = run("aggregate", *given)
    assert (done.exit_code, done.stdout) == (2, "")
    assert says in done.stderr


def test_the_command_for_a_mapping_is_named_here_and_not_in_what_pages_say_too(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("id,date,food\n1,2026-07-03,Yes\n")
    ended = run("aggregate", path)
    assert ended.exit_code == 2
    assert usecase.NO_MAPPING in ended.stderr
    assert "flask screens mapping --example" in ended.stderr
    assert "flask" not in usecase.NO_MAPPING + packed.TOO_MUCH


def test_an_empty_folder_is_bad_input(tmp_path):
    done = run("aggregate", tmp_path)
    assert done.exit_code == 2
    assert "No file in this folder ends in" in done.stderr


def test_what_cannot_be_read_is_left_out_and_told_with_its_place(tmp_path):
    good = (DATA / "fhir" / "hits.ndjson").read_text(encoding="utf-8")
    file = tmp_path / "x.ndjson"
    file.write_text(good + '{"resourceType": "Observation", "status": 7}\n', encoding="utf-8")
    report = counted(file, says="1 of 16 rows (6.2%) could not be read")["report"]
    assert report["refused"] == 1
    assert report["unreadable_answers"] == {"95614-4": 1}
    assert report["problems"][0]["place"] == f"file 1, line {len(good.splitlines()) + 1}"


def test_the_name_of_a_file_is_not_told(tmp_path):
    file = tmp_path / "Jane-Doe.ndjson"
    file.write_bytes((DATA / "fhir" / "hits.ndjson").read_bytes() + b"?\n")
    done = run("aggregate", file, "--explain")
    assert done.exit_code == 0
    assert "Jane" not in done.stdout + done.stderr


def test_our_own_fault_tells_its_kind_and_nothing_of_the_file(monkeypatch):
    def fails(screen, codes, known):
        evaluate(screen, codes, known)
        raise ValueError("Jane Doe, 123-45-6789")

    monkeypatch.setattr(usecase, "evaluate", fails)
    done = run("aggregate", DATA / "fhir" / "hits.ndjson")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "ValueError" in done.stderr
    assert "Jane" not in done.stderr


@pytest.mark.parametrize("shape", ["long", "redcap", "fhir"])
def test_an_example_of_a_mapping_is_printed_for_each_shape(shape):
    done = run("mapping", "--example", shape)
    assert done.exit_code == 0
    assert tomllib.loads(done.stdout)["shape"] == shape


def test_visits_and_referrals_beside_screens_are_counted_by_a_mapping_each(tmp_path):
    tables = {
        "1": patient_lists.screens(("1", "2026-07-10", "food", "positive", "", "english")),
        "2": patient_lists.visits(("1", "2026-07-10"), ("Qplanted", "2026-07-11")),
        "3": patient_lists.referrals(
            patient_lists.referral("1", "food", referred="2026-07-20"),
            patient_lists.referral("Qplanted", "food", referred="2026-07-20"),
        ),
    }
    mappings = []
    for name, text in (("s", SCREENS), ("v", VISITS), ("r", REFERRALS)):
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
        mappings += ["--mapping", tmp_path / f"{name}.toml"]
    (tmp_path / "tables").mkdir()
    for name, source in tables.items():
        (tmp_path / "tables" / f"{name}.csv").write_bytes(source.open().read())
    done = run("aggregate", tmp_path / "tables", *mappings, "--group", "elm")
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    place = {"group_id": "elm", "site_id": "ALL", "period": "2026-Q3"}
    whole = {"stratum_type": "total", "stratum": "total"}
    assert {**place, "need": None, **whole, "eligible": 2} in found["steps"]
    (food,) = [
        each
        for each in found["steps"]
        if each["need"] == "food" and each["stratum_type"] == "total"
    ]
    assert food == {
        **place,
        "need": "food",
        **whole,
        "referred": 1,
        "referred_30d": 1,
        "intervention_30d": 1,
        "positive_mature": 1,
    }
    assert found["report"]["left_out"]["without_found_need"] == 1
    assert "1 referred for a need that no screen in these files found" in done.stderr
    assert "Qplanted" not in done.output


@pytest.mark.parametrize(
    "given",
    [
        (DATA / "long" / "judged.csv", "--mapping", DATA / "long" / "judged.toml"),
        (DATA / "redcap" / "export.csv", "--mapping", DATA / "redcap" / "export.toml"),
        (DATA / "ny1115",),
        (DATA / "fhir" / "hunger.ndjson",),
    ],
)
def test_the_group_given_is_that_of_files_without_one(given):
    found = json.loads(run("aggregate", *given, "--group", "elm").stdout)
    assert {cell["group_id"] for cell in found["cells"]} == {"elm"}


def test_counts_are_printed_as_a_long_table():
    done = run("aggregate", DATA / "fhir" / "prapare-form.json", "--group", "elm", "--as", "long")
    assert done.exit_code == 0
    head, *rows = done.stdout.removeprefix("\ufeff").splitlines()
    assert head == "orgUnit,period,dataElement,categoryOptionCombo,value"
    assert all(row.startswith("elm,") for row in rows)
    assert rows


def test_a_long_table_of_nobody_s_is_refused_and_nothing_is_printed():
    done = run("aggregate", DATA / "fhir" / "prapare-form.json", "--as", "long")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Name the group with --group" in done.stderr


@pytest.mark.parametrize("text", ["[]", '{"resourceType": "Bundle", "type": "collection"}', "{}"])
def test_a_file_in_which_nothing_stands_ends_badly(tmp_path, text):
    file = tmp_path / "export.json"
    file.write_text(text)
    done = run("aggregate", file, "--group", "elm")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "Export it again" in done.stderr


def test_a_long_table_is_read_back_for_the_group_it_is_of(tmp_path):
    file = tmp_path / "long.csv"
    file.write_text("orgUnit,period,dataElement,value\nelm,2026Q3,food_screened,40\n")
    done = run("aggregate", file, "--group", "elm", "--as", "long")
    assert done.stdout.splitlines()[-1] == "elm,2026Q3,food_screened,default,40"
    assert "Name the group with --group" in run("aggregate", file).stderr
