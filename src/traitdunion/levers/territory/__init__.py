"""The levers of the territory: candidates, the search, what is published and printed of it."""
