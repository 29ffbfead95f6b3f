"""Print the sheets of a session as PDF by Typst: tables, badges, signatures, plan.

Layouts are the files of `printed/`; what they show goes in as JSON, so that no name is ever run.
"""

from collections.abc import Callable

from traitdunion.desk.sharing.qr_codes import qr_svg

from ..dates import weekday_in_words
from ..models import Invite, Seance
from ..printing.layout_pdf import compile_layout
from ..room_codes import in_groups
from . import seating


def sheets(seance: Seance, *, site: str, paper: str = "a4") -> bytes:
    """Print a sheet for each table and axe, with its question, findings, and room to write."""
    hosts = {row.anime: row.nom for row in seance.invites.exclude(anime=None)}
    axes = [
        {
            "titre": str(axe),
            "question": axe.question,
            "constats": [f"{constat.texte} ({constat.source})" for constat in axe.constats.all()],
        }
        for axe in seance.axes.prefetch_related("constats")
    ]
    tables = [{"table": n, "anime": hosts.get(n, "")} for n in range(1, seance.n_tables + 1)]
    content = {"axes": axes, "tables": tables, "paper": paper, "qr": qr_svg(_join(seance, site))}
    return compile_layout("sheets", session_head(seance), content)


def badges(seance: Seance, *, site: str) -> bytes:
    """Print a badge for each guest: name, organisation, tables of each round, QR of the card.

    It is worn: what its code opens gives nothing private.
    """
    guests = [
        {
            "nom": row.nom,
            "organisation": row.organisation,
            "college": row.get_college_display(),
            "tables": [place.table for place in row.places.all()],
            "anime": row.anime,
            "qr": qr_svg(f"{site}/badge/{row.badge}/"),
        }
        for row in _coming(seance)
    ]
    return compile_layout("badges", session_head(seance), {"guests": guests})


def signatures(seance: Seance) -> bytes:
    """Print the sheet that people sign when they come, by name, with empty lines."""
    guests = [
        {
            "nom": row.nom,
            "organisation": row.organisation,
            "college": row.get_college_display(),
        }
        for row in sorted(_coming(seance), key=lambda row: row.nom.casefold())
    ]
    return compile_layout("signatures", session_head(seance), {"guests": guests})


def tables(seance: Seance) -> bytes:
    """Print the plan of the tables, a page for each round."""
    rounds = [
        {
            "manche": n,
            "tables": [
                {
                    "table": round_table.number,
                    "anime": round_table.host.nom if round_table.host else "",
                    "guests": [
                        {"nom": g.nom, "organisation": g.organisation} for g in round_table.guests
                    ],
                }
                for round_table in round_tables
            ],
        }
        for n, round_tables in seating.plan(seance)
    ]
    return compile_layout("tables", session_head(seance), {"rounds": rounds})


KINDS: dict[str, tuple[str, Callable[[Seance, str], bytes]]] = {
    "feuilles-a4": ("Feuilles de table, A4", lambda s, site: sheets(s, site=site)),
    "feuilles-a5": ("Feuilles de table, A5", lambda s, site: sheets(s, site=site, paper="a5")),
    "badges": ("Badges", lambda s, site: badges(s, site=site)),
    "emargement": ("Feuille d'émargement", lambda s, site: signatures(s)),
    "plan-de-table": ("Plan des tables", lambda s, site: tables(s)),
}


def _coming(seance: Seance) -> list[Invite]:
    """Return the guests who did not say no."""
    return list(seance.invites.exclude(reponse="non").prefetch_related("places"))


def _join(seance: Seance, site: str) -> str:
    return f"{site}/participer/{seance.code}/"


def session_head(seance: Seance) -> dict[str, str]:
    """Return what the head of every printed page holds."""
    return {
        "titre": seance.titre,
        "jour": weekday_in_words(seance.tenue_le),
        "lieu": seance.lieu,
        "pilote": seance.pilote,
        "code": in_groups(seance.code),
    }
