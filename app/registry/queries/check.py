"""Does this course, by this organisation, with this trainer, at this place, count on this day? Every key must turn."""

from collections.abc import Sequence
from datetime import date

from pydantic import Field
from sqlalchemy import Row, Select, exists, func, or_, select

from app.certificates.models import Certificate
from app.certificates.queries import was_published
from app.certificates.rules import Answer, parse_number
from app.kernel.casework import ToneView
from app.kernel.database import Unit
from app.kernel.fields import View
from app.kernel.words import _, in_words, listed
from app.ledger.queries import Asked
from app.ledger.queries import asked as asked_on
from app.organisations.models import Organisation, OrganisationName
from app.organisations.rules import search_text, search_words
from app.providers.models import Affiliate, TrainerAppointment, TrainingService
from app.providers.queries import affiliate_is_approved, services_named, trainer_is_approved
from app.providers.rules import TrainerLevel
from app.registry.queries.entries import best_of, certificates_told
from app.registry.queries.index import Wanted, find
from app.registry.queries.terms import LISTED, word_term
from app.registry.queries.told import HolderView, Told, end_of, nobody_knows
from app.registry.rules import item_words, shown_status, tone_of

MOST_CHOICES = 10
MOST_NAMES = 5000
MOST_LOOKED_AT = 100


class KeyView(View):
    """One key of the answer: what was asked, whether it turns, and why."""

    key: str
    """organisation, curriculum, trainer or affiliate."""
    asked: str
    answer: Answer
    sentence: str
    tag: ToneView
    href: str = ""


class ChoiceView(View):
    """One of several that a name may mean."""

    ref: str
    name: str


class CheckView(View):
    """The answer of all keys together: never better than the weakest of them."""

    answer: Answer
    sentence: str
    failing: list[str]
    keys: list[KeyView]
    on: date
    as_of_log_size: int
    holder: HolderView | None = None
    certificate_number: str | None = None
    choices: list[ChoiceView] = Field(default_factory=list)
    """The organisations that were meant, perhaps, when a name is not enough."""
    title: str = ""
    tone: str = "unknown"
    asked: dict[str, str]
    today: date
    given: bool
    """Whether anything was asked yet."""


def check_view(
    unit: Unit, organisation: str, curriculum: str, trainer: str, affiliate: str, on: date | None
) -> CheckView:
    """The three-key answer, four with an affiliate. A key that nobody asked about is not looked at, and the answer says so."""
    about = asked_on(unit, on)
    given = {
        "organisation": organisation,
        "curriculum": curriculum,
        "trainer": trainer,
        "affiliate": affiliate,
    }
    asked = {name: text for name, text in given.items() if text}
    if not organisation:
        said = _(
            "Name the organisation that holds the certificate. The other fields are yours to leave empty."
        )
        return _view(unit, about, asked, [], None, _("Which organisation?"), said)
    if about.to_come:
        return _view(unit, about, asked, [], None, _("We cannot tell"), about.to_come)
    services = _services(unit, organisation)
    if len(services) != 1:
        return _which(unit, about, asked, services)
    told = certificates_told(unit, services[0][0].id, about.on)
    best = best_of(told) if told else None
    keys = _keys(unit, services[0], best, asked, about)
    return _together(unit, about, asked, [_as_far_as_known(key, about) for key in keys], best)


def _keys(
    unit: Unit, found: tuple[TrainingService, Organisation], best: Told | None, asked: dict[str, str], about: Asked
) -> list[KeyView]:  # fmt: skip
    service, organisation = found
    keys = [_organisation_key(organisation, best, about.now)]
    if "curriculum" in asked:
        keys.append(_curriculum_key(best, asked["curriculum"], about.now))
    place, approved = (
        _affiliate_key(unit, service.id, asked["affiliate"], about) if "affiliate" in asked else (None, None)
    )
    if "trainer" in asked:
        keys.append(_trainer_key(unit, service, approved, asked["trainer"], about))
    return [*keys, place] if place else keys


def _as_far_as_known(key: KeyView, about: Asked) -> KeyView:
    """A no from before the register began is none."""
    if not about.unknown or key.answer is not Answer.NOT_CERTIFIED:
        return key
    update = {"answer": Answer.CANNOT_TELL, "sentence": about.unknown, "tag": nobody_knows()}
    return key.model_copy(update=update)


