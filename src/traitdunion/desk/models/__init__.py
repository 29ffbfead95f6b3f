"""Tables of the desk: the searches, without anybody in them, and the files of those followed."""

from .files import Follower, KeptAnswer, Parcours, ParcoursQuerySet
from .searches import Search

__all__ = ["Follower", "KeptAnswer", "Parcours", "ParcoursQuerySet", "Search"]
