"""What may be asked of statements: the answer they would give, the content of one, and where one stands."""

from app.statements.queries.facts import part_of
from app.statements.queries.views import (
    HELD,
    AnswerView,
    StatementView,
    answer_view,
    asked_content,
    every_sealed_statement,
    file_of,
    find_statement,
    held,
    left_over,
    made_for,
    parts_again,
    statement_view,
    untold_statements,
)

__all__ = [
    "HELD", "AnswerView", "StatementView", "answer_view", "asked_content", "every_sealed_statement", "file_of", "find_statement", "held", "left_over", "made_for", "part_of",
    "parts_again", "statement_view", "untold_statements",
]  # fmt: skip
