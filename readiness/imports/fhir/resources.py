"""The parts of FHIR R4 resources that are read. Everything else is passed over while decoding."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Raw, Struct

Number = int | float | str | None  # some senders write numbers as text


class Coding(Struct, gc=False):
    system: str | None = None
    code: str | None = None
    display: str | None = None


class Concept(Struct, gc=False):
    coding: list[Coding] | None = None
    text: str | None = None


def codings_in(concept: Concept | None) -> list[Coding]:
    return (concept.coding if concept else None) or []


class FhirQuantity(Struct, gc=False):
    value: Number = None


class FhirIdentifier(Struct, gc=False):
    system: str | None = None
    value: str | None = None


class Reference(Struct, gc=False):
    reference: str | None = None
    type: str | None = None
    identifier: FhirIdentifier | None = None
    display: str | None = None


class FhirPeriod(Struct, gc=False):
    start: str | None = None
    end: str | None = None


class Meta(Struct, gc=False, rename="camel"):
    version_id: str | None = None
    last_updated: str | None = None


NO_META = Meta()


class OutcomeIssue(Struct, gc=False):
    severity: str | None = None


class OperationOutcome(Struct, gc=False):
    issue: list[OutcomeIssue] | None = None


class FhirExtension(Struct, rename="camel"):
    url: str | None = None
    value_code: str | None = None
    value_string: str | None = None
    value_coding: Coding | None = None
    value_codeable_concept: Concept | None = None
    extension: list[FhirExtension] | None = None


class Element(Struct):
    """What stands beside a primitive value, as in `_birthDate`."""

    extension: list[FhirExtension] | None = None


class FhirValue(Struct, gc=False, rename="camel"):
    """`value[x]` in every form that an answer is sent in."""

    value_codeable_concept: Concept | None = None
    value_coding: Coding | None = None
    value_boolean: bool | None = None
    value_string: str | None = None
    value_integer: Number = None
    value_decimal: Number = None
    value_quantity: FhirQuantity | None = None
    data_absent_reason: Concept | None = None


class ObservationComponent(FhirValue):
    code: Concept | None = None
    interpretation: list[Concept] | None = None


class Observation(ObservationComponent):
    id: str | None = None
    meta: Meta | None = None
    status: str | None = None
    category: list[Concept] | None = None
    subject: Reference | None = None
    effective_date_time: str | None = None
    effective_instant: str | None = None
    effective_period: FhirPeriod | None = None
    issued: str | None = None
    component: list[ObservationComponent] | None = None
    has_member: list[Reference] | None = None
    derived_from: list[Reference] | None = None


class ItemAnswer(FhirValue):
    item: list[ResponseItem] | None = None
    extension: list[FhirExtension] | None = None
    beside_coding: Element | None = msgspec.field(default=None, name="_valueCoding")
    beside_string: Element | None = msgspec.field(default=None, name="_valueString")
    beside_boolean: Element | None = msgspec.field(default=None, name="_valueBoolean")
    beside_integer: Element | None = msgspec.field(default=None, name="_valueInteger")
    beside_decimal: Element | None = msgspec.field(default=None, name="_valueDecimal")
    # Never an answer to a question that we know, but still an answer.
    value_date: Any = None
    value_date_time: Any = None
    value_time: Any = None
    value_uri: Any = None
    value_attachment: Any = None
    value_reference: Any = None


class ResponseItem(Struct, gc=False, rename="camel"):
    link_id: str | None = None
    answer: list[ItemAnswer] | None = None
    item: list[ResponseItem] | None = None
    extension: list[FhirExtension] | None = None


class QuestionnaireResponse(Struct, rename="camel"):
    id: str | None = None
    meta: Meta | None = None
    status: str | None = None
    subject: Reference | None = None
    questionnaire: str | None = None
    authored: str | None = None
    item: list[ResponseItem] | None = None
    contained: list[Raw] | None = None


class FormItem(Struct, rename="camel"):
    link_id: str | None = None
    code: list[Coding] | None = None
    item: list[FormItem] | None = None


class Questionnaire(Struct):
    id: str | None = None
    url: str | None = None
    code: list[Coding] | None = None
    item: list[FormItem] | None = None


class Communication(Struct):
    language: Concept | None = None
    preferred: bool | None = None


class Patient(Struct, rename="camel"):
    id: str | None = None
    identifier: list[FhirIdentifier] | None = None
    extension: list[FhirExtension] | None = None
    gender: str | None = None
    birth_date: str | None = None
    communication: list[Communication] | None = None


class Coverage(Struct):
    id: str | None = None
    status: str | None = None
    type: Concept | None = None
    beneficiary: Reference | None = None
    payor: list[Reference] | None = None


class Encounter(Struct):
    id: str | None = None
    meta: Meta | None = None
    status: str | None = None
    subject: Reference | None = None
    period: FhirPeriod | None = None


class ServiceRequest(Struct, rename="camel"):
    id: str | None = None
    meta: Meta | None = None
    status: str | None = None
    category: list[Concept] | None = None
    code: Concept | None = None
    subject: Reference | None = None
    authored_on: str | None = None


class FhirTask(Struct, rename="camel"):
    id: str | None = None
    meta: Meta | None = None
    status: str | None = None
    focus: Reference | None = None
    execution_period: FhirPeriod | None = None
    last_modified: str | None = None


class Procedure(Struct, rename="camel"):
    id: str | None = None
    meta: Meta | None = None
    status: str | None = None
    category: Concept | list[Concept] | None = None  # a list in later releases
    code: Concept | None = None
    subject: Reference | None = None
    performed_date_time: str | None = None
    performed_period: FhirPeriod | None = None
    based_on: list[Reference] | None = None


class FhirCondition(Struct, rename="camel"):
    id: str | None = None
    meta: Meta | None = None
    clinical_status: Concept | None = None
    verification_status: Concept | None = None
    category: list[Concept] | None = None
    code: Concept | None = None
    subject: Reference | None = None
    recorded_date: str | None = None
    onset_date_time: str | None = None
    onset_period: FhirPeriod | None = None
    abatement_date_time: str | None = None
    abatement_period: FhirPeriod | None = None


class Peek(Struct, gc=False, rename="camel"):
    """Enough of a resource to know which shape to read it in."""

    resource_type: str | None = None
    id: str | None = None


class EntryRequest(Struct, gc=False):
    method: str | None = None
    url: str | None = None


class BundleEntry(Struct, gc=False, rename="camel"):
    full_url: str | None = None
    resource: Raw = Raw()
    request: EntryRequest | None = None
