"""The roadmap: action sheets, commitments, indicators, follow-up, exports and imports."""
