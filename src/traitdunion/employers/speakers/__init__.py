"""Speakers: a pool held by a trusted intermediary, consents per use, matching, trips."""
