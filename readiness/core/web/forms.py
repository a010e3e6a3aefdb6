"""Forms parse and validate; the macros in `templates/core/form.html` write the HTML."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import request
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    EmailField,
    Field,
    Form,
    HiddenField,
    PasswordField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length

from readiness.core import free_text
from readiness.core.errors import BadInput

NO_DAY = "Enter a date, such as 2027-01-15."
DIGITS = 15  # of the largest number that a form carries
AS_TYPED = (PasswordField, HiddenField, TextAreaField)  # of the texts, those that are no line


class SafeForm(FlaskForm):  # type: ignore[misc]
    """Every form carries the token that proves it came from our own page.

    A name, a title or another line holds only characters that can be seen: it stands in lists,
    letters and documents. Longer texts are weighed where they are saved.
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def wrap_formdata(self, form: Form, formdata: Any) -> Any:
            """The framework would also take JSON for a form, with a number or a list in it where
            a field expects a text."""
            return None if request.is_json else super().wrap_formdata(form, formdata)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        is_valid: bool = super().validate(*args, **kwargs)
        unreadable = [line for line in self if is_line(line) and not tidied(line)]
        return is_valid and not unreadable


Filled = TypeVar("Filled", bound=SafeForm)


def is_line(field: Field) -> bool:
    return isinstance(field, StringField) and not isinstance(field, AS_TYPED)


def tidied(line: StringField) -> bool:
    """Whether the line is in order, and then tidy; if not, it stays as typed and says why."""
    if line.errors or not line.data:
        return not line.errors
    try:
        tidy = free_text.clean(" ".join(line.data.split()), free_text.LINE_CHARACTERS)
        line.data = tidy or line.data  # an empty one is shown again as it was
    except ValueError as error:
        line.errors = [str(error)]
    return not line.errors


def with_problems(form: Filled, error: BadInput) -> Filled:
    """The form with each problem beside its field; what belongs to no field stands on top."""
    for problem in error.problems:
        if problem.place in form:
            form[problem.place].errors = [*form[problem.place].errors, problem.says]
        else:
            form.form_errors.append(problem.says)
    return form


class Day(DateField):  # type: ignore[misc]
    """A date whose error says what one looks like."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(NO_DAY) from error


def whole_number(text: str | None) -> int:
    """What a hidden field carries: a revision, a number of ours; 0 when it is none.

    >>> whole_number("12"), whole_number("-1"), whole_number("²"), whole_number(None)
    (12, 0, 0, 0)
    """
    is_one = text is not None and text.isascii() and text.isdigit() and len(text) <= DIGITS
    return int(text) if text and is_one else 0


class OnwardForm(SafeForm):
    """One that stands in the way, and carries along where somebody was going and what they sent."""

    next = HiddenField()
    kept = HiddenField()


class SignInForm(OnwardForm):
    email = EmailField(
        "E-mail address", [DataRequired("Enter your e-mail address."), Length(max=200)]
    )
    password = PasswordField("Password", [DataRequired("Enter your password."), Length(max=200)])
    send = SubmitField("Sign in")


class PasswordAgainForm(OnwardForm):
    password = PasswordField(
        "Your password", [DataRequired("Enter your password."), Length(max=200)]
    )


class CodeForm(OnwardForm):
    code = StringField(
        "Code",
        [DataRequired("Enter the code that your app shows."), Length(max=20)],
        description="The six digits in your app, or one of the codes you keep on paper.",
    )


class PasskeyForm(OnwardForm):
    """`credential` is filled in by a script, with what the browser's authenticator answers."""

    credential = HiddenField()


class NewPasskeyForm(PasskeyForm):
    name = StringField(
        "Name of the passkey",
        [DataRequired("Give the passkey a name."), Length(max=60)],
        description="By which you know it again, such as Phone or Blue key.",
    )
