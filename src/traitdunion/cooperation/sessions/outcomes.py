"""What became of the words that a phone sent, for its holder to read."""

from dataclasses import dataclass

from traitdunion import french

from ..enums import EtatPropos, Geste, Lien, ResultatDecision
from ..models import Decision, Filiation, Idee, Moderation, Regard, Seance, Statement
from .deliberation import parents_of, with_ancestors
from .moderation import hidden_words, kind_of, words_of

RESULTS = {
    ResultatDecision.RETENUE: "Retenue",
    ResultatDecision.ECARTEE: "Écartée",
    ResultatDecision.REPORTEE: "Reportée",
}


@dataclass(frozen=True)
class Outcome:
    """`key` names the statement for the button that withdraws it; `why` in plain words."""

    key: str
    words: str
    why: str
    may_withdraw: bool


def of_author(seance: Seance, author: str) -> list[Outcome]:
    """Return what became of all that an author sent, the latest first."""
    if not author:
        return []
    ideas = list(Idee.objects.filter(axe__seance=seance, auteur=author).order_by("-pk"))
    looks = list(Regard.objects.filter(situation__seance=seance, auteur=author).order_by("-pk"))
    if not ideas and not looks:
        return []
    decisions = _decisions_by_idea(seance)
    return [_outcome(row, _fate_of(row, decisions)) for row in ideas] + [
        _outcome(row, "Montré à la salle.") for row in looks
    ]


def _outcome(row: Statement, fate: str) -> Outcome:
    """Return the outcome of a row; `fate`: what became of it where it is shown."""
    words = words_of(row) if row.is_shown else hidden_words(row)
    gone = row.propos in (EtatPropos.RETIRE, EtatPropos.EFFACE)
    why = {
        EtatPropos.ATTENTE: "En attente de relecture.",
        EtatPropos.REFUSE: f"Refusé. Motif : {french.uncapitalised(row.motif_refus)}.",
        EtatPropos.RETIRE: "Retiré par vous.",
        EtatPropos.EFFACE: "Effacé.",
    }.get(EtatPropos(row.propos), fate)
    if row.is_shown and _was_corrected(row):
        why = f"Corrigé par l'animation. {why}"
    text = "" if gone else " – ".join(value for value in words.values() if value)
    return Outcome(f"{kind_of(row)}-{row.pk}", text, why, not gone)


def _was_corrected(row: Statement) -> bool:
    acts = Moderation.objects.filter(sorte=kind_of(row), numero=row.pk)
    return acts.filter(geste=Geste.CORRIGER).exists()


def _fate_of(idea: Idee, decisions: dict[int, Decision]) -> str:
    """Return what became of an idea that is shown: merged, split, decided, or only shown."""
    links = list(Filiation.objects.filter(parent=idea).select_related("enfant"))
    decided = decisions.get(idea.pk)
    result = f"{RESULTS[ResultatDecision(decided.resultat)]} : {decided.texte}" if decided else ""
    if links and links[0].lien == Lien.FUSION:
        return f"Regroupée avec d'autres : « {links[0].enfant} ». {result}".strip()
    if links:
        parts = french.listed(f"« {link.enfant} »" for link in links)
        return f"Séparée en {parts}. {result}".strip()
    return result or "Montrée à la salle."


def _decisions_by_idea(seance: Seance) -> dict[int, Decision]:
    """Return the last decision about each idea or what came of it."""
    parents = parents_of(seance)
    decisions: dict[int, Decision] = {}
    for decision in seance.decisions.prefetch_related("idees"):
        for pk in with_ancestors([idea.pk for idea in decision.idees.all()], parents):
            decisions[pk] = decision
    return decisions
