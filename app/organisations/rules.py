"""What an organisation is made of: the forms that register it, how its identifiers are written, and which names look alike."""

import unicodedata
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from app.kernel.fields import Day, Email, Form, Line, Optional, Prose, StepForm
from app.permissions import Seat
from app.standards.rules import Nation


class Scheme(StrEnum):
    """The registers of the United Kingdom in which an organisation may stand."""

    COMPANY = "company_number"
    CHARITY_ENGLAND_WALES = "charity_england_wales"
    CHARITY_SCOTLAND = "charity_scotland"
    CHARITY_NORTHERN_IRELAND = "charity_northern_ireland"
    CQC_PROVIDER = "cqc_provider"
    CQC_LOCATION = "cqc_location"
    ODS = "ods_code"
    UKPRN = "ukprn"
    URN = "school_urn"


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


_UPPER = BeforeValidator(_upper)


def _pattern(pattern: str) -> StringConstraints:
    """Upper case, without blanks around it, written as that register writes it."""
    return StringConstraints(max_length=20, pattern=pattern)


CompanyNumber = Annotated[str, _UPPER, _pattern(r"^([0-9]{8}|[A-Z]{2}[0-9]{6}|[A-Z]{2}[0-9]{5}[A-Z])$")]
CharityEnglandWales = Annotated[str, _UPPER, _pattern(r"^[0-9]{6,7}(-[0-9]{1,3})?$")]
CharityScotland = Annotated[str, _UPPER, _pattern(r"^SC[0-9]{6}$")]
CharityNorthernIreland = Annotated[str, _UPPER, _pattern(r"^(NIC)?[0-9]{6}$")]
CqcProvider = Annotated[str, _UPPER, _pattern(r"^(1-[0-9]{6,12}|R[A-Z0-9]{2,4})$")]
CqcLocation = Annotated[str, _UPPER, _pattern(r"^(1-[0-9]{6,12}|R[A-Z0-9]{4,6})$")]
OdsCode = Annotated[str, _UPPER, _pattern(r"^[A-Z0-9]{3,10}$")]
Ukprn = Annotated[str, _UPPER, _pattern(r"^1[0-9]{7}$")]
SchoolUrn = Annotated[str, _UPPER, _pattern(r"^[0-9]{6}$")]
Postcode = Annotated[str, _UPPER, _pattern(r"^[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}$")]
BodyCode = Annotated[str, _UPPER, _pattern(r"^[A-Z]{3}$")]
Website = Annotated[
    str,
    StringConstraints(
        max_length=200, pattern=r"^https?://[A-Za-z0-9.-]+\.[A-Za-z]{2,}(:[0-9]{1,5})?(/[^\s<>\"']*)?$"
    ),
]


REGISTERED: dict[str, Any] = {"group": "Where it is registered"}


class OrganisationDetails(Form):
    """Where an organisation is and in which registers it stands."""

    address: Annotated[
        Prose,
        Field(
            title="Address",
            description="One line for each part.",
            max_length=500,
            json_schema_extra={"rows": 4},
        ),
    ] = ""
    postcode: Annotated[Postcode | None, Optional, Field(title="Postcode")] = None
    nation: Annotated[Nation, Field(title="Nation of the head office")]
    email: Annotated[
        Email | None, Optional, Field(title="E-mail address", json_schema_extra={"kind": "email"})
    ] = None
    website: Annotated[
        Website | None, Optional, Field(title="Website", description="With https:// at the front")
    ] = None
    company_number: Annotated[
        CompanyNumber | None,
        Optional,
        Field(
            title="Company number",
            description="Eight characters, for example 01234567 or SC123456",
            json_schema_extra=REGISTERED,
        ),
    ] = None
    charity_england_wales: Annotated[
        CharityEnglandWales | None,
        Optional,
        Field(
            title="Charity number, England and Wales",
            description="Six or seven figures",
            json_schema_extra=REGISTERED,
        ),
    ] = None
    charity_scotland: Annotated[
        CharityScotland | None,
        Optional,
        Field(
            title="Charity number, Scotland", description="SC and six figures", json_schema_extra=REGISTERED
        ),
    ] = None
    charity_northern_ireland: Annotated[
        CharityNorthernIreland | None,
        Optional,
        Field(
            title="Charity number, Northern Ireland",
            description="NIC and six figures",
            json_schema_extra=REGISTERED,
        ),
    ] = None
    cqc_provider: Annotated[
        CqcProvider | None,
        Optional,
        Field(
            title="CQC provider ID",
            description="1- and figures, or the code of an NHS trust",
            json_schema_extra=REGISTERED,
        ),
    ] = None
    cqc_location: Annotated[
        CqcLocation | None,
        Optional,
        Field(
            title="CQC location ID",
            description="1- and figures, or the code of an NHS site",
            json_schema_extra=REGISTERED,
        ),
    ] = None
    ods_code: Annotated[
        OdsCode | None,
        Optional,
        Field(
            title="ODS code",
            description="Three to ten letters and figures, as the NHS uses them",
            json_schema_extra=REGISTERED,
        ),
    ] = None
    ukprn: Annotated[
        Ukprn | None,
        Optional,
        Field(
            title="UK provider reference number",
            description="Eight figures that begin with 1",
            json_schema_extra=REGISTERED,
        ),
    ] = None
    school_urn: Annotated[
        SchoolUrn | None,
        Optional,
        Field(title="School URN", description="Six figures", json_schema_extra=REGISTERED),
    ] = None


