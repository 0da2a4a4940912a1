"""What people type to sign in, to join, to be trusted and to declare what ties them."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from app.kernel.fields import Count, Day, Email, Form, Line, MaybeDay, Optional, Prose, Ref, StepForm, Words
from app.people.rules import Tied
from app.people.rules.passwords import LONGEST
from app.permissions import Permission, Role


def local_path(text: str) -> str:
    """An address on this site, or nothing: it starts with one slash and holds neither a backslash nor a blank."""
    good = (
        text.startswith("/")
        and not text.startswith("//")
        and not any(c in "\\" or c <= " " or c == "\x7f" for c in text)
    )
    return text if good else ""


def _trimmed(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


LocalPath = Annotated[str, StringConstraints(max_length=500), AfterValidator(local_path)]
Secret = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{20,100}$")]
"""The secret of a link."""
Password = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]
Address = Annotated[Email, BeforeValidator(_trimmed)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=20)]
_EMAIL = {"kind": "email", "autocomplete": "username"}
_NEW = {"kind": "password", "autocomplete": "new-password"}
_HINT = "At least 12 characters. Four words that do not belong together are easy to remember."


class SignIn(Form):
    """An e-mail address and a password."""

    email: Annotated[Address, Field(title="E-mail address", json_schema_extra=dict(_EMAIL))]
    password: Annotated[
        Password,
        Field(title="Password", json_schema_extra={"kind": "password", "autocomplete": "current-password"}),
    ]
    next: Annotated[LocalPath, Field(json_schema_extra={"kind": "hidden"})] = ""


class SecondStep(Form):
    """The code of the app, or a recovery code."""

    code: Annotated[
        Code,
        Field(
            title="Code from your authenticator app",
            description="Six figures. A recovery code works here as well.",
            json_schema_extra={"kind": "code"},
        ),
    ]
    next: Annotated[LocalPath, Field(json_schema_extra={"kind": "hidden"})] = ""


class Nothing(Form):
    """A button and nothing else."""


class Switch(Form):
    """For which of one's organisations to go on working."""

    organisation: Annotated[Ref, Field(title="Organisation")]


class Forgotten(Form):
    """The address a new password is asked for."""

    email: Annotated[Address, Field(title="E-mail address", json_schema_extra=dict(_EMAIL))]


class NewPassword(Form):
    """A password, typed twice because it is not shown."""

    password: Annotated[
        Password, Field(title="New password", description=_HINT, json_schema_extra=dict(_NEW))
    ]
    again: Annotated[Password, Field(title="The same once more", json_schema_extra=dict(_NEW))]


class ChangedPassword(NewPassword):
    """A new password from somebody who knows the old one."""

    now: Annotated[
        Password,
        Field(
            title="Your password of now",
            json_schema_extra={"kind": "password", "autocomplete": "current-password"},
        ),
    ]


class Confirmed(Form):
    """The code that shows that the app was set up."""

    code: Annotated[
        Code,
        Field(
            title="The code your app shows now", description="Six figures", json_schema_extra={"kind": "code"}
        ),
    ]


class Proved(Form):
    """The password again, before something that would help a thief."""

    password: Annotated[
        Password,
        Field(
            title="Your password", json_schema_extra={"kind": "password", "autocomplete": "current-password"}
        ),
    ]


class NewToken(Form):
    """A key for a program."""

    name: Annotated[Line, Field(title="What is it for?", description="For example, our training calendar")]
    scopes: Annotated[
        list[Permission],
        Field(
            title="What may it do?",
            description="Never more than you may do yourself.",
            min_length=1,
            max_length=60,
        ),
    ]
    days: Annotated[Count, Field(title="For how many days?", description="At most 366", ge=1, le=366)] = 90


class Invite(Form):
    """Somebody to ask to join."""

    name: Annotated[Line, Field(title="Name")]
    email: Annotated[Address, Field(title="E-mail address", json_schema_extra={"kind": "email"})]
    roles: Annotated[list[Role], Field(title="What will they do?", min_length=1, max_length=16)]


class FirstPerson(Form):
    """The first person of an organisation; the role follows from what the organisation is."""

    name: Annotated[Line, Field(title="Name")]
    email: Annotated[Address, Field(title="E-mail address", json_schema_extra={"kind": "email"})]


class MoreRoles(Form):
    """Further roles for somebody who works here."""

    roles: Annotated[list[Role], Field(title="What will they do?", min_length=1, max_length=16)]


class Leave(StepForm):
    """A role that ends."""


class Authorise(Form):
    """What a person is trusted with, and on which evidence (ISO/IEC 17065, 6.1.2)."""

    role: Annotated[Role, Field(title="Trusted as")]
    clause_group: Annotated[
        str,
        StringConstraints(max_length=20, pattern=r"^[0-9A-Za-z. -]*$"),
        Field(title="Only for these requirements", description="For example 3; leave it empty for all."),
    ] = ""
    evidence: Annotated[
        Words, Field(title="Evidence of competence", description="Qualifications, experience, observed work.")
    ]
    from_on: Annotated[Day, Field(title="From which day?")]
    to_on: Annotated[MaybeDay, Field(title="Until which day?")] = None


class Declare(Form):
    """A tie to an organisation that could colour a judgement."""

    organisation: Annotated[Ref, Field(title="Organisation", json_schema_extra={"kind": "select"})]
    kind: Annotated[Tied, Field(title="What ties you to it?")]
    from_on: Annotated[Day, Field(title="Since when?")]
    to_on: Annotated[
        Day | None, Optional, Field(title="Until when?", description="Leave it empty while it goes on.")
    ] = None
    about: Annotated[Prose, Field(title="In a few words")] = ""
