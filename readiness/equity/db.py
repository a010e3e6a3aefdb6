"""One split of one measure, as every group that has sent something in released it.

For what many groups say together, such as how far their true gaps lie apart; never to show one of
them to another.
"""

from __future__ import annotations

from readiness.assessments.models import READABLE_BY_PAYER
from readiness.core.db import Store
from readiness.core.periods import Period
from readiness.counts.db import measure_cell
from readiness.counts.quality.models import QualityCell
from readiness.equity.tables import StratumTable, rows_of, tables_of

READABLE = ", ".join(f"'{status}'" for status in sorted(READABLE_BY_PAYER))
SPLIT = f"""
select c.* from released_quality_cells c
join quality_releases r using (group_id, period, number)
where c.measure_id = ? and c.period = ? and c.stratum_type = ? and c.is_estimated = 0
  and r.number = (select max(number) from quality_releases later
    where later.group_id = r.group_id and later.period = r.period)
  and exists (select 1 from assessments a join submissions s on s.assessment_id = a.id
    where a.group_id = c.group_id and a.status in ({READABLE}))
order by c.group_id, c.rowid
"""  # noqa: S608  (names of our own)


def tables(
    store: Store, measure_id: str, ending: Period, stratum_type: str
) -> tuple[StratumTable, ...]:
    found: dict[str, dict[QualityCell, int | None]] = {}
    for row in store.rows(SPLIT, (measure_id, str(ending), stratum_type)):
        found.setdefault(row["group_id"], {})[measure_cell(row)] = row["value"]
    return tables_of(
        row for group_id, values in found.items() for row in rows_of(group_id, ending, values)
    )
