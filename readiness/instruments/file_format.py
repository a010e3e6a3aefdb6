"""What an instrument's file looks like: every part it has, in the order it is written."""

from __future__ import annotations

from typing import Any, get_args

from readiness.instruments.file_shapes import (
    FLAG,
    TEXT,
    Findings,
    Maybe,
    Path,
    Shape,
    number,
    pattern,
    record,
    rows,
    shown,
    table,
    whole,
    word,
)
from readiness.instruments.models import LEVELS, ActionKind, CostDriver, FieldType
from readiness.instruments.yaml_tree import Branch, Node

TEXTS = rows(TEXT)
SOME_TEXTS = rows(TEXT, least=1)
ID = pattern(r"[A-Za-z][A-Za-z0-9_-]{0,39}", "an id of letters, digits and hyphens")
KEY = pattern(r"[a-z][a-z0-9_]{0,39}", "a key of small letters, digits and underscores")
NAME = pattern(r"[a-z][a-z0-9-]{0,39}", "a name of small letters, digits and hyphens")
VERSION = pattern(r"[0-9]{4}\.[0-9]{1,3}", "a version such as 2026.1, in quotes")
DAY = pattern(r"[0-9]{4}-[01][0-9]-[0-3][0-9]", "a day such as 2026-03-01")
LEVEL = whole(0, 4)
SHARE = number(0, 1)
POINTS = number(0, 100)


def read_anchors(node: Node, path: Path, findings: Findings) -> tuple[str, ...]:
    """Five sentences, one for each level; never four, never six."""
    wanted = [str(level) for level in LEVELS]
    if not isinstance(node, Branch):
        says = f"here stands {shown(node)}: write the five levels, 0 to 4"
        findings.note(path, says)
        return ("",) * len(wanted)
    if set(node.entries) != set(wanted):
        seen = ", ".join(key[:20] for key in node.entries) or "none"
        findings.note(path, f"an item has the five levels 0 to 4, here are {seen}: write all five")
    return tuple(
        TEXT(node.entries[key], (*path, key), findings) if key in node.entries else ""
        for key in wanted
    )


ANCHORS = Shape(read_anchors, ("",) * len(LEVELS))

AXIS = record({"id": ID, "title": TEXT})
DOMAIN = record(
    {"id": ID, "axis": ID, "title": TEXT, "short": TEXT, "purpose": TEXT, "seed_link": TEXT}
)
TIER = record(
    {
        "id": ID,
        "title": TEXT,
        "axis_min": Maybe(table(POINTS), {}),
        "domain_min": Maybe(POINTS, 0),
        "essential_gates": Maybe(table(LEVEL), {}),
        "supporting_gates": Maybe(table(LEVEL), {}),
        "supporting_unmet_max": Maybe(whole(0, 100), 0),
        "not_applicable_meets": Maybe(rows(ID), ()),
        "reading": TEXT,
        "investment": TEXT,
        "incentive_fit": TEXT,
    }
)
METRIC = record(
    {
        "name": KEY,
        "numerator": TEXT,
        "denominator": TEXT,
        "from_counts": Maybe(FLAG, False),
        "also_report": Maybe(TEXTS, ()),
    }
)
ITEM = record(
    {
        "id": ID,
        "domain": ID,
        "title": TEXT,
        "short": TEXT,
        "why": TEXT,
        "stem": TEXT,
        "levels": ANCHORS,
        "evidence": SOME_TEXTS,
        "answered_by": TEXT,
        "gate_why": Maybe(TEXT, ""),
        "na_when": Maybe(TEXT, ""),
        "na_says": Maybe(TEXT, ""),
        "metric": Maybe(METRIC),
        "support_at": Maybe(table(SHARE), {}),
        "threshold_note": Maybe(TEXT, ""),
        "rules": Maybe(table(TEXT), {}),
        "crosswalk": table(rows(ID, least=1)),
    }
)
EFFECT = record(
    {
        "summary": TEXT,
        "metric": TEXT,
        "points": Maybe(number()),
        "grade": TEXT,
        "sources": rows(ID, least=1),
        "status": TEXT,
    }
)
COST = record(
    {
        "low": number(0),
        "high": number(0),
        "likely": Maybe(number(0)),
        "unit": TEXT,
        "per": word(CostDriver),
        "quantity": Maybe(TEXT),
        "quantity_says": TEXT,
        "basis": TEXT,
        "status": TEXT,
        "band": whole(1, 4),
    }
)
INTERVENTION = record(
    {
        "id": ID,
        "title": TEXT,
        "short": TEXT,
        "kind": word(ActionKind),
        "items": rows(ID, least=1),
        "measures": rows(ID),
        "what": TEXT,
        "effect": EFFECT,
        "cost": COST,
        "staffing": TEXT,
        "months_to_launch": whole(0, 120),
        "months_to_effect": rows(whole(0, 120), least=2),
        "prerequisites": table(whole(1, 4)),
        "sustain": TEXT,
        "equity_note": TEXT,
    }
)
FIELD_PARTS: dict[str, Shape | Maybe] = {
    "key": KEY,
    "label": TEXT,
    "type": word(get_args(FieldType)),
    "choices": Maybe(table(TEXT, least=1), {}),
    "minimum": Maybe(number()),
    "maximum": Maybe(number()),
    "unit": Maybe(TEXT, ""),
    "help": Maybe(TEXT, ""),
}
FIELD = record({**FIELD_PARTS, "columns": Maybe(rows(record(FIELD_PARTS), least=1), ())})
CONTEXT_ITEM = record({"id": ID, "ask": TEXT, "use": TEXT, "fields": rows(FIELD, least=1)})

