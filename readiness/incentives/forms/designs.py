"""Designs of the laboratory's form as they are typed, so that one can be added or taken away, and
the page shown again, with nothing lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms.fields.choices import SelectChoice

from readiness.core.errors import Problem
from readiness.core.web.forms import tidied, whole_number
from readiness.incentives.design import Design, GapKind, Joining, Lower, PoolSplit, Rule
from readiness.incentives.forms.laboratory import NONE, WEIGHTS, DesignForm, LaboratoryForm
from readiness.incentives.service.released import NumbersOptions
from readiness.incentives.service.runs import MOST_DESIGNS

Typed = dict[str, list[str]]  # field -> what was sent for it


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
    level = form.attainment.asked
    return Design(
        name=form.name.data,
        measure_ids=tuple(form.measure_ids.data),
        rule=Rule(form.rule.data),
        weights=weights_of(form) if form.rule.data == Rule.COMPOSITE else {},
        least_points=form.least_points.figure,
        full_points=form.full_points.figure,
        attainment=None if level is None else level / 100,
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
