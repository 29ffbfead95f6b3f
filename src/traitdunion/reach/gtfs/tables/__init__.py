"""Reads the files of a timetable: archive, text, calendars, lines, trips, stops and their times."""
