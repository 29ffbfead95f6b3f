"""The map of reach: the communes where one may work from a home, at some hours."""
