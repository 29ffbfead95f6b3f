"""Follow the deliberation on an idea through merges and splits: gates, objections, opinions, dots.

An objection stands until it is lifted, whatever becomes of the idea: what comes from an idea
inherits it. Gates are answered again, since the words changed; those of the origins stay readable.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum

from ..enums import Critere, Lien, Reponse
from ..models import (
    Decision,
    Filiation,
    Filtre,
    Gommette,
    Idee,
    Objection,
    RaisonFiltre,
    Seance,
)
from .agreement import Agreement
from .attendance import n_present
from .queries import agreement_on, agreements_on
from .voices import n_given


@dataclass(frozen=True)
class Origin:
    """An idea from which another comes, and what had been deliberated on it.

    `dots`, `voters`: what it had when it was merged or split.
    """

    idea: Idee
    gates: list[Filtre]
    agreement: Agreement | None
    dots: int
    voters: int


@dataclass(frozen=True)
class Progress:
    """How far an idea is: gates passed, objections that stand, dots.

    `objections`: its own and those of the ideas it comes from.
    """

    idea: Idee
    gates: list[tuple[str, str]]
    objections: list[Objection]
    dots: int
    voters: int

    @property
    def passed(self) -> bool:
        """Return whether all four gates are answered, none by « non »."""
        return len(self.gates) == len(Critere) and all(a != Reponse.NON for _, a in self.gates)

    @property
    def standing(self) -> int:
        """Return how many objections were not lifted."""
        return sum(not objection.levee for objection in self.objections)

    @property
    def ready(self) -> bool:
        """Return whether dots may be put: through the gates, and no objection stands."""
        return self.passed and self.standing == 0


def progress(seance: Seance) -> list[Progress]:
    """Return how far each current idea of a session is, axe by axe."""
    rows = Idee.objects.current().filter(axe__seance=seance).select_related("axe")
    rows = rows.prefetch_related("filtres", "gommettes").order_by("axe__ordre", "pk")
    parents = parents_of(seance)
    objections: dict[int, list[Objection]] = defaultdict(list)
    for row in Objection.objects.filter(idee__axe__seance=seance).select_related("idee"):
        objections[row.idee_id].append(row)
    return [_progress(idea, parents, objections) for idea in rows]


def progress_of(idea: Idee) -> Progress:
    """Return how far one idea is."""
    parents = parents_of(idea.axe.seance)
    line = with_ancestors([idea.pk], parents)
    objections: dict[int, list[Objection]] = defaultdict(list)
    for row in Objection.objects.filter(idee__in=line).select_related("idee"):
        objections[row.idee_id].append(row)
    return _progress(idea, parents, objections)


def _progress(
    idea: Idee, parents: Mapping[int, list[int]], objections: Mapping[int, list[Objection]]
) -> Progress:
    line = sorted(with_ancestors([idea.pk], parents))
    dots = [gommette.nombre for gommette in idea.gommettes.all()]
    return Progress(
        idea=idea,
        gates=[(filtre.critere, filtre.reponse) for filtre in idea.filtres.all()],
        objections=[row for pk in line for row in objections.get(pk, ())],
        dots=sum(dots),
        voters=len(dots),
    )


def parents_of(seance: Seance) -> dict[int, list[int]]:
    """Return the ideas each idea of a session comes from directly, in one query."""
    parents: dict[int, list[int]] = defaultdict(list)
    edges = Filiation.objects.filter(enfant__axe__seance=seance)
    for child, parent in edges.values_list("enfant", "parent"):
        parents[child].append(parent)
    return parents


def with_ancestors(ideas: Iterable[int], parents: Mapping[int, list[int]]) -> set[int]:
    """Return ideas and all those they come from."""
    line: set[int] = set()
    waiting = list(ideas)
    while waiting:
        pk = waiting.pop()
        if pk not in line:
            line.add(pk)
            waiting += parents.get(pk, ())
    return line


def origins_of(idea: Idee) -> list[Origin]:
    """Return what was deliberated on each idea that this one comes from, the oldest first."""
    line = with_ancestors([idea.pk], parents_of(idea.axe.seance)) - {idea.pk}
    origins = Idee.objects.filter(pk__in=line).prefetch_related("filtres", "suites").order_by("pk")
    rows = list(origins)
    agreements = agreements_on(rows)
    return [
        Origin(
            idea=row,
            gates=list(row.filtres.all()),
            agreement=agreements[row.pk],
            dots=max((link.gommettes for link in row.suites.all()), default=0),
            voters=max((link.votants for link in row.suites.all()), default=0),
        )
        for row in rows
    ]


def carry_dots(*, parents: Sequence[Idee], children: Sequence[Idee], lien: Lien) -> None:
    """Move dots from merged ideas to the one they became; give those of a split idea back.

    The links keep how many there were. Call it in the transaction that makes the children.
    """
    for parent in parents:
        counted = parent.gommettes.aggregate(n=Sum("nombre"), voices=Count("pk"))
        parent.suites.update(gommettes=counted["n"] or 0, votants=counted["voices"])
    rows = Gommette.objects.filter(idee__in=parents)
    if lien == Lien.FUSION:
        (child,) = children
        # A voice that had dots on two of them keeps them all, in one row.
        sums: Counter[str] = Counter()
        for voice, n in rows.values_list("voix", "nombre"):
            sums[voice] += n
        Gommette.objects.bulk_create(
            Gommette(idee=child, voix=voice, nombre=n) for voice, n in sums.items()
        )
    rows.delete()


def sheet_of(seance: Seance, ideas: Sequence[Idee]) -> dict[str, Any]:
    """Return what carries a decision, as it stands: plain values, to be frozen with it.

    Ideas and objections are named by their key, and the reasons of the gates are kept apart
    (`keep_reasons`), so that words erased later do not stay here.
    """
    voters = Gommette.objects.filter(idee__axe__seance=seance).values("voix").distinct().count()
    return {
        "presents": n_present(seance),
        "voix": n_given(seance),
        "votants": voters,
        "idees": [_sheet_of_idea(idea) for idea in ideas],
    }


def _sheet_of_idea(idea: Idee) -> dict[str, Any]:
    state = progress_of(idea)
    return {
        "idee": idea.pk,
        "filtres": [
            {
                "critere": filtre.get_critere_display(),
                "code": filtre.critere,
                "reponse": filtre.get_reponse_display(),
            }
            for filtre in idea.filtres.all()
        ],
        "objections": [
            {
                "objection": objection.pk,
                "repondue": bool(objection.reponse),
                "levee": objection.levee,
            }
            for objection in state.objections
        ],
        "gommettes": state.dots,
        "votants": state.voters,
        "avis": _opinions(agreement_on(idea)),
        "origines": [origin.idea.pk for origin in origins_of(idea)],
    }


def keep_reasons(decision: Decision, ideas: Iterable[Idee]) -> None:
    """Keep the reasons of the gates as they stand; in the transaction that makes the decision."""
    RaisonFiltre.objects.bulk_create(
        RaisonFiltre(decision=decision, idee=idea, critere=filtre.critere, pourquoi=filtre.pourquoi)
        for idea in ideas
        for filtre in idea.filtres.exclude(pourquoi="")
    )


def with_words(decisions: Sequence[Decision], *, seance: Seance) -> list[dict[str, Any]]:
    """Return frozen sheets with the words of their gates and objections as they may be read now."""
    objections = {row.pk: row for row in Objection.objects.filter(idee__axe__seance=seance)}
    reasons: dict[int, dict[tuple[int, str], str]] = defaultdict(dict)
    for row in RaisonFiltre.objects.filter(decision__in=decisions):
        reasons[row.decision_id][row.idee_id, row.critere] = row.pourquoi
    return [
        _sheet_with_words(decision.fiche, objections, reasons[decision.pk])
        if decision.fiche
        else {}
        for decision in decisions
    ]


def _sheet_with_words(
    sheet: dict[str, Any],
    objections: Mapping[int, Objection],
    reasons: Mapping[tuple[int, str], str],
) -> dict[str, Any]:
    return sheet | {
        "idees": [
            idea
            | {
                "filtres": [
                    gate | {"pourquoi": reasons.get((idea["idee"], gate["code"]), "")}
                    for gate in idea["filtres"]
                ],
                "objections": [
                    objection
                    | {
                        "texte": objections[objection["objection"]].texte,
                        "reponse": objections[objection["objection"]].reponse
                        if objection["repondue"]
                        else "",
                    }
                    for objection in idea["objections"]
                ],
            }
            for idea in sheet["idees"]
        ]
    }


def _opinions(agreement: Agreement | None) -> list[dict[str, Any]]:
    """Return the opinions that may be shown: they go with the decision on public pages."""
    if agreement is None:
        return []
    return [
        {
            "college": name,
            "accord": group.shown["agree"],
            "desaccord": group.shown["disagree"],
            "passe": group.shown["passed"],
        }
        for name, group in agreement.groups.items()
    ]
