"""Checks rows and keeps what was found wrong, in French."""
