"""Timetables and streets in service: versions on disk, downloads, comparison of editions."""
