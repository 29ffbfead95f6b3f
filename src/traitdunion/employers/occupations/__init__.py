"""Occupations: ROME titles, projects by basin, posts of the sites."""
