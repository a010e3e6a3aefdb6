"""A second version of our instrument: one item reworded, one dropped, one added."""

from __future__ import annotations

import re
from pathlib import Path

from readiness.instruments.loader import SHIPPED

REWORDED, DROPPED, ADDED = "LEAD-1", "TEAM-3", "TEAM-7"

NEW_ITEM = f"""\
  - id: {ADDED}
    domain: TEAM
    title: Standing orders at the front desk
    short: Standing orders
    why: A patient who is already here should not have to come back.
    stem: Can the front desk start what is due before the clinician comes in?
    levels:
      0: It cannot.
      1: Some people do it by custom.
      2: A written order covers one test at one site.
      3: Written orders cover what is due at most sites, and use is checked yearly.
      4: As level 3, and the order was changed because of what the check found.
    evidence: [written order]
    answered_by: front-desk lead
    crosswalk: {{BB: [B4]}}

"""


def shipped_text() -> str:
    return (SHIPPED / "qmer" / "2026.1.yaml").read_text(encoding="utf-8")


def changed(text: str, old: str, new: str) -> str:
    """With the first `old` replaced; there must be one."""
    assert old in text, f"the shipped file no longer says {old!r}"
    return text.replace(old, new, 1)


def entry(text: str, own_id: str) -> str:
    """The text of one item or intervention."""
    found = re.search(rf"(?ms)^  - id: {re.escape(own_id)}\n.*?(?=^  - id: |^\S)", text)
    assert found, f"the shipped file has no {own_id}"
    return found.group()


def second_text() -> str:
    text = changed(shipped_text(), "version: '2026.1'", "version: '2027.1'")
    text = changed(text, "Who answers, in writing,", "Who answers, in a signed paper,")
    text = changed(text, entry(text, DROPPED), NEW_ITEM)
    return re.sub(rf"\b{DROPPED}\b", ADDED, text)


def write_second_version(folder: Path) -> Path:
    """Into `folder`, in its place: `<folder>/qmer/2027.1.yaml`."""
    path = folder / "qmer" / "2027.1.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(second_text(), encoding="utf-8")
    return path
