"""What a session prints, as PDF by Typst: sheets of tables, badges, signatures, plan of the tables.

Layouts are the files of `printed/`; what they show goes in as JSON, so that no name is ever run.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import qrcode
import typst
from qrcode.image.svg import SvgPathImage

from . import seating
from .days import weekday_in_words
from .models import Invite, Seance

LAYOUTS = Path(__file__).parent / "printed"


def qr_svg(address: str) -> str:
    """An address as a QR code, in SVG, scaled by whoever shows it."""
    code = qrcode.QRCode(border=2, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(address)
    drawn: str = code.make_image(image_factory=SvgPathImage).to_string(encoding="unicode")
    return drawn


def sheets(seance: Seance, *, site: str, paper: str = "a4") -> bytes:
    """A sheet for each table and axe, with its question, findings, and room to write."""
    hosts = {row.anime: row.nom for row in seance.invites.exclude(anime=None)}
    axes = [
        {
            "titre": str(axe),
            "question": axe.question,
            "constats": [f"{one.texte} ({one.source})" for one in axe.constats.all()],
        }
        for axe in seance.axes.prefetch_related("constats")
    ]
    tables = [{"table": n, "anime": hosts.get(n, "")} for n in range(1, seance.n_tables + 1)]
    told = {"axes": axes, "tables": tables, "paper": paper, "qr": qr_svg(_join(seance, site))}
    return compile_layout("sheets", session_head(seance), told)


def badges(seance: Seance, *, site: str) -> bytes:
    """A badge for each guest: name, organisation, tables round after round, QR of the card.

    It is worn: what its code opens gives nothing private.
    """
    told = [
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
    return compile_layout("badges", session_head(seance), {"guests": told})


def signatures(seance: Seance) -> bytes:
    """The sheet that people sign when they come, in the order of the list, with empty lines."""
    told = [
        {
            "nom": row.nom,
            "organisation": row.organisation,
            "college": row.get_college_display(),
        }
        for row in sorted(_coming(seance), key=lambda row: row.nom.casefold())
    ]
    return compile_layout("signatures", session_head(seance), {"guests": told})


def tables(seance: Seance) -> bytes:
    """The plan of the tables, a page for each round."""
    rounds = [
        {
            "manche": n,
            "tables": [
                {
                    "table": one.number,
                    "anime": one.host.nom if one.host else "",
                    "guests": [{"nom": g.nom, "organisation": g.organisation} for g in one.guests],
                }
                for one in found
            ],
        }
        for n, found in seating.plan(seance)
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
    """Everybody but who said no."""
    return list(seance.invites.exclude(reponse="non").prefetch_related("places"))


def _join(seance: Seance, site: str) -> str:
    return f"{site}/participer/{seance.code}/"


def session_head(seance: Seance) -> dict[str, str]:
    """What every page of a session says of it."""
    return {
        "titre": seance.titre,
        "jour": weekday_in_words(seance.tenue_le),
        "lieu": seance.lieu,
        "pilote": seance.pilote,
        "code": seance.code,
    }


def compile_layout(layout: str, head: Mapping[str, str], told: Mapping[str, Any]) -> bytes:
    """A layout of `printed/` as PDF: `head` is told at its top and foot, `told` in its body."""
    pdf: bytes = typst.compile(
        LAYOUTS / f"{layout}.typ",
        root=LAYOUTS,
        sys_inputs={"told": json.dumps({"seance": head, **told}, ensure_ascii=False)},
        ignore_system_fonts=True,
    )
    return pdf
