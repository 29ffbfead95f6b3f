"""Refusals of housing."""


class HousingError(ValueError):
    """What was asked cannot be done; the message gives the reason and what to do, in French."""
