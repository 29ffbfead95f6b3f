"""Keeping a site: setting up, settings, backups, move, what runs and watches it, its credits."""
