"""Weigh where to live by the work that can be kept from there without a car, and by its cost."""