def _services(unit: Unit, typed: str) -> list[tuple[TrainingService, Organisation]]:
    """The certified services a reference, a certificate number or a name may mean; an exact name wins over parts of names."""
    rows = select(TrainingService, Organisation).join(
        Organisation, Organisation.id == TrainingService.organisation_id
    )
    rows = rows.where(exists().where(Certificate.service_id == TrainingService.id, was_published()))
    number = parse_number(typed).number
    numbered = select(Certificate.service_id).where(Certificate.number == number)
    named = select(OrganisationName.organisation_id)
    whole = rows.where(Organisation.id.in_(named.where(OrganisationName.search_text == search_text(typed))))
    exact = rows.where(TrainingService.id.in_(services_named(typed, numbered)))
    found = unit.db.execute(exact).all() or unit.db.execute(whole.limit(MOST_CHOICES)).all()
    return [(service, holder) for service, holder in found or _named_like(unit, rows, search_words(typed))]


def _named_like(
    unit: Unit, rows: Select[TrainingService, Organisation], words: list[str]
) -> Sequence[Row[TrainingService, Organisation]]:
    """The first services, by name, with words in their names that begin so, among the first certificates that the search finds."""
    wanted = Wanted(tuple(word_term(word) for word in words), (), (), LISTED, unit.today)
    ids = [id for id, _live in find(unit, wanted, MOST_LOOKED_AT, 0).ids] if words else []
    holders = select(Certificate.holder_id).where(Certificate.id.in_(ids))
    has = [OrganisationName.search_text.contains(word, autoescape=True) for word in words]
    so_named = exists().where(OrganisationName.organisation_id == Organisation.id, *has)
    some = rows.where(Organisation.id.in_(holders), so_named)
    return unit.db.execute(some.order_by(Organisation.name).limit(MOST_CHOICES)).all()


def _which(
    unit: Unit, about: Asked, asked: dict[str, str], found: list[tuple[TrainingService, Organisation]]
) -> CheckView:
    choices = [ChoiceView(ref=one.ref, name=one.name) for _service, one in found]
    if choices:
        said = _("Several organisations on the register have a name like that. Choose the one you mean.")
        return _view(unit, about, asked, [], None, _("Which of these?"), said, choices=choices)
    said = _(
        "No organisation of that name is on the register. It may be known by another name: try its certificate number, or search the register."
    )
    return _view(unit, about, asked, [], None, _("We cannot tell"), said)


def _organisation_key(organisation: Organisation, best: Told | None, now: bool) -> KeyView:
    good = best is not None and bool(best.seen.certified)
    word, tone = shown_status(best.seen) if best else (_("Not certified"), "no")
    name = best.holder_name if best else organisation.name
    said = _counts(good, now)
    answer = (
        Answer.CERTIFIED
        if good
        else Answer.WAS_CERTIFIED
        if best and best.seen.ever_certified
        else Answer.NOT_CERTIFIED
    )
    return KeyView(
        key="organisation", asked=name, answer=answer, sentence=said.format(name=name), tag=ToneView(word=word, tone=tone),
        href=f"/register/services/{organisation.ref}",
    )  # fmt: skip


def _counts(good: bool, now: bool) -> str:
    if now:
        return _("{name} is certified today.") if good else _("{name} is not certified today.")
    return _("{name} was certified on that day.") if good else _("{name} was not certified on that day.")


def _curriculum_key(best: Told | None, typed: str, now: bool) -> KeyView:
    """The curriculum on the certificate of the day, by its reference or the words of its title."""
    words, items = search_words(typed), best.seen.items if best else ()
    refs = best.curriculum_refs if best else {}
    met = [item for item in items if refs[item.curriculum_id] == typed] or [
        item for item in items if words and all(word in search_text(item.title) for word in words)
    ]
    exact = [item for item in met if search_text(item.title) == search_text(typed)] or met
    if len(exact) > 1 and len({item.curriculum_id for item in exact}) > 1:
        said = _(
            "Several curricula on the certificate have words like that: {titles}. Give the whole title."
        ).format(titles=listed([item.title for item in exact]))
        return KeyView(
            key="curriculum", asked=typed, answer=Answer.CANNOT_TELL, sentence=said, tag=nobody_knows()
        )
    if not exact:
        said = (
            _("No curriculum of that title is on the certificate today.")
            if now
            else _("No curriculum of that title was on the certificate on that day.")
        )
        tag = ToneView(word=_("Not on the certificate"), tone="no")
        return KeyView(key="curriculum", asked=typed, answer=Answer.NOT_CERTIFIED, sentence=said, tag=tag)
    item = exact[0]
    good = item.status.gives_rights
    said = _counts(good, now)
    return KeyView(
        key="curriculum", asked=item.title, answer=Answer.CERTIFIED if good else Answer.WAS_CERTIFIED, sentence=said.format(name=f"“{item.title}”"),
        tag=ToneView(word=item_words(item), tone=tone_of(item.status)), href=f"/register/curricula/{refs[item.curriculum_id]}",
    )  # fmt: skip


