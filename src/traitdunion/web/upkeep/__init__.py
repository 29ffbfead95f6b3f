"""Keeping a site: its configuration file, backups, restoration."""
