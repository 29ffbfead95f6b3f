"""A run: everyone × every site × every shift × every profile, by broadcasts, then by territory."""
