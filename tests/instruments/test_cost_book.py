from __future__ import annotations

import re
from datetime import date

import pytest

from readiness.core.errors import BadInput, NotFound
from readiness.instruments import cost_book as costs
from readiness.instruments import cost_book_check
from readiness.instruments import loader as instruments
from readiness.instruments.answers import Context
from readiness.instruments.population import Ages, serves
from readiness.instruments.seals import seal_of, seals_in

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
    text = text.replace("id: REALAUD", "id: REALCOL").replace("low: 33,", "low: 330,")
    text = text.replace("one_off_share: 0.75", "one_off_share: 1.75")
    text = text.replace("as_of: 2026-11-22", "as_of: 2026-02-30", 1)
    text = text.replace("payer_may_pay: false", "payer_may_pay: true", 1)
    with pytest.raises(BadInput) as told:
        costs.read(text.encode())
    says = " ".join(str(problem) for problem in told.value.problems)
    assert len(told.value.problems) == 5
    for word in ("used twice", "do not rise", "from 0 to 1", "no such day", "does not agree with"):
        assert word in says


def test_a_book_that_was_changed_after_publication_is_not_used(tmp_path, monkeypatch):
    folder = tmp_path / "qmer"
    folder.mkdir()
    (folder / "2026.1.yaml").write_bytes(SHIPPED.read_bytes() + b"\n")
    (tmp_path / "SEALS").write_bytes((costs.FOLDER / "SEALS").read_bytes())
    monkeypatch.setattr(costs, "FOLDER", tmp_path)
    with pytest.raises(BadInput, match="not the file that was published"):
        costs.load.__wrapped__("qmer", "2026.1")


def test_an_instrument_without_a_book_is_not_found():
    with pytest.raises(NotFound):
        costs.load("another")


def test_the_shipped_book_agrees_with_its_instrument():
    assert cost_book_check.problems_of(SHIPPED) == ()


@pytest.mark.parametrize("note", costs.load().notes, ids=lambda note: note.intervention_id)
def test_what_an_intervention_delivers_is_an_estimate_with_a_reason_of_one_sentence(note):
    for delivery in note.delivers.values():
        assert delivery.status == "E"
        assert delivery.why.endswith(".")
        assert ". " not in delivery.why


def test_own_work_grows_with_the_level():
    book = costs.load()
    assert list(book.own_days.days) == sorted(set(book.own_days.days))
    assert len(book.own_days.days) == 4
    assert book.day_rate.dollars > 0
    assert {book.own_days.status, book.day_rate.status} == {"E"}


def test_a_pediatric_practice_is_offered_nothing_for_adults():
    children: Context = {
        "age_mix": "pediatric_only",
        "clinicians_fte": 40,
        "interpreter_patients": 100,
    }
    refused = {n.intervention_id for n in costs.load().notes if not n.population.includes(children)}
    adult = {"BCS", "COL", "CBP", "GSD"}
    for each in QMER.interventions:
        if each.kind == "care redesign" and set(each.measure_ids) <= adult:
            assert each.id in refused
    assert {"CHWBCS", "FIT", "PHARM", "MOBILE"} <= refused
    assert not {"REALCOL", "GOV", "COACH", "LANG"} & refused


def test_of_an_unknown_group_only_what_is_for_everybody_is_known_to_fit():
    found = {n.intervention_id: n.population.includes({}) for n in costs.load().notes}
    assert set(found.values()) == {True, None}
    assert (found["REALCOL"], found["CHWBCS"], found["LANG"]) == (True, None, None)


def test_one_fact_that_rules_a_group_out_is_enough():
    population = costs.load().note_by_id["PHARM"].population
    assert population.keys == {"age_mix", "clinicians_fte"}
    assert population.includes({"age_mix": "pediatric_only"}) is False
    assert population.includes({"clinicians_fte": 3}) is False
    assert population.includes({"age_mix": "all"}) is None
    assert population.includes({"age_mix": "all", "clinicians_fte": 12}) is True


@pytest.mark.parametrize(
    ("ages", "mix", "known"),
    [
        (Ages.ALL, None, True),
        (Ages.ADULT, None, None),
        (Ages.ADULT, "adult", True),
        (Ages.ADULT, "all", True),
        (Ages.ADULT, "pediatric_only", False),
        (Ages.PEDIATRIC, "adult", False),
        (Ages.PEDIATRIC, "all", True),
        (Ages.PEDIATRIC, "pediatric_only", True),
    ],
)
def test_a_group_serves_ages_by_its_own_mix_and_an_unknown_mix_tells_nothing(ages, mix, known):
    assert serves(ages, {"age_mix": mix}) is known


