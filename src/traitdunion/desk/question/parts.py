"""The question in one line: its parts in words, each with the address of its own editor."""

from typing import Any, NamedTuple

from traitdunion.french import day, short_day

from .forms import QuestionForm
from .roster_form import roster_title

EDIT = "modifier"
"""Field of the address that opens an editor of the question, one part or all."""

ALL = "tout"


class QuestionPart(NamedTuple):
    """A part of the line: `name` is that of its editor, `what` what is changed there."""

    name: str
    text: str
    what: str
    url: str


LICENCES = {
    "aucun": "sans permis",
    "am": "permis AM",
    "b": "permis B, sans voiture",
    "b_voiture": "permis B et voiture",
    "inconnu": "permis : ne sait pas",
}
BIKES = {"oui": "avec un vélo", "non": "sans vélo", "inconnu": "vélo : ne sait pas"}


def question_parts(form: QuestionForm) -> list[QuestionPart]:
    """Return the parts of a valid question, in the order in which it is read."""
    cleaned = form.cleaned_data
    words = {
        "domicile": (cleaned["domicile"].nom, "le domicile"),
        "travail": (cleaned["travail"].nom, "le lieu de travail"),
        "jours": (form.summary()["days"], "les jours"),
        "horaires": (form.hours_words(), "les heures"),
        "permis": (LICENCES[cleaned["permis"]], "le permis"),
        "velo": (BIKES[cleaned["velo"]], "le vélo"),
        "semaine": (f"semaine du {short_day(cleaned['semaine'])}", "la semaine"),
    }
    if roster := cleaned.get("roster"):
        del words["jours"]
        words["horaires"] = roster_title(roster), "les horaires"
    if period := cleaned.get("period"):
        first, last = period
        words["marges"] = f"contrat du {day(first)} au {day(last)}", "les dates du contrat"
    return [
        QuestionPart(name, text, what, edit_address(form, name))
        for name, (text, what) in words.items()
    ]


def edit_address(form: QuestionForm, name: str = ALL) -> str:
    """Return the address of the same answers with an editor open."""
    return f"?{form.query()}&{EDIT}={name}#question"


def edited_part(query: Any) -> str:
    """Return which editor an address opens: a part, "tout", or "" for none."""
    name = query.get(EDIT, "")
    known = ("domicile", "travail", "jours", "horaires", "permis", "velo", "semaine", "marges")
    return name if name in (*known, ALL) else ""
