"""For whom an intervention is: the ages that it serves, and conditions.

What is not known about a group is unknown, never "yes": it is to be found out first.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from readiness.instruments.answers import Context
from readiness.instruments.conditions import Condition

AGES_KEY = "age_mix"  # of the context: adult, pediatric_only, all


class Ages(StrEnum):
    ALL = "all"
    ADULT = "adult"
    PEDIATRIC = "pediatric"


WITHOUT = {Ages.ADULT: "pediatric_only", Ages.PEDIATRIC: "adult"}  # who has no such patients


@dataclass(frozen=True)
class GroupsServed:
    """Whom an intervention is for. Facts about the group decide, never its answers."""

    ages: Ages
    when: Condition | None  # None: every group with patients of these ages
    says: str  # the condition in words
    status: str  # marks, such as "E" for an estimate

    @property
    def keys(self) -> frozenset[str]:
        """The context keys that decide."""
        ages = frozenset() if self.ages is Ages.ALL else frozenset({AGES_KEY})
        return ages | (self.when.keys if self.when else frozenset())

    def includes(self, context: Context) -> bool | None:
        """Whether a group is among them; None when that cannot be told.

        >>> GroupsServed(Ages.ADULT, None, "", "E").includes({"age_mix": "pediatric_only"})
        False
        >>> GroupsServed(Ages.ADULT, None, "", "E").includes({}) is None
        True
        """
        answers = (serves(self.ages, context), self.when.holds(context, {}) if self.when else True)
        if False in answers:
            return False
        return None if None in answers else True


def serves(ages: Ages, context: Context) -> bool | None:
    """Whether a group has patients of these ages; None when its own ages are not known."""
    if ages is Ages.ALL:
        return True
    mix = context.get(AGES_KEY)
    return None if mix is None else mix != WITHOUT[ages]
