"""Reads the services on demand of a feed (GTFS-Flex)."""
