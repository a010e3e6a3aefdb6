from __future__ import annotations

from datetime import date

import pytest

from readiness.counts.social_risk.models import Need
from readiness.imports.screens.evaluation import evaluate
from readiness.imports.screens.models import Absent, AnsweredQuestion, NeedResult
from tests.factories.screens import CODES, DECLINED, HITS, NO, POINTS, YES, a_screen, answered

OFTEN, NEVER, NOT_KNOWN = "LA28397-0", "LA28398-8", "LA15775-2"
P, N, D, U, OPEN = (
    NeedResult.POSITIVE,
    NeedResult.NEGATIVE,
    NeedResult.DECLINED,
    NeedResult.UNKNOWN,
    NeedResult.INCOMPLETE,
)


def needs(*questions: AnsweredQuestion, **changes):
    return evaluate(a_screen(*questions, **changes), CODES).needs


def hits(*points: int, total: float | None = None) -> list[AnsweredQuestion]:
    items = [answered(code, POINTS[n]) for code, n in zip(HITS, points, strict=False)]
    return [*items, *([answered("95614-4", total)] if total is not None else [])]


def food(first, second=None, instrument="hvs"):
    questions = [answered("88122-7", *first)]
    questions += [] if second is None else [answered("88123-5", *second)]
    return needs(*questions, instrument=instrument)[Need.FOOD]


def test_the_same_answer_is_a_need_after_one_question_and_none_after_another():
    found = needs(answered("93026-3", YES), answered("93033-9", YES), instrument="prapare")
    assert found == {Need.SAFETY: N, Need.HOUSING_INSTABILITY: P}


@pytest.mark.parametrize(
    ("question", "answer", "need", "result"),
    [
        ("96434-6", NO, Need.FOOD, P),
        ("96434-6", YES, Need.FOOD, N),
        ("96444-5", NO, Need.EMPLOYMENT, P),
        ("96446-0", YES, Need.EDUCATION, N),
        ("96442-9", NO, Need.MATERIAL, N),
        ("96436-1", YES, Need.UTILITIES, P),
    ],
)
def test_some_items_of_we_care_are_asked_the_other_way_round(question, answer, need, result):
    assert needs(answered(question, answer), instrument="we_care") == {need: result}


@pytest.mark.parametrize("instrument", ["hvs", "ahc_hrsn", "aafp", ""])
@pytest.mark.parametrize(
    ("first", "second", "result"),
    [
        ([OFTEN], None, P),
        ([NEVER], [OFTEN], P),
        ([NEVER], [NEVER], N),
        ([NEVER], None, OPEN),
        ([NEVER], [NOT_KNOWN], OPEN),
        ([NOT_KNOWN], [NOT_KNOWN], OPEN),
        ([NEVER], [Absent.DECLINED], OPEN),
        ([Absent.DECLINED], [Absent.DECLINED], D),
        ([Absent.DECLINED], [OFTEN], P),
        ([], [], OPEN),
    ],
)
def test_hunger_vital_sign_needs_two_clear_answers_for_no_need(first, second, result, instrument):
    assert food(first, second, instrument) is result


def test_what_the_sender_derived_from_two_refusals_is_not_believed():
    items = (answered("88122-7", NOT_KNOWN), answered("88123-5", NOT_KNOWN))
    screen = a_screen(*items, answered("88124-3", "LA19983-8"), instrument="hvs")
    assert evaluate(screen, CODES).needs == {Need.FOOD: OPEN}
    assert evaluate(screen, CODES).flag_disagreements == 1


def test_a_derived_result_counts_where_no_item_is_sent():
    assert needs(answered("88124-3", "LA19952-3"), instrument="hvs") == {Need.FOOD: P}
    assert needs(answered("95264-8", "LA30984-1"), instrument="usda_fss") == {Need.FOOD: N}


@pytest.mark.parametrize(
    ("points", "total", "result"),
    [
        ((5, 2, 2, 2), None, P),  # 11
        ((4, 2, 2, 2), None, N),  # 10
        ((1, 1, 1, 1), None, N),
        ((5, 5, 5), None, P),
        ((1, 1, 1), 4, OPEN),
        ((5, 5, 5), 16, P),
        ((4, 3, 3), None, P),  # whatever the last one is
        ((4, 3, 2), None, OPEN),
        ((1, 1), 4, OPEN),
        ((), 11, P),
        ((), 10, N),
        ((), 3, OPEN),
        ((), 21, OPEN),
        ((), 11.5, OPEN),
        ((4, 2, 2, 2), 15, N),  # the sum is believed, not the total
    ],
)
def test_hits_needs_eleven_points_or_four_answers(points, total, result):
    assert needs(*hits(*points, total=total)) == {Need.SAFETY: result}


