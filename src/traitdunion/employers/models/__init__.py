"""Tables of employers."""

from .clubs import Club, EngagementEmployeur, Rencontre

__all__ = ["Club", "EngagementEmployeur", "Rencontre"]
