"""Forms parse and validate; the macros in `templates/components/form.html` write the HTML."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, SubmitField
from wtforms.validators import DataRequired, Length

from readiness.domain.errors import BadInput


class SafeForm(FlaskForm):  # type: ignore[misc]
    """Every form carries the token that proves it came from our own page."""


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
