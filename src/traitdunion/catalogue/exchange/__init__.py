"""Formats that the catalogue takes in and gives out, and the preview of what a file would change."""
