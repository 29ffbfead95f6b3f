"""Evaluation of a session, its bilan, and the lineage from an idea to its results."""
