"""What could point at a patient is found; what evidence needs to say is left alone."""

from __future__ import annotations

import pytest

from readiness.core.patient_identifiers import Identifier, found_in, in_words

HOLDS = [
    ("her number is 123-45-6789", Identifier.SSN),
    ("123 45 6789", Identifier.SSN),
    ("SSN: 123456789", Identifier.SSN),
    ("123\u201345\u20136789 with typographic dashes", Identifier.SSN),
    ("\uff11\uff12\uff13-45-6789 with wide digits", Identifier.SSN),
    ("Medicare 1EG4-TE5-MK72", Identifier.MBI),
    ("card 1eg4te5mk73", Identifier.MBI),
    ("MRN 0048213", Identifier.RECORD),
    ("MRN: AB-99812", Identifier.RECORD),
    ("medical record number 88213", Identifier.RECORD),
    ("patient id=40012", Identifier.RECORD),
    ("DOB 03/01/1954", Identifier.BIRTH),
    ("born on March 4, 1961", Identifier.BIRTH),
    ("born in 1954", Identifier.BIRTH),
    ("1954-03-01 (date of birth)", Identifier.BIRTH),
    ("617-555-0134", Identifier.PHONE),
    ("(617) 555-0134", Identifier.PHONE),
    ("+1 617.555.0134", Identifier.PHONE),
    ("cell 6175550134", Identifier.PHONE),
    ("write to ana.silva@elm.example.org", Identifier.EMAIL),
    ("https://intranet/plan", Identifier.WEB),
    ("www.example.org", Identifier.WEB),
    ("server 10.20.30.40", Identifier.IP),
    ("fe80:0:0:0:1ff:fe23:4567:890a", Identifier.IP),
    ("lives at 12 Old Mill Road", Identifier.STREET),
    ("44 Elm St, Boston", Identifier.STREET),
    ("P.O. Box 1182", Identifier.STREET),
]

HARMLESS = [
    "80 percent",
    "Q3 2026",
    "2026-03-01 minutes",
    "minutes of 03/01/2026 and 06/01/2026",
    "Quality plan, March 4, 2026, owner: medical director",
    "1,204 of 3,380 eligible patients (35.6%)",
    "HEDIS CBP 2026, rate 62.5 to 71.0",
    "FY2026-2027 budget line 4100-220",
    "policy 12-34, version 10.1.2.3, section 4.2.1",
    "3 sites of 5, 40 staff",
    "Dr Lee and 2 nurses meet every 2 weeks",
    "20 charts per quarter",
    "ratio 1:2, 10:30 huddle, rooms 101-104",
    "medical record audit of 2026",
    "newborn visits 2026",
    "ICD-10 Z59.0, LOINC 93025-5",
    "Committee charter v3, approved 2025-11-20, on the shared drive",
    "2026 Quality and Equity Plan",
    "",
]


@pytest.mark.parametrize(("text", "kind"), HOLDS)
def test_a_mark_that_could_point_at_a_patient_is_found(text, kind):
    assert kind in found_in(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_evidence_needs_to_say_is_left_alone(text):
    assert found_in(text) == ()


def test_a_long_text_is_scanned_quickly():
    assert found_in("1 A" * 400) == ()
    assert found_in("12 Old " * 200) == ()


def test_several_kinds_are_named_in_one_phrase():
    kinds = found_in("SSN 123-45-6789, 617-555-0134, a@b.org")
    assert in_words(kinds) == ("a Social Security number, a phone number and an e-mail address")
