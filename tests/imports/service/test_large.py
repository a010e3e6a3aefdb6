"""The engine for large tables makes of a table exactly what the readers and the tally make."""

from __future__ import annotations

import gzip
from dataclasses import asdict

import duckdb
import pytest

from readiness.core.errors import BadInput
from readiness.core.periods import Period
from readiness.core.tables.models import Canceled, ReadContext, Report, file_in_memory, file_on_disk
from readiness.imports.mapping import parse
from readiness.imports.mapping_models import LongMapping
from readiness.imports.screening_codes import loader as screening
from readiness.imports.service import large, screens
from readiness.imports.warehouse import duckdb_session
from readiness.imports.warehouse.duckdb_columns import ResultColumn
from readiness.imports.warehouse.duckdb_count import RAGGED
from readiness.imports.warehouse.duckdb_session import MemoryLimits
from tests.factories.result_tables import HEADER, MAPPING, table

CODES = screening.load()
SMALL = MemoryLimits(slice_rows=120, turn_rows=50)  # so that a few hundred rows take many turns


def long_mapping(text: str) -> LongMapping:
    found = parse(text, CODES)
    assert isinstance(found, LongMapping)
    return found


def in_engine(source, mapping=MAPPING, room=None, on_progress=lambda _: None, period=""):
    report = Report()
    reading = ReadContext(lambda _: b"", report, "", on_progress)
    found = large.cells_of(source, reading, long_mapping(mapping), CODES, period, room)
    return found, report


NOT_COMPARED = ("problems", "unknown_codes", "warnings")  # sentences; those of the whole come later


def numbers(report):
    return {k: v for k, v in asdict(report).items() if k not in NOT_COMPARED}


def file(text):
    return file_in_memory("file 1", "screens.csv", text.encode())


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_a_random_table_gives_the_same_cells_and_the_same_account(seed):
    source = file(table(seed, 400))
    slow = screens.aggregate([source], mapping=MAPPING)
    cells, report = in_engine(source, room=SMALL if seed % 2 else None)
    assert cells == slow.cells
    assert numbers(report) == numbers(slow.report)


@pytest.mark.parametrize("title", ["Screens of July\n", "Screens,,,\nMade on,2026-08-02,,\n\n"])
def test_a_title_above_the_headings_is_passed_over_and_lines_keep_their_numbers(title):
    text = title + table(3, 60) + "x,2026-07-03\n"
    slow = screens.aggregate([file(text)], mapping=MAPPING)
    cells, report = in_engine(file(text))
    assert cells == slow.cells
    assert cells
    place = f"file 1, line {text.count(chr(10))}"
    assert place in {problem.place for problem in report.problems}
    assert place in {problem.place for problem in slow.report.problems}


@pytest.mark.slow
def test_places_with_names_are_numbered_in_the_same_order():
    text = table(21, 300).replace(",s1,", ",Elm Street 4,").replace(",s2,", ",Oak Road 7,")
    slow = screens.aggregate([file(text)], mapping=MAPPING)
    assert {"site 1", "site 2", "s3"} < {key.site_id for key in slow.cells}
    assert in_engine(file(text), room=SMALL)[0] == slow.cells


def test_one_quarter_gives_the_same_cells():
    source = file(table(11, 300))
    slow = screens.aggregate([source], mapping=MAPPING, period=Period(2026, 2))
    assert in_engine(source, period="2026-Q2")[0] == slow.cells


def test_a_packed_table_that_unpacks_without_measure_never_reaches_the_engine():
    bomb = table(5, 1).encode() + b"," * 40_000_000 + b"\n"
    source = file_in_memory("file 1", "x.csv.gz", gzip.compress(bomb))
    with pytest.raises(BadInput, match="unpacks to far more than it should"):
        in_engine(source)


def test_unpacking_a_table_can_be_stopped():
    def stop(_):
        raise Canceled

    source = file_in_memory("file 1", "x.csv.gz", gzip.compress(table(5, 1).encode()))
    with pytest.raises(Canceled):
        in_engine(source, on_progress=stop)


