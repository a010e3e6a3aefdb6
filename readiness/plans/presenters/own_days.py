"""How far what a plan buys hangs on the days of own work, in a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from readiness.instruments.models import Instrument
from readiness.plans.planning import Alternative

HALF_AND_TWICE = ("half", "twice")


def own_days_says(instrument: Instrument, found: Sequence[Alternative]) -> str:
    """`found`: as it is proposed, at half and at twice the days. Empty: there is no plan."""
    if len(found) != len(HALF_AND_TWICE) + 1:
        return ""
    proposed, *others = found
    return (
        " ".join(
            sentence(instrument, name, proposed, other)
            for name, other in zip(HALF_AND_TWICE, others, strict=True)
        )
        + " The days are an estimate that nobody has measured yet."
    )


def sentence(instrument: Instrument, name: str, proposed: Alternative, other: Alternative) -> str:
    changes = " and ".join(change_phrases(instrument, proposed, other))
    return (
        f"If own work took {name} the days, the same interventions would be bought."
        if not changes
        else f"If own work took {name} the days, {changes}."
    )


def change_phrases(
    instrument: Instrument, proposed: Alternative, other: Alternative
) -> Iterator[str]:
    for verb, ids in (
        ("would also be bought", [e for e in other.bought if e not in proposed.bought]),
        ("would not be bought", [e for e in proposed.bought if e not in other.bought]),
    ):
        if ids:
            titles = ", ".join(instrument.intervention_by_id[each].title for each in ids)
            yield f"{titles} {verb}"
