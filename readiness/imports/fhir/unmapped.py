"""What is said of forms whose questions nothing explains: their link ids, where harmless."""

from __future__ import annotations

import re
from collections.abc import Iterable

from readiness.core import patient_identifiers
from readiness.core.errors import BadInput, Problem
from readiness.imports.fhir.run import Waiting

MOST_NAMED = 20
HARMLESS = re.compile(r"[A-Za-z0-9./_-]{1,24}")
UNMAPPED = (
    "This question of a form has answers, but nothing says what it asks. Send the form's "
    "Questionnaire too, or say in a mapping file what it asks or that it is to be left out."
)


def refusal(forms: Iterable[Waiting]) -> BadInput:
    links = {link for form in forms for link in form.links}
    named = sorted(link for link in links if is_harmless(link))[:MOST_NAMED]
    problems = [Problem(f"question {link}", UNMAPPED) for link in named]
    if unnamed := len(links) - len(named):
        place = "an unnamed question" if unnamed == 1 else f"{unnamed} unnamed questions"
        problems.append(Problem(place, UNMAPPED))
    return BadInput(problems)


def is_harmless(link: str) -> bool:
    """A link id belongs to a form, but a careless sender can put anything there."""
    return bool(HARMLESS.fullmatch(link)) and not patient_identifiers.found_in(link)
