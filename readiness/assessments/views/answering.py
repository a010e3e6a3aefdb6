"""The questionnaire: its overview, one page for each domain, and saving each item at once."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable
from typing import Any, NoReturn

from flask import Blueprint, Request, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from readiness.assessments import forms
from readiness.assessments.models import AnswerRevision
from readiness.assessments.saving import SentAnswer, choice_of, identifiers_in_words
from readiness.assessments.service import answering, assessment_view, pages
from readiness.assessments.service.answering import FactsChangedMeanwhile
from readiness.assessments.service.assessment_view import AssessmentView
from readiness.assessments.service.pages import DomainPage
from readiness.core.errors import BadInput, WrongState
from readiness.core.permissions import Can
from readiness.core.web.guard import needs
from readiness.core.web.session import now, session, store
from readiness.instruments.models import Domain

bp = Blueprint("assess", __name__)


@bp.get("/groups/<group_id>/assessments")
@needs(Can.READ_ASSESSMENT)
def of_group(group_id: str) -> ResponseReturnValue:
    shelf = pages.group_assessments(session(), group_id)
    return render_template("assessments/of_group.html", shelf=shelf)


@bp.post("/groups/<group_id>/assessments")
@needs(Can.ANSWER)
def start(group_id: str) -> ResponseReturnValue:
    made = answering.start(
        session(),
        group_id,
        secrets.token_urlsafe(9),
        carries=request.form.get("carry") == "yes",
    )
    return redirect(url_for(".contents", assessment_id=made.id), 303)


@bp.get("/assessments/<assessment_id>")
@needs(Can.READ_ASSESSMENT)
def contents(assessment_id: str) -> ResponseReturnValue:
    shown = pages.contents(session(), assessment_id)
    return render("assessments/contents.html", shown.view, shown=shown)


@bp.get("/assessments/<assessment_id>/domains/<domain_id>")
@needs(Can.READ_ASSESSMENT)
def domain(assessment_id: str, domain_id: str) -> ResponseReturnValue:
    return shown_page(pages.domain_page(session(), assessment_id, domain_id))


@bp.post("/assessments/<assessment_id>/domains/<domain_id>")
@needs(Can.ANSWER)
def save_domain(assessment_id: str, domain_id: str) -> ResponseReturnValue:
    """Without JavaScript: every item of the page at once. Those in order are kept in any case."""
    before = pages.domain_page(session(), assessment_id, domain_id)
    sent = page_of(request.form, before.domain)
    typed = {each.item_id: each for each in sent}
    try:
        done = answering.save_page(session(), assessment_id, sent)
    except WrongState as error:
        return shown_page(pages.as_typed(before, typed), str(error)), 409
    if done.problems or done.clashes:
        after = pages.domain_page(session(), assessment_id, domain_id)
        after = pages.with_typed(after, typed, done.problems, done.clashes)
        return shown_page(after), 409 if done.clashes else 422
    flash("Saved.")
    return redirect(after_saving(before), 303)


def shown_page(page: DomainPage, problem: str = "") -> str:
    return render("assessments/domain.html", page.view, page=page, problem=problem)


def after_saving(page: DomainPage) -> str:
    assessment_id = page.view.assessment.id
    if request.form.get("go") != "on":
        return url_for(".domain", assessment_id=assessment_id, domain_id=page.domain.id)
    if page.next_domain is None:
        return url_for("submit.check", assessment_id=assessment_id)
    return url_for(".domain", assessment_id=assessment_id, domain_id=page.next_domain.id)


@bp.route("/assessments/<assessment_id>/items/<item_id>", methods=["POST", "PUT"])
@needs(Can.ANSWER)
def save_item(assessment_id: str, item_id: str) -> ResponseReturnValue:
    """Autosave: one item as JSON."""
    try:
        sent = item_of(request, item_id)
        view, revision = answering.save_item(session(), assessment_id, sent)
    except BadInput as error:
        return jsonify(error=" ".join(each.says for each in error.problems)), 422
    except answering.AnsweredMeanwhile as error:
        return jsonify(error=str(error), theirs=as_plain(error.clash)), 409
    return jsonify(after_item(view, revision, item_id))


def after_item(
    view: AssessmentView, revision: AnswerRevision | None, item_id: str
) -> dict[str, object]:
    domain = view.instrument.domain_by_id[view.instrument.item_by_id[item_id].domain_id]
    here, whole = view.progress_of(domain.items), view.progress
    return {
        "saved_at": now().isoformat(),
        "revision": revision.revision if revision else 0,
        "is_carried": bool(revision and revision.is_carried),
        "marks": identifiers_in_words(revision),
        "here": f"{here.answered} of {here.total} answered on this page",
        "whole": f"{whole.answered} of {whole.total} in all",
    }


def as_plain(clash: answering.AnswerConflict) -> dict[str, object]:
    sent: SentAnswer = pages.sent_from(clash.current)
    return {
        "author": clash.author,
        "at": clash.current.at.isoformat(),
        "choice": choice_of(clash.current.answer),
        "reason": sent.reason,
        "note": sent.note,
        "revision": clash.current.revision,
    }


@bp.post("/assessments/<assessment_id>/withdraw")
@needs(Can.ATTEST)
def withdraw(assessment_id: str) -> ResponseReturnValue:
    answering.withdraw(session(), assessment_id)
    flash("Withdrawn. Nothing is deleted, and no payer reads it any more.")
    return redirect(url_for(".contents", assessment_id=assessment_id), 303)


@bp.post("/assessments/<assessment_id>/take-up-again")
@needs(Can.ATTEST)
def take_up_again(assessment_id: str) -> ResponseReturnValue:
    answering.undo_withdrawal(session(), assessment_id)
    flash("The assessment is in progress again.")
    return redirect(url_for(".contents", assessment_id=assessment_id), 303)


def render(template: str, view: AssessmentView, **shown: Any) -> str:
    seen_by = assessment_view.audience_of(session(), view.group.id)
    return render_template(template, view=view, audience=seen_by, **shown)


context_bp = Blueprint("context", __name__)


@context_bp.get("/assessments/<assessment_id>/context")
@needs(Can.READ_ASSESSMENT)
def show(assessment_id: str) -> ResponseReturnValue:
    found = assessment_view.load(session(), assessment_id, Can.READ_ASSESSMENT)
    return context_page(found, forms.parts_of(found))


@context_bp.post("/assessments/<assessment_id>/context")
@needs(Can.ANSWER)
def save(assessment_id: str) -> ResponseReturnValue:
    found = assessment_view.load(session(), assessment_id, Can.ANSWER)
    typed = forms.read_form(found.instrument, request.form)
    try:
        if typed.problems:
            raise BadInput(typed.problems)
        answering.save_facts(session(), assessment_id, typed.facts)
    except BadInput as error:
        return context_page(found, forms.parts_of(found, typed.boxes, error.problems)), 422
    except FactsChangedMeanwhile as error:
        parts = forms.parts_of(found, typed.boxes, clashes=error.clashes)
        return context_page(found, parts), 409
    except WrongState as error:
        return context_page(found, forms.parts_of(found, typed.boxes), str(error)), 409
    flash("Saved.")
    return redirect(url_for("assess.contents", assessment_id=assessment_id), 303)


def context_page(
    found: AssessmentView, parts: tuple[forms.ContextPart, ...], problem: str = ""
) -> str:
    problems = [*([("", problem)] if problem else []), *forms.summary_of(parts)]
    this_payer = assessment_view.cycle_payer(store(), found.assessment)
    return render(
        "assessments/context.html", found, parts=parts, problems=problems, this_payer=this_payer
    )


# What a page sends: fields named after their item, or JSON for one item.

NAME = re.compile(r"(?P<item>[A-Z]+-\d{1,3})\.(?P<part>choice|reason|note|base|confirm)")
BESIDE = frozenset({"csrf_token", "go"})
LARGEST_JSON = 64 * 1024  # bytes; a note of 1,000 characters needs far less
PARTS: dict[str, type] = {
    "choice": str,
    "reason": str,
    "note": str,
    "base": int,
    "confirm": bool,
}


def page_of(form: MultiDict[str, str], domain: Domain) -> tuple[SentAnswer, ...]:
    """Every item of the domain as it was sent; anything else is refused as a whole."""
    asked = {item.id for item in domain.items}
    parts: dict[str, dict[str, str]] = {}
    for name, values in form.lists():
        if name in BESIDE:
            continue
        found = NAME.fullmatch(name)
        if found is None or found["item"] not in asked or len(values) != 1:
            raise BadInput(forms.STRANGE)
        parts.setdefault(found["item"], {})[found["part"]] = values[0]
    return tuple(sent_of(item_id, each) for item_id, each in parts.items())


def sent_of(item_id: str, parts: dict[str, str]) -> SentAnswer:
    base = parts.get("base", "0")
    if not forms.BASE.fullmatch(base):
        raise BadInput(forms.STRANGE)
    return SentAnswer(
        item_id,
        parts.get("choice", ""),
        parts.get("reason", ""),
        parts.get("note", ""),
        int(base),
        confirms=parts.get("confirm") == "yes",
    )


def item_of(request: Request, item_id: str) -> SentAnswer:
    """One item as JSON: known names only, each of its own type, said once."""
    body = object_of(request)
    for name, value in body.items():
        if name not in PARTS or type(value) is not PARTS[name]:  # a bool is no int here
            raise BadInput(forms.STRANGE)
    return SentAnswer(
        item_id,
        body.get("choice", ""),
        body.get("reason", ""),
        body.get("note", ""),
        body.get("base", 0),
        confirms=body.get("confirm", False),
    )


def object_of(request: Request) -> dict[str, Any]:
    if request.content_length is None or request.content_length > LARGEST_JSON:
        raise BadInput("This is too much text for one item. Shorten it and save again.")
    try:
        body = json.loads(
            request.get_data().decode("utf-8"),
            object_pairs_hook=said_once,
            parse_constant=no_number,
            parse_float=no_number,
        )
    except (ValueError, RecursionError) as error:
        raise BadInput(forms.STRANGE) from error
    if not isinstance(body, dict):
        raise BadInput(forms.STRANGE)
    return body


def said_once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name!r} is said twice")
        found[name] = value
    return found


def no_number(text: str) -> NoReturn:
    raise ValueError(f"{text[:20]!r} is not a whole number")
