"""Money that was awarded, spent or given back for an action: entered once, never overwritten.

What was wrong is put right by a new posting that names the one it stands in for; both are kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from readiness.core import patient_identifiers
from readiness.core.errors import BadInput, Problem
from readiness.core.free_text import LINE_CHARACTERS, NOTE_CHARACTERS, clean

MAX_CENTS = 100_000_000_00  # a hundred million dollars
FIRST_DAY = date(2000, 1, 1)


class PostingKind(StrEnum):
    AWARDED = "awarded"
    SPENT = "spent"
    RETURNED = "returned"  # of an award, to whoever gave it


@dataclass(frozen=True)
class PostingInput:
    """One posting as a person types it."""

    kind: PostingKind
    cents: int | None  # None: no amount could be read
    on: date | None
    payer: str  # who paid or may have paid, in a few words
    note: str


@dataclass(frozen=True)
class Posting:
    id: str
    group_id: str
    assessment_id: str  # whose plan it is about
    action_id: str
    kind: PostingKind
    cents: int  # 0: stands in for one that never was
    on: date
    payer: str
    note: str
    author_id: str
    at: datetime
    corrects: str | None = None  # the posting it stands in for


@dataclass(frozen=True)
class PostingContext:
    """Where a posting goes, whose it is, and which one it stands in for."""

    id: str
    group_id: str
    assessment_id: str
    action_id: str
    author_id: str
    at: datetime
    corrects: str | None = None


@dataclass(frozen=True)
class Totals:
    """In cents."""

    awarded: int = 0
    spent: int = 0
    returned: int = 0

    @property
    def award(self) -> int:
        """What there was to spend: awarded and not given back."""
        return self.awarded - self.returned

    @property
    def remaining(self) -> int:
        """Of the award; below nothing when more was spent than awarded."""
        return self.award - self.spent

    @property
    def is_empty(self) -> bool:
        return not (self.awarded or self.spent or self.returned)

    def plus(self, other: Totals) -> Totals:
        return Totals(
            self.awarded + other.awarded, self.spent + other.spent, self.returned + other.returned
        )


def source_of(typed: str, payer_names: Iterable[str]) -> str:
    """The payer whose name an entry's source begins with, the longest; "": none of these.

    >>> source_of("fair health, infrastructure grant", ["Fair", "Fair Health"])
    'Fair Health'
    >>> source_of("Fairview Foundation", ["Fair"]), source_of("", ["Fair"])
    ('', '')
    """
    return max((each for each in payer_names if begins_with(typed, each)), key=len, default="")


def begins_with(typed: str, name: str) -> bool:
    """As whole words, however it is spaced and capitalized."""
    begun, whole = (" ".join(each.casefold().split()) for each in (name, typed))
    return whole.startswith(begun) and not whole[len(begun) :][:1].isalnum()


def told_to(
    payer_names: Collection[str], postings: Iterable[Posting], every_name: Collection[str]
) -> tuple[Posting, ...]:
    """What payers of these names may read: what they awarded themselves, or nobody named has, and
    what was spent, but for what was spent from another payer's award. `every_name`: all payers."""
    every = tuple(postings)
    kept = {
        each.id
        for each in uncorrected(every)
        if not each.payer.strip()
        or (source := source_of(each.payer, every_name)) in payer_names
        or (not source and each.kind is PostingKind.SPENT)
    }
    return tuple(each for each in every if each.id in kept)


def uncorrected(postings: Iterable[Posting]) -> tuple[Posting, ...]:
    """Those that no later one stands in for."""
    every = tuple(postings)
    replaced = {each.corrects for each in every}
    return tuple(each for each in every if each.id not in replaced)


def latest_in_place_of(posting_id: str, postings: Iterable[Posting]) -> Posting:
    """The entry that stands for one today: itself, or the last of its corrections."""
    every = tuple(postings)
    correction_of = {each.corrects: each for each in every}
    found = next(each for each in every if each.id == posting_id)
    while found.id in correction_of:
        found = correction_of[found.id]
    return found


def totals(postings: Iterable[Posting]) -> Totals:
    cents = dict.fromkeys(PostingKind, 0)
    for each in uncorrected(postings):
        cents[each.kind] += each.cents
    return Totals(cents[PostingKind.AWARDED], cents[PostingKind.SPENT], cents[PostingKind.RETURNED])


def first_spent_on(postings: Iterable[Posting]) -> date | None:
    days = [e.on for e in uncorrected(postings) if e.kind is PostingKind.SPENT and e.cents]
    return min(days, default=None)


