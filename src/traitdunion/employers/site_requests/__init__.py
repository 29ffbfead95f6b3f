"""Requests to the sites of employers: asked in turn, answered by one link without an account."""
