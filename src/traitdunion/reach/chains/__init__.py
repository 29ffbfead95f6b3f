"""Days with several stays: two employers, a child dropped and fetched."""
