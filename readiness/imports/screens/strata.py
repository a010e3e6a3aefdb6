"""From what a sender calls people to the strata that counts are kept by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from readiness.counts.strata import UNKNOWN, StratumType
from readiness.imports.screening_codes.models import (
    CodeTable,
    ScreeningQuestion,
    Trait,
    TraitTable,
    normalize,
)
from readiness.imports.screens.models import Absent, PatientTraits, Screen, ScreenAnswer

DECLINED, OTHER, HISPANIC, MULTIPLE = "declined", "other", "hispanic", "multiple"
SILENT = frozenset({DECLINED, UNKNOWN})  # said nothing of themselves

CODE = re.compile(r"([0-9]{4})-[0-9]")  # of the CDC set
TAG = re.compile(r"[a-z]{2,3}([-_].*)?")  # of a language
NAME = re.compile(r"[^\W\d_]{4,}([ -][^\W\d_]+)*")  # of a language
OLDEST = 130  # years; more is a slip


class KnownTraits(NamedTuple):
    """What is known of one person in our own words; "" or nothing where it is not."""

    races: frozenset[str] = frozenset()
    ethnicity: str = ""
    language: str = ""
    payer: str = ""
    sex: str = ""
    age: int | None = None

    def then(self, later: KnownTraits) -> KnownTraits:
        """What was said later replaces what was said before, where it says anything."""
        if self is later or self is NOBODY_KNOWN or self == later:
            return later
        both = [mine if said in NOTHING else said for mine, said in zip(self, later, strict=True)]
        return self if both == list(self) else KnownTraits._make(both)


NOBODY_KNOWN = KnownTraits()
NOTHING: tuple[object, ...] = (frozenset(), "", None)


def known_from(traits: PatientTraits, codes: CodeTable, on: date) -> KnownTraits:
    """What a record says of a person; the age is that on the day of the screen."""
    ethnic = codes.traits[Trait.ETHNICITY]
    races = [stratum_for(codes.traits[Trait.RACE], text) for text in traits.races]
    is_hispanic = HISPANIC in races or any(
        in_ranges(ethnic, text) == HISPANIC for text in traits.races
    )
    ethnicity = if_known(stratum_for(ethnic, traits.ethnicity))
    return KnownTraits(
        races=frozenset(filter(if_known, races)) - {HISPANIC},
        ethnicity=HISPANIC if is_hispanic and ethnicity in ("", *SILENT) else ethnicity,
        language=if_known(language_of(codes.traits[Trait.LANGUAGE], traits.language)),
        payer=if_known(stratum_for(codes.traits[Trait.PAYER], traits.payer)),
        sex=if_known(stratum_for(codes.traits[Trait.SEX], traits.sex)),
        age=age_on(traits, on),
    )


Told = dict[tuple[PatientTraits, date | None], KnownTraits]  # by traits, and day where it matters


def known_in(screen: Screen, codes: CodeTable, told: Told | None = None) -> KnownTraits:
    """What a screen says of a person: its own questions, and what came with its pieces. `told`
    spares working out what a run has seen before."""
    told = {} if told is None else told
    known = answered_in(screen, codes)
    for traits in screen.traits:
        key = (traits, screen.day if traits.born else None)
        if key not in told:
            told[key] = known_from(traits, codes, screen.day)
        known = known.then(told[key])
    return known


def answered_in(screen: Screen, codes: CodeTable) -> KnownTraits:
    found: dict[Trait, list[str]] = {}
    if codes.trait_questions.isdisjoint(screen.answered):
        return NOBODY_KNOWN
    for answered in screen.answered.values():
        rule = codes.question(screen.instrument, answered.question, answered.answers)
        if rule and rule.trait:
            found.setdefault(rule.trait, []).extend(values_of(answered.answers, rule, codes))
    one = {trait: values[-1] for trait, values in found.items() if values}
    return KnownTraits(
        races=frozenset(found.get(Trait.RACE, ())),
        ethnicity=one.get(Trait.ETHNICITY, ""),
        language=one.get(Trait.LANGUAGE, ""),
        payer=one.get(Trait.PAYER, ""),
        sex=one.get(Trait.SEX, ""),
    )


def if_known(stratum: str) -> str:
    """Not known is nothing: what is known from elsewhere stands."""
    return "" if stratum == UNKNOWN else stratum


def stratum_for(table: TraitTable, text: str) -> str:
    """A code or a word as a stratum, "" for what we do not know."""
    word = normalize(text)
    return table.values.get(word) or in_ranges(table, word) or by_prefix(table, word)


def in_ranges(table: TraitTable, text: str) -> str:
    """A detailed code as the category that it belongs to.

    The public set numbers the details of each category in one run.
    """
    found = CODE.fullmatch(text.strip())
    number = int(found[1]) if found else 0
    return next((each.stratum for each in table.ranges if each.first <= number <= each.last), "")


def by_prefix(table: TraitTable, word: str) -> str:
    """Codes that say more with each digit: the longest beginning that is known."""
    if not word.isdecimal():
        return ""
    prefixes = (word[:length] for length in range(len(word), 0, -1))
    return next((table.prefixes[each] for each in prefixes if each in table.prefixes), "")


def language_of(table: TraitTable, text: str) -> str:
    """English and Spanish by name or tag; anything else that looks like a language is another."""
    word = normalize(text)
    tag = re.split("[-_]", word)[0]
    if stratum := table.values.get(word) or (table.values.get(tag) if TAG.fullmatch(word) else ""):
        return stratum
    return OTHER if TAG.fullmatch(word) or NAME.fullmatch(word) else ""


def age_on(traits: PatientTraits, day: date) -> int | None:
    """
    >>> age_on(PatientTraits(born=date(2000, 2, 29)), date(2018, 2, 28))
    17
    """
    age = traits.age
    if traits.born:
        birthday = (traits.born.month, traits.born.day)
        age = day.year - traits.born.year - ((day.month, day.day) < birthday)
    return age if age is not None and 0 <= age <= OLDEST else None


def strata_of(known: KnownTraits) -> dict[StratumType, str]:
    """One stratum of each type, `unknown` where nothing is known."""
    return {
        StratumType.LANGUAGE: known.language or UNKNOWN,
        StratumType.RACE: race_2024(known.races, known.ethnicity),
        StratumType.PAYER: known.payer or UNKNOWN,
        StratumType.RACE_1997: race_1997(known.races),
        StratumType.ETHNICITY: known.ethnicity or UNKNOWN,
        StratumType.AGE: age_band(known.age),
        StratumType.SEX: known.sex or UNKNOWN,
    }


def race_1997(races: frozenset[str]) -> str:
    """Ethnicity is asked apart; Middle Eastern or North African is part of White."""
    return single_race({"white" if race == "mena" else race for race in races})


def race_2024(races: frozenset[str], ethnicity: str) -> str:
    """One question for race and ethnicity: Hispanic with a race is two or more."""
    if ethnicity != HISPANIC:
        return single_race(races)
    return MULTIPLE if races - SILENT - {OTHER} else HISPANIC


def single_race(races: Iterable[str]) -> str:
    real = set(races) - SILENT
    if len(real) > 1:
        return MULTIPLE
    return next(iter(real), DECLINED if DECLINED in races else UNKNOWN)


def age_band(age: int | None) -> str:
    """
    >>> age_band(17), age_band(18), age_band(65), age_band(None)
    ('0-17', '18-64', '65+', 'unknown')
    """
    if age is None:
        return UNKNOWN
    return "0-17" if age < 18 else "18-64" if age < 65 else "65+"


def values_of(
    answers: Iterable[ScreenAnswer], rule: ScreeningQuestion, codes: CodeTable
) -> Iterator[str]:
    for each in answers:
        if each.absent is Absent.DECLINED or codes.absent.get(each.code) is Absent.DECLINED:
            yield DECLINED
        elif each.code in rule.trait_values:
            yield rule.trait_values[each.code]
