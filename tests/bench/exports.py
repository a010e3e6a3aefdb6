"""Invented exports of a size: what a group sends, in each shape that the readers know."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

LOINC = "http://loinc.org"
ASKED = {  # question -> its answers, as the instrument's codes have them
    "88122-7": ("LA28397-0", "LA6729-3", "LA28398-8"),
    "88123-5": ("LA28397-0", "LA6729-3", "LA28398-8"),
    "93030-5": ("LA33-6", "LA32-8"),
    "96779-4": ("LA33-6", "LA32-8", "LA32002-0"),
    "71802-3": ("LA31993-1", "LA31994-9", "LA31995-6"),
}
NEEDS = ("food", "transportation", "utilities", "safety", "housing")
RESULTS = ("positive", "negative", "negative", "negative", "declined")
RACES = ("white", "black", "asian", "declined", "")
LANGUAGES = ("english", "spanish", "other")

PERSON = 'patient = "mrn"\ndate = "day"\nrace = "race"\nlanguage = "language"\n'
WIDE = 'shape = "wide"\n[columns]\n' + PERSON
WIDE += "".join(f'[fields.{need}]\nneed = "{need}"\n' for need in NEEDS)
ANSWERS = f'shape = "long"\n[columns]\n{PERSON}question = "question"\nanswer = "answer"\n'
JUDGED = f'shape = "long"\n[columns]\n{PERSON}need = "need"\nresult = "result"\n'
VISITS = 'shape = "visits"\n[columns]\npatient = "mrn"\ndate = "visited"\nsite = "clinic"\n'
MAPPINGS = {"wide": WIDE, "answers": ANSWERS, "judged": JUDGED, "visits": VISITS}

Rows = Callable[[random.Random, int], Iterator[str]]  # the lines of one screen


def wide_lines(dice: random.Random, screen: int) -> Iterator[str]:
    told = ",".join(dice.choice(RESULTS) for _ in NEEDS)
    yield f"{person(dice, screen)},{told}\n"


def answer_lines(dice: random.Random, screen: int) -> Iterator[str]:
    whose = person(dice, screen)
    for question, answers in ASKED.items():
        yield f"{whose},{question},{dice.choice(answers)}\n"


def judged_lines(dice: random.Random, screen: int) -> Iterator[str]:
    whose = person(dice, screen)
    for need in NEEDS:
        yield f"{whose},{need},{dice.choice(RESULTS)}\n"


def visit_lines(dice: random.Random, screen: int) -> Iterator[str]:
    yield f"M{screen // 2:08},{day_of(screen)},site-{dice.randrange(9)}\n"


def observation_lines(dice: random.Random, screen: int) -> Iterator[str]:
    """A bulk export: one Observation for each answer, five to a screen."""
    for number, (question, answers) in enumerate(ASKED.items()):
        at = screen * len(ASKED) + number
        yield json.dumps(observation(at, screen, question, dice.choice(answers))) + "\n"


def person(dice: random.Random, screen: int) -> str:
    """Two screens of each."""
    return f"M{screen // 2:08},{day_of(screen)},{dice.choice(RACES)},{dice.choice(LANGUAGES)}"


def day_of(screen: int) -> str:
    return f"2026-{1 + screen % 9:02}-{1 + screen % 28:02}"


def observation(number: int, screen: int, question: str, answer: str) -> dict[str, Any]:
    day = day_of(screen)
    return {
        "resourceType": "Observation",
        "id": f"o{number}",
        "status": "final",
        "category": [{"coding": [{"code": "survey"}]}],
        "code": {"coding": [{"system": LOINC, "code": question}]},
        "subject": {"reference": f"Patient/p{screen}"},
        "effectiveDateTime": f"{day}T10:00:00Z",
        "issued": f"{day}T10:05:00Z",
        "valueCodeableConcept": {"coding": [{"system": LOINC, "code": answer}]},
    }


HEAD = "mrn,day,race,language"
KINDS: dict[str, tuple[str, str, Rows]] = {  # the end of its name, its headings, its lines
    "wide": (".csv", f"{HEAD},{','.join(NEEDS)}\n", wide_lines),
    "answers": (".csv", f"{HEAD},question,answer\n", answer_lines),
    "judged": (".csv", f"{HEAD},need,result\n", judged_lines),
    "visits": (".csv", "mrn,visited,clinic\n", visit_lines),
    "observations": (".ndjson", "", observation_lines),
}


def write(folder: Path, kind: str, size: int) -> Path:
    """A file of about so many bytes."""
    ending, headings, lines = KINDS[kind]
    file = folder / f"{kind}{ending}"
    dice, screen = random.Random(7), 0
    with file.open("w", encoding="utf-8") as out:
        left = size - out.write(headings)
        while left > 0:
            for line in lines(dice, screen):
                left -= out.write(line)
            screen += 1
    return file
