"""The pages on which a period of either kind of counts is entered: save, paste, complete."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, TextAreaField

from readiness.core.errors import BadInput, ChangedMeanwhile, Problem, WrongState
from readiness.core.formatting import moment
from readiness.core.periods import Period
from readiness.core.web.forms import SafeForm
from readiness.core.web.session import now, session, settings
from readiness.counts.models import CellT, CountsClash, CountsT, Grid, PostedCounts
from readiness.counts.presenters.entry import EntryPage, EntryScope, Layout, PageState
from readiness.counts.service import entry
from readiness.counts.service.entry import EntryPeriod
from readiness.disclosure.succession import ReleaseOutcome
from readiness.releases.presenter import grids_of
from readiness.releases.service import publication
from readiness.releases.service.publication import Completion, ReleaseKind

COMPLETED = {
    ReleaseOutcome.FIRST: "Saved, and marked complete. Payers you share with can now read its "
    "counts, with small counts hidden.",
    ReleaseOutcome.RENEWED: "Saved, and marked complete. Payers you share with now read the new "
    "counts, with small counts hidden.",
    ReleaseOutcome.KEPT: "Saved, and marked complete. Payers go on reading the former release: a "
    "number that they know would move by so few patients that the change could point at somebody.",
    ReleaseOutcome.UNCHANGED: "Saved, and marked complete.",
}
MOST_OF_A_BLOCK = 20_000  # characters of a refused block that are shown again


@dataclass(frozen=True)
class EntryPages(Generic[CellT, CountsT]):
    """What the pages of one kind of counts have of their own."""

    layout: Layout[CellT, CountsT]
    template: str
    list_endpoint: str
    release: ReleaseKind[CellT, CountsT]
    more: Callable[
        [EntryPeriod[CellT, CountsT], EntryScope[CellT]], dict[str, Any]
    ]  # for the template
    layouts: Callable[[Period], Iterable[Grid[CellT]]]  # what payers read

    def page(self, group_id: str, period: str, key: str, state: PageState[CellT]) -> str:
        found = entry.get(session(), self.layout.schema, group_id, period)
        scope = self.layout.scope(key, found.period, found.sites)
        form = CountsForm(formdata=None)
        form.block.data = state.block
        return render_template(
            self.template,
            form=form,
            page=EntryPage(self.layout, found, scope, state),
            found=found,
            scope=scope,
            period_name=self.release.period,
            **self.more(found, scope),
        )

    def send(self, group_id: str, period: str, key: str) -> ResponseReturnValue:
        layout, form = self.layout, CountsForm()
        place = entry.period_and_sites(session(), layout.schema, group_id, period)
        scope = layout.scope(key, *place)
        posted = posted_by(form, request.form, scope.cells)
        wanted = request.form.get("do", "save")
        if wanted == "preview":
            return self.preview(group_id, period, scope, posted, form.block.data or "")
        if wanted == "confirm":  # what the page that asks has shown
            return self.mark_complete(group_id, period, key, request.form.get("seen", ""))
        try:
            is_new = entry.save(session(), layout.schema, group_id, period, posted)
        except BadInput as error:
            return self.page(group_id, period, key, PageState(posted, error.problems)), 422
        except CountsClash as clash:
            state = PageState[CellT](posted, self.clash_problems(clash), clash)
            return self.page(group_id, period, key, state), 409
        if wanted == "complete":
            return self.mark_complete(group_id, period, key, "")
        flash(f"Saved, {moment(now())}." if is_new else "Nothing was changed.")
        return redirect(request.path, 303)

    def clash_problems(self, clash: CountsClash) -> tuple[Problem, ...]:
        """The sentence once, then both values of each count."""
        says = self.layout.clash_says
        values = (Problem(each.cell.key, says(each)) for each in clash.merge.clashes)
        return Problem("", str(clash)), *values

    def preview(
        self, group_id: str, period: str, scope: EntryScope[CellT], posted: PostedCounts, block: str
    ) -> ResponseReturnValue:
        """The block in the table, beside what was typed. Nothing is saved yet."""
        pasted = entry.paste(session(), self.layout.schema, group_id, block, scope.grids)
        state = PageState(
            posted,
            tuple(Problem("block", str(problem)) for problem in pasted.problems),
            filled=pasted.values,
            block=block[:MOST_OF_A_BLOCK] if pasted.problems else "",
        )
        return self.page(group_id, period, scope.key, state), 422 if pasted.problems else 200

    def mark_complete(self, group_id: str, period: str, key: str, seen: str) -> ResponseReturnValue:
        """Shown first what payers would read of it; done for whoever has seen just that."""
        try:
            found = publication.completion(
                session(),
                self.release,
                group_id,
                period,
                settings().smallest_shown,
                hides_all_positive=settings().hides_all_positive,
            )
            if seen != found.fingerprint:
                return self.ask(found, has_changed=bool(seen))
            outcome = publication.complete(session(), self.release, found)
        except (BadInput, ChangedMeanwhile, WrongState) as error:
            problems = error.problems if isinstance(error, BadInput) else (Problem("", str(error)),)
            state = PageState[CellT](problems=problems, is_unfinished=True)
            status = 422 if isinstance(error, BadInput) else 409
            return self.page(group_id, period, key, state), status
        flash(COMPLETED[outcome])
        return redirect(url_for(self.list_endpoint, group_id=group_id), 303)

    def ask(self, found: Completion[CellT, CountsT], *, has_changed: bool) -> str:
        release = found.ready.release
        return render_template(
            "counts/confirm.html",
            form=SafeForm(formdata=None),
            found=found,
            release=release,
            grids=grids_of(self.layouts(found.before.period), release),
            has_changed=has_changed,
            period_name=self.release.period,
        )


# What a page sends: one text for each cell, explanations, and what it had shown.


WHY = "why."  # before the key of the finding that is explained
MOST_OF_A_COUNT, MOST_OF_A_TEXT = 60, 2_000  # characters that are read, and shown again
MOST_REVISIONS = 1_000_000_000


class CountsForm(SafeForm):
    """The cells themselves are not listed here: the grid names them."""

    base = HiddenField()
    block = TextAreaField(
        "Paste a block",
        description="Copy cells from a spreadsheet, with or without their headings, and paste "
        "them here. You see them in the table before anything is saved.",
    )


def posted_by(form: CountsForm, fields: Mapping[str, str], keys: Iterable[str]) -> PostedCounts:
    return PostedCounts(
        typed={key: fields[key][:MOST_OF_A_COUNT] for key in keys if key in fields},
        base=revisions_in(form.base.data or ""),
        explanations={
            name.removeprefix(WHY): text[:MOST_OF_A_TEXT]
            for name, text in fields.items()
            if name.startswith(WHY)
        },
    )


def revisions_in(text: str) -> dict[str, int]:
    """What the page had shown, or nothing: then everything typed counts as new, and may clash."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(read, dict):
        return {}
    return {k: n for k, n in read.items() if type(n) is int and 0 < n < MOST_REVISIONS}
