"""Documents in PDF: a one-page note on a territory, and for the département that of the committee.

The committee (CDPE) gets the note, then each intercommunalité, what blocks at each shift, the
questions of the desk and the method.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from traitdunion import french
from traitdunion.printing.typst import compile_pdf

from ..definitions import BY_CODE, HOURS_UNKNOWN
from ..enums import Niveau
from ..models import Run
from ..needs.statistics import Needs, last_quarter, needs_of
from ..pages.maps import Layer, Outlines
from ..pages.territory_page import bars, context_of
from ..presenting import UNKNOWN, shown
from ..queries import Territory, names_of, table_of
from ..running.shifts import SHIFTS

LAYOUTS = Path(__file__).parent / "layouts"
FILLS = {
    "deux": "#0f4a4f",
    "une": "#7fb3ad",
    "condition": "#d9e4dc",
    "blanche": "#f3ddd0",
    "inconnu": "#ffffff",
}
"""Plain tints: they print in black and white, and no pattern is lost on the way to the PDF."""


LEGEND = (
    ("deux", "deux solutions ou plus"),
    ("une", "une seule"),
    ("condition", "zone blanche, à une condition près (permis, accord, vérification)"),
    ("blanche", "zone blanche, sans solution"),
    ("inconnu", "non renseigné"),
)
"""What each tint of the maps means, in the order of the legend."""

ON_THE_PAGE_ALONE = {BY_CODE[code].nom for code in ("W6_PLANCHER", "W8_PERTE", "A9_MINUTES")}
"""Rows left out of the note, which holds on one page."""


def document_pdf(run: Run, territory: Territory, *, on: date) -> bytes:
    """Return the document of a territory made on a day; longer for the département."""
    return compile_pdf(LAYOUTS / "note.typ", values_of(run, territory, on=on))


def values_of(run: Run, territory: Territory, *, on: date) -> dict[str, Any]:
    """Return what the document of a territory holds, as texts and maps."""
    first = context_of(run, territory, shift="matin")
    maps = [
        {
            "nom": coloured.named.nom,
            "heures": coloured.named.hours,
            "part": coloured.share,
            "blanches": french.counted(coloured.n_white, "commune") + " en zone blanche",
            "svg": map_svg(first["outlines"], coloured.layers, first["view_box"], first["own"]),
        }
        for coloured in first["maps"]
    ]
    return {
        "titre": first["finding"],
        "territoire": territory.nom,
        "semaine": french.day(run.week),
        "calcul": run.code,
        "edite": french.day(on),
        "population": f"{first['people']} {first['people_label']}",
        "demonstration": run.demonstration,
        "cartes": maps,
        "lignes": [
            {"nom": nom, "textes": texts}
            for nom, _, texts in first["summary"]
            if _is_known(texts) and nom not in ON_THE_PAGE_ALONE
        ],
        "horaires": [named.nom for named in SHIFTS],
        "teintes": [{"couleur": FILLS[state], "sens": meaning} for state, meaning in LEGEND],
        "causes": [
            {
                "nom": named.nom,
                "rangs": [
                    {
                        "nom": french.uncapitalised(bar.label),
                        "acteurs": bar.actors,
                        "part": bar.percent,
                    }
                    for bar in bars(run, territory, named.code)[:4]
                ],
            }
            for named in SHIFTS
        ],
        "emplois": HOURS_UNKNOWN,
        "poles": run.manifest.get("territoire", {}).get("poles", []),
        "poles_par": run.manifest.get("territoire", {}).get("poles_par", UNKNOWN),
        "domiciles": run.manifest.get("territoire", {}).get("domiciles", ""),
        "epci": _by_epci(run) if territory.niveau == Niveau.DEPARTEMENT else [],
        "demandes": _needs(on) if territory.niveau == Niveau.DEPARTEMENT else None,
    }


def map_svg(
    outlines: Outlines,
    layers: list[Layer],
    view_box: str,
    own: list[str],
    *,
    fills: Mapping[str, str] = MappingProxyType(FILLS),
    over: str = "",
) -> str:
    """Return one map alone, with its own fills, for a printed page. `over`: SVG drawn last."""
    groups = [
        f'<g fill="{fills[layer.state]}" stroke="#c9a892" stroke-width="0.3">'
        + "".join(f'<path d="{outlines.paths[code]}"/>' for code in layer.codes)
        + "</g>"
        for layer in layers
    ]
    mine = "".join(f'<path d="{outlines.paths[code]}"/>' for code in own if code in outlines.paths)
    edge = f'<g fill="none" stroke="#262119" stroke-width="1">{mine}</g>' if mine else ""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view_box}">'
    return head + "".join(groups) + edge + over + "</svg>"


def _is_known(texts: list[str]) -> bool:
    return any(text != UNKNOWN for text in texts)


def _by_epci(run: Run) -> list[dict[str, Any]]:
    """Return the share of each intercommunalité at each shift."""
    values = table_of(run, ["W1"], niveau=Niveau.EPCI)
    names = names_of(run)
    codes = sorted({code for code, _, _ in values}, key=lambda c: names.get(("epci", c), c))
    return [
        {
            "nom": names.get(("epci", code), code),
            "textes": [
                shown(BY_CODE["W1"], values.get((code, "W1", named.code), (None, 0.0))[0]).text
                for named in SHIFTS
            ],
        }
        for code in codes
    ]


def _needs(on: date) -> Mapping[str, Any]:
    needs: Needs = needs_of(*last_quarter(on))
    return {
        "lignes": [[row.nom, row.asked, row.unmet_strict, row.unmet_wide] for row in needs.rows]
        if needs.total != 0
        else [],
        "raisons": [[reason.nom, f"{reason.percent} %"] for reason in needs.reasons or []],
        "phrase": asked_words(needs),
    }


def asked_words(needs: Needs) -> str:
    """Return what is said above the questions of a quarter: when, how many counts are hidden."""
    period = f"du {french.day(needs.first)} au {french.day(needs.last)}"
    if needs.total == 0:
        return f"Aucune question posée au guichet {period}."
    asked = f"Questions posées au guichet, sans identité, {period}."
    if not needs.withheld:
        return asked
    hidden = french.counted(needs.withheld, "valeur masquée", "valeurs masquées")
    return f"{asked} {hidden} : moins de 11 personnes, ou de quoi les retrouver."
