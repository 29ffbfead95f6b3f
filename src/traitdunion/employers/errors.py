"""Refusals of employers."""


class EmployersError(ValueError):
    """A request that cannot be done; the French message gives the reason and what to do."""
