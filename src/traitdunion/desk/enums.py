"""Closed lists of the desk."""

from django.db.models import TextChoices


class Horaire(TextChoices):
    """Kind of shift, as coarse as the observatory needs it."""

    MATIN = "matin", "Matin"
    APRES_MIDI = "apres_midi", "Après-midi"
    NUIT = "nuit", "Nuit"
    JOURNEE = "journee", "Journée"
    COUPE = "coupe", "Coupé"
    WEEK_END = "week_end", "Week-end"
