"""The field macros over real WTForms fields, as HTML a strict reader accepts."""

from __future__ import annotations

import re

import pytest
from wtforms import (
    BooleanField,
    DateField,
    Form,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from readiness.documents import layout

CHOICES = [SelectChoice("0", "Nobody <named>"), SelectChoice("1", "One person")]


class Example(Form):  # type: ignore[misc]  # the library ships no types
    name = StringField("Name", [InputRequired("Enter a name")], description="As on the letterhead")
    sites = IntegerField("Sites")
    due = DateField("Due on")
    note = TextAreaField("Note", [Length(max=9, message="Shorten the note")])
    state = SelectField("State", choices=CHOICES)
    agreed = BooleanField("I agree")
    level = RadioField("Who answers?", choices=CHOICES, description="Choose one")
    needs = SelectMultipleField("Needs", choices=CHOICES)


FIELDS = {
    "name": "text",
    "sites": "number",
    "due": "date",
    "note": "textarea",
    "state": "select",
    "agreed": "checkbox",
    "level": "radio",
    "needs": "checkboxes",
}


def drawn(form: Form, name: str, macro: str = "") -> str:
    macros = layout.environment().get_template("components/form.html").module
    return str(getattr(macros, macro or FIELDS[name])(form[name]))


@pytest.mark.parametrize("name", FIELDS)
def test_every_input_has_a_label_of_its_own(name):
    html = drawn(Example(), name)
    inputs = re.findall(r'<(?:input|select|textarea)[^>]* id="([^"]+)"', html)
    assert inputs
    assert set(inputs) <= set(re.findall(r'<label[^>]* for="([^"]+)"', html))


def test_a_hint_and_an_error_are_tied_to_the_field():
    form = Example(data={"name": ""})
    form.validate()
    html = drawn(form, "name")
    assert 'aria-describedby="name-hint name-error" aria-invalid="true"' in html
    assert 'id="name-hint">As on the letterhead' in html
    assert re.search(r'id="name-error">.*Enter a name', html)


def test_without_hint_or_error_nothing_is_described():
    assert "aria-describedby" not in drawn(Example(), "sites")


@pytest.mark.parametrize("macro", ["radio", "level_cards"])
def test_choices_are_a_named_set_with_the_chosen_one_checked(macro):
    html = drawn(Example(data={"level": "1"}), "level", macro)
    assert html.count("<fieldset") == html.count("<legend>") == 1
    assert re.findall(r'value="(\w)"( checked)?>', html) == [("0", ""), ("1", " checked")]


def test_several_boxes_may_be_checked():
    html = drawn(Example(data={"needs": ["0", "1"]}), "needs")
    assert html.count(" checked") == 2


def test_a_level_card_shows_its_number():
    html = drawn(Example(), "level", "level_cards")
    assert '<span class="level-chip level-0">0</span>' in html


def test_what_was_typed_comes_back_as_text():
    form = Example(data={"name": '"><script>', "note": "</textarea><b>"})
    html = drawn(form, "name") + drawn(form, "note") + drawn(form, "level")
    assert "<script>" not in html
    assert "</textarea><b>" not in html
    assert "Nobody &lt;named&gt;" in html


def test_the_summary_links_every_error_to_its_field():
    form = Example(data={"name": "", "note": "far too long a note"})
    form.validate()
    macros = layout.environment().get_template("components/form.html").module
    html = str(macros.form_errors(form))  # type: ignore[attr-defined]
    assert '<a href="#name">Enter a name</a>' in html
    assert '<a href="#note">Shorten the note</a>' in html
    assert 'role="alert"' in html


def test_no_errors_is_no_summary():
    macros = layout.environment().get_template("components/form.html").module
    assert str(macros.error_summary([])).strip() == ""  # type: ignore[attr-defined]
