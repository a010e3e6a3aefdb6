"""The form of one domain under review: for each item a verdict, a level and a reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from readiness.assessments.models import Decision
from readiness.assessments.review import LONGEST_REASON, ReviewChoice, answer_in_words
from readiness.assessments.service.review import ReviewLine
from readiness.core.errors import Problem
from readiness.core.web.forms import SafeForm, whole_number
from readiness.instruments.models import Instrument

AGREE, LOWER, CHANGE = "agree", "lower", "change"
VERDICT, LEVEL, REASON = "verdict", "level", "reason"
TypedChoice = tuple[str, str, str]  # verdict, level, reason


class ReviewForm(SafeForm):
    """Fields come from the items."""


def review_form(instrument: Instrument, lines: Iterable[ReviewLine], **more: Any) -> ReviewForm:
    """Filled with what was decided, unless something was sent."""
    fields: dict[str, Any] = {}
    data: dict[str, str] = {}
    for line in lines:
        fields |= fields_of(instrument, line)
        shown = zip((VERDICT, LEVEL, REASON), current_choice(line), strict=True)
        data |= {name(line, what): value for what, value in shown}
    form: ReviewForm = type("ReviewFormOfDomain", (ReviewForm,), fields)(data=data, **more)
    return form


def name(line: ReviewLine, what: str) -> str:
    return f"{line.item.id}-{what}"


def fields_of(instrument: Instrument, line: ReviewLine) -> dict[str, Any]:
    verdicts = [SelectChoice(AGREE, f"Agree: {answer_in_words(line.answer)}")]
    fields: dict[str, Any] = {}
    if line.answer.level:
        verdicts.append(SelectChoice(LOWER, "Take a lower level as shown, and say why"))
        lower = [SelectChoice(str(n.level), f"{n.level} {n.label}") for n in instrument.scale]
        fields[name(line, LEVEL)] = SelectField(
            "Lower level",
            [Optional()],
            choices=[SelectChoice("", "Choose a level"), *lower[: line.answer.level]],
        )
    verdicts.append(SelectChoice(CHANGE, "Ask for a change, and say what"))
    verdict = RadioField(f"Your decision on {line.item.id}", [Optional()], choices=verdicts)
    reason = TextAreaField(
        "Reason",
        description="The group reads it. Leave out whatever could point at a patient.",
        render_kw={"maxlength": LONGEST_REASON},
    )
    return {name(line, VERDICT): verdict, **fields, name(line, REASON): reason}


def current_choice(line: ReviewLine) -> TypedChoice:
    """What stands now, in the words of the form."""
    review = line.decision
    if review is None:
        return "", "", ""
    if review.decision is Decision.CHANGE_REQUESTED:
        return CHANGE, "", review.reason
    if review.validated_level is not None and review.validated_level != line.answer.level:
        return LOWER, str(review.validated_level), review.reason
    return AGREE, "", review.reason


def shown_choice(line: ReviewLine) -> str:
    """What the page showed, so that what nobody touched is not sent as a decision."""
    return serialized(current_choice(line))


def serialized(shown: TypedChoice) -> str:
    verdict, level, reason = shown
    return "|".join((verdict, level if verdict == LOWER else "", " ".join(reason.split())))


def typed_choice(form: ReviewForm, line: ReviewLine) -> TypedChoice:
    level = form[name(line, LEVEL)].data or "" if name(line, LEVEL) in form else ""
    return form[name(line, VERDICT)].data or "", level, form[name(line, REASON)].data or ""


def choices_of(
    form: ReviewForm, lines: Iterable[ReviewLine], typed: Any
) -> tuple[tuple[ReviewChoice, ...], tuple[Problem, ...]]:
    """Decisions on the items that somebody touched, and what is wrong before they are weighed."""
    touched = [
        (line, given)
        for line in lines
        if serialized(given := typed_choice(form, line)) != typed.get(f"{line.item.id}-was", "")
    ]
    problems = tuple(unclear_choices(touched))
    if problems:
        return (), problems
    return tuple(choice_of(line, given, typed) for line, given in touched), ()


def unclear_choices(touched: Iterable[tuple[ReviewLine, TypedChoice]]) -> Iterator[Problem]:
    for line, (verdict, level, _) in touched:
        if not verdict:
            yield Problem(line.item.id, "Choose a decision to go with the reason.")
        elif verdict == LOWER and not level:
            yield Problem(line.item.id, "Choose the lower level that you take as shown.")


def choice_of(line: ReviewLine, given: TypedChoice, typed: Any) -> ReviewChoice:
    verdict, level, reason = given
    return ReviewChoice(
        item_id=line.item.id,
        decision=Decision.CHANGE_REQUESTED if verdict == CHANGE else Decision.AGREED,
        validated_level=int(level) if verdict == LOWER else None,
        reason=reason,
        seen=whole_number(typed.get(f"{line.item.id}-seen")),
    )


def show_problems(form: ReviewForm, problems: Iterable[Problem]) -> list[tuple[str, str]]:
    """Beside the item's decision, and as pairs for the top of the page."""
    on_top = []
    for problem in problems:
        place = f"{problem.place}-{VERDICT}"
        if place in form:
            form[place].errors = [*form[place].errors, problem.says]
            on_top.append((place, f"{problem.place}: {problem.says}"))
        else:
            on_top.append(("", problem.says))
    return on_top
