"""What can be asked about people: who they are, what they may do for whom, and what ties them."""

from app.people.queries.persons import (
    authorised,
    by_email,
    find_person,
    interests,
    members,
    person,
    persons,
    visible,
)

__all__ = ["authorised", "by_email", "find_person", "interests", "members", "person", "persons", "visible"]
