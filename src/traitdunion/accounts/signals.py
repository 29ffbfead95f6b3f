"""Signals for the layers above the accounts, sent in the transaction of the deed."""

from django.dispatch import Signal

role_removed = Signal()
"""A role was taken from a person: `user`, `organisation`, `by`, `now`."""
