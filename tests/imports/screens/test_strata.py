from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.counts.strata import STRATA, StratumType
from readiness.imports.screens.models import PatientTraits
from readiness.imports.screens.strata import KnownTraits, known_from, known_in, strata_of
from tests.factories.screens import CODES, DAY, DECLINED, YES, a_screen, answered

R97, R24, ETHNICITY = StratumType.RACE_1997, StratumType.RACE, StratumType.ETHNICITY


def strata(**traits):
    return strata_of(known_from(PatientTraits(**traits), CODES, DAY))


@pytest.mark.parametrize(
    ("races", "ethnicity", "by_1997", "by_2024"),
    [
        (["2106-3"], "2186-5", "white", "white"),
        (["2106-3"], "2135-2", "white", "multiple"),
        ([], "2135-2", "unknown", "hispanic"),
        (["2131-1"], "2135-2", "other", "hispanic"),
        (["UNK"], "2135-2", "unknown", "hispanic"),
        (["2106-3", "2054-5"], "", "multiple", "multiple"),
        (["2118-8"], "", "white", "mena"),
        (["2118-8", "2106-3"], "", "white", "multiple"),
        (["2129-5"], "", "white", "mena"),
        (["1123-9"], "", "aian", "aian"),  # one nation
        (["1186-6", "1262-5"], "", "aian", "aian"),
        (["2161-8"], "", "unknown", "hispanic"),  # an ethnicity sent as a race
        (["2034-7"], "2186-5", "asian", "asian"),
        (["2056-0", "2071-9"], "", "black", "black"),
        (["2080-0", "2500-7"], "", "nhpi", "nhpi"),
        (["ASKU"], "", "unknown", "unknown"),
        (["asked-declined"], "", "declined", "declined"),
        (["asked-declined", "2106-3"], "", "white", "white"),
        (["asked-declined"], "2135-2", "declined", "hispanic"),
        (["Black or African American"], "", "black", "black"),
        (["hispanic"], "", "unknown", "hispanic"),
        (["Jane Doe"], "Jane Doe", "unknown", "unknown"),
        ([], "", "unknown", "unknown"),
    ],
)
def test_race_rolls_up_to_both_schemes(races, ethnicity, by_1997, by_2024):
    found = strata(races=tuple(races), ethnicity=ethnicity)
    assert (found[R97], found[R24]) == (by_1997, by_2024)


@pytest.mark.parametrize(
    ("written", "stratum"),
    [
        ("2135-2", "hispanic"),
        ("2148-5", "hispanic"),
        ("2186-5", "not_hispanic"),
        ("Not Hispanic or Latino", "not_hispanic"),
        ("asked-declined", "declined"),
        ("UNK", "unknown"),
        ("", "unknown"),
    ],
)
def test_ethnicity(written, stratum):
    assert strata(ethnicity=written)[ETHNICITY] == stratum


@pytest.mark.parametrize(
    ("written", "stratum"),
    [
        ("EN", "english"),
        ("en-US", "english"),
        ("eng", "english"),
        ("es_MX", "spanish"),
        ("Spanish", "spanish"),
        ("glg", "other"),
        ("Haitian Creole", "other"),
        ("declined", "declined"),
        ("und", "unknown"),
        ("", "unknown"),
        ("7", "unknown"),
    ],
)
def test_language(written, stratum):
    assert strata(language=written)[StratumType.LANGUAGE] == stratum


@pytest.mark.parametrize(
    ("written", "stratum"),
    [
        ("medicaid", "medicaid"),
        ("2111", "medicaid"),
        ("1", "medicare"),
        ("14", "dual"),
        ("512", "commercial"),
        ("81", "uninsured"),
        ("9999", "unknown"),
        ("Self-Pay", "uninsured"),
        ("Acme Health 12345", "unknown"),
    ],
)
def test_payer(written, stratum):
    assert strata(payer=written)[StratumType.PAYER] == stratum


def test_sex():
    found = [strata(sex=each)[StratumType.SEX] for each in ("F", "male", "UN", "UNK", "")]
    assert found == ["female", "male", "other", "unknown", "unknown"]


@pytest.mark.parametrize(
    ("traits", "band"),
    [
        ({"born": date(2008, 7, 4)}, "0-17"),  # 18 tomorrow
        ({"born": date(2008, 7, 3)}, "18-64"),
        ({"born": date(1961, 7, 3)}, "65+"),
        ({"age": 64}, "18-64"),
        ({"born": date(2030, 1, 1)}, "unknown"),
        ({"age": 999}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_age_is_that_on_the_day_of_the_screen(traits, band):
    assert strata(**traits)[StratumType.AGE] == band


def test_a_screen_tells_of_a_person_too():
    screen = a_screen(
        answered("32624-9", "LA4457-3", "LA30187-1"),
        answered("56051-6", YES),
        answered("54899-0", "LA30188-9"),
        answered("76437-3", "LA17849-3"),
        instrument="prapare",
    )
    known = known_in(screen, CODES)
    assert known == KnownTraits(
        races=frozenset({"white", "nhpi"}),
        ethnicity="hispanic",
        language="other",
        payer="medicaid",
    )


def test_a_refusal_to_tell_one_s_race_is_kept_as_such():
    screen = a_screen(answered("32624-9", DECLINED), instrument="prapare")
    assert strata_of(known_in(screen, CODES))[R24] == "declined"


def test_what_is_said_later_replaces_what_was_said_before_where_it_says_anything():
    before = KnownTraits(races=frozenset({"white"}), language="english", age=30)
    after = KnownTraits(races=frozenset({"asian"}), sex="male", age=0)
    assert before.then(after) == KnownTraits(frozenset({"asian"}), "", "english", "", "male", 0)
    assert before.then(KnownTraits()) is before


WORDS = st.one_of(st.text(max_size=12), st.from_regex(r"[0-9]{4}-[0-9]", fullmatch=True))


@given(
    races=st.lists(WORDS, max_size=3),
    ethnicity=WORDS,
    language=WORDS,
    payer=WORDS,
    sex=WORDS,
    age=st.none() | st.integers(),
)
def test_whatever_is_written_falls_into_a_stratum_that_there_is(races, **traits):
    for kind, stratum in strata(races=tuple(races), **traits).items():
        assert stratum in STRATA[kind]
