"""What is taken for the truth behind the released counts, in words and in a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from readiness.core.charts.scales import Table
from readiness.core.formatting import count, one_decimal, percent
from readiness.equity.gates import GROUPS_FOR_SPREAD
from readiness.incentives.models import PriorBasis, PriorFact
from readiness.incentives.presenters.wording import sentence
from readiness.incentives.service.runs import RunSettings

STAYING_SOURCE = (
    "Usual: 84, the share of Medicare patients assigned to the same accountable care organization "
    "in 2013 and 2014 (American Journal of Managed Care, September 2019). Put in your own."
)
CORRELATION_SOURCE = (
    "Beyond what the group does for everybody: 0, each result is a fresh start; 100, each repeats. "
    "Usual: 30, an estimate by judgment, November 2026, not published. A lower figure makes chance "
    "count for more."
)
FORMER_METHOD = (
    "This run took the released rates for the true ones and drew both years from them, so it "
    "says too little of gaps that shrink by themselves. Do it again for figures that are right for "
    "your groups."
)
GIVEN = (
    "Every figure is for the counts that your groups released: they are the first year of each "
    "design, and only the next year is drawn."
)


def settings_values(settings: Mapping[str, Any]) -> dict[str, str]:
    """Stored settings as the fields of the form show them."""
    return {
        "gain_points": f"{settings['gain_points']:g}",
        "fall_points": f"{settings['fall_points']:g}",
        "replicates": f"{settings['replicates']:,}",
        "seed": str(settings["seed"]),
        "staying": f"{100 * settings.get('staying', 0.0):g}",
        "correlation": f"{100 * settings.get('correlation', 0.0):g}",
    }


def truth_says(priors: Sequence[PriorFact]) -> tuple[str, ...]:
    """What the figures mean, first; then what they cannot tell."""
    if not priors:
        return (FORMER_METHOD,)
    weak = sum(each.basis is PriorBasis.WEAK for each in priors)
    if not weak:
        return (GIVEN,)
    of = "all" if weak == len(priors) else f"{weak} of {len(priors)}"
    untold = (
        f"With fewer than {GROUPS_FOR_SPREAD} groups, how much of a gap is luck cannot be told for "
        f"{of} of the rates. Each group is taken nearly at its own counts there, so gaps that "
        "shrink by themselves are understated."
    )
    return GIVEN, untold


def method_says(settings: RunSettings) -> Iterator[str]:
    yield (
        "The true rates of a group are drawn from what its counts leave possible, given how the "
        "groups differ truly (empirical Bayes): its own counts are drawn toward all groups by how "
        "few its patients are. The next year's counts are drawn from those rates, with as many "
        "patients; in truth it differs only as the question says."
    )
    yield (
        f"The reference's true rates follow a Beta distribution over the groups. From "
        f"{GROUPS_FOR_SPREAD} groups on, the rate of any other group of people is normal about a "
        "line in the reference's, so that a gap that is the same everywhere stays the same. Below, "
        "a weak prior worth two patients stands in. How groups differ is taken as it was "
        "estimated, without the error of that estimate."
    )
    yield (
        f"{percent(settings.staying)} of the patients are taken to be counted in both years, the "
        f"results of each correlated by {settings.correlation:g}. {STAYING_SOURCE} Correlation: "
        f"{CORRELATION_SOURCE[0].lower()}{CORRELATION_SOURCE[1:]}"
    )
    yield "All designs see the same draws, and the true rates of now are the same in each question."


def priors_table(
    priors: Sequence[PriorFact], titles: Mapping[str, str], names: Mapping[str, str]
) -> Table:
    """Of shares with a good result."""
    return Table(
        ("Measure", "Group of people", "Rests on", "Groups", "Middle", "Gap", "True spread"),
        tuple(
            (
                titles.get(each.measure_id, each.measure_id),
                names.get(each.stratum, each.stratum),
                sentence(each.basis),
                count(each.groups),
                percent(each.rate, 1),
                "–" if each.gap is None else f"{one_decimal(100 * each.gap)} points",
                f"{one_decimal(100 * each.spread)} points",
            )
            for each in priors
        ),
    )