def test_a_total_counts_where_the_items_stand_empty_beside_it():
    empty = [answered(code) for code in HITS]
    assert needs(*empty, *hits(total=12)) == {Need.SAFETY: P}
    assert needs(*empty, *hits(total=9)) == {Need.SAFETY: N}


@pytest.mark.parametrize(
    ("points", "total", "result"),
    [
        ((5, 3, 2, 1), None, P),
        ((1, 1, 1, 1), None, N),
        ((5, 5), None, P),
        ((5, 5), 9, P),
        ((1, 1), 12, OPEN),
        ((6, 1, 1, 1), None, OPEN),
        ((1.5, 1, 1, 1), None, OPEN),
    ],
)
def test_hits_may_be_answered_with_points(points, total, result):
    items = [answered(code, float(each)) for code, each in zip(HITS, points, strict=False)]
    assert needs(*items, *hits(total=total)) == {Need.SAFETY: result}


@pytest.mark.parametrize(
    ("question", "number", "is_told"),
    [
        *((HITS[0], number, number not in range(1, 6)) for number in (0, 1, 5, 6, 1.5)),
        *(("95614-4", number, not 4 <= number <= 20) for number in (3, 4, 20, 21)),
        *(("63512-8", number, not 1 <= number <= 40) for number in (0, 1, 40, 41)),
        ("63586-2", -1.0, True),
        ("63586-2", 0.0, False),
    ],
)
def test_a_number_that_a_question_cannot_be_answered_by_is_told(question, number, is_told):
    instrument = "prapare" if question.startswith("63") else ""
    judged = evaluate(a_screen(answered(question, float(number)), instrument=instrument), CODES)
    assert judged.impossible_numbers == ((question,) if is_told else ())


def test_a_total_beside_the_sum_it_contradicts_is_told():
    assert evaluate(a_screen(*hits(4, 2, 2, 2, total=15)), CODES).flag_disagreements == 1
    assert evaluate(a_screen(*hits(4, 2, 2, 2, total=10)), CODES).flag_disagreements == 0


def test_whoever_declined_all_of_hits_declined_and_one_refusal_leaves_it_incomplete():
    refused = [answered(code, Absent.DECLINED) for code in HITS]
    assert needs(*refused) == {Need.SAFETY: D}
    assert needs(*hits(1, 1, 1), refused[3]) == {Need.SAFETY: OPEN}
    assert needs(*hits(5, 5, 5), refused[3]) == {Need.SAFETY: P}
    assert needs(*(answered(code, Absent.UNKNOWN) for code in HITS)) == {Need.SAFETY: U}
    assert needs(*(answered(code) for code in HITS)) == {Need.SAFETY: OPEN}


@pytest.mark.parametrize(
    "said",
    [
        (DECLINED,),
        (Absent.DECLINED,),
        (YES, Absent.DECLINED),  # a yes that was refused all the same
    ],
)
def test_a_refusal_in_every_spelling_is_neither_a_need_nor_none(said):
    assert needs(answered("93033-9", *said), instrument="prapare") == {Need.HOUSING_INSTABILITY: D}


def test_who_does_not_know_or_was_not_asked():
    assert needs(answered("93026-3", "LA14072-5"), instrument="prapare") == {Need.SAFETY: U}
    assert needs(answered("96779-4", Absent.UNKNOWN)) == {Need.UTILITIES: U}
    assert needs(answered("96779-4", Absent.NOT_ASKED)) == {}
    assert needs(answered("96779-4")) == {Need.UTILITIES: OPEN}


def test_one_clear_no_is_enough_where_an_instrument_does_not_need_every_question():
    safe, afraid = answered("93026-3", YES), answered("76501-6", NO)
    assert needs(safe, instrument="prapare") == {Need.SAFETY: N}
    assert needs(safe, afraid, instrument="prapare") == {Need.SAFETY: N}
    assert needs(safe, answered("76501-6", DECLINED), instrument="prapare") == {Need.SAFETY: D}
    assert needs(safe, answered("76501-6"), instrument="prapare") == {Need.SAFETY: OPEN}


def prapare_goods(*said, is_completed=True):
    found = needs(answered("93031-3", *said), instrument="prapare", is_completed=is_completed)
    return tuple(found.get(need) for need in (Need.FOOD, Need.UTILITIES, Need.MATERIAL))