REALCOL = "      REAL-1:\n        level: 3\n"
WHEN = "      when: clinicians_fte >= 10\n"
ONE_CHANGE = [
    # what was written, what is written now, where, what is said
    (REALCOL, REALCOL.replace("3", "5"), "REALCOL › delivers › REAL-1 › level", "from 1 to 4"),
    (REALCOL, REALCOL.replace("3", "0"), "REALCOL › delivers › REAL-1 › level", "from 1 to 4"),
    (REALCOL, REALCOL.replace("REAL-1", "REAL-9"), "REALCOL › delivers › REAL-9", "not among the"),
    (REALCOL, REALCOL.replace("REAL-1", "LEAD-1"), "REALCOL › delivers › LEAD-1", "does not name"),
    (
        "  - id: FIT\n",
        "  - id: FTI\n",
        "notes › FTI",
        "FTI is not among the interventions: write FIT",
    ),
    ("  - id: FIT\n", "  - id: FTI\n", ", notes: ", "FIT has no note"),
    (WHEN, "      when: clinicians >= 10\n", "population › when", "not among the context keys"),
    (WHEN, '      when: level("REAL-1") >= 2\n', "population › when", "REAL-1 is an answer"),
    (WHEN, "      when: 1 == 1\n", "population › when", "reads nothing about the group"),
    (WHEN, "      when: sites ==\n", "population › when", "is not a condition"),
    (WHEN, "", "population › when", "go together"),
    ("      ages: adult\n", "      ages: grown\n", "population › ages", "all, adult, pediatric"),
    ("days: [10, 20,", "days: [10,", "own_days › days", "need four numbers"),
    ("days: [10, 20,", "days: [30, 20,", "own_days › days", "need four numbers"),
    ("  dollars: 400", "  dollars: -4", "day_rate › dollars", "from 0 to"),
    ("  asked: true", "  asked: perhaps", "margin › asked", "true or false"),
    ("    needs: {EQME-4: 2}", "    needs: {EQME-4: 5}", "EQME-5 › needs › EQME-4", "from 1 to 4"),
    ("    needs: {EQME-4: 2}", "    needs: {EQME-9: 2}", "EQME-5 › needs › EQME-9", "EQME-9"),
    ("    needs: {EQME-4: 2}", "    needs: {EQME-5: 2}", "EQME-5 › needs", "cannot need EQME-5"),
    ("  EQME-5:\n    needs", "  EQME-9:\n    needs", "own_needs › EQME-9", "EQME-9"),
    (
        "    needs: {SOCR-3: 2, SOCR-4: 2}\n    acts",
        "    needs: {SOCR-9: 2}\n    acts",
        "SDOH › needs › SOCR-9",
        "SOCR-9",
    ),
    (
        "      ages: all\n      status: E",
        "      ages: all\n      status: sure",
        "population › status",
        "none of the marks V, K, E",
    ),
    ("version: '2026.1'", "version: '2020.1'", "version", "there is no sound instrument qmer"),
]


@pytest.mark.parametrize(("before", "after", "where", "says"), ONE_CHANGE)
def test_a_wrong_book_is_told_with_its_place(tmp_path, before, after, where, says):
    text = SHIPPED.read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "book.yaml"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    found = cost_book_check.problems_of(path)
    assert any(where in str(each) and says in str(each) for each in found), found


def test_a_delivery_without_a_reason_is_told(tmp_path):
    text = SHIPPED.read_text(encoding="utf-8")
    start = text.index("        why: >-", text.index(REALCOL))
    end = text.index("        status: E", start)
    path = tmp_path / "book.yaml"
    path.write_text(text[:start] + text[end:], encoding="utf-8")
    (only,) = cost_book_check.problems_of(path)
    assert "REALCOL › delivers › REAL-1 › why" in str(only)
    assert "is missing" in str(only)


def test_a_lift_that_the_prerequisite_already_holds_is_told(tmp_path):
    text = SHIPPED.read_text(encoding="utf-8")
    chwcrc = text.index("  - id: CHWCRC")
    level = text.index("level: 2", text.index("      TEAM-6:", chwcrc))
    path = tmp_path / "book.yaml"
    path.write_text(text[:level] + "level: 1" + text[level + 8 :], encoding="utf-8")
    (only,) = cost_book_check.problems_of(path)
    assert "CHWCRC › delivers › TEAM-6 › level" in str(only)
    assert "begins only at level 1" in str(only)


def test_a_book_is_told_from_an_instrument_by_what_stands_in_it(tmp_path):
    assert cost_book_check.is_cost_book(SHIPPED)
    assert not cost_book_check.is_cost_book(instruments.SHIPPED / "qmer" / "2026.1.yaml")
    assert not cost_book_check.is_cost_book(tmp_path / "none.yaml")