ABOUT: dict[str, Shape | Maybe] = {
    "unit_of_assessment": TEXT,
    "respondents": TEXT,
    "completion": TEXT,
    "originality": TEXT,
}
INSTRUMENT = record(
    {
        "id": NAME,
        "version": VERSION,
        "title": TEXT,
        "status": word(("draft", "published", "retired")),
        "published_on": DAY,
        "marks": table(TEXT, least=1),
        "minutes": whole(1, 1000),
        "recall_period": TEXT,
        "intended_use": SOME_TEXTS,
        "not_for": SOME_TEXTS,
        "about": record(ABOUT),
        "scale": record(
            {
                "rule": TEXT,
                "basis": TEXT,
                "levels": rows(record({"level": LEVEL, "label": TEXT, "meaning": TEXT}), least=5),
            }
        ),
        "definitions": table(TEXT),
        "responses": table(TEXT),
        "limits": record(
            {"na_per_domain": SHARE, "dk_per_domain": SHARE, "dk_overall": SHARE, "na_cap": ID}
        ),
        "axes": rows(AXIS, least=1),
        "domains": rows(DOMAIN, least=1),
        "tiers": rows(TIER, least=2),
        "tier_rationale": Maybe(table(TEXT), {}),
        "items": rows(ITEM, least=1),
        "cost_reference": TEXT,
        "interventions": rows(INTERVENTION),
        "context": rows(CONTEXT_ITEM),
        "core_measures": rows(
            record({"id": ID, "name": TEXT, "ages": word(("adult", "pediatric"))})
        ),
        "core_measures_note": Maybe(TEXT, ""),
        "frameworks": rows(
            record({"id": ID, "name": TEXT, "status": TEXT, "elements": table(TEXT, least=1)})
        ),
        "reliability": Maybe(
            record(
                {
                    "before_launch": TEXTS,
                    "monitoring": rows(record({"needs": TEXT, "does": TEXT})),
                    "notes": table(TEXT),
                }
            ),
            {"before_launch": (), "monitoring": (), "notes": {}},
        ),
        "safeguards": SOME_TEXTS,
        "sources": rows(record({"id": ID, "verified": TEXT, "what": TEXT, "at": TEXT})),
    }
)

Written = dict[str, Any]  # a file as read by INSTRUMENT, every part present
