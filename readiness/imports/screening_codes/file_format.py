"""What a table of screening codes looks like: every part it has, in the order it is written."""

from __future__ import annotations

from typing import Any

from readiness.imports.screening_codes.models import CountedQuantity, ResourceType, Trait
from readiness.imports.screens.models import Absent, NeedResult, RecordStatus
from readiness.instruments.file_format import DAY, KEY, NAME, VERSION
from readiness.instruments.file_shapes import (
    FLAG,
    TEXT,
    Maybe,
    pattern,
    record,
    rows,
    table,
    whole,
    word,
)

ANSWER = pattern(r"LA[0-9]{1,5}-[0-9]", "an answer code such as LA33-6")
PANEL = pattern(r"[A-Z0-9-]{3,20}", "a panel's code")
ANSWERS = Maybe(rows(ANSWER), ())
SAYS = record({"positive": ANSWERS, "negative": ANSWERS})

QUESTION = record(
    {
        "tells": Maybe(table(SAYS), {}),
        "about": Maybe(KEY, ""),
        "absent": ANSWERS,
        "several": Maybe(FLAG, False),
        "none_means": Maybe(word(NeedResult)),
        "derived": Maybe(FLAG, False),
        "personal": Maybe(FLAG, False),
        "score": Maybe(KEY, ""),
        "total_of": Maybe(KEY, ""),
        "counts": Maybe(word(CountedQuantity)),
        "positive_at": Maybe(whole(1, 100), 0),
        "trait": Maybe(word(Trait)),
        "values": Maybe(table(KEY), {}),
        "verified": TEXT,
    }
)
SCORE = record(
    {
        "points": table(whole(0, 10), least=2),
        "items": whole(2, 30),
        "lowest": whole(0, 100),
        "highest": whole(0, 100),
        "positive_at": whole(1, 100),
    }
)
INSTRUMENT = record(
    {
        "id": KEY,
        "title": TEXT,
        "panels": rows(PANEL),
        "verified": TEXT,
        "sources": rows(TEXT, least=1),
        "every_question": Maybe(rows(KEY), ()),
        "scores": Maybe(table(SCORE), {}),
        "questions": table(QUESTION, least=1),
    }
)
RANGE = record({"first": whole(1, 9999), "last": whole(1, 9999), "stratum": KEY})
TRAIT = record(
    {
        "ranges": Maybe(rows(RANGE), ()),
        "prefixes": Maybe(table(KEY), {}),
        "values": table(rows(TEXT, least=1), least=1),
    }
)
GUIDELINE = record(
    {
        "year": whole(2000, 2100),
        "first": whole(1, 1_000_000),
        "each_more": whole(1, 1_000_000),
        "verified": TEXT,
    }
)
TABLE = record(
    {
        "id": NAME,
        "version": VERSION,
        "title": TEXT,
        "status": word(("published",)),
        "published_on": DAY,
        "notices": table(TEXT, least=1),
        "marks": table(TEXT, least=1),
        "sources": table(record({"what": TEXT, "at": TEXT}), least=1),
        "systems": rows(TEXT, least=1),
        "matters": table(TEXT),
        "absent": record({str(each): rows(TEXT, least=1) for each in Absent}),
        "absent_words": record({str(each): rows(TEXT, least=1) for each in Absent}),
        "words": table(rows(TEXT, least=1)),
        "standings": record(
            {
                str(kind): record({str(each): rows(TEXT) for each in RecordStatus})
                for kind in ResourceType
            }
        ),
        "instruments": rows(INSTRUMENT, least=1),
        "traits": record({str(each): TRAIT for each in Trait}),
        "poverty_guidelines": rows(GUIDELINE, least=1),
    }
)

Written = dict[str, Any]  # a file as read by TABLE, every part present
