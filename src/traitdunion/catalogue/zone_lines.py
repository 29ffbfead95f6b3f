"""Areas as people write them, one per line, and back: "Langeac (43)", "CC des Sucs", "France"."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from traitdunion.territory.models import Commune, Departement, Epci, Region
from traitdunion.territory.names import fold
from traitdunion.territory.queries import UnknownCommune, commune_named

from .enums import NatureZone

Zone = dict[str, str]
NAMED = re.compile(r"(d[ée]partement|r[ée]gion|epci|commune)\s*:?\s+(.+)", re.IGNORECASE)


class ZoneLinesError(ValueError):
    """Lines that name no area; `problems` tells each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


def to_lines(zones: Iterable[Zone]) -> str:
    """Areas of a document, one per line, by their names where these are known."""
    return "\n".join(labels_of(list(zones)))


def labels_of(zones: Sequence[Any]) -> list[str]:
    """Names of areas given as {"nature", "code"}; the code where it is of no place we know."""
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


def from_lines(text: str) -> list[Zone]:
    """Areas that lines name, each once; raises ZoneLinesError with every line not understood."""
    found: dict[tuple[str, str], None] = {}
    problems = []
    for line in filter(None, (one.strip() for one in text.splitlines())):
        try:
            found[_zone(line)] = None
        except ZoneLinesError as refused:
            problems += refused.problems
    if problems:
        raise ZoneLinesError(problems)
    return [{"nature": nature, "code": code} for nature, code in found]


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
    """Code of a département or région, named or already a code."""
    if re.fullmatch(r"\d{2,3}|2[AB]", name):
        return name
    for code, nom in model.objects.values_list("code", "nom"):
        if fold(nom) == fold(name):
            return str(code)
    raise ZoneLinesError([f"« {line} » : ce nom n'est pas connu. Donnez son code."])


def _siren(name: str) -> str:
    """SIREN of an intercommunality of exactly this name, short forms of its kind aside."""
    wanted = _bare(name)
    for siren, nom in Epci.objects.values_list("siren", "nom"):
        if _bare(nom) == wanted:
            return str(siren)
    return ""


def _bare(name: str) -> str:
    return re.sub(r"^(ca|cc|cu|communaute de communes|communaute d agglomeration) ", "", fold(name))
