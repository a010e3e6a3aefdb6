"""Files of strangers, cut, bent and flipped: they are refused or read, and never repeated."""

from __future__ import annotations

import gzip
import json
import random
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readiness.core.errors import BadInput
from tests.factories import fhir
from tests.factories.fhir import read_bytes

pytestmark = pytest.mark.slow  # hundreds of mangled files

MARK = "Planted Ü"  # no link id that may be named
NAMES = sorted(path.name for path in fhir.DATA.glob("*.*json") if path.name != "expected.json")
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**63, 2**70, 1.5, "", MARK, f"{MARK}/{MARK}", "#", "urn:uuid:",
    "2026-99-99", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", [], {}, [[]], [{}],
    [None], {"coding": None}, {"coding": [None]}, {"coding": [{}]}, {"reference": MARK},
    {"resourceType": "Bundle", "entry": [{}]}, "\u202e", "\x00", "LA33-6", "93031-3",
)  # fmt: skip


def marked(name: str) -> list[Any]:
    """Its resources, with a mark wherever a person is named."""
    raw = (fhir.DATA / name).read_text(encoding="utf-8").replace("Patient/", f"Patient/{MARK}")
    return [json.loads(raw)] if name.endswith(".json") else list(map(json.loads, raw.splitlines()))


RESOURCES = [resource for name in NAMES for resource in marked(name)]


def holds_its_tongue(content: bytes) -> None:
    """Whatever a file holds: BadInput or a report, and nothing of the file in either."""
    try:
        found = read_bytes(content)
        found.screens()
        told = repr(found.report)
    except BadInput as refused:
        told = "".join(traceback.format_exception(refused))
    assert "Planted" not in told


def bent(value: Any, rng: random.Random) -> Any:
    """The same thing with one piece of it exchanged, dropped or doubled."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = rng.choice([*value])
        if rng.random() < 0.1:
            return {each: of for each, of in value.items() if each != key}
        return {**value, key: bent(value[key], rng)}
    if isinstance(value, list) and value and rng.random() < 0.9:
        at = rng.randrange(len(value))
        return [*value[:at], bent(value[at], rng), *value[at + rng.randint(0, 1) :]]
    return rng.choice(ODD)


@pytest.mark.parametrize("seed", range(8))
def test_resources_with_pieces_exchanged_are_read_or_refused(seed):
    rng = random.Random(seed)
    for _ in range(60):
        some = [bent(rng.choice(RESOURCES), rng) for _ in range(rng.randint(1, 4))]
        for _ in range(rng.randint(0, 3)):
            some = [bent(each, rng) for each in some]
        holds_its_tongue(b"\n".join(json.dumps(each).encode() for each in some))


def cut(content: bytes, rng: random.Random) -> bytes:
    return content[: rng.randrange(len(content))]


def flipped(content: bytes, rng: random.Random) -> bytes:
    found = bytearray(content)
    for _ in range(rng.randint(1, 20)):
        found[rng.randrange(len(found))] = rng.randrange(256)
    return bytes(found)


def spliced(content: bytes, rng: random.Random) -> bytes:
    at, to = sorted(rng.randrange(len(content)) for _ in range(2))
    return content[:at] + content[to:] + content[at:to]


@pytest.mark.parametrize("harm", [cut, flipped, spliced])
@pytest.mark.parametrize("name", NAMES)
def test_files_cut_flipped_and_spliced_are_read_or_refused(
    name: str, harm: Callable[[bytes, random.Random], bytes]
):
    rng = random.Random(f"{name} {harm.__name__}")
    content = (fhir.DATA / name).read_bytes().replace(b"Patient/", b"Patient/Planted ")
    packed = gzip.compress(content)
    for _ in range(12):
        holds_its_tongue(harm(content, rng))
        holds_its_tongue(harm(packed, rng))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inside: (
        st.lists(inside, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                "resourceType id status code coding system subject reference value valueString "
                "valueQuantity valueCodeableConcept component hasMember item answer linkId entry "
                "resource fullUrl extension url effectiveDateTime authored meta".split()
            ),
            inside,
            max_size=6,
        )
    ),
    max_leaves=25,
)
KINDS = ("Observation", "QuestionnaireResponse", "Patient", "Coverage", "Questionnaire", "Bundle")


@given(st.sampled_from(KINDS), JSON)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_json_under_a_known_name_is_read_or_refused(kind, value):
    inside = value if isinstance(value, dict) else {"item": value, "code": value}
    holds_its_tongue(json.dumps({**inside, "resourceType": kind}).encode())


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_refused(content):
    holds_its_tongue(content)
    holds_its_tongue(b'{"resourceType":"Observation","id":"' + content + b'"}')


@pytest.mark.parametrize("depth", [100, 1_000, 200_000])
@pytest.mark.parametrize("opens", ["[", '{"item":[', '{"resource":{"entry":['])
def test_nesting_without_end_is_refused(depth, opens):
    closes = opens.replace('"item":', "").replace('"resource":', "").replace('"entry":', "")
    shut = closes[::-1].translate(str.maketrans("[{", "]}"))
    for key in ("item", "contained", "extension", "entry", "x"):
        inside = opens * depth + shut * depth
        holds_its_tongue(f'{{"resourceType":"QuestionnaireResponse","{key}":{inside}}}'.encode())
        holds_its_tongue(f'{{"resourceType":"Bundle","entry":[{{"resource":{inside}}}]}}'.encode())


@pytest.mark.parametrize(
    "text",
    [
        '{"resourceType":"Observation","status":NaN}',
        '{"resourceType":"Observation","status":"final","status":"final"}',
        '{"resourceType":"Patient","id":"Planted\\ud800"}',
        '{"resourceType":"Patient","id":"Planted\\u0000"}',
        '{"resourceType":"Observation","valueInteger":' + "9" * 5_000 + "}",
        '{"resourceType":5}',
        '{"resourceType":null}',
        "{}",
        '{"resourceType":"Bundle","entry":{"Planted":1}}',
        '{"resourceType":"Bundle","entry":[5,null,"Planted",[]]}',
    ],
)
def test_json_that_libraries_stumble_over_is_read_or_refused(text):
    holds_its_tongue(text.encode())
    holds_its_tongue(b"\xef\xbb\xbf" + text.encode())
    holds_its_tongue(text.encode("utf-16"))
    holds_its_tongue(text.encode() + b"\xff\xfe")


def test_a_resource_larger_than_any_screen_is_passed_over_and_told():
    padding = "Planted" * 700_000
    found = read_bytes(
        json.dumps({**fhir.observation("93030-5"), "note": [{"text": padding}]}).encode()
    )
    assert found.parts == []
    assert "larger than 4 MB" in found.says[0]
