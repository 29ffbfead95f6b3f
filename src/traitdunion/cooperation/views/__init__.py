"""Pages of cooperation: everybody's, phones', those of who steers, those of who commits."""
