"""Print who can come to a site on one A4 page, that an employer brings to a meeting."""

from datetime import date
from html import escape
from pathlib import Path
from typing import Any

from traitdunion import french
from traitdunion.desk.sharing.qr_codes import qr_svg
from traitdunion.observatory.presenting import hours_unknown
from traitdunion.observatory.publishing.documents import map_svg
from traitdunion.printing.typst import compile_pdf

from .site_map import SiteMap, Spot
from .site_reach import SiteReach
from .site_sheet import Row, hours_of, rows_of
from .welcome import rules

LAYOUT = Path(__file__).parent / "layouts" / "site.typ"
TINTS = {"deux": "#0f4a4f", "une": "#8dbcb4", "inconnu": "#f5ead2", "blanche": "#ffffff"}
"""Plain tints, in the order of how much ink they take: they print in black and white."""

SUBSCRIPTION = "abonnement"
FROM = 4


def paper_pdf(reached: SiteReach, drawn: SiteMap, *, address: str, on: date) -> bytes:
    """Return the page as PDF. `address`: where anyone finds a way to the site."""
    return compile_pdf(LAYOUT, paper_values(reached, drawn, address=address, on=on))


def paper_values(reached: SiteReach, drawn: SiteMap, *, address: str, on: date) -> dict[str, Any]:
    """Return what the page holds, as texts and drawings."""
    rows = rows_of(reached)
    return {
        "site": str(reached.site),
        "commune": reached.site.commune.label,
        "demonstration": reached.site.demonstration,
        "edite": french.day(on),
        "semaine": french.day(reached.week_on),
        "population": reached.ground.people_label,
        "phrase": key_sentence(reached, rows),
        "horaires_inconnus": hours_unknown(reached.feeds_unknown),
        "equipes": [
            {
                "nom": french.capitalised(row.name),
                "horaires": row.hours,
                "jours": row.days,
                "personnes": row.n_people,
                "a_verifier": "" if row.to_check == "0" else row.to_check,
                "solutions": [list(kind) for kind in row.kinds],
                "barres": [
                    {
                        "minutes": f"{bar.moved_min:+d}" if bar.moved_min else "0",
                        "hauteur": bar.height,
                        "aujourdhui": bar.is_today,
                        "meilleur": bar.is_best,
                    }
                    for bar in row.bars
                ],
                "meilleur": row.best,
                "perdus": row.lost,
            }
            for row in rows
        ],
        "carte": _map_svg(drawn) if drawn.outlines.paths else "",
        "legende": [[TINTS[state], f"{count} {label}"] for state, label, count in drawn.counts],
        "gestes": _gestures(reached, rows),
        "offre": _words_for_offers(reached),
        "qr": qr_svg(address),
        "adresse": address.split("?")[0],
    }


def key_sentence(reached: SiteReach, rows: tuple[Row, ...]) -> str:
    """Return the shift most can keep, the one fewest can, and what moving that one would open."""
    counts = [reached.population(team.today.sure).residents for team in reached.teams]
    most, fewest = counts.index(max(counts)), counts.index(min(counts))
    label = reached.ground.people_label
    first = f"Sans permis ni voiture, {rows[most].n_people} {label} peuvent tenir l'équipe "
    first += f"« {rows[most].name} »"
    if rows[most].n_people != rows[fewest].n_people:
        first += f", mais seulement {rows[fewest].n_people} l'équipe « {rows[fewest].name} »"
    best = rows[fewest].best
    return f"{first}." + (f" Avec l'horaire {best}." if best else "")


def _gestures(reached: SiteReach, rows: tuple[Row, ...]) -> list[str]:
    """Return what the employer can do, the duty of the law first."""
    law = next(rule for rule in rules() if rule.id == SUBSCRIPTION)
    gestures = [
        "Rembourser la moitié des abonnements de car, de train ou de vélo public : "
        f"c'est obligatoire (Code du travail, {law.article})."
    ]
    gestures += [
        f"Essayer un autre horaire pour l'équipe « {row.name} » : {row.best}."
        for row in rows
        if row.best
    ][:2]
    unsure = [row for row in rows if row.to_check != "0"]
    if unsure:
        gestures.append(
            f"Vérifier avec votre conseiller ce qui amènerait {unsure[0].to_check} "
            f"{reached.ground.people_label} de plus à l'équipe « {unsure[0].name} »."
        )
    return [*gestures, "Afficher ce code : chacun y cherche son trajet jusqu'à vous."]


def _words_for_offers(reached: SiteReach) -> str:
    """Return a sentence to paste into an offer, for the shift that most can keep."""
    most = max(reached.teams, key=lambda team: reached.population(team.today.sure).residents)
    names = reached.names(most.today.sure)
    if not names:
        return ""
    rest = len(names) - FROM
    shown = [*names[:FROM], french.counted(rest, "autre commune", "autres communes")]
    return (
        f"Équipe « {most.team.nom} » ({hours_of(most.today)}) : accessible sans voiture depuis "
        f"{french.listed(shown if rest > 0 else names)}."
    )


def _map_svg(drawn: SiteMap) -> str:
    """Return the map alone, with its own fills and names."""
    marks = [_mark(town) for town in drawn.towns]
    here = (
        f'<circle cx="{drawn.here.x}" cy="{drawn.here.y}" r="7" fill="#a33b14" stroke="#fff"'
        ' stroke-width="2.5"/>'
    )
    outlines = drawn.outlines
    return map_svg(
        outlines, drawn.layers, outlines.view_box, [], fills=TINTS, over=here + "".join(marks)
    )


def _mark(town: Spot) -> str:
    """Return a town with its name, readable over any tint."""
    name = (
        f'<text x="{town.x}" y="{town.y - 6}" font-family="Libertinus Serif" font-size="13"'
        ' text-anchor="middle" {style}>' + escape(town.name) + "</text>"
    )
    dot = f'<circle cx="{town.x}" cy="{town.y}" r="2.5" fill="#fff" stroke="#262119"/>'
    halo = 'fill="none" stroke="#fff" stroke-width="3"'
    return dot + name.replace("{style}", halo) + name.replace("{style}", 'fill="#262119"')