def _trainer_key(
    unit: Unit, service: TrainingService, place: Affiliate | None, typed: str, about: Asked
) -> KeyView:
    """The appointment of a trainer, by its reference or the trainer's whole name: nobody's name is listed or guessed at."""
    rows = select(TrainerAppointment).where(TrainerAppointment.service_id == service.id)
    met = unit.db.scalars(rows.where(TrainerAppointment.ref == typed)).all()
    if not met:
        alike = func.length(TrainerAppointment.person_name).between(len(typed) - 2, len(typed) + 2)
        like = unit.db.scalars(rows.where(alike).limit(MOST_NAMES)).all()
        met = [one for one in like if search_text(one.person_name) == search_text(typed)]
    approved = [one for one in met if trainer_is_approved(unit, one.id, about.on)]
    counting = [one for one in approved if _teaches_here(service, one, place)]
    if counting:
        said = (
            _("The trainer is approved today.") if about.now else _("The trainer was approved for that day.")
        )
    elif approved:
        said = _(
            "The trainer is an associate of another organisation: associate trainers may teach only where they are employed."
        )
    elif met:
        said = (
            _("The trainer is not approved today.")
            if about.now
            else _("The trainer was not approved for that day.")
        )
    else:
        said = _("No trainer of that name or reference was ever approved for this organisation.")
    word = (
        _("Approved") if counting else _("Not here") if approved else _("Not approved") if met else _("Not known")
    )  # fmt: skip
    return KeyView(
        key="trainer", asked=typed, answer=Answer.CERTIFIED if counting else Answer.NOT_CERTIFIED, sentence=said,
        tag=ToneView(word=word, tone="yes" if counting else "no"),
    )  # fmt: skip


def _teaches_here(service: TrainingService, trainer: TrainerAppointment, place: Affiliate | None) -> bool:
    """Senior trainers work across organisations, associates only where they are employed (domain page, section 2)."""
    if trainer.level is TrainerLevel.SENIOR:
        return True
    return trainer.employer_id == (place.organisation_id if place else service.organisation_id)


def _affiliate_key(unit: Unit, service_id: int, typed: str, about: Asked) -> tuple[KeyView, Affiliate | None]:
    rows = (
        select(Affiliate, Organisation)
        .join(Organisation, Organisation.id == Affiliate.organisation_id)
        .where(Affiliate.service_id == service_id)
    )
    met = unit.db.execute(rows.where(or_(Affiliate.ref == typed, Organisation.ref == typed))).all()
    if not met:
        names = select(OrganisationName.organisation_id).where(
            OrganisationName.search_text == search_text(typed)
        )
        met = unit.db.execute(rows.where(Affiliate.organisation_id.in_(names))).all()
    approved = [pair for pair in met if affiliate_is_approved(unit, pair[0].id, about.on)]
    if approved:
        affiliate, organisation = approved[0]
        said = (
            _("{name} is an approved affiliate today.")
            if about.now
            else _("{name} was an approved affiliate on that day.")
        ).format(name=organisation.name)
        view = KeyView(
            key="affiliate", asked=organisation.name, answer=Answer.CERTIFIED, sentence=said, tag=ToneView(word=_("Approved"), tone="yes"),
            href=f"/register/affiliates/{affiliate.ref}",
        )  # fmt: skip
        return view, affiliate
    said = (
        _("{name} is not an approved affiliate of this organisation today.")
        if about.now
        else _("{name} was not an approved affiliate of this organisation on that day.")
    ).format(name=met[0][1].name if met else typed)
    return KeyView(
        key="affiliate", asked=typed, answer=Answer.NOT_CERTIFIED, sentence=said, tag=ToneView(word=_("Not approved"), tone="no")
    ), None  # fmt: skip


