"""The form of the laboratory: what to try it on, the designs, and what to suppose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from readiness.core.errors import Problem
from readiness.core.web.fields import PercentField, WholeNumberField
from readiness.core.web.forms import SafeForm, tidied, whole_number
from readiness.equity.tables import kind_label
from readiness.incentives.design import (
    PLAIN_RULES,
    RULE_MEANS,
    Design,
    GapKind,
    Joining,
    Lower,
    PoolSplit,
    Rule,
)
from readiness.incentives.presenters.truth import CORRELATION_SOURCE, STAYING_SOURCE
from readiness.incentives.presenters.wording import sentence
from readiness.incentives.service.released import NumbersFilters, NumbersOptions
from readiness.incentives.service.runs import (
    LEAST_REPLICATES,
    MOST_DESIGNS,
    MOST_REPLICATES,
    RunSettings,
)
from readiness.portfolio.service.peers import names_of

LONGEST_NAME = 40
Typed = dict[str, list[str]]  # field -> what was sent for it
WEIGHTS = {rule: f"weight_{rule.name.lower()}" for rule in PLAIN_RULES}
NONE = "none"


def words(each: type[StrEnum]) -> list[SelectChoice]:
    return [SelectChoice(str(one), sentence(str(one))) for one in each]


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
    weight_narrowing = PercentField(
        "Gap narrowing", low=0, high=1000, says="Give the weight of gap narrowing from 0 to 1,000."
    )
    weight_lifting = PercentField(
        "Lifting the lower groups",
        low=0,
        high=1000,
        says="Give the weight of lifting from 0 to 1,000.",
    )
    weight_attainment = PercentField(
        "Attainment", low=0, high=1000, says="Give the weight of attainment from 0 to 1,000."
    )
    weight_improvement = PercentField(
        "Overall improvement",
        low=0,
        high=1000,
        says="Give the weight of improvement from 0 to 1,000.",
    )
    least_points = PercentField(
        "Pays from a change of, in points",
        low=0,
        high=100,
        is_required=True,
        says="Give the points from which it pays, from 0 to 100.",
    )
    full_points = PercentField(
        "Pays in full from, in points",
        low=0,
        high=100,
        is_required=True,
        says="Give the points from which it pays in full, from 0 to 100.",
        description="In proportion between the two; equal: all or nothing.",
    )
    attainment = PercentField(
        "Level to reach, in percent",
        low=0,
        high=100,
        says="Give the level to reach as a percentage from 0 to 100.",
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
    least_denominator = WholeNumberField(
        "Fewest patients in each group of people",
        low=1,
        high=100_000,
        is_required=True,
        says="Give the fewest patients as a whole number from 1 to 100,000.",
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
    fall_tolerance_points = PercentField(
        "Decline tolerated, in points",
        low=0,
        high=100,
        is_required=True,
        says="Give the points that a group of people may fall from 0 to 100.",
    )
    pool = WholeNumberField(
        "Pool, in dollars",
        low=1,
        high=10**12,
        is_required=True,
        says="Give the pool as whole dollars, such as 1,000,000.",
    )
    split = SelectField(
        "Each group’s most",
        choices=words(PoolSplit),
        description="How the pool is divided. Patients are counted once in every measure.",
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
    gain_points = PercentField(
        "True gain, in points",
        low=0.1,
        high=50,
        is_required=True,
        says="Give the true gain in points, from 0.1 to 50.",
        description="Each group of people that is behind truly improves by this much.",
    )
    fall_points = PercentField(
        "Fall of the higher group, in points",
        low=0.1,
        high=50,
        is_required=True,
        says="Give the fall in points, from 0.1 to 50.",
        description="The group they are compared with truly falls by this much; nobody improves.",
    )
    staying = PercentField(
        "Patients counted in both years, in percent",
        low=0,
        high=100,
        is_required=True,
        says="Give the share of patients counted in both years, from 0 to 100 percent.",
        description=STAYING_SOURCE,
    )
    correlation = PercentField(
        "Correlation of a patient's results in both years, in percent",
        low=0,
        high=100,
        is_required=True,
        says="Give the correlation of a patient's two results, from 0 to 100 percent.",
        description=CORRELATION_SOURCE,
    )
    replicates = WholeNumberField(
        "Replicates",
        low=LEAST_REPLICATES,
        high=MOST_REPLICATES,
        is_required=True,
        says=(
            f"Give the replicates as a whole number from {LEAST_REPLICATES:,} to "
            f"{MOST_REPLICATES:,}."
        ),
        description="How many years are invented for each question.",
    )
    seed = WholeNumberField(
        "Seed",
        low=0,
        high=2**32 - 1,
        is_required=True,
        says="Give the seed as a whole number from 0 to 4,294,967,295.",
        description="The same seed on the same numbers gives the same answer.",
    )

    @property
    def settings(self) -> RunSettings:
        return RunSettings(
            self.gain_points.figure,
            self.fall_points.figure,
            int(self.replicates.figure),
            int(self.seed.figure),
            self.staying.figure / 100,
            self.correlation.figure / 100,
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


# Designs as they are typed, so that one can be added or taken away with nothing lost


def place_of(number: int) -> str:
    return f"design{number}-"


def typed_in(sent: Any) -> list[Typed]:
    """Every design of a form that came back, in order."""
    number = min(whole_number(sent.get("designs")), MOST_DESIGNS)
    return [
        {key[len(start) :]: sent.getlist(key) for key in sent if key.startswith(start)}
        for start in map(place_of, range(number))
    ]


def typed_of(design: Design) -> Typed:
    """A design as somebody would have typed it."""
    plain = {
        "name": design.name,
        "rule": str(design.rule),
        "least_points": f"{design.least_points:g}",
        "full_points": f"{design.full_points:g}",
        "attainment": "" if design.attainment is None else f"{100 * design.attainment:g}",
        "confidence": f"{design.confidence or NONE}",
        "least_denominator": str(design.least_denominator),
        "least_reliability": f"{design.least_reliability or NONE}",
        "fall_tolerance_points": f"{design.fall_tolerance_points:g}",
        "pool": f"{design.pool:,}",
        "split": str(design.split),
        "least_tier": f"{design.least_tier or NONE}",
        "lower": str(design.lower),
        "gap": str(design.gap),
        "joining": str(design.joining),
        **{name: f"{design.weights.get(rule, 0):g}" for rule, name in WEIGHTS.items()},
    }
    ticked = {"no_fall": ["y"]} if design.no_fall else {}
    return {name: [value] for name, value in plain.items()} | {
        "measure_ids": list(design.measure_ids),
        **ticked,
    }


def design_forms(typed: Sequence[Typed], choices: NumbersOptions) -> list[DesignForm]:
    """A measure that is not released for this split and period any more is let go of."""
    offered = {each.measure.id: each for each in choices.measures}
    forms = []
    for number, each in enumerate(typed):
        chosen = [id_ for id_ in each.get("measure_ids", []) if id_ in offered]
        form = design_form(place_of(number), {**each, "measure_ids": chosen})
        form.measure_ids.choices = [
            SelectChoice(id_, f"{o.measure.title} ({o.groups} group{'' if o.groups == 1 else 's'})")
            for id_, o in offered.items()
        ]
        forms.append(form)
    return forms


def design_form(start: str, typed: Typed) -> DesignForm:
    sent = MultiDict((start + key, value) for key, many in typed.items() for value in many)
    return DesignForm(sent, prefix=start)


def is_in_order(form: DesignForm) -> bool:
    return bool(form.validate()) and tidied(form.name)


def design_of(form: DesignForm) -> Design:
    """Of a form that is in order."""
    level = form.attainment.number
    return Design(
        name=form.name.data,
        measure_ids=tuple(form.measure_ids.data),
        rule=Rule(form.rule.data),
        weights=weights_of(form) if form.rule.data == Rule.COMPOSITE else {},
        least_points=form.least_points.figure,
        full_points=form.full_points.figure,
        attainment=None if level is None else float(level) / 100,
        least_denominator=int(form.least_denominator.figure),
        least_reliability=figure_or_none(form.least_reliability.data),
        confidence=figure_or_none(form.confidence.data),
        no_fall=form.no_fall.data,
        fall_tolerance_points=form.fall_tolerance_points.figure,
        pool=int(form.pool.figure),
        split=PoolSplit(form.split.data),
        least_tier=None if form.least_tier.data == NONE else int(form.least_tier.data),
        lower=Lower(form.lower.data),
        gap=GapKind(form.gap.data),
        joining=Joining(form.joining.data),
    )


def weights_of(form: DesignForm) -> dict[Rule, float]:
    return {rule: form[name].figure for rule, name in WEIGHTS.items()}


def figure_or_none(text: str) -> float | None:
    return None if text == NONE else float(text)


def add_problems(
    form: LaboratoryForm, designs: Sequence[DesignForm], problems: Sequence[Problem]
) -> None:
    """Each beside its field; those of a design are at "number:field", and what is wrong with its
    weights stands at the first of them."""
    for problem in problems:
        number, _, name = problem.place.rpartition(":")
        place = next(iter(WEIGHTS.values())) if name == "weights" else name
        whose = designs[int(number)] if number else form
        if place in whose:
            whose[place].errors = [*whose[place].errors, problem.says]
        else:
            form.form_errors.append(problem.says)
