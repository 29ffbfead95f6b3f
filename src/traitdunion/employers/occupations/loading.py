"""Load the published files of occupations: the same file again changes nothing."""

import hashlib
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from traitdunion.sources.occupations import LICENCE, PUBLISHER, read_needs, read_rome
from traitdunion.territory.names import fold

from ..enums import FichierMetier
from ..models import AppellationRome, FichierMetiers, MetierRome, ProjetsBassin

BATCH = 2_000


class Loaded(NamedTuple):
    """The file in use, whether it was new, and notes in French."""

    file: FichierMetiers
    is_new: bool
    notes: tuple[str, ...] = ()


def load_titles(
    *,
    titles: bytes,
    codes: bytes,
    name: str,
    vintage: str,
    now: datetime,
    demonstration: bool = False,
) -> Loaded:
    """Load the titles and codes of ROME, whole or not at all.

    vintage: as its publisher gives it. Raises Unreadable.
    """
    digest = hashlib.sha256(titles + codes + vintage.encode()).hexdigest()
    if known := FichierMetiers.objects.filter(sha256=digest).first():
        return Loaded(known, is_new=False)
    table = read_rome(titles, codes)
    with transaction.atomic():
        file = _replace(
            FichierMetier.TITRES, nom=name[-150:], millesime=vintage, sha256=digest,
            lignes=len(table.titles), charge_le=now, licence=LICENCE, demonstration=demonstration,
            source=f"{PUBLISHER}, ROME{' (extrait de démonstration)' if demonstration else ''}",
        )  # fmt: skip
        occupations = [
            MetierRome(fichier=file, code=code, libelle=label)
            for code, label in table.names.items()
        ]
        MetierRome.objects.bulk_create(occupations, batch_size=BATCH)
        rows = [
            AppellationRome(
                code=row.code, libelle=row.label, rome_id=row.rome, cle=key_of(row.label)
            )
            for row in table.titles
        ]
        AppellationRome.objects.bulk_create(rows, batch_size=BATCH)
    return Loaded(file, is_new=True, notes=table.notes)


def load_needs(*, content: bytes, name: str, now: datetime) -> Loaded:
    """Load the projects of recruitment by basin of a year, whole or not at all.

    Raises Unreadable.
    """
    digest = hashlib.sha256(content).hexdigest()
    if known := FichierMetiers.objects.filter(sha256=digest).first():
        return Loaded(known, is_new=False)
    table = read_needs(content)
    with transaction.atomic():
        file = _replace(
            FichierMetier.PROJETS, nom=name[-150:], millesime=table.vintage, sha256=digest,
            lignes=len(table.needs), charge_le=now, licence=LICENCE,
            source=f"{PUBLISHER}, Besoins en main-d'œuvre",
        )  # fmt: skip
        rows = [
            ProjetsBassin(
                fichier=file, bassin=row.basin, bassin_nom=row.basin_name, fap=row.fap,
                fap_nom=row.fap_name, projets=row.projects, difficiles=row.difficult,
                saisonniers=row.seasonal,
            )
            for row in table.needs
        ]  # fmt: skip
        ProjetsBassin.objects.bulk_create(rows, batch_size=BATCH)
    return Loaded(file, is_new=True, notes=table.notes)


def key_of(label: str) -> str:
    """Return the search key of a title: its folded words, each after a space."""
    return f" {fold(label)}"


def _replace(nature: FichierMetier, **values: object) -> FichierMetiers:
    FichierMetiers.objects.filter(nature=nature).delete()
    return FichierMetiers.objects.create(nature=nature, **values)
