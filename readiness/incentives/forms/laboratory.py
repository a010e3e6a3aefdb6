"""The form of the laboratory: what to try it on, the designs, and what to suppose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from math import isfinite
from typing import Any

from wtforms import BooleanField, Form, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from readiness.core.web.forms import SafeForm
from readiness.equity.service.results import kind_label
from readiness.incentives.design import (
    PLAIN_RULES,
    RULE_MEANS,
    GapKind,
    Joining,
    Lower,
    PoolSplit,
    Rule,
)
from readiness.incentives.service.released import NumbersFilters, NumbersOptions
from readiness.incentives.service.runs import LEAST_REPLICATES, MOST_REPLICATES, RunSettings
from readiness.portfolio.service.peers import names_of

LONGEST_NAME = 40
WEIGHTS = {rule: f"weight_{rule.name.lower()}" for rule in PLAIN_RULES}
NONE = "none"


def sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def words(each: type[StrEnum]) -> list[SelectChoice]:
    return [SelectChoice(str(one), sentence(str(one))) for one in each]


class FigureField(StringField):  # type: ignore[misc]
    """A number as people write it: "1,000,000", "$50", "2.5", "70 %"."""

    def __init__(self, label: str, low: float, high: float, ask: str, **more: Any) -> None:
        super().__init__(label, **more)
        self.low, self.high, self.ask = low, high, ask

    @property
    def asked(self) -> float | None:
        text = (self.data or "").strip().strip("$%").replace(",", "").strip()
        try:
            found = float(text)
        except ValueError:
            return None
        return found if isfinite(found) and self.low <= found <= self.high else None

    @property
    def figure(self) -> float:
        """Of a field that is in order."""
        return self.asked or 0.0

    def pre_validate(self, _form: Form) -> None:
        if self.asked is None:
            raise ValidationError(self.ask)


class WholeFigureField(FigureField):
    @property
    def asked(self) -> float | None:
        found = super().asked
        return found if found is not None and found == int(found) else None


class OptionalFigureField(FigureField):
    """A figure that may be left empty."""

    def pre_validate(self, _form: Form) -> None:
        if (self.data or "").strip():
            super().pre_validate(_form)


class DesignForm(Form):  # type: ignore[misc]
    """One way of paying. Fields are named as in the design they make."""

    name = StringField(
        "Name",
        [
            InputRequired("Give the design a name."),
            Length(max=LONGEST_NAME, message=f"Shorten the name to {LONGEST_NAME} characters."),
        ],
    )
    measure_ids = SelectMultipleField(
        "Measures",
        [InputRequired("Choose at least one measure.")],
    )
    rule = SelectField("Pays for", choices=[SelectChoice(str(r), f"{sentence(r)}") for r in Rule])
    weight_narrowing = OptionalFigureField(
        "Gap narrowing", 0, 1000, "Give the weight of gap narrowing from 0 to 1,000."
    )
    weight_lifting = OptionalFigureField(
        "Lifting the lower groups", 0, 1000, "Give the weight of lifting from 0 to 1,000."
    )
    weight_attainment = OptionalFigureField(
        "Attainment", 0, 1000, "Give the weight of attainment from 0 to 1,000."
    )
    weight_improvement = OptionalFigureField(
        "Overall improvement", 0, 1000, "Give the weight of improvement from 0 to 1,000."
    )
    least_points = FigureField(
        "Pays from a change of, in points",
        0,
        100,
        "Give the points from which it pays, from 0 to 100.",
    )
    full_points = FigureField(
        "Pays in full from, in points",
        0,
        100,
        "Give the points from which it pays in full, from 0 to 100.",
        description="In proportion between the two; equal: all or nothing.",
    )
    attainment = OptionalFigureField(
        "Level to reach, in percent",
        0,
        100,
        "Give the level to reach as a percentage from 0 to 100.",
        description="For attainment: of all patients counted, with a good result.",
    )
    confidence = SelectField(
        "Test",
        choices=[
            SelectChoice(NONE, "None: the point estimate decides"),
            *(
                SelectChoice(c, f"{float(c) * 100:g}% one-sided")
                for c in ("0.8", "0.9", "0.95", "0.975")
            ),
        ],
        description="How sure a change must be before it pays.",
    )
    least_denominator = WholeFigureField(
        "Fewest patients in each group of people",
        1,
        100_000,
        "Give the fewest patients as a whole number from 1 to 100,000.",
    )
    least_reliability = SelectField(
        "Least reliability",
        choices=[
            SelectChoice(NONE, "Not asked"),
            *(SelectChoice(r, r) for r in ("0.4", "0.5", "0.7", "0.9")),
        ],
        description="Asked for, it can be told from 30 groups on only.",
    )
    no_fall = BooleanField("No group of people may fall")
    fall_tolerance_points = FigureField(
        "Fall that is let pass, in points",
        0,
        100,
        "Give the points that a group of people may fall from 0 to 100.",
    )
    pool = WholeFigureField(
        "Pool, in dollars", 1, 10**12, "Give the pool as whole dollars, such as 1,000,000."
    )
    split = SelectField(
        "Each group’s most", choices=words(PoolSplit), description="How the pool is divided."
    )
    least_tier = SelectField(
        "Tier condition",
        choices=[
            SelectChoice(NONE, "None: open to every tier"),
            *(SelectChoice(str(n), f"Only from tier T{n}") for n in range(1, 5)),
        ],
        description="A tier decides what help is offered. A condition here closes a payment.",
    )
    lower = SelectField("Lower groups are", choices=words(Lower))
    gap = SelectField("Gap of several groups", choices=words(GapKind))
    joining = SelectField("Several measures", choices=words(Joining))

    @property
    def fields_of_weights(self) -> list[Any]:
        return [self[name] for name in WEIGHTS.values()]

    @property
    def means(self) -> str:
        return RULE_MEANS[Rule(self.rule.data)] if self.rule.data in list(Rule) else ""

    @property
    def has_finer_errors(self) -> bool:
        return any(field.errors for field in (self.lower, self.gap, self.joining))

    @property
    def has_weights(self) -> bool:
        return self.rule.data == Rule.COMPOSITE or any(f.errors for f in self.fields_of_weights)


class LaboratoryForm(SafeForm):
    kind = SelectField("Split patients by")
    period = SelectField("12 months to the end of")
    reference = SelectField("Compared with")
    gain_points = FigureField(
        "True gain, in points",
        0.1,
        50,
        "Give the true gain in points, from 0.1 to 50.",
        description="Each group of people that is behind truly improves by this much.",
    )
    fall_points = FigureField(
        "Fall of the higher group, in points",
        0.1,
        50,
        "Give the fall in points, from 0.1 to 50.",
        description="The group they are compared with truly falls by this much; nobody improves.",
    )
    replicates = WholeFigureField(
        "Replicates",
        LEAST_REPLICATES,
        MOST_REPLICATES,
        f"Give the replicates as a whole number from {LEAST_REPLICATES:,} to {MOST_REPLICATES:,}.",
        description="How many years are invented for each question.",
    )
    seed = WholeFigureField(
        "Seed",
        0,
        2**32 - 1,
        "Give the seed as a whole number from 0 to 4,294,967,295.",
        description="The same seed on the same numbers gives the same answer.",
    )

    @property
    def settings(self) -> RunSettings:
        return RunSettings(
            self.gain_points.figure,
            self.fall_points.figure,
            int(self.replicates.figure),
            int(self.seed.figure),
        )


def filters_in(sent: Mapping[str, str]) -> NumbersFilters:
    """What it is to be tried on, of a form that came back."""
    return NumbersFilters(*(sent.get(name, "")[:40] for name in ("kind", "period", "reference")))


def laboratory_form(choices: NumbersOptions, **more: Any) -> LaboratoryForm:
    form = LaboratoryForm(**more)
    names = names_of(choices.kind)
    form.kind.choices = [SelectChoice(each, kind_label(each)) for each in choices.kinds]
    form.period.choices = [SelectChoice(str(each), each.label) for each in choices.periods]
    declared = names.get(choices.vote.reference, "none declared")
    form.reference.choices = [
        SelectChoice("", f"As most groups declared: {declared}"),
        *(SelectChoice(each, names[each]) for each in choices.strata),
    ]
    return form


def chosen_values(choices: NumbersOptions) -> dict[str, str]:
    """What the first fields say of what was chosen, whatever was asked for."""
    reference = choices.reference if choices.is_chosen else ""
    return {"kind": choices.kind, "period": str(choices.period), "reference": reference}


def all_problems(form: LaboratoryForm, designs: Sequence[DesignForm]) -> list[tuple[str, str]]:
    """Every problem of the page, each with the field it links to."""
    found = [("", says) for says in form.form_errors]
    found += [(field.id, says) for field in form for says in field.errors]
    for number, design in enumerate(designs, start=1):
        found += [
            (field.id, f"Design {number}: {says}") for field in design for says in field.errors
        ]
    return found


def settings_values(settings: Mapping[str, Any]) -> dict[str, str]:
    """Stored settings as the fields show them."""
    return {
        "gain_points": f"{settings['gain_points']:g}",
        "fall_points": f"{settings['fall_points']:g}",
        "replicates": f"{settings['replicates']:,}",
        "seed": str(settings["seed"]),
    }
