"""Who there is in the demonstration: fictional organisations, the people who sign in, and their roles. Plain data."""

from dataclasses import dataclass, field
from typing import Any

from app.permissions import Role as R
from app.permissions import Seat
from app.standards.rules import Nation as N
from app.standards.rules import Population as P
from app.standards.rules import Route
from app.standards.rules import Setting as S


@dataclass(frozen=True)
class Member:
    """One account: the part of the address before the @, the name, the roles."""

    local: str
    name: str
    roles: tuple[R, ...]
    printed: bool = True
    """Whether it is one of the sign-ins that are printed at the start."""


@dataclass(frozen=True)
class House:
    """One organisation with its people; `key` names it in the stories and its addresses end with `domain`."""

    key: str
    name: str
    seat: Seat
    domain: str
    people: tuple[Member, ...]
    code: str | None = None
    nation: N = N.ENGLAND
    address: str = ""
    postcode: str | None = None
    numbers: dict[str, str] = field(default_factory=dict)
    service: dict[str, Any] | None = None
    """How its training service describes itself."""


MORE = {"assessor@northgate": (R.DECISION_MAKER,)}
"""One assessor may decide as well: on cases where somebody else evaluated, and on no other."""


def _body(
    key: str, name: str, code: str, number: str, place: tuple[str, str], names: tuple[str, ...], sign_ins: int
) -> House:
    """A certification body; the first `sign_ins` of its people are printed."""
    jobs = (
        ("director", R.DIRECTOR), ("officer", R.CASE_OFFICER), ("lead", R.LEAD_ASSESSOR), ("assessor", R.ASSESSOR),
        ("reviewer", R.REVIEWER), ("decider", R.DECISION_MAKER), ("certificates", R.CERTIFICATE_OFFICER),
        ("impartiality", R.IMPARTIALITY_MEMBER),
    )  # fmt: skip
    people = tuple(
        Member(local, person, (role, *MORE.get(f"{local}@{key}", ())), at < sign_ins)
        for at, ((local, role), person) in enumerate(zip(jobs, names, strict=False))
    )
    address, postcode = place
    return House(
        key,
        name,
        Seat.BODY,
        f"{key}.example",
        people,
        code,
        address=address,
        postcode=postcode,
        numbers={"company_number": number},
    )


RRN = House(
    "rrn", "Restraint Reduction Network", Seat.RRN, "rrn.example",
    (
        Member("licences", "Mair Bevan-Hughes", (R.LICENCE_MANAGER,)), Member("brand", "Tunde Adeyinka", (R.BRAND_MANAGER,)),
        Member("standards", "Stella Marchbanks", (R.STANDARDS_MANAGER,)), Member("oversight", "Orla Finnegan", (R.OVERSIGHT_OFFICER,)),
        Member("trustee", "Desmond Achterberg", (R.TRUSTEE,)),
    ),
    address="Unit 9, Example Wharf\nBirmingham", postcode="B1 2ZZ",
)  # fmt: skip

BODIES = (
    _body("northgate", "Northgate Certification", "NGC", "09900101", ("14 Assay Row\nLeeds", "LS1 9ZZ"),
          ("Marguerite Oyelaran", "Joan Whitlock", "Łukasz Wiśniewski", "Nguyễn Thị Ánh Tuyết", "Rhiannon Prydderch-Llewellyn",
           "Dafydd Penhaligon", "Clement Asare", "Ruth Abernethy"), 8),
    _body("calder", "Calder Assurance", "CAL", "09900102", ("2 Fulling Mill Lane\nHalifax", "HX1 9ZZ"),
          ("Imogen Castellane", "Bartholomew Finch", "Asha Venkataraman", "Tomasz Brzęczyszczykiewicz", "Siobhán Ní Dhálaigh",
           "Emeka Okonjo", "Pilar Ravensworth", "Gwenllian Tudor-Rees"), 8),
    _body("tarn", "Tarn Assessment", "TRN", "09900103", ("Boathouse Yard\nKendal", "LA9 9ZZ"),
          ("Crispin Thwaite", "Heledd Morgan-Price", "Aurelio Banfield", "Zofia Kwiatkowska", "Noreen Applegarth", "Ivo Lindqvist"), 1),
)  # fmt: skip
"""The two licensed bodies, and Tarn, whose licence is suspended."""

