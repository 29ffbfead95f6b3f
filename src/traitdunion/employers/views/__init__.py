"""Pages of employers, by subject."""
