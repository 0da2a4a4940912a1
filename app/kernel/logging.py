"""One JSON line an event: a static name, ids not names, no secrets, nothing longer than 200 characters (rules page, 18)."""

import logging
from typing import Any

import structlog

_SECRET = ("password", "token", "secret", "code", "cookie", "authorization")


def set_up(level: str, *, for_good: bool = True) -> None:
    """Let structlog write JSON lines, from this level on; `for_good`: loggers that are in use already are not asked again."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _short_and_discreet,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=for_good,
    )


def logger() -> Any:
    """The only way to a logger: whoever takes it here is discreet before anybody has set anything up."""
    return structlog.get_logger()


def _short_and_discreet(_logger: object, _method: str, entry: Any) -> Any:
    for name, value in entry.items():
        if any(word in name for word in _SECRET):
            entry[name] = "(not logged)"
        elif isinstance(value, str) and name != "exception" and len(value) > 200:
            entry[name] = value[:200] + "…"
    return entry


# Until somebody says otherwise structlog draws tracebacks with the values of all variables, tokens among them.
set_up("INFO", for_good=False)
