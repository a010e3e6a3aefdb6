"""Forms of cycles and of sharing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from wtforms import Form, SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from readiness.assessments.cycles import LONGEST_NAME, score_in
from readiness.assessments.service.cycles import CycleDraft
from readiness.core.people import Group
from readiness.core.web.forms import NO_DAY, Day, SafeForm
from readiness.instruments.models import Axis, Instrument, Tier


class Minimum(StringField):  # type: ignore[misc]
    """A score from 0 to 100, or nothing."""

    def pre_validate(self, _form: Form) -> None:
        if (self.data or "").strip() and score_in(self.data) is None:
            raise ValidationError("Enter a score from 0 to 100, or leave it empty.")

    @property
    def asked(self) -> Fraction | None:
        found = score_in(self.data or "")
        return None if found is None else Fraction(self.data.strip())


class CycleForm(SafeForm):
    name = StringField(
        "Name",
        [
            InputRequired("Give the cycle a name, such as 2027 baseline."),
            Length(max=LONGEST_NAME, message=f"Shorten the name to {LONGEST_NAME} characters."),
        ],
        description="Groups see it on the invitation.",
    )
    instrument = SelectField("Instrument", description="Groups answer this version.")
    opens_on = Day("Opens on", [InputRequired(NO_DAY)])
    due_on = Day("Due on", [InputRequired(NO_DAY)])


class DueForm(SafeForm):
    due_on = Day("New due date", [InputRequired(NO_DAY)])


class InviteGroupsForm(SafeForm):
    group = SelectMultipleField("Groups to invite")


class AcceptInvitationForm(SafeForm):
    expires_on = Day(
        "Stop sharing on",
        [Optional()],
        description="Leave it empty to share until you take it back. You can do that at any time.",
    )


def cycle_form(offered: Sequence[Instrument], **data: Any) -> CycleForm:
    """With a field for each minimum of each tier, which a program may raise."""
    fields = {
        place(tier, axis): Minimum(
            f"{tier.id} {tier.title}: {axis.title}",
            description=f"The instrument asks for {float(tier.axis_min[axis.id]):g}.",
        )
        for tier, axis in minimums_in(offered[0])
    }
    form: CycleForm = type("CycleFormOfInstrument", (CycleForm,), fields)(**data)
    form.instrument.choices = [
        SelectChoice(f"{each.id} {each.version}", f"Version {each.version}: {each.title}")
        for each in offered
    ]
    return form


def minimums_in(instrument: Instrument) -> Iterable[tuple[Tier, Axis]]:
    return (
        (tier, axis)
        for tier in instrument.tiers
        for axis in instrument.axes
        if axis.id in tier.axis_min
    )


def place(tier: Tier, axis: Axis) -> str:
    """The name of a minimum's field, and the place its problem is told at."""
    return f"{tier.id}-{axis.id}"


def draft_of(form: CycleForm, offered: Sequence[Instrument]) -> CycleDraft:
    instrument_id, _, version = form.instrument.data.partition(" ")
    return CycleDraft(
        name=form.name.data,
        instrument_id=instrument_id,
        version=version,
        opens_on=form.opens_on.data,
        due_on=form.due_on.data,
        axis_min=minimums(form, offered[0]),
    )


def minimums(form: CycleForm, instrument: Instrument) -> Mapping[str, Mapping[str, Fraction]]:
    """Only those that were entered."""
    found: dict[str, dict[str, Fraction]] = {}
    for tier, axis in minimums_in(instrument):
        if (least := form[place(tier, axis)].asked) is not None:
            found.setdefault(tier.id, {})[axis.id] = least
    return found


def invite_form(groups: Iterable[Group], **data: Any) -> InviteGroupsForm:
    form = InviteGroupsForm(**data)
    form.group.choices = [SelectChoice(group.id, group.name) for group in groups]
    return form


def first_days(today: date) -> dict[str, date]:
    """What a new cycle most often wants: from today, for about three months."""
    return {"opens_on": today, "due_on": date.fromordinal(today.toordinal() + 90)}
