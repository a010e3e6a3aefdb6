"""Forms about people, teams, groups and payers."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import (
    BooleanField,
    EmailField,
    Form,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, EqualTo, Length, Optional, Regexp

from readiness.accounts.passwords import LONGEST, SHORTEST
from readiness.accounts.service.people import Member
from readiness.accounts.team import ROLE_SAYS
from readiness.core import free_text
from readiness.core.people import Role
from readiness.core.web.forms import SafeForm

ADDRESS = Regexp(
    r"^[^@\s]+@[^@\s]+\.[^@\s.]+$", message="Enter an e-mail address, like name@example.org."
)
ADVICE = f"At least {SHORTEST} characters; 15 or more is better. A few words will do."
LONGEST_LIST = 4_000  # characters
EMPTY_CHOICE = SelectChoice("", "Nobody takes over")


class NewPasswordForm(SafeForm):
    new_password = PasswordField(
        "New password",
        [DataRequired("Choose a password."), Length(max=LONGEST)],
        description=ADVICE,
    )
    password_again = PasswordField(
        "The new password again",
        [EqualTo("new_password", "The two passwords differ. Type the same one twice.")],
    )


class ChangePasswordForm(NewPasswordForm):
    password = PasswordField(
        "Your present password", [DataRequired("Enter your present password."), Length(max=LONGEST)]
    )


class JoinForm(NewPasswordForm):
    name = StringField(
        "Your name",
        [DataRequired("Enter your name."), Length(max=100)],
        description="Colleagues see it, and it stands in the history.",
    )


class JoinByProviderForm(SafeForm):
    name = StringField(
        "Your name, as colleagues know you",
        [DataRequired("Enter your name."), Length(max=100)],
        id="name-of-who-joins",  # beside the form with a password
    )


class InvitePersonForm(SafeForm):
    email = EmailField(
        "E-mail address", [DataRequired("Enter an e-mail address."), Length(max=200), ADDRESS]
    )
    name = StringField("Name", [Optional(), Length(max=100)])


class InviteWithRoleForm(InvitePersonForm):
    role = RadioField("Role", [DataRequired("Choose a role.")])

    def offer(self, roles: Iterable[Role]) -> None:
        self.role.choices = [SelectChoice(role.value, ROLE_SAYS[role]) for role in roles]


class InviteToGroupForm(InviteWithRoleForm):
    may_attest = BooleanField("May attest: sign the assessment for the group")


class LeaveForm(SafeForm):
    successor = SelectField(
        "Who takes over",
        [Optional()],
        description="They become a practice manager who may attest.",
    )

    def offer(self, members: Iterable[Member]) -> None:
        self.successor.choices = [
            EMPTY_CHOICE,
            *(SelectChoice(m.membership.id, m.person.name) for m in members),
        ]


def readable(_form: Form, field: TextAreaField) -> None:
    """As one line of text, for several."""
    try:
        free_text.clean(field.data, LONGEST_LIST)
    except ValueError as error:
        raise ValidationError(str(error)) from error


class GroupForm(SafeForm):
    name = StringField(
        "Name of the group", [DataRequired("Enter the group's name."), Length(max=120)]
    )
    sites = TextAreaField("Sites", [Optional(), readable], description="One on each line.")


class PayerForm(SafeForm):
    name = StringField(
        "Name of the payer", [DataRequired("Enter the payer's name."), Length(max=120)]
    )


class RemoveGroupForm(SafeForm):
    name = StringField(
        "Name of the group", [DataRequired("Type the group's name."), Length(max=200)]
    )
    password = PasswordField(
        "Your password", [DataRequired("Enter your password."), Length(max=LONGEST)]
    )
