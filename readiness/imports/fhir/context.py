"""What one run over FHIR files knows while it reads, and how its references are keyed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import TypeVar

import msgspec

from readiness.core.tables.models import ReadContext
from readiness.imports.diagnoses.models import Diagnosis
from readiness.imports.fhir.resources import Reference
from readiness.imports.mapping_models import FormMapping
from readiness.imports.screening_codes.models import CodeTable, ResourceType
from readiness.imports.screens.models import UNREADABLE_ANSWER, RecordStatus, ScreenAnswer

EVERY = 1_000  # resources between two words on how far it is
UNDATED = date.min  # of what is deleted by its id: nothing else of it is needed

NO_STATUS = "This has no status that FHIR R4 knows. Send it with one, such as final or completed."
NO_PATIENT = "This names no patient. Send it with its subject."
NO_DAY = "This has no full date. Send it with the day of the screen."

Shape = TypeVar("Shape")


@dataclass(frozen=True)
class KnownQuestionnaire:
    """A Questionnaire met on the way: what its link ids ask."""

    question_by_link: dict[str, str] = field(default_factory=dict)
    links: frozenset[str] = frozenset()  # all of them, those too that have no code
    instrument: str = ""


@dataclass(frozen=True)
class WaitingForm:
    """A form whose link ids nothing explains yet: its Questionnaire may come later."""

    place: str
    text: bytes
    address: str
    aliases: dict[str, str]
    links: frozenset[str]


class UnreadableResource(Exception):
    """A resource that cannot be used, with the sentence that says why."""

    def __init__(self, says: str) -> None:
        self.says = says
        super().__init__(says)


@dataclass
class FhirRun:
    reading: ReadContext
    codes: CodeTable
    mapping: FormMapping
    forms: dict[str, KnownQuestionnaire] = field(default_factory=dict)  # by their canonical address
    aliases: dict[str, str] = field(default_factory=dict)  # of the Bundle in hand: address -> id
    payers: dict[bytes, frozenset[str]] = field(default_factory=dict)  # by patient
    diagnoses: list[Diagnosis] = field(default_factory=list)  # beside what else Conditions tell
    waiting: list[WaitingForm] = field(default_factory=list)
    waiting_bytes: int = 0
    export_errors: int = 0  # told by the export itself
    is_fhir: bool = False  # some resource was met, whatever it tells

    @cached_property
    def questions(self) -> frozenset[str]:
        """Codes of questions that may be read: no answer that names a person is even looked at."""
        known = self.codes.questions_by_code
        return frozenset(code for code in known if not self.codes.is_personal(code))

    @cached_property
    def hashed(self) -> Callable[[str], bytes]:
        """Neighbors in a file are about the same patient."""
        return lru_cache(maxsize=256)(self.reading.hashed)

    def note_row(self) -> None:
        report = self.reading.report
        report.rows += 1
        if report.rows % EVERY == 0:
            self.reading.on_progress(report.rows)

    def note_unreadable(self, answers: Iterable[tuple[str, Collection[ScreenAnswer]]]) -> None:
        """By question, how many answers nothing explains."""
        for question, given in answers:
            if UNREADABLE_ANSWER in given:
                self.reading.report.unreadable_answers[question] += 1

    def skip(self) -> None:
        self.reading.report.skipped += 1

    def standing_of(self, kind: ResourceType, status: str | None) -> RecordStatus:
        if standing := self.codes.standing(kind, status or ""):
            return standing
        raise UnreadableResource(NO_STATUS)

    def is_whole(self, panel: str) -> bool:
        """An instrument's first panel is all of it; the others may be its sections."""
        instrument = self.codes.instrument_by_panel.get(panel)
        return bool(instrument) and self.codes.instruments[instrument or ""].panels[0] == panel

    def id_at(self, reference: str) -> str:
        return self.aliases.get(reference) or target_of(reference)[1]

    def key(self, kind: str, resource_id: str | None) -> bytes:
        """The resource's keyed hash, b"" when it has no id."""
        return self.hashed(f"{kind}/{resource_id}") if resource_id else b""

    def key_at(self, kind: str, reference: str) -> bytes:
        return self.key(kind, self.id_at(reference))

    def whom_and_when(
        self, subject: Reference | None, day: date | None, *, may_be_bare: bool
    ) -> tuple[bytes, date]:
        """What every screen needs; what is only taken back by its id needs neither."""
        patient = self.patient_at(subject)
        if may_be_bare:
            return patient, day or UNDATED
        if not patient:
            raise UnreadableResource(NO_PATIENT)
        if day is None:
            raise UnreadableResource(NO_DAY)
        return patient, day

    def patient_at(self, subject: Reference | None) -> bytes:
        """Whom a resource is about, b"" when it does not tell."""
        if subject is None:
            return b""
        if subject.reference and not subject.reference.startswith("#"):
            return self.key_at("Patient", subject.reference)
        known_as = subject.identifier
        if known_as and known_as.value:
            return self.hashed(f"Patient?{known_as.system or ''}|{known_as.value}")
        return b""


@lru_cache(maxsize=256)
def target_of(reference: str) -> tuple[str, str]:
    """The kind of a resource, "" when it is not told, and its id.

    Servers write the same patient as "Patient/1", as a full address and, inside a Bundle, as a urn;
    the id is what they have in common.

    >>> target_of("https://ehr.example.org/fhir/Patient/1/_history/2"), target_of("urn:uuid:0-a")
    (('Patient', '1'), ('', '0-a'))
    """
    if "/_history/" in reference:
        reference = reference.partition("/_history/")[0]
    before, _, last = reference.rpartition("/")
    if not before:
        return "", last.removeprefix("urn:uuid:").removeprefix("urn:oid:")
    return before[before.rfind("/") + 1 :], last


def kind_at(reference: Reference) -> str:
    return reference.type or target_of(reference.reference or "")[0]


def is_about_a_patient(subject: Reference | None) -> bool:
    """Screens of groups, places and devices are none of ours. What is not told may be a patient."""
    return subject is None or kind_at(subject) in ("", "Patient")


def decode(
    decoder: msgspec.json.Decoder[Shape], text: bytes | bytearray | msgspec.Raw
) -> Shape | None:
    """The value, or None for what is not JSON or not of this shape.

    What the decoder says of it is dropped: it may hold the sender's words.
    """
    try:
        return decoder.decode(text)
    except (ValueError, RecursionError, OverflowError, MemoryError):
        return None
