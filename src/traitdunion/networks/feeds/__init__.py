"""Feeds that change every week: downloaded, compared, put in use together, watched."""