class NewOrganisation(OrganisationDetails):
    """What it takes to put an organisation on the register's books."""

    name: Annotated[Line, Field(title="Legal name")]
    seat: Annotated[Seat, Field(title="What it is to the scheme")]
    code: Annotated[
        BodyCode | None,
        Optional,
        Field(
            title="Code",
            description="Certification bodies only: three letters that begin its certificate numbers.",
        ),
    ] = None
    different: Annotated[
        bool,
        Field(
            title="It is a different organisation",
            description="Tick when we warned that the name looks like another one and you have checked.",
        ),
    ] = False


class ChangedDetails(OrganisationDetails, StepForm):
    """New details of an organisation that is on the books."""


class NewName(StepForm):
    """The name an organisation goes by from a day on; the old one keeps leading here."""

    name: Annotated[Line, Field(title="New legal name")]
    from_on: Annotated[Day, Field(title="From which day?")]
    different: Annotated[
        bool,
        Field(
            title="It is a different organisation",
            description="Tick when we warned that the name looks like another one and you have checked.",
        ),
    ] = False


def identifiers_of(form: OrganisationDetails) -> dict[Scheme, str]:
    """Every identifier the form names."""
    return {scheme: value for scheme in Scheme if (value := getattr(form, scheme.value))}


_TWINS = str.maketrans(
    {
        "а": "a", "в": "b", "с": "c", "е": "e", "һ": "h", "і": "i", "ј": "j", "к": "k", "м": "m", "н": "h", "о": "o", "р": "p",
        "ѕ": "s", "т": "t", "у": "y", "х": "x", "ԁ": "d", "ԛ": "q", "ԝ": "w", "α": "a", "β": "b", "ε": "e", "η": "n", "ι": "i",
        "κ": "k", "μ": "u", "ν": "v", "ο": "o", "ρ": "p", "τ": "t", "υ": "u", "χ": "x", "ł": "l", "đ": "d", "ø": "o", "ı": "i",
        "0": "o", "1": "l", "3": "e", "5": "s", "|": "l", "i": "l", "&": " and ",
    }
)  # fmt: skip
_EMPTY_WORDS = {
    "the",
    "and",
    "ltd",
    "llmlted",
    "plc",
    "llp",
    "clc",
    "cyf",
    "cyfyngedlg",
    "co",
    "company",
    "group",
    "uk",
}


def skeleton(name: str) -> str:
    """What is left of a name when letters that look alike are one, and accents, blanks and legal endings are gone.

    Two names with one skeleton can be mistaken for each other (after Unicode Technical Standard 39, section 4).
    """
    folded = unicodedata.normalize("NFKD", name).casefold().translate(_TWINS)
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    words = "".join(letter if letter.isalnum() else " " for letter in plain).split()
    kept = [word for word in words if word not in _EMPTY_WORDS] or words
    return "".join(kept).replace("rn", "m").replace("vv", "w").replace("cl", "d")


def nearly_equal(one: str, other: str) -> bool:
    """True when at most one letter is added, dropped or exchanged."""
    if abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    same = next((place for place, letter in enumerate(short) if letter != long[place]), len(short))
    return short[same + (len(short) == len(long)) :] == long[same + 1 :]


_STROKED = str.maketrans(
    {
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ø": "o",
        "ı": "i",
        "ħ": "h",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "'": "",
        "’": "",
    }
)
"""Letters that Unicode does not take apart into a letter and a mark, and apostrophes, which people leave out."""


def search_words(text: str) -> list[str]:
    """The words of a question about names: without case and accents, at most six."""
    return search_text(text).split()[:6]


def search_text(text: str) -> str:
    """A name as it is searched: without case, accents and punctuation."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text).casefold()
        if not unicodedata.combining(letter)
    )
    return " ".join(
        "".join(letter if letter.isalnum() else " " for letter in plain.translate(_STROKED)).split()
    )
