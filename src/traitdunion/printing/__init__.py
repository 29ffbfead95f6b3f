"""Compile layouts to PDF, for every part that prints."""
