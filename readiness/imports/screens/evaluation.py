"""What one screen says of each need, by pairs of question and answer.

What the sender concluded is never believed: it is compared, and disagreements are counted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from readiness.counts.social_risk.models import FIVE, HOUSING_PARTS, Need
from readiness.imports.screening_codes.models import (
    RESULT_OF_ABSENT,
    CodeTable,
    CountedQuantity,
    Score,
    ScreeningQuestion,
)
from readiness.imports.screens.models import Absent, AnsweredQuestion, NeedResult, Screen

PUBLIC = re.compile(r"LA[0-9]{1,5}-[0-9]")
MOST_PEOPLE = 40  # in one household; more is a slip

# Of several answers to one question, and of what is left when not every answer is clear.
STRONGEST = (
    NeedResult.POSITIVE,
    NeedResult.DECLINED,
    NeedResult.UNKNOWN,
    NeedResult.INCOMPLETE,
    NeedResult.NEGATIVE,
)


@dataclass(frozen=True)
class Evaluation:
    needs: Mapping[Need, NeedResult]
    flag_disagreements: int = 0
    unknown_answers: tuple[tuple[str, str], ...] = ()  # question and code
    impossible_numbers: tuple[str, ...] = ()  # questions whose number is none of theirs


@dataclass(frozen=True)
class Reply:
    """One question of a screen with its rule, its answers told apart from reasons for none."""

    rule: ScreeningQuestion
    codes: tuple[str, ...]
    number: float | None
    reasons: frozenset[Absent]
    flag: bool | None

    @property
    def absent(self) -> Absent | None:
        """Why there is no answer. Who declined is taken at their word, whatever else is sent."""
        if not self.reasons:
            return None
        if Absent.DECLINED in self.reasons and not (self.rule.has_several and self.codes):
            return Absent.DECLINED
        if self.codes or self.number is not None:
            return None
        return next(each for each in Absent if each in self.reasons)


@dataclass
class KnownEvaluations:
    """What a run has seen before."""

    replies: dict[tuple[str, AnsweredQuestion], Reply | None] = field(default_factory=dict)
    screens: dict[int, Evaluation] = field(default_factory=dict)  # of those that are alike


def evaluate(screen: Screen, codes: CodeTable, known: KnownEvaluations | None = None) -> Evaluation:
    """Every need that the screen asks for."""
    known = known or KnownEvaluations()
    if found := known.screens.get(screen.alike):
        return found
    found = evaluate_anew(screen, codes, known)
    if screen.alike and not depends_on_day(screen):
        known.screens[screen.alike] = found
    return found


def depends_on_day(screen: Screen) -> bool:
    """An income is poor or not by the guideline of its year."""
    answers = (answer for each in screen.answered.values() for answer in each.answers)
    return any(answer.number is not None for answer in answers)


def evaluate_anew(screen: Screen, codes: CodeTable, known: KnownEvaluations) -> Evaluation:
    if not screen.answered and not (
        screen.instrument and screen.is_completed
    ):  # judged by the sender
        return Evaluation(needs=dict(screen.results))
    replies = replies_in(screen, codes, known)
    found = [*by_question(screen, replies, codes), *by_score(replies, codes)]
    asked = {need for need, _, _ in found}
    judged = {need: combine(need, found, codes) for need in Need if need in asked}
    return Evaluation(
        needs={**screen.results, **judged},
        flag_disagreements=disagreements(replies, found, judged, codes),
        unknown_answers=tuple(
            (reply.rule.code, code)
            for reply in replies
            for code in reply.codes
            if code not in reply.rule.answers and (reply.rule.tells or reply.rule.score_id)
            if PUBLIC.fullmatch(code)  # the others were told when they were read
        ),
        impossible_numbers=tuple(
            reply.rule.code for reply in replies if is_impossible(reply, codes)
        ),
    )


Found = tuple[Need, ScreeningQuestion, NeedResult]


def replies_in(screen: Screen, codes: CodeTable, known: KnownEvaluations) -> tuple[Reply, ...]:
    replies = []
    for answered in screen.answered.values():
        key = (screen.instrument, answered)
        if key not in known.replies:
            known.replies[key] = reply_to(answered, screen.instrument, codes)
        reply = known.replies[key]
        if reply and reply.absent is not Absent.NOT_ASKED:
            replies.append(reply)
    return tuple(replies)


def reply_to(answered: AnsweredQuestion, instrument_id: str, codes: CodeTable) -> Reply | None:
    """Codes for "declined" and the like are reasons for no answer, whatever the question."""
    reasons = [each.absent or codes.absent.get(each.code) for each in answered.answers]
    pairs = zip(answered.answers, reasons, strict=True)
    answers = [each for each, reason in pairs if reason is None]
    rule = codes.question(instrument_id, answered.question, answers)
    if rule is None:
        return None
    numbers = [each.number for each in answers if each.number is not None]
    return Reply(
        rule,
        codes=tuple(each.code for each in answers if each.code),
        number=numbers[-1] if numbers else None,
        reasons=frozenset(each for each in reasons if each),
        flag=answered.flag,
    )


def by_question(screen: Screen, replies: Sequence[Reply], codes: CodeTable) -> Iterator[Found]:
    """What single questions say; those that add up to a score say nothing alone."""
    for reply in replies:
        rule = reply.rule
        if rule.counts:
            yield from by_number(screen, reply, replies, codes)
            continue
        for need, says in rule.tells.items():
            yield need, rule, result_of(reply, says, is_completed=screen.is_completed)
    yield from left_blank(screen, codes)


def result_of(reply: Reply, says: Mapping[str, NeedResult], *, is_completed: bool) -> NeedResult:
    """The pairs of one question, for one need."""
    if reply.absent:
        return RESULT_OF_ABSENT[reply.absent]
    if not reply.codes and reply.number is None:
        none = reply.rule.none_means if is_completed else None
        return none or NeedResult.INCOMPLETE
    pairs = {says.get(code, NeedResult.INCOMPLETE) for code in reply.codes}
    if not reply.reasons and len(pairs) == 1:
        return pairs.pop()
    return strongest(pairs | {RESULT_OF_ABSENT[each] for each in reply.reasons})


def strongest(results: Iterable[NeedResult | None]) -> NeedResult:
    found = set(results)
    return next((each for each in STRONGEST if each in found), NeedResult.INCOMPLETE)


def left_blank(screen: Screen, codes: CodeTable) -> Iterator[Found]:
    """Questions whose "none of these" is no answer at all, in a form that was completed."""
    instrument = codes.instruments.get(screen.instrument)
    if not instrument or not screen.is_completed:
        return
    for code, rule in instrument.questions.items():
        if rule.none_means and code not in screen.answered:
            for need in rule.tells:
                yield need, rule, rule.none_means


def by_number(
    screen: Screen, reply: Reply, replies: Sequence[Reply], codes: CodeTable
) -> Iterator[Found]:
    rule = reply.rule
    for need in rule.about:
        if reply.absent:
            yield need, rule, RESULT_OF_ABSENT[reply.absent]
        elif reply.number is None or not reply.number >= 0:  # nor what is no number
            yield need, rule, NeedResult.INCOMPLETE
        elif rule.counts is CountedQuantity.TIMES:
            yield need, rule, sign(is_positive=reply.number >= rule.positive_at)
        elif rule.counts is CountedQuantity.INCOME:
            yield need, rule, by_income(screen, reply.number, replies, codes)


def by_income(
    screen: Screen, dollars: float, replies: Sequence[Reply], codes: CodeTable
) -> NeedResult:
    """A need below the poverty line for so many people; without their number nobody can say."""
    people = next(
        (each.number for each in replies if each.rule.counts is CountedQuantity.HOUSEHOLD), None
    )
    if people is None or not 1 <= people <= MOST_PEOPLE:
        return NeedResult.INCOMPLETE
    return sign(is_positive=dollars < codes.poverty_line(int(people), screen.day))


def sign(*, is_positive: bool) -> NeedResult:
    return NeedResult.POSITIVE if is_positive else NeedResult.NEGATIVE


def by_score(replies: Sequence[Reply], codes: CodeTable) -> Iterator[Found]:
    for instrument_id, score_id in dict.fromkeys(
        (each.rule.instrument_id, each.rule.score_id or each.rule.total_of)
        for each in replies
        if each.rule.score_id or each.rule.total_of
    ):
        score = codes.instruments[instrument_id].scores[score_id]
        items = [each for each in replies if each.rule.score_id == score_id]
        totals = [each for each in replies if each.rule.total_of == score_id]
        rule = (items or totals)[0].rule
        for need in rule.about:
            yield need, rule, by_points(score, items, totals)


def by_points(score: Score, items: Sequence[Reply], totals: Sequence[Reply]) -> NeedResult:
    """Every item answered, and the sum; or so many points that the missing ones change nothing.

    The sender's total is taken only where no item is answered: one that stands beside half of the
    items cannot be checked, so it is not believed.
    """
    points = points_in(score, items)
    missing = score.items - len(points)
    if points and sum(points) + missing * score.fewest >= score.positive_at:
        return NeedResult.POSITIVE
    if not missing:
        return NeedResult.NEGATIVE
    if not any(each.codes or each.reasons or each.number is not None for each in items):
        total = total_in(score, totals)
        if total is not None:
            return sign(is_positive=total >= score.positive_at)
    reasons = {each.absent for each in (items or totals)}
    if points or not reasons <= {Absent.DECLINED, Absent.UNKNOWN}:
        return NeedResult.INCOMPLETE
    return NeedResult.DECLINED if Absent.DECLINED in reasons else NeedResult.UNKNOWN


def points_in(score: Score, items: Sequence[Reply]) -> list[int]:
    """Of each item that has one answer with points, or is answered with its points."""
    found = [points_of(score, each) for each in items if not each.absent]
    return [points for points in found if points is not None]


def is_impossible(reply: Reply, codes: CodeTable) -> bool:
    """A number that the question cannot be answered by: points that no answer has, a total out of
    its range, less than nothing, a household of nobody."""
    rule, number = reply.rule, reply.number
    if number is None or reply.codes or reply.absent:
        return False
    scores = codes.instruments[rule.instrument_id].scores
    if rule.score_id:
        return points_of(scores[rule.score_id], reply) is None
    if rule.total_of:
        return total_in(scores[rule.total_of], [reply]) is None
    if rule.counts is CountedQuantity.HOUSEHOLD:
        return not 1 <= number <= MOST_PEOPLE
    return rule.counts is not None and not number >= 0


def points_of(score: Score, item: Reply) -> int | None:
    if item.codes:
        return score.points.get(item.codes[0]) if len(item.codes) == 1 else None
    return next((each for each in score.points.values() if each == item.number), None)


def total_in(score: Score, totals: Sequence[Reply]) -> float | None:
    numbers = [each.number for each in totals if each.number is not None]
    total = numbers[-1] if numbers else None
    possible = total is not None and score.lowest <= total <= score.highest and total % 1 == 0
    return total if possible else None


def combine(need: Need, found: Sequence[Found], codes: CodeTable) -> NeedResult:
    """One need from all its questions: a clear yes to one is enough, a no needs them all.

    What the sender derived from the questions counts only where none of them is there.
    """
    about = [(rule, result) for own, rule, result in found if own is need]
    asked = [each for each in about if not each[0].is_derived] or about
    results = {result for _, result in asked}
    if NeedResult.POSITIVE in results:
        return NeedResult.POSITIVE
    if results == {NeedResult.NEGATIVE} and not is_part_missing(need, asked, codes):
        return NeedResult.NEGATIVE
    if any(need in codes.instruments[rule.instrument_id].every_question for rule, _ in asked):
        return NeedResult.DECLINED if results == {NeedResult.DECLINED} else NeedResult.INCOMPLETE
    return strongest(results - {NeedResult.NEGATIVE})


def is_part_missing(
    need: Need, asked: Sequence[tuple[ScreeningQuestion, NeedResult]], codes: CodeTable
) -> bool:
    """Some needs are clear only when every question of the instrument is answered."""
    instrument = codes.instruments[asked[0][0].instrument_id]
    if need not in instrument.every_question or asked[0][0].is_derived:
        return False
    required = {
        code for code in instrument.asks(need) if instrument.questions[code].tells.get(need)
    }
    return not required <= {rule.code for rule, _ in asked}


def disagreements(
    replies: Sequence[Reply],
    found: Sequence[Found],
    judged: Mapping[Need, NeedResult],
    codes: CodeTable,
) -> int:
    """How often the sender's own conclusion is not ours: flags, totals and derived results."""
    clear = (NeedResult.POSITIVE, NeedResult.NEGATIVE)
    ours = {rule.code for _, rule, result in found if result is NeedResult.POSITIVE}
    return sum(
        (
            sum(
                reply.flag != is_positive_alone(reply, ours, codes)
                for reply in replies
                if reply.flag is not None and reply.rule.about
            ),
            sum(contradicts_the_sum(each, replies, codes) for each in replies),
            sum(
                rule.is_derived and result in clear and result is not judged[need]
                for need, rule, result in found
            ),
        )
    )


