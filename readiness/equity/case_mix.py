"""Gaps of groups as if all had the same mix of patients, where the rows tell that mix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from readiness.counts.strata import StratumType
from readiness.equity.across_groups import comparable_gaps
from readiness.equity.gates import GROUPS_FOR_SPREAD
from readiness.equity.over_years import chance_of_one, limits_json
from readiness.equity.tables import Pair, StratumTable
from readiness.statistics.adjusted_gaps import AdjustedGaps, adjusted_gaps
from readiness.statistics.between_groups import GapEstimate

MIXES = (StratumType.PAYER, StratumType.AGE, StratumType.SEX)  # looked at in this order
GROUPS_FOR_A_SHARE = 10  # groups for each case-mix share that is adjusted for
ASSUMPTIONS = (
    (
        "A group's own level cancels in its gap; the gap moves with each case-mix share along one "
        "straight line for all groups, and true gaps of groups with one case mix are normal."
    ),
    "Counts are independent, each with the chance of the rate of all groups together.",
    (
        "Case mix is that of all patients whom the measure counts: the rows do not split patients "
        "by two things at once, so a different mix within a group of people is not adjusted for."
    ),
    (
        "What case mix explains is not thereby fair: an adjusted gap is beside the observed one, "
        "never in its place."
    ),
    "Before the counts were seen, every distance between the groups was as likely.",
)


@dataclass(frozen=True)
class CaseMixGaps:
    """One stratum's gap to the reference over the groups, at the mean case mix."""

    measure: str
    period: str
    stratum_type: str
    stratum: str
    reference: str
    shares: tuple[str, ...]  # adjusted for: "payer.medicaid"
    group_ids: tuple[str, ...]
    found: AdjustedGaps | None
    says: str


@dataclass(frozen=True)
class MixShares:
    """Case-mix shares, a column for each name, of every group that shows them all."""

    names: tuple[str, ...]
    rows: Mapping[str, tuple[float, ...]]  # by group


def case_mix_gaps(
    tables: Sequence[StratumTable], references: Mapping[str, str]
) -> tuple[CaseMixGaps, ...]:
    """Of each split with a reference, unless it is itself a case mix. Of two groups or more."""
    by_place: dict[tuple[str, str], dict[str, list[StratumTable]]] = {}
    for table in tables:
        place = table.place
        kinds = by_place.setdefault((place.measure, place.period), {})
        kinds.setdefault(place.stratum_type, []).append(table)
    return tuple(
        each
        for kinds in by_place.values()
        for kind, own in kinds.items()
        if kind not in MIXES and kind in references and len(own) > 1
        for each in gaps_of_split(own, references[kind], kinds)
    )


def gaps_of_split(
    own: Sequence[StratumTable], reference: str, kinds: Mapping[str, Sequence[StratumTable]]
) -> Iterator[CaseMixGaps]:
    place = own[0].place
    for stratum in dict.fromkeys(name for table in own for name in table.counts):
        seen = {id_: pairs for id_, pairs, _ in comparable_gaps(stratum, own, reference)}
        if not seen:
            continue
        mix = mix_of(kinds, tuple(seen))
        found = adjust(seen, mix) if mix.names else None
        yield CaseMixGaps(
            place.measure,
            place.period,
            place.stratum_type,
            stratum,
            reference,
            mix.names,
            tuple(mix.rows) if found else (),
            found,
            words(len(seen), mix),
        )


def adjust(seen: Mapping[str, tuple[Pair, Pair]], mix: MixShares) -> AdjustedGaps:
    kept = [seen[id_] for id_ in mix.rows]
    noise, own_noise = (chance_of_one([pairs[at] for pairs in kept]) for at in (0, 1))
    gaps = [
        GapEstimate(x / n - own_x / own_n, noise / n + own_noise / own_n)
        for (x, n), (own_x, own_n) in kept
    ]
    return adjusted_gaps(gaps, list(mix.rows.values()))


