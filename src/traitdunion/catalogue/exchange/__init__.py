"""Formats that the catalogue takes in and gives out, and what a file would change."""
