"""Files in, counts out: every shape, alone and together."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from readiness.core.errors import BadInput
from readiness.core.periods import Period
from readiness.core.tables.models import Canceled, SourceFile, file_in_memory
from readiness.counts.social_risk.models import Need, Step
from readiness.imports.screens.models import CellKey, NeedResult, ResultCounts
from readiness.imports.service.screens import Aggregation, aggregate, keyed_hash

DATA = Path(__file__).parents[2] / "data"
MADE = (Need.HOUSING, Need.ANY, Need.ALL5)
EXPECTED = json.loads((DATA / "fhir" / "expected.json").read_text(encoding="utf-8"))


def file(path: str) -> SourceFile:
    return file_in_memory("file 1", "x", (DATA / path).read_bytes())


def folder(name: str, ending: str) -> list[SourceFile]:
    return [file(f"{name}/{path.name}") for path in sorted((DATA / name).glob(f"*.{ending}"))]


def text(path: str) -> str | None:
    found = DATA / path
    return found.read_text(encoding="utf-8") if found.exists() else None


def counted(*sources: SourceFile, **named: Any) -> Aggregation:
    return aggregate(sources, is_explained=True, **named)


def totals(found: Aggregation, period: str = "2026-Q3") -> dict[str, ResultCounts]:
    """By need, all sites added up."""
    sums: dict[str, ResultCounts] = {}
    for key, counts in found.cells.items():
        if key.stratum_type == "total" and key.period == period:
            before = sums.get(key.need, ResultCounts())
            sums[key.need] = ResultCounts(
                *(
                    getattr(before, name) + getattr(counts, name)
                    for name in ("positive", "negative", "declined", "unknown", "incomplete")
                )
            )
    return sums


@pytest.mark.parametrize("name", EXPECTED)
def test_every_example_of_fhir_gives_its_screens(name):
    mapping = text(f"fhir/{Path(name).stem}.toml")
    found = counted(file(f"fhir/{name}"), mapping=mapping)
    told = [
        {
            "instrument": each.instrument,
            "date": each.date,
            "status": each.status,
            "needs": {
                need.value: result.value for need, result in each.needs.items() if need not in MADE
            },
        }
        for each in found.screens
        if each.needs
    ]
    assert told == EXPECTED[name]


def test_a_screen_also_tells_the_needs_that_are_made_of_others():
    (told,) = counted(file("fhir/ahc-bundle.json")).screens
    assert {need: told.needs[need] for need in MADE} == {
        Need.HOUSING: NeedResult.POSITIVE,  # a steady home with something wrong in it
        Need.ANY: NeedResult.POSITIVE,
        Need.ALL5: NeedResult.POSITIVE,
    }
    hunger = [each.needs for each in counted(file("fhir/hunger.ndjson")).screens if each.needs]
    assert all(Need.HOUSING not in needs for needs in hunger)
    assert {needs[Need.ALL5] for needs in hunger} == {NeedResult.INCOMPLETE}


def test_an_unanswered_question_stays_on_its_form_though_another_lists_the_code():
    def seen(number: int, question: str, chosen: str) -> str:
        resource = {
            "resourceType": "Observation",
            "id": f"o{number}",
            "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": question}]},
            "subject": {"reference": "Patient/1"},
            "effectiveDateTime": "2026-07-21",
            "valueCodeableConcept": {"coding": [{"system": "http://loinc.org", "code": chosen}]},
        }
        return json.dumps(resource)

    given = [("96779-4", "LA33-6"), ("96778-6", "LA9-3"), ("71802-3", "LA30122-8")]
    lines = "\n".join(seen(number, *pair) for number, pair in enumerate(given))
    (told,) = counted(file_in_memory("file 1", "a.ndjson", lines.encode())).screens
    assert told.instrument == "ahc_hrsn"
    assert told.needs[Need.HOUSING_INSTABILITY] is NeedResult.DECLINED


def of_one_patient(name: str) -> SourceFile:
    content = (DATA / "fhir" / name).read_bytes()
    return file_in_memory("file 1", name, re.sub(rb"Patient/[a-z-]+", b"Patient/one", content))


def test_a_form_and_the_same_answers_one_by_one_give_the_same_cells():
    form, answers = of_one_patient("prapare-form.json"), of_one_patient("prapare-answers.ndjson")
    apart, both = counted(form), counted(form, answers)
    assert apart.cells == counted(answers).cells == both.cells
    assert both.report.duplicates > 0


def test_the_new_york_set_is_joined_and_counted():
    found = counted(*folder("ny1115", "csv"))
    assert totals(found)["food"] == ResultCounts(negative=1)
    assert totals(found)["transportation"] == ResultCounts(negative=1, declined=1)
    assert totals(found)["safety"] == ResultCounts(positive=1)
    assert (found.report.held, found.report.deleted) == (2, 1)
    strata = {(key.stratum_type, key.stratum) for key in found.cells}
    assert {("race_omb1997", "aian"), ("race_omb2024", "unknown"), ("age", "0-17")} <= strata


def test_a_wide_export_is_counted_with_its_mapping():
    found = counted(file("redcap/export.csv"), mapping=text("redcap/export.toml"))
    assert totals(found)["homelessness"] == ResultCounts(
        positive=1, negative=1, declined=1, incomplete=1
    )
    assert totals(found)["food"].positive == 1


def test_a_long_table_is_counted_with_its_mapping():
    found = counted(file("long/answers.csv"), mapping=text("long/answers.toml"))
    assert totals(found)["food"].positive >= 1
    judged = counted(file("long/judged.csv"), mapping=text("long/judged.toml"))
    assert totals(judged)["food"].positive == 1


def test_a_table_of_ones_own_needs_a_mapping():
    with pytest.raises(BadInput, match="mapping"):
        counted(file("long/answers.csv"))
    with pytest.raises(BadInput, match="mapping"):
        counted(file("long/answers.csv"), mapping=text("fhir/own-form.toml"))


TABLE = """schema_version,group_id,site_id,period,as_of_date,need,stratum_type,stratum,\
eligible,declined,screened,positive
1,{group},ALL,2026-Q2,2026-07-15,food,total,total,200,5,100,20
1,{group},ALL,2026-Q3,2026-10-15,food,total,total,200,5,120,30
"""


def table(group: str = "") -> SourceFile:
    return file_in_memory("file 1", "t.csv", TABLE.format(group=group).encode())


def test_a_table_of_counts_is_taken_as_it_stands():
    found = counted(table(), group_id="elm", today=date(2026, 11, 22))
    key = CellKey("elm", "ALL", "2026-Q3", "food", "total", "total")
    assert found.cells[key] == ResultCounts(positive=30, negative=90, declined=5)
    assert found.steps[key][Step.ELIGIBLE] == 200
    assert not counted(file("fhir/hits.ndjson")).steps


def test_a_table_of_an_open_quarter_is_refused():
    with pytest.raises(BadInput, match="not over"):
        counted(table(), today=date(2026, 9, 1))


def test_two_tables_may_not_tell_of_the_same_patients():
    assert len(counted(table("elm"), table("oak")).cells) == 4
    with pytest.raises(BadInput, match="Keep one of the two"):
        counted(table("elm"), table("elm"))


def test_a_table_of_counts_is_not_mixed_with_screens():
    with pytest.raises(BadInput, match="by itself"):
        counted(table(), file("fhir/hits.ndjson"))


def test_one_quarter_may_be_kept():
    form = file("fhir/prapare-form.json")  # of August
    assert counted(form, period=Period(2026, 2)).cells == {}
    assert counted(form, period=Period(2026, 2)).screens == ()
    assert counted(form, period=Period(2026, 3)).cells == counted(form).cells
    assert {key.period for key in counted(table(), period=Period(2026, 2)).cells} == {"2026-Q2"}


def test_files_without_a_group_are_of_the_group_that_is_named():
    form = file("fhir/prapare-form.json")
    assert {key.group_id for key in counted(form).cells} == {"-"}
    assert {key.group_id for key in counted(form, group_id="elm").cells} == {"elm"}
    assert {key.site_id for key in counted(form).cells} == {"ALL"}


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"PK\x03\x04", b"\x1f\x8b", b"a,b\n1,2\n"])
def test_what_is_no_file_of_screens_is_refused_with_its_place(content):
    with pytest.raises(BadInput) as caught:
        counted(file_in_memory("file 1", "x", content))
    assert all(problem.place.startswith("file 1") for problem in caught.value.problems)


def test_no_file_at_all_is_refused():
    with pytest.raises(BadInput, match="no file"):
        aggregate([])


def test_a_run_can_be_stopped_and_nothing_is_left():
    def stop(_):
        raise Canceled

    line = (DATA / "fhir" / "hits.ndjson").read_bytes().splitlines()[0] + b"\n"
    with pytest.raises(Canceled):
        aggregate([file_in_memory("file 1", "x", line * 2000)], on_progress=stop)


def test_two_runs_never_share_a_hash():
    assert keyed_hash(b"a")("MR-1") != keyed_hash(b"b")("MR-1")
    assert keyed_hash(b"a")("MR-1") == keyed_hash(b"a")("MR-1")
    assert keyed_hash(b"a")("\ud800")  # half a character, as careless JSON has them
