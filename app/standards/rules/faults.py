"""What is raised when a data file of the Standards cannot be trusted."""


class StandardsFault(Exception):
    """A data file cannot be trusted, so nothing may start: the text says which file, why and what to do."""