def test_one_question_of_prapare_tells_of_several_needs():
    assert prapare_goods("LA30125-1") == (P, N, N)
    assert prapare_goods("LA30124-4", "LA30127-7") == (N, P, P)
    assert prapare_goods("LA30128-5") == (N, N, N)  # care and medicine are another matter
    assert prapare_goods(DECLINED) == (D, D, D)
    assert prapare_goods("LA30125-1", DECLINED) == (P, D, D)


def test_no_answer_is_none_of_these_only_in_a_completed_prapare():
    assert prapare_goods() == (N, N, N)
    assert prapare_goods(is_completed=False) == (OPEN, OPEN, OPEN)
    whole = needs(answered("93033-9", NO), instrument="prapare", is_completed=True)
    assert whole[Need.FOOD] is whole[Need.MATERIAL] is N
    part = needs(answered("93033-9", NO), instrument="prapare")
    assert part == {Need.HOUSING_INSTABILITY: N}
    assert Need.FOOD not in needs(answered("96779-4", NO), is_completed=True)


@pytest.mark.parametrize(
    ("dollars", "people", "year", "result"),
    [
        (32_999, 4, 2026, P),
        (33_000, 4, 2026, N),
        (15_649, 1, 2025, P),
        (15_650, 1, 2025, N),
        (20_000, None, 2026, OPEN),
        (20_000, 0, 2026, OPEN),
        (-1, 2, 2026, OPEN),
        (float("nan"), 2, 2026, OPEN),
        (DECLINED, 2, 2026, D),
    ],
)
def test_income_is_a_need_below_the_poverty_line_of_the_household(dollars, people, year, result):
    household = [] if people is None else [answered("63512-8", people)]
    found = needs(
        answered("63586-2", dollars), *household, instrument="prapare", day=date(year, 8, 1)
    )
    assert found == {Need.FINANCIAL: result}


def test_two_moves_in_a_year_are_a_need():
    def moves(n):
        return needs(answered("98977-2", n), instrument="hsvs")[Need.HOUSING_INSTABILITY]

    assert (moves(1), moves(2)) == (N, P)


def test_an_answer_about_one_home_tells_of_homelessness_too():
    assert needs(answered("71802-3", "LA31995-6")) == {
        Need.HOUSING_INSTABILITY: P,
        Need.HOMELESSNESS: P,
    }
    assert needs(answered("71802-3", "LA31994-9")) == {
        Need.HOUSING_INSTABILITY: P,
        Need.HOMELESSNESS: N,
    }
    assert needs(answered("71802-3", "LA30189-7"), instrument="prapare") == {Need.HOMELESSNESS: N}


def test_an_answer_of_another_instrument_is_judged_as_that_instrument_means_it():
    assert needs(answered("71802-3", "LA30190-5")) == {Need.HOMELESSNESS: P}


def test_an_answer_that_nobody_knows_is_told_and_leaves_the_need_open():
    judged = evaluate(a_screen(answered("96779-4", "LA999-9"), answered("93030-5", "?")), CODES)
    assert judged.needs == {Need.TRANSPORTATION: OPEN, Need.UTILITIES: OPEN}
    assert judged.unknown_answers == (("96779-4", "LA999-9"),)


def test_other_matters_are_known_and_not_judged():
    judged = evaluate(
        a_screen(
            answered("93034-7", YES), answered("68517-2", "LA18934-2"), answered("44250-9", "LA1-1")
        ),
        CODES,
    )
    assert judged.needs == {}
    assert judged.unknown_answers == (("44250-9", "LA1-1"),)  # an item of a score


@pytest.mark.parametrize(
    ("question", "said", "flag", "count"),
    [
        ("96779-4", YES, True, 0),
        ("96779-4", YES, False, 1),
        ("96779-4", NO, True, 1),
        ("96779-4", NO, None, 0),
        ("96779-4", Absent.DECLINED, True, 1),
        ("95618-5", POINTS[5], True, 1),  # no single item is positive
        ("95618-5", POINTS[5], False, 0),
        ("95614-4", 11, True, 0),
        ("95614-4", 10, True, 1),
        ("93034-7", YES, True, 0),  # not judged, so not compared
    ],
)
def test_the_sender_s_flag_is_compared_and_never_believed(question, said, flag, count):
    screen = a_screen(answered(question, said, flag=flag))
    assert evaluate(screen, CODES).flag_disagreements == count
    assert (
        evaluate(screen, CODES).needs == evaluate(a_screen(answered(question, said)), CODES).needs
    )


def test_what_the_file_judged_itself_stands_where_no_question_tells_better():
    screen = a_screen(answered("96779-4", YES), results={Need.UTILITIES: N, Need.SOCIAL: P})
    assert evaluate(screen, CODES).needs == {Need.UTILITIES: P, Need.SOCIAL: P}
