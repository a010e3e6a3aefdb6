"""The page on which a mapping is made: its columns, the words that want saying, the dates."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from readiness.core.errors import Problem
from readiness.core.tables.reader import column_key
from readiness.counts.social_risk.models import NEED_LABELS
from readiness.imports.column_contents import ColumnContent, SlashOrder, Withheld
from readiness.imports.column_guess import GuessedColumn, question_in
from readiness.imports.column_uses import (
    BORN,
    BORN_AND_PATIENT,
    DATE,
    NEEDS,
    NOT_NEEDED,
    PATIENT,
    VISIT_DATE,
    ColumnUse,
)
from readiness.imports.dates import DateOrder
from readiness.imports.mapping_choices import (
    STATUSES,
    STRATUM_TYPES,
    WORDED,
    MappingChoices,
    Word,
    WordReader,
    choices_from_guess,
    choices_from_mapping,
    need_words,
    open_words,
    strata_for,
)
from readiness.imports.mapping_models import ColumnRole, plain
from readiness.imports.mapping_text import PageMapping
from readiness.imports.screens.models import Absent, NeedResult

Options = Mapping[str, str]  # what is said, by the value that is sent

ROLE_LABELS = {
    ColumnRole.SITE: "Clinic or site",
    ColumnRole.STATUS: "Status of the screen",
    ColumnRole.COMPLETE: "Whether the form was finished",
    ColumnRole.RACE: "Race",
    ColumnRole.ETHNICITY: "Ethnicity",
    ColumnRole.LANGUAGE: "Preferred language",
    ColumnRole.PAYER: "Insurance",
    ColumnRole.SEX: "Sex",
    ColumnRole.AGE: "Age in years",
}
OF_A_SCREEN = (ColumnRole.SITE, ColumnRole.STATUS, ColumnRole.COMPLETE)
OF_A_PERSON = tuple(role for role in ROLE_LABELS if role not in OF_A_SCREEN)
USE_OPTIONS: tuple[tuple[str, Options], ...] = (
    ("The patient and the day", {
        PATIENT.value: "Tells patients apart (a number, or a name)",
        DATE.value: "Day of the screen",
        VISIT_DATE.value: "Day of a visit, in a list of visits",
        BORN.value: "Birth date",
        BORN_AND_PATIENT.value: "Birth date, which also tells patients apart",
    }),
    ("A need", {use.value: NEED_LABELS[use.need] for use in NEEDS if use.need}),
    ("About the patient", {str(role): ROLE_LABELS[role] for role in OF_A_PERSON}),
    ("About the screen", {str(role): ROLE_LABELS[role] for role in OF_A_SCREEN}),
)  # fmt: skip
MEANING_OPTIONS: Options = {
    NeedResult.POSITIVE: "Need found",
    NeedResult.NEGATIVE: "No need",
    NeedResult.DECLINED: "Declined to answer",
    NeedResult.UNKNOWN: "Does not know",
    Absent.NOT_ASKED: "Not asked, as if left blank",
    NeedResult.INCOMPLETE: "Not answered in full",
}
DATE_OPTIONS: Options = {
    DateOrder.MONTH_FIRST: "The month first: July 3 is 7/3",
    DateOrder.DAY_FIRST: "The day first: July 3 is 3/7",
}
WHAT_IS_THERE = {
    Withheld.PERSON: "Looks like a name, a number or a note: not shown, and not read.",
    Withheld.MANY: "Many different texts: not shown.",
    Withheld.DAYS: "Dates: not shown.",
}
TELLS_APART = "Used to tell patients apart while the file is read, then forgotten; never shown."
EMPTY = "Nothing stands in it."


@dataclass(frozen=True)
class ColumnLine:
    place: int  # from 1
    content: ColumnContent
    use: ColumnUse
    is_reversed: bool
    question: str  # that the heading names

    @property
    def words(self) -> tuple[str, ...]:
        """Once each, whatever their capitals; none of a column that tells patients apart."""
        if self.use.tells_patients_apart:
            return ()
        return tuple({plain(word): word for word in reversed(self.content.words)}.values())[::-1]

    @property
    def holds(self) -> str:
        """What stands in it, in a sentence, where its words are not told."""
        if self.use.tells_patients_apart:
            return TELLS_APART
        if self.content.withheld in WHAT_IS_THERE:
            return WHAT_IS_THERE[self.content.withheld]
        return "" if self.content.words else EMPTY


@dataclass(frozen=True)
class WordLine:
    id: str
    word: Word
    text: str
    value: str


@dataclass(frozen=True)
class WordGroup:
    """The words of one column that nobody knows yet."""

    role: ColumnRole
    title: str
    options: Options
    lines: tuple[WordLine, ...]


@dataclass(frozen=True)
class MappingPage:
    columns: tuple[ColumnLine, ...]
    words: tuple[WordLine, ...]
    groups: tuple[WordGroup, ...]
    slashes: SlashOrder
    dates: DateOrder | None
    missing: tuple[str, ...] = ()  # headings of the mapping that this file lacks
    new: tuple[str, ...] = ()  # headings of this file that the mapping does not know

    @property
    def is_of_visits(self) -> bool:
        return any(each.use.is_of_visit for each in self.columns)

    @property
    def used(self) -> tuple[ColumnLine, ...]:
        return tuple(each for each in self.columns if each.use != NOT_NEEDED)

    @property
    def left_out(self) -> tuple[ColumnLine, ...]:
        return tuple(each for each in self.columns if each.use == NOT_NEEDED)

    def links(self, problems: Sequence[Problem]) -> list[tuple[str, str]]:
        """Each problem with the id of the field that it is about."""
        ids = {f"use.{each.content.heading}": f"use-{each.place}" for each in self.columns}
        ids |= {f"meaning.{line.word}": line.id for line in self.words}
        ids |= {
            f"value.{group.role}.{line.word}": line.id
            for group in self.groups
            for line in group.lines
        }
        ids |= {name: name for name in ("files", "name", "dates")}
        return [
            (ids[each.place], each.says) if each.place in ids else ("", str(each))
            for each in problems
        ]


def page_of(
    contents: Sequence[ColumnContent],
    choices: MappingChoices,
    dates: DateOrder | None,
    known: WordReader,
    sites: Options,
    asked: Collection[Word] = (),
    missing: tuple[str, ...] = (),
    new: tuple[str, ...] = (),
) -> MappingPage:
    """`asked` are the words whose meaning was chosen or left open by hand: they are not guessed."""
    return MappingPage(
        columns=tuple(
            ColumnLine(
                place,
                content,
                choices.use(content.heading),
                content.heading in choices.reversed_headings,
                choices.use(content.heading).question or question_in(content.heading, known.codes),
            )
            for place, content in enumerate(contents, start=1)
        ),
        words=tuple(word_lines(contents, choices, known, asked)),
        groups=tuple(word_groups(contents, choices, known, sites)),
        slashes=slashes_in(contents),
        dates=dates,
        missing=missing,
        new=new,
    )


def word_lines(
    contents: Sequence[ColumnContent],
    choices: MappingChoices,
    known: WordReader,
    asked: Collection[Word],
) -> Iterator[WordLine]:
    kept = {word: word for word in choices.meanings}
    for place, (word, text) in enumerate({**kept, **need_words(choices, contents)}.items()):
        meaning = choices.meanings.get(word)
        if meaning is None and word not in asked:
            meaning = known.meaning(text)
        yield WordLine(f"meaning-{place}", word, text, str(meaning or ""))


def word_groups(
    contents: Sequence[ColumnContent],
    choices: MappingChoices,
    known: WordReader,
    sites: Options,
) -> Iterator[WordGroup]:
    for role in WORDED:
        chosen = choices.values.get(role, {})
        kept = {word: word for word in chosen if not known.value(role, word)}
        words = {**kept, **open_words(role, choices, contents, known)}
        lines = tuple(
            WordLine(f"value-{role}-{place}", word, text, chosen.get(word, ""))
            for place, (word, text) in enumerate(words.items())
        )
        if lines:
            yield WordGroup(role, ROLE_LABELS[role], options_for(role, sites), lines)


def options_for(role: ColumnRole, sites: Options) -> Options:
    if role in STRATUM_TYPES:
        return {"": "Not known", **strata_for(role)}
    if role is ColumnRole.SITE:
        return {"": "Another place: in the group’s total only", **sites}
    return {"": "Choose", **STATUSES}


def slashes_in(contents: Sequence[ColumnContent]) -> SlashOrder:
    """What the columns of days prove together."""
    found = {each.slashes for each in contents} - {SlashOrder.NONE}
    proofs = found - {SlashOrder.OPEN}
    if len(proofs) > 1:
        return SlashOrder.BOTH
    return next(iter(proofs or found), SlashOrder.NONE)


def proven_order(slashes: SlashOrder) -> DateOrder | None:
    """Where nothing proves the order it is taken for the usual one; None for days of both kinds."""
    if slashes is SlashOrder.BOTH:
        return None
    is_day_first = slashes is SlashOrder.DAY_FIRST
    return DateOrder.DAY_FIRST if is_day_first else DateOrder.MONTH_FIRST


# What the page begins with


@dataclass(frozen=True)
class FirstChoices:
    choices: MappingChoices
    dates: DateOrder | None
    missing: tuple[str, ...] = ()
    new: tuple[str, ...] = ()


def first_choices(
    columns: Sequence[GuessedColumn], saved: PageMapping | None = None
) -> FirstChoices:
    """A guess, or what a mapping says already; what that does not know is guessed."""
    order = proven_order(slashes_in([each.content for each in columns]))
    guess = choices_from_guess(columns, order or DateOrder.MONTH_FIRST)
    if saved is None:
        return FirstChoices(guess, order)
    before = choices_from_mapping(saved)
    uses = {column_key(heading): use for heading, use in before.uses.items()}
    turned = {column_key(heading) for heading in before.reversed_headings}
    headings = {column_key(name): name for name in guess.uses}
    merged = replace(
        before,
        uses={name: uses.get(key, guess.uses[name]) for key, name in headings.items()},
        reversed_headings=frozenset(
            name
            for key, name in headings.items()
            if (key in turned if key in uses else name in guess.reversed_headings)
        ),
    )
    missing = tuple(
        name for name, use in before.uses.items()
        if use != NOT_NEEDED and column_key(name) not in headings
    )  # fmt: skip
    new = tuple(name for key, name in headings.items() if key not in uses)
    return FirstChoices(merged, before.dates, missing, new)
