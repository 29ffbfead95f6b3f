"""Write the complete file of the agrément: one PDF, and a ZIP with the documents of each point."""

import io
import zipfile
from datetime import date
from pathlib import Path

from traitdunion.french import day, euros
from traitdunion.printing.typst import compile_pdf

from ..households.allocation import rules
from ..ledger.accounts import euros_of
from ..models import DocumentAgrement, Projet
from .partners import partners_of, totals_of
from .points import lacks_of, mentions_of, note_of_needs, points_of, prefect_clock

LAYOUT = Path(__file__).parents[1] / "report" / "layouts" / "agrement.typ"
HELD = {True: "oui", False: "absent", None: "à vérifier"}
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
"""Time of the members of the archive: the same file gives the same bytes."""


def file_pdf(projet: Projet, *, on: date) -> bytes:
    """Return the file as PDF; what is missing is named on its first page."""
    clock = prefect_clock(projet)
    return compile_pdf(
        LAYOUT,
        {
            "organisation": projet.organisation.nom,
            "demonstration": projet.demonstration,
            "on": day(on),
            "forme": projet.get_forme_display(),
            "territoire": projet.territoire or "non renseigné",
            "colleges": projet.colleges or "non renseigné",
            "autres": projet.autres_ofs or "non renseigné",
            "avis": projet.get_avis_crhh_display() or "non renseigné",
            "prefet": day(clock.strict) if clock else "",
            "missing": lacks_of(projet),
            "mentions": [(label, HELD[held]) for label, held in mentions_of(projet)],
            "points": [
                {
                    "number": point.number,
                    "text": point.text,
                    "state": point.piece.get_etat_display(),
                    "owner": point.piece.responsable or "non renseigné",
                    "note": point.piece.remarque,
                    "documents": point.documents,
                }
                for point in points_of(projet)
            ],
            "partners": [
                {
                    "name": f"{row.get_nature_display()} : {row.nom}",
                    "asks": row.demande or "non renseigné",
                    "convention": row.convention or "non renseigné",
                    "brings": [
                        f"{a.quoi} ({a.get_genre_display().lower()}, {a.get_etat_display()})"
                        + (
                            f" : {euros(euros_of(a.montant_centimes))}"
                            if a.montant_centimes
                            else ""
                        )
                        for a in row.apports.all()
                    ],
                }
                for row in partners_of(projet)
            ],
            "totals": [(label, euros(amount)) for label, amount in totals_of(projet)],
            "needs": [
                [n.label, n.text, n.source] for n in note_of_needs(projet.organisation, on=on)
            ],
            "rules": [rule.text for rule in rules()],
        },
    )


def file_zip(projet: Projet, *, on: date) -> bytes:
    """Return the PDF and the documents of each point, in folders named after the points."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "dossier.pdf", file_pdf(projet, on=on))
        rows = DocumentAgrement.objects.filter(piece__projet=projet).select_related("piece")
        for row in rows.order_by("piece__point", "pk"):
            name = "".join(sign if sign.isalnum() else "-" for sign in row.titre)[:60]
            folder = f"{row.piece.point:02d}"
            _add(archive, f"{folder}/{row.pk}-{name}.pdf", bytes(row.contenu))
    return out.getvalue()


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, FIXED_TIME), content)
