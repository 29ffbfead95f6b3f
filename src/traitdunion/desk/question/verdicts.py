"""What an answer comes to in a title, and what is counted under its folds."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from traitdunion.french import NBSP, counted, plural
from traitdunion.matching.answer import Aid, Answer, Filtre, Option, Verdict
from traitdunion.rules import Reponse

if TYPE_CHECKING:
    from traitdunion.matching.around_centre import Around

WHY = {
    Filtre.ZONE: "hors de la zone",
    Filtre.ALLER: "sans aller",
    Filtre.RETOUR: "sans retour",
    Filtre.PREAVIS: "à réserver plus tôt",
    Filtre.BESOINS: "ne convient pas aux besoins",
    Filtre.ELIGIBILITE: "sous des conditions non remplies",
    Filtre.CAPACITE: "sans place",
    Filtre.COUT: "trop cher",
}


def verdict_words(answer: Answer) -> str:
    """Return the answer in a title: "Oui : 4 solutions, aller et retour".

    What remains to be checked is no way to go: it is counted apart.
    """
    to_check = sum(option.verdict == Verdict.A_VERIFIER for option in answer.options)
    sure = len(answer.options) - to_check
    if sure:
        more = f", et {to_check} à vérifier" if to_check else ""
        return f"Oui{NBSP}: {counted(sure, 'solution')}, aller et retour{more}"
    if to_check:
        return f"Rien de sûr, mais {counted(to_check, 'piste')} à vérifier"
    return "Rien ne convient pour l'instant"


def excluded_words(excluded: Sequence[Option]) -> str:
    """Return how many ways are left aside, and why: "11 écartées : 6 hors de la zone · …"."""
    why = Counter(option.filtre for option in excluded if option.filtre)
    n = len(excluded)
    words = f"{n} écartée{plural(n)}"
    if why:
        named = why.most_common(3)
        parts = [f"{count} {WHY[filtre]}" for filtre, count in named]
        if left := n - sum(count for _, count in named):
            parts.append(counted(left, "autre"))
        words += f"{NBSP}: " + " · ".join(parts)
    return words


def aids_words(aids: Sequence[Aid]) -> str:
    """Return how many aids are sure and how many to check: "2 oui, 5 à vérifier"."""
    counts = Counter(aid.reponse for aid in aids)
    parts = [
        f"{counts[Reponse.OUI]} oui" if counts[Reponse.OUI] else "",
        f"{counts[Reponse.A_VERIFIER]} à vérifier" if counts[Reponse.A_VERIFIER] else "",
    ]
    return ", ".join(filter(None, parts)) or "aucune"


def around_words(around: "Around | None") -> str:
    """Return what the addresses of a commune answer, where only its centre was asked about.

    "depuis 23 % de ses adresses, le poste ne tient pas sans prêt ni réservation"; "" where it is
    not known.
    """
    if around is None:
        return ""
    if not around.share:
        return "même réponse depuis toutes ses adresses, prêts et réservations à part"
    percent = max(1, min(99, round(100 * around.share))) if around.share < 1 else 100
    verb = "ne tient pas" if around.is_held else "tient"
    return f"depuis {percent}{NBSP}% de ses adresses, le poste {verb} sans prêt ni réservation"
