"""What can go wrong, in the domain's own words. The web layer alone decides what each becomes in HTTP."""


class Problem(Exception):
    """A request the system understood and will not carry out. The detail is a sentence for a person."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class NotFound(Problem):
    """No such thing, or not one that this actor may know of."""


class Forbidden(Problem):
    """The actor's roles do not grant the permission."""


class WrongState(Problem):
    """The step does not leave from the state the subject is in."""


class Refused(Problem):
    """The step is right, but a rule of the scheme forbids it just now."""


class Stale(Problem):
    """Someone else changed the subject since the actor last saw it."""


class TooSoon(Problem):
    """Asked too often; the same request may be made again after `wait` seconds."""

    def __init__(self, detail: str, wait: int) -> None:
        super().__init__(detail)
        self.wait = wait


class Invalid(Problem):
    """What was typed cannot be taken as it stands; `fields` says why, field by field."""

    def __init__(self, detail: str, fields: dict[str, str]) -> None:
        super().__init__(detail)
        self.fields = fields