def mix_of(kinds: Mapping[str, Sequence[StratumTable]], group_ids: Sequence[str]) -> MixShares:
    """Kinds are taken in order as long as enough groups show them, whatever their gaps are."""
    found = MixShares((), dict.fromkeys(group_ids, ()))
    for kind in MIXES:
        more = shares_of(kind, [t for t in kinds.get(kind, ()) if t.place.group_id in found.rows])
        joined = MixShares(
            (*found.names, *more.names),
            {id_: (*found.rows[id_], *row) for id_, row in more.rows.items()},
        )
        needed = max(GROUPS_FOR_SPREAD, GROUPS_FOR_A_SHARE * len(joined.names))
        if more.names and len(joined.rows) >= needed:
            found = joined
    return found


def shares_of(kind: StratumType, tables: Sequence[StratumTable]) -> MixShares:
    """All strata but the commonest, which follows from them; and none that is the same for all."""
    people = {
        table.place.group_id: counted
        for table in tables
        if (counted := everybody_counted(table)) and sum(counted.values())
    }
    totals: dict[str, int] = {}
    for counted in people.values():
        for stratum, n in counted.items():
            totals[stratum] = totals.get(stratum, 0) + n
    commonest = max(totals, key=lambda each: totals[each], default="")
    rows = {
        id_: {name: counted.get(name, 0) / sum(counted.values()) for name in totals}
        for id_, counted in people.items()
    }
    names = [
        name
        for name in totals
        if name != commonest and len({row[name] for row in rows.values()}) > 1
    ]
    return MixShares(
        tuple(f"{kind}.{name}" for name in names),
        {id_: tuple(row[name] for name in names) for id_, row in rows.items()},
    )


def everybody_counted(table: StratumTable) -> dict[str, int]:
    """Denominators by stratum; empty where one of them is hidden."""
    counted = {name: count.denominator for name, count in table.counts.items()}
    if None in counted.values():
        return {}
    return {name: n for name, n in counted.items() if n is not None}


def words(groups: int, mix: MixShares) -> str:
    if mix.names:
        return (
            f"Gaps of {len(mix.rows)} groups at their mean case mix, by {', '.join(mix.names)}: "
            "each group's is drawn toward that of its case mix by how little its counts say."
        )
    if groups < GROUPS_FOR_SPREAD:
        noun = "group" if groups == 1 else "groups"
        return (
            f"A gap adjusted for case mix cannot be told from {groups} {noun}: it takes "
            f"{GROUPS_FOR_SPREAD}."
        )
    return (
        "A gap adjusted for case mix cannot be told: it takes counts of the same measure and "
        f"period by {', '.join(MIXES)}, with none hidden, of {GROUPS_FOR_SPREAD} groups and of "
        f"{GROUPS_FOR_A_SHARE} for each share."
    )


def case_mix_json(each: CaseMixGaps) -> dict[str, Any]:
    """Gaps as shares, the stratum's rate minus the reference's."""
    found = each.found
    pairs = zip(each.group_ids, found.groups, strict=True) if found else ()
    return {
        "measure": each.measure,
        "period": each.period,
        "stratum_type": each.stratum_type,
        "stratum": each.stratum,
        "reference": each.reference,
        "adjusted_for": list(each.shares),
        "n_groups": len(each.group_ids),
        "mean": found and limits_json(found.mean, 1),
        "coefficients": [
            {"share": name, **limits_json(value, 1)}
            for name, value in zip(each.shares, found.coefficients if found else (), strict=False)
        ],
        "sd_true": found and found.spread,
        "heterogeneity": found
        and {
            "chi2": found.heterogeneity.statistic,
            "df": found.heterogeneity.df,
            "p": found.heterogeneity.p,
        },
        "groups": [{"group_id": id_, "adjusted": limits_json(gap, 1)} for id_, gap in pairs],
        "assumptions": list(ASSUMPTIONS) if found else [],
        "says": each.says,
    }
