"""Conventions between organisations: who reads what another keeps, and until when."""
