"""Closed lists of the territory: kinds of EPCI, parts of communes, origins of a point."""

from django.db import models


class TypeEpci(models.TextChoices):
    COMMUNAUTE_DE_COMMUNES = "CC", "communauté de communes"
    COMMUNAUTE_D_AGGLOMERATION = "CA", "communauté d'agglomération"
    COMMUNAUTE_URBAINE = "CU", "communauté urbaine"
    METROPOLE = "ME", "métropole"


class TypePartie(models.TextChoices):
    ARRONDISSEMENT = "arrondissement", "arrondissement municipal"
    DELEGUEE = "deleguee", "commune déléguée"
    ASSOCIEE = "associee", "commune associée"


class PointSource(models.TextChoices):
    """Where the reference point of a commune comes from, the surest first."""

    MAIRIE = "mairie", "mairie"
    INTERIEUR = "interieur", "point à l'intérieur de la commune"
    VOISINAGE = "voisinage", "milieu des communes voisines (estimé)"