def is_positive_alone(reply: Reply, ours: set[str], codes: CodeTable) -> bool:
    rule = reply.rule
    if rule.score_id:
        return False  # a single item of a score never is
    if rule.total_of:
        score = codes.instruments[rule.instrument_id].scores[rule.total_of]
        return (total_in(score, [reply]) or 0) >= score.positive_at
    return rule.code in ours


def contradicts_the_sum(reply: Reply, replies: Sequence[Reply], codes: CodeTable) -> bool:
    if not reply.rule.total_of:
        return False
    score = codes.instruments[reply.rule.instrument_id].scores[reply.rule.total_of]
    items = [each for each in replies if each.rule.score_id == score.id]
    points = points_in(score, items)
    return len(points) == score.items and reply.number not in (None, sum(points))


CLEAR = frozenset({NeedResult.POSITIVE, NeedResult.NEGATIVE})
NOT_CLEAR = (
    NeedResult.DECLINED,
    NeedResult.UNKNOWN,
    NeedResult.INCOMPLETE,
)  # the most telling first
Results = Mapping[Need, NeedResult]


def add_derived_needs(results: Results) -> Results:
    """The results with housing, any and all5."""
    parts = [results[need] for need in (*HOUSING_PARTS, Need.HOUSING) if need in results]
    found = {**results, **({Need.HOUSING: any_of(parts)} if parts else {})}
    asked = [found[need] for need in FIVE if need in found]
    if not asked:
        return found
    return {**found, Need.ANY: screen_of(asked), Need.ALL5: all_of(asked, len(FIVE))}


def screen_of(results: Collection[NeedResult]) -> NeedResult:
    """One clear answer makes a completed screen, whatever else was declined or left open."""
    found = any_of(results)
    return found if found in CLEAR or CLEAR.isdisjoint(results) else NeedResult.PARTIAL


def any_of(results: Iterable[NeedResult]) -> NeedResult:
    """One need is enough; none is said only when everything asked has a clear no."""
    found = set(results)
    if NeedResult.POSITIVE in found:
        return NeedResult.POSITIVE
    return next((each for each in NOT_CLEAR if each in found), NeedResult.NEGATIVE)


def all_of(results: list[NeedResult], wanted: int) -> NeedResult:
    """Screened for all of them: a clear answer to each. With some, the screen is incomplete."""
    clear = [each for each in results if each in CLEAR]
    if len(clear) == wanted:
        return NeedResult.POSITIVE if NeedResult.POSITIVE in clear else NeedResult.NEGATIVE
    return NeedResult.INCOMPLETE if clear else any_of(results)
