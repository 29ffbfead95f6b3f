"""Employers: their sites and shifts, their meetings, and how they welcome those they hire."""
