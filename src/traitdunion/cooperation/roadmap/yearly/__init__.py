"""The bilan of a year of the roadmap: its figures, and the presentation made of them."""
