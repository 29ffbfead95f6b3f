"""Areas as people write them, one per line, and back: "Langeac (43)", "CC des Sucs", "France"."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models

from traitdunion.territory.models import (
    Commune,
    Departement,
    Epci,
    PartieDeCommune,
    Region,
)
from traitdunion.territory.names import fold
from traitdunion.territory.queries import UnknownCommune, commune_named

from .enums import NatureZone

Zone = dict[str, str]
MODELS: dict[NatureZone, type[models.Model]] = {
    NatureZone.COMMUNE: Commune,
    NatureZone.EPCI: Epci,
    NatureZone.DEPARTEMENT: Departement,
    NatureZone.REGION: Region,
}
NAMED = re.compile(r"(d[ée]partement|r[ée]gion|epci|commune)\s*:?\s+(.+)", re.IGNORECASE)


class ZoneLinesError(ValueError):
    """Lines that name no area; `problems` lists each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


def to_lines(zones: Iterable[Zone]) -> str:
    """Return the areas of a document, one per line, by their names where these are known."""
    return "\n".join(labels_of(list(zones)))


def names_of(zones: Iterable[Zone]) -> dict[tuple[str, str], str]:
    """Return the names of areas by nature and code, in as many queries for many as for one."""
    each = {(zone["nature"], zone["code"]): zone for zone in zones}
    return dict(zip(each, labels_of(list(each.values())), strict=True))


def labels_of(zones: Sequence[Any]) -> list[str]:
    """Return the names of areas given as {"nature", "code"}; the code where it is of no place we
    know.
    """
    by_nature = {n: [z["code"] for z in zones if z["nature"] == n] for n in NatureZone}
    communes = Commune.objects.defer("boundary").in_bulk(by_nature[NatureZone.COMMUNE])
    epci = Epci.objects.in_bulk(by_nature[NatureZone.EPCI])
    departements = Departement.objects.in_bulk(by_nature[NatureZone.DEPARTEMENT])
    regions = Region.objects.in_bulk(by_nature[NatureZone.REGION])
    labels = []
    for zone in zones:
        code = zone["code"]
        match NatureZone(zone["nature"]):
            case NatureZone.COMMUNE:
                labels.append(communes[code].label if code in communes else f"Commune {code}")
            case NatureZone.EPCI:
                labels.append(epci[code].nom if code in epci else f"EPCI {code}")
            case NatureZone.DEPARTEMENT:
                name = f" {departements[code].nom}" if code in departements else f" {code}"
                labels.append("Département" + name)
            case NatureZone.REGION:
                labels.append("Région " + (regions[code].nom if code in regions else code))
            case NatureZone.FRANCE:
                labels.append("France")
    return labels


class ZoneCodes:
    """The codes of areas of a file against the territory: those of today, old ones, unknown ones.

    Arrondissements (75101) and communes déléguées stand for their commune, whose code is the only
    one that people's homes have. Nothing is looked at before the territory is loaded.
    """

    def __init__(self, zones: Iterable[Zone]) -> None:
        codes: dict[str, set[str]] = {nature.value: set() for nature in NatureZone}
        for zone in zones:
            codes.setdefault(str(zone.get("nature")), set()).add(str(zone.get("code")))
        self.loaded = Commune.objects.exists()
        communes = codes[NatureZone.COMMUNE]
        self.commune_of = dict(
            PartieDeCommune.objects.filter(pk__in=communes)
            .exclude(pk__in=Commune.objects.values("pk"))
            .values_list("pk", "commune_id")
        )
        self.known: dict[str, set[str]] = {
            nature.value: {
                str(row.pk)
                for row in model._default_manager.filter(pk__in=codes[nature.value]).only("pk")
            }
            for nature, model in MODELS.items()
        }

    def resolved(self, zones: Iterable[Zone]) -> tuple[list[Zone], list[str]]:
        """Return the areas by the codes of today, each once, and what one should know of them."""
        kept: dict[tuple[str, str], Zone] = {}
        notes = []
        for zone in zones:
            nature, code = str(zone.get("nature")), str(zone.get("code"))
            if nature == NatureZone.COMMUNE and code in self.commune_of:
                today = self.commune_of[code]
                notes.append(
                    f"Zone {code} : c'est une partie de la commune {today}, qui est prise."
                )
                code = today
            elif self.loaded and nature in self.known and code not in self.known[nature]:
                label = NatureZone(nature).label.lower()
                notes.append(
                    f"Zone {code} : le territoire ne connaît pas ce code ({label}), personne n'y "
                    "correspond. Vérifiez s'il a changé (fusion, nouvelle commune)."
                )
            kept[nature, code] = {"nature": nature, "code": code}
        return list(kept.values()), notes


def from_lines(text: str) -> list[Zone]:
    """Return the areas that lines name, each once; raises ZoneLinesError with every line not
    understood.
    """
    zone_keys: dict[tuple[str, str], None] = {}
    problems = []
    for line in filter(None, map(str.strip, text.splitlines())):
        try:
            zone_keys[_zone(line)] = None
        except ZoneLinesError as refused:
            problems += refused.problems
    if problems:
        raise ZoneLinesError(problems)
    zones = [{"nature": nature, "code": code} for nature, code in zone_keys]
    return ZoneCodes(zones).resolved(zones)[0]


def _zone(line: str) -> tuple[str, str]:
    if fold(line) in ("france", "france entiere"):
        return NatureZone.FRANCE.value, "FR"
    named = NAMED.fullmatch(line)
    kind, name = (fold(named[1]), named[2].strip()) if named else ("", line)
    if kind == "departement":
        return NatureZone.DEPARTEMENT.value, _code(Departement, name, line)
    if kind == "region":
        return NatureZone.REGION.value, _code(Region, name, line)
    if re.fullmatch(r"\d{9}", name):
        return NatureZone.EPCI.value, name
    if kind != "commune" and (siren := _siren(name)):
        return NatureZone.EPCI.value, siren
    if kind == "commune" and re.fullmatch(r"(\d\d|2[AB])\d{3}", name):
        return NatureZone.COMMUNE.value, name
    try:
        return NatureZone.COMMUNE.value, commune_named(name).code_insee
    except UnknownCommune as unknown:
        raise ZoneLinesError([f"« {line} » : {unknown}"]) from unknown


def _code(model: Any, name: str, line: str) -> str:
    """Return the code of a département or région, named or already a code."""
    if re.fullmatch(r"\d{2,3}|2[AB]", name):
        return name
    for code, nom in model.objects.values_list("code", "nom"):
        if fold(nom) == fold(name):
            return str(code)
    raise ZoneLinesError([f"« {line} » : ce nom n'est pas connu. Donnez son code."])


def _siren(name: str) -> str:
    """Return the SIREN of an intercommunality of this very name, short forms of its kind aside."""
    wanted = _bare(name)
    for siren, nom in Epci.objects.values_list("siren", "nom"):
        if _bare(nom) == wanted:
            return str(siren)
    return ""


def _bare(name: str) -> str:
    return re.sub(r"^(ca|cc|cu|communaute de communes|communaute d agglomeration) ", "", fold(name))