def new_posting(wanted: PostingInput, place: PostingContext) -> Posting:
    """A posting, or BadInput with every problem by field."""
    problems = tuple(problems_of(wanted, place))
    if problems or wanted.cents is None or wanted.on is None:
        raise BadInput(problems)
    return Posting(
        id=place.id,
        group_id=place.group_id,
        assessment_id=place.assessment_id,
        action_id=place.action_id,
        kind=wanted.kind,
        cents=wanted.cents,
        on=wanted.on,
        payer=clean(wanted.payer, LINE_CHARACTERS),
        note=clean(wanted.note, NOTE_CHARACTERS),
        author_id=place.author_id,
        at=place.at,
        corrects=place.corrects,
    )


def problems_of(wanted: PostingInput, place: PostingContext) -> Iterator[Problem]:
    """Only a correction may say nothing at all was paid."""
    if wanted.cents is None or wanted.cents < 0:
        yield Problem("amount", "Enter an amount in dollars, such as 12,500.")
    elif wanted.cents == 0 and place.corrects is None:
        yield Problem("amount", "Enter the amount that was awarded, spent or given back.")
    elif wanted.cents > MAX_CENTS:
        yield Problem("amount", f"Enter an amount up to {dollars(MAX_CENTS)}.")
    if wanted.on is None:
        yield Problem("on", "Enter the day of the award, the payment or the return.")
    elif not FIRST_DAY <= wanted.on <= place.at.date():
        yield Problem("on", "Enter a day that has been, since 2000: what is to come is planned.")
    yield from text_problems("payer", wanted.payer, LINE_CHARACTERS)
    yield from text_problems("note", wanted.note, NOTE_CHARACTERS)


def text_problems(place: str, text: str, most: int) -> Iterator[Problem]:
    """A plan is shared and taken along, so what could point at a patient is not even stored."""
    try:
        tidy = clean(text, most)
    except ValueError as error:
        yield Problem(place, str(error))
        return
    if refused := patient_identifiers.refusal(tidy):
        yield Problem(place, f"{refused} A plan is shared.")


# What is still needed, as the group itself sees it


@dataclass(frozen=True)
class Cents:
    """A range of money, in cents."""

    low: int
    likely: int
    high: int

    def plus(self, other: Cents) -> Cents:
        return Cents(self.low + other.low, self.likely + other.likely, self.high + other.high)

    def times(self, factor: int) -> Cents:
        return Cents(self.low * factor, self.likely * factor, self.high * factor)

    def less(self, cents: int) -> Cents:
        """After this much of it was paid; never below nothing."""
        return Cents(*(max(0, each - cents) for each in (self.low, self.likely, self.high)))


@dataclass(frozen=True)
class EstimateToComplete:
    """From its day on. The newest of an action counts; all are kept."""

    id: str
    group_id: str
    assessment_id: str
    action_id: str
    cents: Cents
    note: str
    author_id: str
    at: datetime


def current_estimate(said: EstimateToComplete | None, postings: Iterable[Posting]) -> Cents | None:
    """What was said, less what was paid on later days."""
    if said is None:
        return None
    later = (
        each.cents
        for each in uncorrected(postings)
        if each.kind is PostingKind.SPENT and each.on > said.at.date()
    )
    return said.cents.less(sum(later))


def new_estimate(
    amounts: Sequence[int | None], note: str, place: PostingContext
) -> EstimateToComplete:
    """Low, likely and high, or BadInput with every problem by field."""
    problems = tuple(estimate_problems(amounts, note))
    known = [each for each in amounts if each is not None]
    if problems or len(known) != 3:
        raise BadInput(problems)
    return EstimateToComplete(
        id=place.id,
        group_id=place.group_id,
        assessment_id=place.assessment_id,
        action_id=place.action_id,
        cents=Cents(*known),
        note=clean(note, NOTE_CHARACTERS),
        author_id=place.author_id,
        at=place.at,
    )


def estimate_problems(amounts: Sequence[int | None], note: str) -> Iterator[Problem]:
    low, likely, high = amounts
    if low is None or likely is None or high is None:
        yield Problem("low", "Enter all three amounts in dollars; 0 where nothing more is needed.")
    elif not 0 <= low <= likely <= high:
        yield Problem("low", "Low must not be above likely, nor likely above high.")
    elif high > MAX_CENTS:
        yield Problem("high", f"Enter an amount up to {dollars(MAX_CENTS)}.")
    yield from text_problems("why", note, NOTE_CHARACTERS)


def dollars(cents: int) -> str:
    """Cents only where there are some.

    >>> dollars(1_250_000), dollars(1_999), dollars(-50_000)
    ('$12,500', '$19.99', '−$500')
    """
    whole, rest = divmod(abs(cents), 100)
    written = f"${whole:,}.{rest:02}" if rest else f"${whole:,}"
    return f"−{written}" if cents < 0 else written
