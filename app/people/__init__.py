"""Persons, memberships, sign-in, competence and interests."""
