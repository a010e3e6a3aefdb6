"""Of how many patients a diagnosis documents a need: each once for a need and quarter.

They are counted beside the screens and never with them: whoever has a diagnosis alone was neither
screened nor eligible by it, and no count of a screen depends on a diagnosis.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from readiness.core.periods import Period
from readiness.counts.social_risk.models import Need, Step
from readiness.imports.diagnoses.diagnosis_list import DiagnosisList
from readiness.imports.diagnoses.models import UNDATED
from readiness.imports.referrals.found_needs import with_wholes
from readiness.imports.screens.models import CellKey, PatientTraits
from readiness.imports.screens.strata import NOBODY_KNOWN, known_from
from readiness.imports.screens.tally import PatientTally, Whose, whose_of

DEFINITIONS = {  # as the pages say it
    Step.DOCUMENTED: "Patients with a diagnosis code Z55 to Z65 for this need in the quarter. A "
    "diagnosis is no screen and is never added to those screened.",
}


@dataclass(frozen=True)
class DocumentedCount:
    cells: Counter[CellKey] = field(default_factory=Counter)
    other: int = 0  # diagnoses of Z55 to Z65 that are of no need of ours
    undated: int = 0


NOBODY_DOCUMENTED = DocumentedCount()


def count_documented(
    diagnoses: DiagnosisList,
    screened: PatientTally,
    people: Mapping[bytes, PatientTraits],
    period: Period | None,
) -> DocumentedCount:
    """Where a screen or a visit of the quarter says whose patient somebody is, that stands."""
    tally, counted = PatientTally(screened.codes), diagnoses.counted()
    needs: defaultdict[Whose, set[Need]] = defaultdict(set)
    dated = [each for each in counted if each.day != UNDATED]
    for each in dated:
        if each.needs and (period is None or period.holds(each.day)):
            traits = each.traits
            tally.meet(each, known_from(traits, tally.codes, each.day) if traits else NOBODY_KNOWN)
            needs[whose_of(each)] |= each.needs
    for whose, one in tally.sums.items():
        if seen := screened.sums.get(whose):
            one.site_id = seen.site_id or one.site_id
            one.known = one.known.then(seen.known)
    corners = tally.corners(people)
    return DocumentedCount(
        Counter(
            key
            for whose, found in needs.items()
            for need in with_wholes(found)
            for key in tally.keys(whose, corners, need)
        ),
        other=sum(not each.needs for each in counted),
        undated=len(counted) - len(dated),
    )
