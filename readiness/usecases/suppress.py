"""A table of counts as a payer would see it: small counts hidden, and nobody can work them out."""

from __future__ import annotations

from readiness.domain.release.coarsening import Merge, merged_rows, merges_of
from readiness.domain.release.counts import Counts, completed
from readiness.domain.release.counts_table import table_of
from readiness.domain.release.printed import Printed, printed
from readiness.domain.release.suppression import protect
from readiness.domain.release.windows import windows
from readiness.engines.extent import extents
from readiness.intake.counts_file import lines_of
from readiness.intake.sources import Source


def suppressed(source: Source, threshold: int) -> Printed:
    counts = completed(lines_of(source))
    plain = released(counts, [], threshold)
    if merges := merges_of(counts, threshold):
        coarser = released(counts, merges, threshold)
        return min(plain, coarser, key=lambda each: each.hidden_share)
    return plain


def released(counts: Counts, merges: list[Merge], threshold: int) -> Printed:
    table = table_of(counts, merged_rows(counts, merges))
    return printed(counts, merges, protect(table, threshold, extents, windows).hidden)
