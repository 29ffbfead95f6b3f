"""Reads the fares of a feed, of both generations."""
