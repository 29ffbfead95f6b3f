"""Tables of the desk: the searches, without anybody in them, and the files of those followed."""

from .appointments import Notification, OutilRendezVous, RendezVous
from .calls import Call
from .files import Follower, KeptAnswer, Parcours, ParcoursQuerySet
from .orientations import (
    AWAITED,
    AnswerLink,
    CheckPoint,
    Orientation,
    OrientationQuerySet,
    SentMail,
)
from .saved_searches import SavedSearch
from .searches import Search

__all__ = [
    "AWAITED",
    "AnswerLink",
    "Call",
    "CheckPoint",
    "Follower",
    "KeptAnswer",
    "Notification",
    "Orientation",
    "OrientationQuerySet",
    "OutilRendezVous",
    "Parcours",
    "ParcoursQuerySet",
    "RendezVous",
    "SavedSearch",
    "Search",
    "SentMail",
]
