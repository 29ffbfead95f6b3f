"""Inviting many people by a table: read, shown, sent, taken back."""
