"""Cost of a way for a month, by the catalogue's prices and the feeds' fares."""