APPLICANTS = (
    ("whinfell", "Whinfell Conformity", "WHN", "applied"), ("garth", "Garthwaite Review", "GTH", "checked"),
    ("lowmoor", "Lowmoor Inspection", "LOW", "declined"), ("penhallow", "Penhallow Verification", "PEN", "resigned"),
    ("ribblewood", "Ribblewood Schemes", "RBW", "withdrawn"),
)  # fmt: skip
"""Bodies that asked for a licence or had one, and how that ended."""

ADULTS = (P.ADULTS, P.LEARNING_DISABILITY, P.AUTISM)


def _provider(
    key: str, name: str, manager: str, trainer: str, nations: tuple[N, ...], settings: tuple[S, ...], populations: tuple[P, ...],
    route: Route = Route.IN_HOUSE, about: str = "", address: str = "", printed: bool = False, domain: str = "", numbers: dict[str, str] | None = None,
) -> House:  # fmt: skip
    people = [Member("manager", manager, (R.REPRESENTATIVE,), printed)]
    if trainer:
        people.append(Member("trainer", trainer, (R.TRAINER,), printed))
    service = {
        "route": route, "about": about, "nations": list(nations), "settings": list(settings), "populations": list(populations),
    }  # fmt: skip
    return House(
        key, name, Seat.PROVIDER, domain or f"{key}.example", tuple(people), nation=nations[0], address=address,
        numbers=numbers or {}, service=service,
    )  # fmt: skip


PROVIDERS = (
    _provider("harbourlane", "Harbour Lane Training", "Folasade Brightwell", "Kit Hathersage", (N.ENGLAND, N.WALES),
              (S.HEALTH, S.SOCIAL_CARE, S.EDUCATION), (P.CHILDREN, *ADULTS), Route.COMMERCIAL,
              "We teach care homes, schools and hospital teams across England and Wales, together with people who have been restrained themselves.",
              "3 Harbour Lane\nWhitehaven", True, numbers={"company_number": "09900201", "ukprn": "10990001"}),
    _provider("wrenmoor", "Wrenmoor Partnership Trust", "Padraig Solomons", "Ines Caldwell", (N.ENGLAND,), (S.HEALTH, S.FORENSIC_AND_YOUTH_JUSTICE),
              (P.ADULTS, P.MENTAL_HEALTH, P.AUTISM), about="The trust’s own training team for its mental health wards and its secure unit.",
              address="Trust Headquarters, Wrenmoor Road\nWrenmoor", printed=True, numbers={"ods_code": "RZ9"}),
    _provider("quillbeck", "Quillbeck Training Associates", "Hieronymus Blount", "Adaeze Nwosu", (N.ENGLAND, N.SCOTLAND), (S.SOCIAL_CARE, S.EDUCATION),
              (P.CHILDREN, *ADULTS, P.DEMENTIA), Route.COMMERCIAL, "Courses for care homes and schools, and for the people who train inside them.",
              "Old Signal Box\nQuillbeck"),
    _provider("ellerthwaite", "Ellerthwaite Care Group", "Yasmin Tregarthen", "", (N.ENGLAND,), (S.SOCIAL_CARE,), ADULTS,
              about="Supported living and small homes for people with a learning disability and autistic people."),
    _provider("dyffryn", "Cwmni Hyfforddi Dyffryn Gwyrddlas a Llanfihangel-y-Bryncoed Cyfyngedig", "Angharad Gwenllian Llwyd-Prydderch", "Ŵyn Prydderch",
              (N.WALES, N.ENGLAND), (S.SOCIAL_CARE, S.HEALTH), (P.ADULTS, P.DEMENTIA, P.LEARNING_DISABILITY), Route.COMMERCIAL,
              "Training in Welsh and English for care homes in Wales.", "Yr Hen Ysgol, Heol y Bryn\nLlanfihangel-y-Bryncoed"),
    _provider("oskerby", "Oskerby Dementia Homes", "Valentina Marsh-Okoro", "", (N.ENGLAND,), (S.SOCIAL_CARE,), (P.ADULTS, P.DEMENTIA),
              about="Nine homes for people living with dementia."),
    _provider("thornmere", "Thornmere Special School", "Benedict Arkwright-Shah", "", (N.ENGLAND,), (S.EDUCATION,), (P.CHILDREN, P.AUTISM, P.LEARNING_DISABILITY),
              about="A special school for 140 pupils between 4 and 19.", numbers={"school_urn": "990123"}),
    _provider("pendrennock", "Pendrennock Children’s Homes", "Benedict Arkwright-Shah", "", (N.ENGLAND,), (S.SOCIAL_CARE,), (P.CHILDREN,),
              about="Six homes for children who cannot live with their families.", domain="thornmere.example"),
    _provider("marrowdale", "Marrowdale Secure Children’s Home", "Cordelia Umbertide", "", (N.ENGLAND,), (S.FORENSIC_AND_YOUTH_JUSTICE,), (P.CHILDREN, P.MENTAL_HEALTH),
              about="A secure children’s home with 24 places."),
    _provider("skelderfen", "Skelderfen Ambulance Trust", "Marek Dąbrowski-Oates", "", (N.ENGLAND,), (S.HEALTH,), (P.ADULTS, P.CHILDREN, P.MENTAL_HEALTH),
              about="Ambulance crews and the mental health response cars.", numbers={"ods_code": "RZ8"}),
    _provider("tarrowfield", "Tarrowfield Secure Transport", "Trần Minh Khôi", "", (N.ENGLAND, N.SCOTLAND), (S.HEALTH, S.FORENSIC_AND_YOUTH_JUSTICE),
              (P.ADULTS, P.MENTAL_HEALTH), about="Journeys between hospitals for people who are detained.", numbers={"company_number": "09900211"}),
    _provider("wexmarsh", "Wexmarsh General Hospitals Trust", "Philippa Stannard", "", (N.ENGLAND,), (S.HEALTH,), (P.ADULTS, P.CHILDREN, P.DEMENTIA),
              about="Training for the security team and the ward staff of two acute hospitals.", numbers={"ods_code": "RZ7"}),
)  # fmt: skip
"""Twelve training services. Thornmere and Pendrennock share their representative, who switches between the two."""

