"""What a team chose for the columns and words of its table, and the mapping that comes of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from readiness.core.errors import Problem
from readiness.counts.strata import STRATA, UNKNOWN, StratumType
from readiness.imports.column_contents import ColumnContent, Withheld
from readiness.imports.column_guess import GuessedColumn, result_for
from readiness.imports.column_uses import DATE, NOT_NEEDED, VISIT_DATE, ColumnUse
from readiness.imports.dates import DateOrder
from readiness.imports.mapped_table import SEVERAL
from readiness.imports.mapping import parse, standing_of
from readiness.imports.mapping_models import (
    OF_VISITS,
    ColumnRole,
    MappedField,
    MappingShape,
    RedcapMapping,
    VisitMapping,
    plain,
)
from readiness.imports.mapping_text import text_of
from readiness.imports.screening_codes.models import CodeTable, Trait
from readiness.imports.screens.models import Absent, NeedResult
from readiness.imports.screens.strata import language_of, stratum_for

Word = str  # in small letters
Meaning = NeedResult | Absent  # of the reasons only that nobody asked
FLIPPED = {
    NeedResult.POSITIVE: NeedResult.NEGATIVE,
    NeedResult.NEGATIVE: NeedResult.POSITIVE,
}
STRATUM_TYPES = {
    ColumnRole.RACE: StratumType.RACE,
    ColumnRole.ETHNICITY: StratumType.ETHNICITY,
    ColumnRole.LANGUAGE: StratumType.LANGUAGE,
    ColumnRole.PAYER: StratumType.PAYER,
    ColumnRole.SEX: StratumType.SEX,
}
STATUSES = {"final": "Counts", "preliminary": "Not finished", "entered-in-error": "Sent in error"}
WORDED = (*STRATUM_TYPES, ColumnRole.SITE, ColumnRole.STATUS)  # whose words may need saying
NO_PATIENT = "Choose the column by which patients are told apart, such as a record number."
NO_DATE = "Choose the column of the day of the screen."
NO_NEED = "Choose the column of at least one need, such as food."
ONE_PATIENT = "In a list of visits one column tells patients apart. Choose one of them."
NOT_OF_VISITS = (
    "A list of visits has no “{heading}”. Leave it out, or give the date as the day of the screen."
)
NO_ORDER = "Say whether the month or the day comes first in the dates."
TWICE = "Two columns are given as the same thing. Choose one of them."
NOT_SHOWN = (
    "What stands in “{heading}” looks like names, numbers or notes, so it was not read. Choose "
    "another column, or leave this one out."
)
STAR = "Take the * out of the beginning of the heading “{heading}”, in the file."
NO_MEANING = "Say what “{word}” means."
NOT_SEEN = "Say what “{word}” stands for in “{heading}”, or leave it as not known."


@dataclass(frozen=True)
class MappingChoices:
    """Words are in small letters; `values` holds those of traits, sites and statuses by role."""

    uses: Mapping[str, ColumnUse] = field(default_factory=dict)  # by heading
    reversed_headings: frozenset[str] = frozenset()
    meanings: Mapping[Word, Meaning] = field(default_factory=dict)
    values: Mapping[ColumnRole, Mapping[Word, str]] = field(default_factory=dict)
    dates: DateOrder = DateOrder.MONTH_FIRST
    sheet: str = ""

    def use(self, heading: str) -> ColumnUse:
        return self.uses.get(heading, NOT_NEEDED)

    @property
    def is_of_visits(self) -> bool:
        return any(use.is_of_visit for use in self.uses.values())


@dataclass(frozen=True)
class WordReader:
    """What is known already of a word that stands in a column of a role."""

    codes: CodeTable
    site_ids: Mapping[str, str]  # by what a file may call a site, in small letters

    def value(self, role: ColumnRole, word: str) -> str:
        """ "" for what only the team can know."""
        read = self.readers.get(role)
        return read(word) if read else ""

    @property
    def readers(self) -> Mapping[ColumnRole, Callable[[str], str]]:
        traits = self.codes.traits
        return {
            ColumnRole.RACE: lambda word: stratum_for(traits[Trait.RACE], word),
            ColumnRole.ETHNICITY: lambda word: stratum_for(traits[Trait.ETHNICITY], word),
            ColumnRole.LANGUAGE: lambda word: language_of(traits[Trait.LANGUAGE], word),
            ColumnRole.PAYER: lambda word: stratum_for(traits[Trait.PAYER], word),
            ColumnRole.SEX: lambda word: stratum_for(traits[Trait.SEX], word),
            ColumnRole.SITE: lambda word: self.site_ids.get(word.strip().casefold(), ""),
            ColumnRole.STATUS: lambda word: word if standing_of(self.codes, word) else "",
        }

    def meaning(self, word: str) -> Meaning | None:
        return result_for(word, self.codes)


# What there is to say


def need_words(choices: MappingChoices, contents: Sequence[ColumnContent]) -> dict[Word, str]:
    """Every word of the needs once, as it is written first."""
    found: dict[Word, str] = {}
    for each in contents:
        if choices.use(each.heading).need:
            found |= {plain(word): word for word in each.words if plain(word) not in found}
    return found


def open_words(
    role: ColumnRole,
    choices: MappingChoices,
    contents: Sequence[ColumnContent],
    known: WordReader,
) -> dict[Word, str]:
    """The words of one role that nobody knows yet."""
    return {
        plain(word): word
        for each in contents
        if role in choices.use(each.heading).roles
        for text in each.words
        for word in ((part.strip() for part in SEVERAL.split(text)) if is_race(role) else (text,))
        if word and not known.value(role, word)
    }


def is_race(role: ColumnRole) -> bool:
    """Several may stand in one cell."""
    return role is ColumnRole.RACE


def strata_for(role: ColumnRole) -> dict[str, str]:
    """What a word may stand for, but for "not known", which needs no saying."""
    strata = STRATA[STRATUM_TYPES[role]]
    return {name: label for name, label in strata.items() if name != UNKNOWN}


# A first set of choices, from a guess or from a mapping that is there


def choices_from_guess(columns: Sequence[GuessedColumn], dates: DateOrder) -> MappingChoices:
    """A table of patients and days without any need is taken for a list of visits."""
    uses = {each.content.heading: each.use for each in columns}
    if not any(use.need or use.question for use in uses.values()):
        uses = {name: VISIT_DATE if use == DATE else use for name, use in uses.items()}
    return MappingChoices(
        uses=uses,
        reversed_headings=frozenset(each.content.heading for each in columns if each.is_reversed),
        dates=dates,
    )


def choices_from_mapping(mapping: RedcapMapping | VisitMapping) -> MappingChoices:
    if isinstance(mapping, VisitMapping):
        return choices_from_visits(mapping)
    first = mapping.columns[ColumnRole.PATIENT]
    roles = {heading: [ColumnRole.PATIENT] for heading in (first, *mapping.patient_parts)}
    for role, heading in mapping.columns.items():
        if role is not ColumnRole.PATIENT:
            roles.setdefault(heading, []).append(role)
    uses = {heading: ColumnUse(tuple(of)) for heading, of in roles.items()}
    uses |= {
        heading: ColumnUse(need=of.need, question=of.question)
        for heading, of in mapping.fields.items()
    }
    absent = dict.fromkeys(mapping.blanks, Absent.NOT_ASKED)
    return MappingChoices(
        uses={**dict.fromkeys(mapping.ignore, NOT_NEEDED), **uses},
        reversed_headings=frozenset(name for name, of in mapping.fields.items() if of.results),
        meanings={**mapping.results, **absent},
        values={**mapping.values, **({ColumnRole.STATUS: mapping.statuses} if mapping.statuses
                                     else {})},
        dates=mapping.dates,
        sheet=mapping.sheet,
    )  # fmt: skip


def choices_from_visits(mapping: VisitMapping) -> MappingChoices:
    roles: dict[str, list[ColumnRole]] = {}
    for role, heading in mapping.columns.items():
        roles.setdefault(heading, []).append(role)
    uses = {
        heading: VISIT_DATE if of == [ColumnRole.DATE] else ColumnUse(tuple(of))
        for heading, of in roles.items()
    }
    return MappingChoices(
        uses={**dict.fromkeys(mapping.ignore, NOT_NEEDED), **uses},
        values=mapping.values,
        dates=mapping.dates,
    )


def can_be_changed_here(mapping: RedcapMapping | VisitMapping, codes: CodeTable) -> bool:
    """Whether a page can show all of it: one written by hand may hold more."""
    return parse(text_of(mapping_from(choices_from_mapping(mapping))), codes) == mapping


# The mapping


def mapping_from(choices: MappingChoices) -> RedcapMapping | VisitMapping:
    return visits_from(choices) if choices.is_of_visits else screens_from(choices)


def visits_from(choices: MappingChoices) -> VisitMapping:
    return VisitMapping(
        shape=MappingShape.VISITS,
        columns={role: heading for heading, use in choices.uses.items() for role in use.roles},
        dates=choices.dates,
        ignore=ignored(choices),
        values=trait_values(choices),
    )


def ignored(choices: MappingChoices) -> tuple[str, ...]:
    return tuple(beginning(name) for name, use in choices.uses.items() if use == NOT_NEEDED)


def trait_values(choices: MappingChoices) -> dict[ColumnRole, Mapping[Word, str]]:
    values = choices.values.items()
    return {role: of for role, of in values if role is not ColumnRole.STATUS and of}


def screens_from(choices: MappingChoices) -> RedcapMapping:
    results = {w: each for w, each in choices.meanings.items() if isinstance(each, NeedResult)}
    flipped = {word: FLIPPED.get(each, each) for word, each in results.items()}
    patients = [heading for heading, use in choices.uses.items() if use.tells_patients_apart]
    columns = {role: heading for heading, use in choices.uses.items() for role in use.roles}
    fields = {
        heading: MappedField(
            question=use.question,
            need=use.need,
            results=flipped if heading in choices.reversed_headings and use.need else {},
        )
        for heading, use in choices.uses.items()
        if use.need or use.question
    }
    statuses = choices.values.get(ColumnRole.STATUS, {})
    return RedcapMapping(
        shape=MappingShape.REDCAP,
        columns={**columns, **({ColumnRole.PATIENT: patients[0]} if patients else {})},
        dates=choices.dates,
        ignore=ignored(choices),
        statuses=statuses,
        values=trait_values(choices),
        sheet=choices.sheet,
        fields=fields,
        patient_parts=tuple(patients[1:]),
        results=results,
        blanks=frozenset(choices.meanings.keys() - results.keys()),
    )


def beginning(heading: str) -> str:
    """A * stands for the rest of a heading, so one that holds a * is named up to it.

    >>> beginning("Notes"), beginning("Notes * (free)")
    ('Notes', 'Notes *')
    """
    return re.sub(r"\*.*", "*", heading, flags=re.DOTALL)


def with_known_sites(
    choices: MappingChoices, contents: Sequence[ColumnContent], known: WordReader
) -> MappingChoices:
    """A site that a file calls by its name is counted under its id."""
    words = [
        word
        for each in contents
        if ColumnRole.SITE in choices.use(each.heading).roles
        for word in each.words
    ]
    by_name = {plain(word): known.value(ColumnRole.SITE, word) for word in words}
    sites = {word: site_id for word, site_id in by_name.items() if site_id}
    if not sites:
        return choices
    chosen = choices.values.get(ColumnRole.SITE, {})
    return replace(choices, values={**choices.values, ColumnRole.SITE: {**sites, **chosen}})


# What is wrong with the choices


def problems(
    choices: MappingChoices,
    contents: Sequence[ColumnContent],
    asked: Collection[tuple[ColumnRole, Word]],
    known: WordReader,
) -> list[Problem]:
    """Each at the name of the field that it is about. `asked` are the words of traits, sites and
    statuses that the person was shown."""
    return [
        *missing_columns(choices, contents),
        *column_problems(choices, contents),
        *(Problem(f"meaning.{word}", NO_MEANING.format(word=text))
          for word, text in need_words(choices, contents).items()
          if word not in choices.meanings),
        *word_problems(choices, contents, asked, known),
    ]  # fmt: skip


def missing_columns(
    choices: MappingChoices, contents: Sequence[ColumnContent]
) -> Iterator[Problem]:
    uses = [choices.use(each.heading) for each in contents]
    first = f"use.{contents[0].heading}"
    if not any(use.tells_patients_apart for use in uses):
        yield Problem(first, NO_PATIENT)
    if not any(ColumnRole.DATE in use.roles for use in uses):
        yield Problem(first, NO_DATE)
    if not choices.is_of_visits:
        if not any(use.need or use.question for use in uses):
            yield Problem(first, NO_NEED)
        return
    if sum(use.tells_patients_apart for use in uses) > 1:
        yield Problem(first, ONE_PATIENT)
    for each in contents:
        use = choices.use(each.heading)
        if use.need or use.question or {*use.roles} - OF_VISITS:
            yield Problem(f"use.{each.heading}", NOT_OF_VISITS.format(heading=each.heading))


def column_problems(
    choices: MappingChoices, contents: Sequence[ColumnContent]
) -> Iterator[Problem]:
    seen: set[ColumnRole] = set()
    for each in contents:
        use, place = choices.use(each.heading), f"use.{each.heading}"
        single = set(use.roles) - {ColumnRole.PATIENT}
        if seen & single:
            yield Problem(place, TWICE)
        seen |= single
        holds_words = bool(use.need or single & set(WORDED))
        if holds_words and each.withheld is not Withheld.NOTHING:
            yield Problem(place, NOT_SHOWN.format(heading=each.heading))
        if use == NOT_NEEDED and each.heading.startswith("*"):
            yield Problem(place, STAR.format(heading=each.heading))


def word_problems(
    choices: MappingChoices,
    contents: Sequence[ColumnContent],
    asked: Collection[tuple[ColumnRole, Word]],
    known: WordReader,
) -> Iterator[Problem]:
    """A word that was shown and left open is not known; a status has to be said."""
    for role in WORDED:
        heading = next((c.heading for c in contents if role in choices.use(c.heading).roles), "")
        for word, text in open_words(role, choices, contents, known).items():
            is_said = bool(choices.values.get(role, {}).get(word))
            place = f"value.{role}.{word}"
            if role is ColumnRole.STATUS and not is_said:
                yield Problem(place, NO_MEANING.format(word=text))
            elif not is_said and (role, word) not in asked:
                yield Problem(place, NOT_SEEN.format(word=text, heading=heading))
