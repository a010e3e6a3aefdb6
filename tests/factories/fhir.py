"""FHIR in tests: resources with what matters said, and what reading them gives."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from readiness.core.tables.reading import Reading, Report
from readiness.core.tables.sources import Source, in_memory
from readiness.imports.fhir import reader as fhir
from readiness.imports.mapping_shapes import FormMapping
from readiness.imports.screening_codes import loader as screening
from readiness.imports.screens.assembling import Assembly
from readiness.imports.screens.judging import judge
from readiness.imports.screens.parts import Answer, Part, Person, Standing

DATA = Path(__file__).parents[1] / "data" / "fhir"
CODES = screening.load()
KEY = b"a key for tests"
LOINC = "http://loinc.org"
DAY = "2026-08-12"


def hashed(text: str) -> bytes:
    raw = text.encode("utf-8", errors="surrogatepass")
    return hashlib.blake2b(raw, key=KEY, digest_size=12).digest()


@dataclass(frozen=True)
class Read:
    found: list[Part | Person]
    report: Report

    @property
    def parts(self) -> list[Part]:
        return [each for each in self.found if isinstance(each, Part)]

    @property
    def people(self) -> list[Person]:
        return [each for each in self.found if isinstance(each, Person)]

    @property
    def answers(self) -> dict[str, tuple[Answer, ...]]:
        """Of everything read, by question."""
        return {each.question: each.answers for part in self.parts for each in part.answered}

    @property
    def says(self) -> list[str]:
        return [str(problem) for problem in self.report.problems]

    def screens(self) -> list[dict[str, Any]]:
        """Those that count, put together and judged, in the order of the input."""
        assembly = Assembly(CODES, self.report, True)
        for each in self.found:
            assembly.add(each)
        return [
            {
                "instrument": each.instrument,
                "date": str(each.day),
                "status": each.status,
                "needs": {
                    str(need): str(result) for need, result in judge(each, CODES).needs.items()
                },
            }
            for each in sorted(assembly.screens(), key=lambda each: each.at)
            if each.standing is Standing.COUNTED
        ]


def read(*sources: Source, mapping: FormMapping | None = None) -> Read:
    report = Report()
    return Read([*fhir.parts(sources, Reading(hashed, report), CODES, mapping)], report)


def read_bytes(content: bytes, name: str = "export.ndjson") -> Read:
    return read(in_memory("the file", name, content))


def read_resources(*resources: Mapping[str, Any], mapping: FormMapping | None = None) -> Read:
    lines = b"\n".join(json.dumps(each).encode() for each in resources)
    return read(in_memory("the file", "export.ndjson", lines), mapping=mapping)


def fixture(name: str) -> Source:
    return in_memory(name, name, (DATA / name).read_bytes())


def concept(code: str, system: str = LOINC, **more: Any) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, **more}]}


def observation(question: str, **changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": f"o-{question}",
        "status": "final",
        "category": [concept("survey")],
        "code": concept(question),
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": f"{DAY}T09:30:00-04:00",
        **changes,
    }


def coded(answer: str) -> dict[str, Any]:
    return {"valueCodeableConcept": concept(answer)}


def response(*items: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "QuestionnaireResponse",
        "id": "r1",
        "status": "completed",
        "subject": {"reference": "Patient/p1"},
        "authored": f"{DAY}T09:30:00-04:00",
        "item": [*items],
        **changes,
    }


def item(link: str, *answers: Mapping[str, Any]) -> dict[str, Any]:
    return {"linkId": link, "answer": [*answers]}


def chosen(answer: str) -> dict[str, Any]:
    return {"valueCoding": {"system": LOINC, "code": answer}}


def bundle(*resources: Mapping[str, Any]) -> dict[str, Any]:
    entries = [{"resource": each} for each in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}
