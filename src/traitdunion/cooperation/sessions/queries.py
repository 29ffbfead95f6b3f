"""Reads of a session: opinions by college, current ideas, directory of organisations."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.text import slugify

from ..enums import Avis, CollegeDeclare, Etape
from ..models import Annonce, AvisIdee, Gommette, Idee, Seance
from . import moderation, voices
from .agreement import Agreement, Tally, agreement
from .attendance import n_present


def agreement_on(idea: Idee) -> Agreement | None:
    """Return what may be shown of the opinions on an idea, by declared college."""
    return agreements_on([idea])[idea.pk]


def agreements_on(ideas: Collection[Idee]) -> dict[int, Agreement | None]:
    """Return the same for several ideas, by key, in one query."""
    rows = AvisIdee.objects.filter(idee__in=ideas).values_list("idee", "college", "avis")
    counts = Counter(rows)
    kinds = (Avis.ACCORD, Avis.DESACCORD, Avis.PASSE)
    return {
        idea.pk: agreement(
            {
                college.label: Tally(
                    *(counts[idea.pk, college.value, avis.value] for avis in kinds)
                )
                for college in CollegeDeclare
            }
        )
        for idea in ideas
    }


class ShownIdea(NamedTuple):
    """The idea that the room gives its opinion on: `rank` of `total`, `voices` so far.

    `agreement` is there only once it is revealed, and where a college has enough voices.
    """

    idea: Idee
    rank: int
    total: int
    voices: int
    revealed: bool
    agreement: Agreement | None


def shown_idea(seance: Seance) -> ShownIdea | None:
    """Return the idea on the screen; None in another step, or where there is none."""
    if seance.etape != Etape.AVIS or seance.idee_montree_id is None:
        return None
    keys = list(
        Idee.objects.current()
        .filter(axe__seance=seance)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    idea = Idee.objects.select_related("axe").get(pk=seance.idee_montree_id)
    return ShownIdea(
        idea,
        keys.index(idea.pk) + 1 if idea.pk in keys else 0,
        len(keys),
        AvisIdee.objects.filter(idee=idea).count(),
        seance.idee_revelee,
        agreement_on(idea) if seance.idee_revelee else None,
    )


def turnout(seance: Seance) -> dict[str, int]:
    """Return how many voices put dots, were given, and how many people are present."""
    dots = Gommette.objects.filter(idee__axe__seance=seance)
    return {
        "voters": dots.values("voix").distinct().count(),
        "given": voices.n_given(seance),
        "present": n_present(seance),
        "waiting": len(moderation.waiting(seance)),
    }


def current_ideas(seance: Seance) -> list[Idee]:
    """Return ideas that no other replaces, axe by axe."""
    rows = Idee.objects.current().filter(axe__seance=seance).select_related("axe")
    return list(
        rows.prefetch_related("filtres", "issue_de", "origines__parent").order_by(
            "axe__ordre", "pk"
        )
    )


@dataclass(frozen=True)
class Actor:
    """An organisation of the directory, with what it wrote of itself."""

    organisation: str
    college: str
    epci: str
    announced: list[Annonce]


def announced(rows: Iterable[Annonce], asked: str, sorte: str) -> list[Actor]:
    """Return organisations whose words hold every word asked, whatever accents and case.

    No person is named: an organisation is there once, whichever guest wrote for it.
    """
    words = slugify(asked).split("-") if asked else []
    actors: dict[str, Actor] = {}
    for row in rows:
        guest = row.invite
        text = slugify(f"{guest.organisation} {guest.epci} {row.quoi} {row.ou}")
        if (sorte and row.sorte != sorte) or not all(word in text for word in words):
            continue
        key = slugify(guest.organisation)
        actor = actors.setdefault(
            key, Actor(guest.organisation, guest.get_college_display(), guest.epci, [])
        )
        if all((idea.sorte, idea.quoi) != (row.sorte, row.quoi) for idea in actor.announced):
            actor.announced.append(row)
    return [actors[key] for key in sorted(actors)]
