from __future__ import annotations

import re
from datetime import date

import pytest

from readiness.core.errors import BadInput, NotFound
from readiness.instruments import cost_book as costs
from readiness.instruments import loader as instruments
from readiness.instruments.sealed_files import seal_of, seals_in

SHIPPED = costs.FOLDER / "qmer" / "2026.1.yaml"
QMER = instruments.load("qmer", "2026.1")


def test_every_shipped_book_still_has_the_hash_it_was_published_with():
    files = {p.relative_to(costs.FOLDER).as_posix(): p for p in costs.FOLDER.glob("*/*.yaml")}
    assert {n: seal_of(p.read_bytes()) for n, p in files.items()} == seals_in(costs.FOLDER)


def test_every_intervention_has_one_note_and_no_note_is_for_another():
    noted = {note.intervention_id for note in costs.load().notes}
    assert noted == set(QMER.intervention_by_id)


@pytest.mark.parametrize("note", costs.load().notes, ids=lambda note: note.intervention_id)
def test_a_note_says_what_it_rests_on_and_since_when(note):
    assert "estimate of this toolkit" in note.source
    assert note.status == "E"
    assert note.as_of >= date(2026, 11, 1)
    known = {source.id for source in QMER.sources}
    assert set(re.findall(r"\bS[0-9]{2}b?\b", note.source)) <= known


def test_every_problem_of_a_book_is_told_at_once():
    text = SHIPPED.read_text(encoding="utf-8")
    text = text.replace("id: REALAUD", "id: REALCOL").replace("low: 66,", "low: 660,")
    text = text.replace("one_off_share: 0.75", "one_off_share: 1.75")
    text = text.replace("as_of: 2026-11-22", "as_of: 2026-02-30", 1)
    with pytest.raises(BadInput) as told:
        costs.read(text.encode())
    says = " ".join(str(problem) for problem in told.value.problems)
    assert len(told.value.problems) == 4
    for word in ("used twice", "do not rise", "from 0 to 1", "no such day"):
        assert word in says


def test_a_book_that_was_changed_after_publication_is_not_used(tmp_path, monkeypatch):
    folder = tmp_path / "qmer"
    folder.mkdir()
    (folder / "2026.1.yaml").write_bytes(SHIPPED.read_bytes() + b"\n")
    (tmp_path / "SEALS").write_bytes((costs.FOLDER / "SEALS").read_bytes())
    monkeypatch.setattr(costs, "FOLDER", tmp_path)
    with pytest.raises(BadInput, match="not the file that was published"):
        costs.load.__wrapped__("qmer")


def test_an_instrument_without_a_book_is_not_found():
    with pytest.raises(NotFound):
        costs.load("another")
