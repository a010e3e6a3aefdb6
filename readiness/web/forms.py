"""Forms parse and validate; the macros in `templates/components/form.html` write the HTML."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, SubmitField
from wtforms.validators import DataRequired, Length


class SafeForm(FlaskForm):  # type: ignore[misc]
    """Every form carries the token that proves it came from our own page."""


class SignInForm(SafeForm):
    email = EmailField(
        "E-mail address", [DataRequired("Enter your e-mail address."), Length(max=200)]
    )
    password = PasswordField("Password", [DataRequired("Enter your password."), Length(max=200)])
    next = HiddenField()
    kept = HiddenField()
    send = SubmitField("Sign in")
