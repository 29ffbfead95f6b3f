"""Clubs of employers: their meetings, the kit, what was said and promised there."""
