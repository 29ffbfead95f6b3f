"""The observatory: who can reach what at which hour, what is missing, and why."""