@pytest.mark.slow
def test_packed_and_parquet_and_on_disk_give_what_the_text_gives(tmp_path):
    text = table(5, 200)
    cells, report = in_engine(file(text))
    packed = file_in_memory("file 1", "x", gzip.compress(text.encode()))
    (tmp_path / "a.csv").write_text(text)
    parquet = str(tmp_path / "a.parquet")
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (FROM read_csv('{tmp_path}/a.csv', all_varchar=true)) TO '{parquet}'"
        )
    for other in (packed, file_on_disk(tmp_path / "a.csv"), file_on_disk(tmp_path / "a.parquet")):
        assert in_engine(other)[0] == cells
        assert numbers(in_engine(other)[1]) == numbers(report)


def test_a_text_that_first_stands_far_down_is_still_understood(monkeypatch):
    monkeypatch.setattr("readiness.imports.warehouse.duckdb_patients.SHOWN", 5)
    source = file(table(6, 200))
    assert in_engine(source)[0] == screens.aggregate([source], mapping=MAPPING).cells


def test_rows_that_are_left_out_are_told_by_number_with_what_to_do():
    short = 'shape = "long"\n[columns]\npatient = "P"\ndate = "D"\nneed = "N"\nresult = "R"\n'
    text = "P,D,N,R\np1,2026-07-01,food,positive\np2,2026-07-01,food\n,2026-07-01,food,negative\n"
    _, report = in_engine(file(text + "p3,2026-07-01,luck,negative\np3,x,food,negative\n"), short)
    assert (report.rows, report.refused) == (5, 4)
    assert [str(each) for each in report.problems] == [
        "file 1, 1 line: There is no patient in this line. Fill in the patient.",
        f"file 1, 1 line: {large.SAYS[ResultColumn.DATE]}",
        "file 1, 1 line: The mapping does not know this line's need. Add it under needs.",
        f"file 1, line 3: {RAGGED}",
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "This file is empty"),
        (b"PAR1 and then Wilhelmina Quickly", "could not be read"),
        (b"\x1f\x8b\x08Wilhelmina Quickly", "could not be read"),
        (HEADER.encode() + b",EXTRA\n", "The mapping does not know"),
        (b"MRN,DAY\n1,2\n", "There is no column for the need"),
        (b"MRN\xff,DAY\n", "not UTF-8"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_with_a_sentence(content, says):
    with pytest.raises(BadInput, match=says) as refused:
        in_engine(file_in_memory("file 1", "x", content))
    assert "Wilhelmina" not in str(refused.value)


@pytest.mark.slow
def test_whoever_stops_it_is_heard_at_once():
    def on_progress(_):
        raise Canceled

    with pytest.raises(Canceled):
        in_engine(file(table(1, 60_000)), on_progress=on_progress)


@pytest.mark.slow
def test_the_share_that_is_done_only_grows(monkeypatch):
    monkeypatch.setattr(duckdb_session, "TURN", 0)  # asked all the time, however fast it is
    said: list[int] = []
    in_engine(file(table(1, 60_000)), on_progress=said.append, room=MemoryLimits(slice_rows=20_000))
    assert said == sorted(said)
    assert said


@pytest.mark.parametrize(
    ("content", "is_taken"),
    [
        (b"PAR1....", True),
        (gzip.compress(b"MRN,DAY\n", mtime=0), True),
        (gzip.compress(b'{"resourceType": "Observation"}', mtime=0), False),
        (b"MRN,DAY\n", False),
        (b"MRN,DAY\n" + b"x" * large.LARGE, True),
        (b"PK\x03\x04" + b"x" * large.LARGE, False),
    ],
)
def test_the_shape_alone_decides_which_way_a_table_goes(content, is_taken):
    mapping = long_mapping(MAPPING)
    source = file_in_memory("file 1", "x", content)
    assert large.handles([source], mapping) is is_taken
    assert not large.handles([source, source], mapping)


def test_questions_are_never_taken_since_answers_have_to_be_judged():
    mapping = MAPPING.replace('need = "NEED"', 'question = "NEED"')
    mapping = mapping.replace('result = "RESULT"', 'answer = "RESULT"')
    source = file_in_memory("file 1", "x", b"PAR1....")
    assert not large.handles([source], long_mapping(mapping.split("[needs]")[0]))


def test_the_command_counts_a_packed_table_without_further_ado():
    text = table(9, 200)
    packed = file_in_memory("file 1", "x", gzip.compress(text.encode()))
    assert (
        screens.aggregate([packed], mapping=MAPPING).cells
        == screens.aggregate([file(text)], mapping=MAPPING).cells
    )
