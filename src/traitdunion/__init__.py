"""Trait d'union: which jobs a person can really reach, and which lever would open more."""
