"""Assemble the annual report of an OFS (R.329-11) from its records, and name what is missing."""
