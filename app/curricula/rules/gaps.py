"""What is still missing before a version may be submitted: each a sentence and the place where it is put right."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.curricula.rules.content import PHYSICAL, RESTRICTIVE, Content, TechniqueContent
from app.kernel.actor import Actor
from app.kernel.words import _, listed, plural
from app.kernel.workflow import Facts
from app.standards.rules import Level

MOST_NAMED = 5
_LEVELS = list(Level)


class Gap(NamedTuple):
    """One thing that is missing; `fix` is the part of the page where it is put right."""

    sentence: str
    fix: str


@dataclass(frozen=True)
class VersionFacts(Facts):
    """What the guards of a version look at."""

    content: Content | None = None
    needed: tuple[str, ...] = ()
    """Numbers of the requirements that apply, in order."""
    warn_above: int = 12
    """Participants for one trainer above which a reason is asked for (rule pack)."""


Check = Callable[[Content, VersionFacts], Gap | None]


def it_says_what_it_is(content: Content, _facts: VersionFacts) -> Gap | None:
    if content.title and content.summary:
        return None
    return Gap(_("Say in a few sentences what the curriculum is."), "details")


def it_says_for_whom(content: Content, _facts: VersionFacts) -> Gap | None:
    wanted = (
        (_("nations"), content.nations),
        (_("services"), content.settings),
        (_("people supported"), content.populations),
    )
    empty = [name for name, chosen in wanted if not chosen]
    if not empty:
        return None
    return Gap(
        _("Choose for whom and where it is meant: {what} are still missing.").format(what=listed(empty)),
        "details",
    )


def it_has_modules(content: Content, _facts: VersionFacts) -> Gap | None:
    return None if content.modules else Gap(_("Add at least one module."), "modules")


def modules_have_minutes(content: Content, _facts: VersionFacts) -> Gap | None:
    return _naming(
        _("Say how many minutes are taught in {names}."),
        [one.title for one in content.modules if one.minutes <= 0],
        "modules",
    )


def lived_experience_comes_first(content: Content, _facts: VersionFacts) -> Gap | None:
    """Staff hear from people with lived experience before any technique is taught (Standards, 1.5)."""
    if not content.lived_experience:
        return Gap(_("Say how people with lived experience take part."), "details")
    heard = next((place for place, one in enumerate(content.modules) if one.lived_experience), None)
    first = next((place for place, one in enumerate(content.modules) if one.techniques), None)
    if not content.modules or (heard is not None and (first is None or heard < first)):
        return None
    if first is None:
        return Gap(_("Mark the module in which people with lived experience speak."), "modules")
    return Gap(
        _(
            "People with lived experience must be heard before any technique is taught: mark a module before “{module}”."
        ).format(module=content.modules[first].title),
        "modules",
    )


def techniques_have_reasons(content: Content, _facts: VersionFacts) -> Gap | None:
    return _naming(
        _("Write down why these techniques are taught: {names}."),
        _lacking(content, lambda one: one.rationale),
        "techniques",
    )


def techniques_have_risk_assessments(content: Content, _facts: VersionFacts) -> Gap | None:
    return _naming(
        _("Assess the risks of these techniques: {names}."),
        _lacking(content, lambda one: one.risk_assessment),
        "techniques",
    )


def techniques_were_reviewed(content: Content, facts: VersionFacts) -> Gap | None:
    """A medical review that lies in the future has not happened yet."""
    late = _lacking(content, lambda one: one.medical_review_on and one.medical_review_on <= facts.today)
    return _naming(
        _("Give the date of the last medical review of these techniques: {names}."), late, "techniques"
    )


def techniques_fit_their_module(content: Content, _facts: VersionFacts) -> Gap | None:
    wrong = [
        technique.name
        for module in content.modules
        for technique in module.techniques
        if technique.restrictiveness not in PHYSICAL
        or _LEVELS.index(technique.restrictiveness) > _LEVELS.index(module.level)
    ]
    return _naming(
        _("These techniques are more restrictive than the level of their module: {names}."),
        wrong,
        "techniques",
    )


def ratio_is_judged(content: Content, facts: VersionFacts) -> Gap | None:
    """The ratio is a recorded risk judgement (Standards, 1.6.5): a warning above the limit, never a prohibition."""
    restrictive = content.levels & RESTRICTIVE or any(
        technique.restrictiveness in RESTRICTIVE
        for module in content.modules
        for technique in module.techniques
    )
    if content.ratio is None:
        sentence = _("Say how many participants there are for one trainer: holds are taught here.")
        return Gap(sentence, "details") if restrictive else None
    if content.ratio <= facts.warn_above or content.ratio_reason:
        return None
    return Gap(
        _(
            "One trainer for {ratio} people is more than the 1 to {limit} usual here: say why it is safe."
        ).format(ratio=content.ratio, limit=facts.warn_above),
        "details",
    )


def requirements_are_answered(content: Content, facts: VersionFacts) -> Gap | None:
    """Every requirement that applies is covered, or the hole is explained."""
    holes = holes_of(content, facts.needed)
    if not holes:
        return None
    more = len(holes) - MOST_NAMED
    named = listed(holes if more <= 0 else [*holes[:MOST_NAMED], _("{count} more").format(count=more)])
    counted = plural(
        "{count} requirement has no answer yet", "{count} requirements have no answer yet", len(holes)
    )
    return Gap(_("{counted}: {numbers}.").format(counted=counted, numbers=named), "coverage")


CHECKS: tuple[Check, ...] = (
    it_says_what_it_is,
    it_says_for_whom,
    it_has_modules,
    modules_have_minutes,
    lived_experience_comes_first,
    techniques_fit_their_module,
    techniques_have_reasons,
    techniques_have_risk_assessments,
    techniques_were_reviewed,
    ratio_is_judged,
    requirements_are_answered,
)


def gaps(facts: VersionFacts) -> list[Gap]:
    """Everything that is missing, in the order in which it is best put right."""
    assert facts.content
    return [gap for check in CHECKS if (gap := check(facts.content, facts))]


def holes_of(content: Content, needed: tuple[str, ...]) -> list[str]:
    """Requirements that apply and have no answer."""
    answered = {line.requirement for line in content.coverage}
    return [number for number in needed if number not in answered]


def nothing_is_missing(_version: Any, _actor: Actor, facts: VersionFacts) -> str | None:
    """The guard of submission: the first gap in words, and how many more there are."""
    found = gaps(facts)
    if not found:
        return None
    if len(found) == 1:
        return _("It cannot be submitted yet. {sentence} Nothing was changed.").format(
            sentence=found[0].sentence
        )
    more = plural("{count} more thing is missing.", "{count} more things are missing.", len(found) - 1)
    return _("It cannot be submitted yet. {sentence} {more} Nothing was changed.").format(
        sentence=found[0].sentence, more=more
    )


def _lacking(content: Content, has: Callable[[TechniqueContent], object]) -> list[str]:
    return [
        technique.name for module in content.modules for technique in module.techniques if not has(technique)
    ]


def _naming(sentence: str, names: list[str], fix: str) -> Gap | None:
    if not names:
        return None
    shown = [f"“{name}”" for name in names[:MOST_NAMED]]
    if len(names) > MOST_NAMED:
        shown.append(plural("{count} more", "{count} more", len(names) - MOST_NAMED))
    return Gap(sentence.format(names=listed(shown)), fix)
