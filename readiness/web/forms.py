"""Forms parse and validate; the macros in `templates/components/form.html` write the HTML."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    EmailField,
    Field,
    HiddenField,
    PasswordField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length

from readiness.domain import free_text
from readiness.domain.errors import BadInput

AS_TYPED = (PasswordField, HiddenField, TextAreaField)  # of the texts, those that are no line


class SafeForm(FlaskForm):  # type: ignore[misc]
    """Every form carries the token that proves it came from our own page.

    A name, a title or another line holds only characters that can be seen: it stands in lists,
    letters and documents. Longer texts are weighed where they are saved.
    """

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        is_valid: bool = super().validate(*args, **kwargs)
        unreadable = [line for line in self if is_line(line) and not tidied(line)]
        return is_valid and not unreadable


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


def tell(form: SafeForm, error: BadInput) -> str:
    """Put each problem beside its field; return those that belong to none."""
    rest = []
    for problem in error.problems:
        if problem.place in form:
            form[problem.place].errors = [*form[problem.place].errors, problem.says]
        else:
            rest.append(str(problem))
    return " ".join(rest)


class SignInForm(SafeForm):
    email = EmailField(
        "E-mail address", [DataRequired("Enter your e-mail address."), Length(max=200)]
    )
    password = PasswordField("Password", [DataRequired("Enter your password."), Length(max=200)])
    next = HiddenField()
    kept = HiddenField()
    send = SubmitField("Sign in")
