"""The closed lists of the scheme: for whom, where, by which route and at which level."""

from enum import StrEnum


class Route(StrEnum):
    """How a training service delivers: to its own staff, or to others who buy it."""

    IN_HOUSE = "in_house"
    COMMERCIAL = "commercial"


class Nation(StrEnum):
    """Where training is delivered."""

    ENGLAND = "england"
    WALES = "wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern_ireland"
    ELSEWHERE = "elsewhere"


class Setting(StrEnum):
    """The kind of service in which staff work."""

    EDUCATION = "education"
    HEALTH = "health"
    SOCIAL_CARE = "social_care"
    FORENSIC_AND_YOUTH_JUSTICE = "forensic_and_youth_justice"


class Population(StrEnum):
    """The people whom the trained staff support."""

    CHILDREN = "children"
    ADULTS = "adults"
    MENTAL_HEALTH = "mental_health"
    AUTISM = "autism"
    LEARNING_DISABILITY = "learning_disability"
    DEMENTIA = "dementia"
    ACQUIRED_BRAIN_INJURY = "acquired_brain_injury"


class Level(StrEnum):
    """Strategy level of a module or technique, from prevention up to advanced restrictive skills."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    TERTIARY_NON_RESTRICTIVE = "tertiary_non_restrictive"
    TERTIARY_RESTRICTIVE_INTERMEDIATE = "tertiary_restrictive_intermediate"
    TERTIARY_RESTRICTIVE_ADVANCED = "tertiary_restrictive_advanced"


class InterventionType(StrEnum):
    """Kinds of restrictive intervention, tagged on curricula, modules and techniques."""

    PHYSICAL = "physical"
    ENVIRONMENTAL = "environmental"
    MECHANICAL = "mechanical"
    CHEMICAL = "chemical"
    PSYCHO_SOCIAL = "psycho_social"
    OTHER = "other"


class Circumstance(StrEnum):
    """A way of working to which an appendix or a legal note of its own belongs."""

    SECURE_TRANSPORT = "secure_transport"
    ONLINE_TEACHING = "online_teaching"


class AuditKind(StrEnum):
    """The kinds of evaluation inside one certification case."""

    DESK_REVIEW = "desk_review"
    OFFICE_VISIT = "office_visit"
    PRACTICE_OBSERVATION = "practice_observation"
    PANEL = "panel"