def _together(
    unit: Unit, about: Asked, asked: dict[str, str], keys: list[KeyView], best: Told | None
) -> CheckView:
    failing = [key for key in keys if key.answer is not Answer.CERTIFIED]
    if not failing:
        part = len(keys) == 1 and best is not None and len(best.seen.certified) < len(best.seen.items)
        title, said = _yes(keys, part, about)
        tone = "partly" if part else "yes"
        return _view(unit, about, asked, keys, best, title, said, answer=Answer.CERTIFIED, tone=tone)
    order = [Answer.NOT_CERTIFIED, Answer.WAS_CERTIFIED, Answer.CANNOT_TELL]
    worst = min(failing, key=lambda key: order.index(key.answer))
    tone = {Answer.CANNOT_TELL: "unknown"}.get(worst.answer, "pause" if worst.tag.tone == "pause" else "no")
    said = " ".join(dict.fromkeys(key.sentence for key in failing))
    return _view(
        unit, about, asked, keys, best, _no(worst.answer, about), said, answer=worst.answer, tone=tone
    )


def _no(answer: Answer, about: Asked) -> str:
    if answer is Answer.CANNOT_TELL:
        return _("We cannot tell")
    if about.now:
        return _("No, this does not count today")
    return _("No, this did not count on {day}").format(day=in_words(about.on))


NEEDED = ("organisation", "curriculum", "trainer")
"""The keys without which no course counts; at an affiliate its own is needed too."""


def _yes(keys: list[KeyView], part: bool, about: Asked) -> tuple[str, str]:
    """The title and the sentence when every key turns that was asked about: they say no more than that, and what was not looked at."""
    turning = [key.key for key in keys]
    words = {"organisation": _("the organisation"), "curriculum": _("the curriculum"), "trainer": _("the trainer"), "affiliate": _("the affiliate")}  # fmt: skip
    missing = [words[key] for key in NEEDED if key not in turning]
    day = in_words(about.on)
    if len(keys) == 1:
        said = keys[0].sentence
    elif about.now:
        said = _("Certified or approved today: {keys}.").format(keys=listed([words[key] for key in turning]))
    else:
        said = _("Certified or approved on {day}: {keys}.").format(
            day=day, keys=listed([words[key] for key in turning])
        )
    if part:
        said += " " + (_("Not every curriculum is: ask about the one you mean.") if about.now else _("Not every curriculum was: ask about the one you mean."))  # fmt: skip
    if missing:
        rest = _("Not looked at: {keys}. A course counts only when the organisation, the curriculum and the trainer are all certified or approved.")  # fmt: skip
        return _turning_title(keys, about, day), f"{said} {rest.format(keys=listed(missing))}"
    if "affiliate" not in turning:
        said += " " + _("If an affiliate gave the training to its own staff, ask about the affiliate too.")
    return (_("Yes, this counts") if about.now else _("Yes, this counted on {day}").format(day=day)), said


def _turning_title(keys: list[KeyView], about: Asked, day: str) -> str:
    if len(keys) == 1:
        said = _("This organisation is certified today") if about.now else _("This organisation was certified on {day}")  # fmt: skip
    else:
        said = _("What you asked about holds today") if about.now else _("What you asked about held on {day}")
    return said.format(day=day)


def _view(
    unit: Unit, about: Asked, asked: dict[str, str], keys: list[KeyView], best: Told | None, title: str, sentence: str, *,
    choices: Sequence[ChoiceView] = (), answer: Answer = Answer.CANNOT_TELL, tone: str = "unknown",
) -> CheckView:  # fmt: skip
    return CheckView(
        answer=answer, sentence=sentence, failing=[key.key for key in keys if key.answer is not Answer.CERTIFIED], keys=keys, on=about.on,
        as_of_log_size=end_of(unit).size, holder=best.holder_view if best else None, certificate_number=best.certificate.number if best else None,
        choices=list(choices), title=title, tone=tone, asked=asked, today=unit.today, given=bool(asked),
    )  # fmt: skip