LARKFIELD = House(
    "larkfield", "Larkfield Care Homes", Seat.AFFILIATE, "larkfield.example",
    (Member("manager", "Anneliese Hartigan", (R.AFFILIATE_MANAGER,)),), address="Larkfield House\nBurnley",
)  # fmt: skip
"""The affiliate of Harbour Lane that people sign in for."""

_FIRST = (
    "Aldwick", "Bellrose", "Copperfell", "Dunholme", "Eskrigg", "Farthinghoe", "Gorsefield", "Hollinbeck", "Ingleby", "Jessamine", "Kilnsea", "Lyddale",
    "Mossgiel", "Netherby", "Orrinsay", "Pilsworth", "Quernmore", "Rookhope", "Sandwath", "Tilbrook",
)  # fmt: skip
_KINDS = ("Care Home", "Supported Living", "Nursing Home", "Primary School", "Children’s Home", "Day Service")


def affiliate_names(start: int, number: int) -> list[str]:
    """Names of made-up homes and schools that no two share."""
    return [
        f"{_FIRST[at % len(_FIRST)]} {_KINDS[(at + at // len(_FIRST)) % len(_KINDS)]}"
        for at in range(start, start + number)
    ]


_GIVEN = (
    "Amara",
    "Bronwen",
    "Callum",
    "Dilwyn",
    "Efua",
    "Fergus",
    "Giulia",
    "Hamza",
    "Iolo",
    "Jadwiga",
    "Kwame",
    "Leila",
    "Morag",
    "Nerys",
    "Oluchi",
    "Pryce",
)
_FAMILY = (
    "Ashdown-Bell",
    "Braithwaite",
    "Chaudhry",
    "Dinsdale",
    "Evesham",
    "Featherstone",
    "Grzybowski",
    "Huddlestone",
    "Iqbal",
    "Jankowska",
    "Kettlewell",
)


def trainer_name(at: int) -> str:
    """The name of the trainer of that number; the first few are names that software gets wrong."""
    special = ("Świętosława Brzozowska-Żółkiewska", "Phạm Thị Hồng Nhung", "Llŷr Gruffydd ap Rhydderch-Wynne")
    if at < len(special):
        return special[at]
    name = f"{_GIVEN[at % len(_GIVEN)]} {_FAMILY[at % len(_FAMILY)]}"
    round_of = at // (len(_GIVEN) * len(_FAMILY))
    return f"{name} {_FAMILY[round_of % len(_FAMILY)]}" if round_of else name
