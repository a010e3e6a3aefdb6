"""FHIR in tests: resources with what matters said, and what reading them gives."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from readiness.core.tables.models import ReadContext, Report, SourceFile, file_in_memory
from readiness.imports.fhir import reader as fhir
from readiness.imports.mapping_models import FormMapping
from readiness.imports.screening_codes import loader as screening
from readiness.imports.screens.assembly import ScreenAssembly
from readiness.imports.screens.evaluation import evaluate
from readiness.imports.screens.models import PatientRecord, RecordStatus, ScreenAnswer, ScreenPart

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
    found: list[fhir.Found]
    report: Report

    @property
    def parts(self) -> list[ScreenPart]:
        return [each for each in self.found if isinstance(each, ScreenPart)]

    @property
    def people(self) -> list[PatientRecord]:
        return [each for each in self.found if isinstance(each, PatientRecord)]

    @property
    def answers(self) -> dict[str, tuple[ScreenAnswer, ...]]:
        """Of everything read, by question."""
        return {each.question: each.answers for part in self.parts for each in part.answered}

    @property
    def says(self) -> list[str]:
        return [str(problem) for problem in self.report.problems]

    def screens(self) -> list[dict[str, Any]]:
        """Those that count, put together and judged, in the order of the input."""
        assembly = ScreenAssembly(CODES, self.report, True)
        for each in self.found:
            if isinstance(each, ScreenPart | PatientRecord):
                assembly.add(each)
        return [
            {
                "instrument": each.instrument,
                "date": str(each.day),
                "status": each.status,
                "needs": {
                    str(need): str(result) for need, result in evaluate(each, CODES).needs.items()
                },
            }
            for each in sorted(assembly.screens(), key=lambda each: each.at)
            if each.standing is RecordStatus.COUNTED
        ]


def read(*sources: SourceFile, mapping: FormMapping | None = None) -> Read:
    report = Report()
    return Read([*fhir.parts(sources, ReadContext(hashed, report), CODES, mapping)], report)


def read_bytes(content: bytes, name: str = "export.ndjson") -> Read:
    return read(file_in_memory("the file", name, content))


def read_resources(*resources: Mapping[str, Any], mapping: FormMapping | None = None) -> Read:
    lines = b"\n".join(json.dumps(each).encode() for each in resources)
    return read(file_in_memory("the file", "export.ndjson", lines), mapping=mapping)


def fixture(name: str) -> SourceFile:
    return file_in_memory(name, name, (DATA / name).read_bytes())


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
