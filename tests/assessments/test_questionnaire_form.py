"""The field macros over real WTForms fields, as HTML a strict reader accepts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from wtforms import (
    BooleanField,
    DateField,
    Form,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from readiness.core.pdf import layout

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
    "name": "text_field",
    "sites": "number_field",
    "due": "date_field",
    "note": "textarea_field",
    "state": "select_field",
    "agreed": "checkbox_field",
    "level": "radio_field",
    "needs": "checkboxes_field",
}


def macros() -> Any:
    return layout.environment().get_template("core/form.html").module


def html_of(form: Form, name: str, macro: str = "") -> str:
    return str(getattr(macros(), macro or FIELDS[name])(form[name]))


@pytest.mark.parametrize("name", FIELDS)
def test_every_input_has_a_label_of_its_own(name):
    html = html_of(Example(), name)
    inputs = re.findall(r'<(?:input|select|textarea)[^>]* id="([^"]+)"', html)
    assert inputs
    assert set(inputs) <= set(re.findall(r'<label[^>]* for="([^"]+)"', html))


def test_a_hint_and_an_error_are_tied_to_the_field():
    form = Example(data={"name": ""})
    form.validate()
    html = html_of(form, "name")
    assert 'aria-describedby="name-hint name-error" aria-invalid="true"' in html
    assert 'id="name-hint">As on the letterhead' in html
    assert re.search(r'id="name-error">.*Enter a name', html)


def test_without_hint_or_error_nothing_is_described():
    assert "aria-describedby" not in html_of(Example(), "sites")


def test_choices_are_a_named_set_with_the_chosen_one_checked():
    html = html_of(Example(data={"level": "1"}), "level")
    assert html.count("<fieldset") == html.count("<legend>") == 1
    assert re.findall(r'value="(\w)"( checked)?>', html) == [("0", ""), ("1", " checked")]


def test_several_boxes_may_be_checked():
    html = html_of(Example(data={"needs": ["0", "1"]}), "needs")
    assert html.count(" checked") == 2


def test_what_was_typed_comes_back_as_text():
    form = Example(data={"name": '"><script>', "note": "</textarea><b>"})
    html = html_of(form, "name") + html_of(form, "note") + html_of(form, "level")
    assert "<script>" not in html
    assert "</textarea><b>" not in html
    assert "Nobody &lt;named&gt;" in html


def test_the_summary_links_every_error_to_its_field():
    form = Example(data={"name": "", "note": "far too long a note"})
    form.validate()
    html = str(macros().error_summary(form))
    assert '<a href="#name">Enter a name</a>' in html
    assert '<a href="#note">Shorten the note</a>' in html
    assert 'role="alert"' in html


def test_a_problem_of_the_whole_form_is_said_first():
    html = str(macros().error_summary(Example(), "Nobody <has> that password"))
    assert "<li>Nobody &lt;has&gt; that password</li>" in html


def test_a_password_is_never_sent_back():
    class SignIn(Form):  # type: ignore[misc]
        word = PasswordField("Password")

    html = html_of(SignIn(data={"word": "open sesame"}), "word", "text_field")
    assert 'type="password"' in html
    assert "sesame" not in html


def test_no_errors_is_no_summary():
    assert str(macros().error_summary(Example())).strip() == ""
    assert str(macros().problem_summary([])).strip() == ""
