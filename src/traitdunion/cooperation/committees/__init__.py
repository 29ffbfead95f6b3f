"""Statutory committees: members, meetings, quorum, votes, minutes."""
