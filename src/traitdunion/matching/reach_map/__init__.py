"""The communes that a person can work in: every answer of one home at once."""
