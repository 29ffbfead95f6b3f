"""Keeping a site: backups, restoration."""
