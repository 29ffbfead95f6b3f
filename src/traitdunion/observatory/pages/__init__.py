"""What the public pages show of a run: maps, findings, causes, comparisons."""
