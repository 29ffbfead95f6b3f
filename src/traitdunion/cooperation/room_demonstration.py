"""What happened in the room of the half-day of demonstration, from ideas to the directory.

Opinions and dots are written as the phones would have left them.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from traitdunion.accounts.models import Organisation, User

from . import inviting, operations, workshop
from .enums import Avis, CollegeDeclare, Critere, Reponse, SorteAnnonce
from .models import Action, AvisIdee, Axe, Gommette, Idee, Invite, Seance


def ideas_of(axe: Axe, told: Mapping[str, Any], *, by: User, now: datetime) -> Idee:
    """The ideas of an axe as tables wrote them, one split, those alike merged; the merged one."""
    merging = [_noted(axe, one, by, now) for one in told["idees"]]
    if "scission" in told:
        whole = _noted(axe, told["scission"], by, now)
        parts = told["scission"]["devenues"]
        merging.append(operations.split_idea(by=by, idea=whole, texts=parts, now=now)[0])
    if "en_attente" in told:
        waiting = _noted(axe, told["en_attente"], by, now)
        workshop.object_to(by=by, idea=waiting, texte=told["en_attente"]["objection"], now=now)
    return operations.merge_ideas(by=by, ideas=merging, texte=told["regroupee"], now=now)


def _noted(axe: Axe, told: Mapping[str, Any], by: User, now: datetime) -> Idee:
    (row,) = operations.note_table(
        by=by, axe=axe, table=told["table"], lines=[told["texte"]], now=now
    )
    return row


def talk_over(idea: Idee, told: Mapping[str, Any], *, by: User, now: datetime) -> None:
    """An idea through the gates, the consent round, the opinions and the dots."""
    answers = {
        Critere(name): (Reponse(reponse), why) for name, (reponse, why) in told["filtres"].items()
    }
    operations.assess(by=by, idea=idea, answers=answers, now=now)
    if "objection" in told:
        row = workshop.object_to(by=by, idea=idea, texte=told["objection"]["texte"], now=now)
        answer = told["objection"]["reponse"]
        workshop.answer_objection(by=by, objection=row, reponse=answer, levee=True)
    AvisIdee.objects.bulk_create(
        AvisIdee(idee=idea, voix=f"{college}{n}", college=CollegeDeclare(college), avis=avis)
        for college, counts in told["avis"].items()
        for n, avis in enumerate(
            avis for avis, count in zip(Avis, counts, strict=True) for _ in range(count)
        )
    )
    # A dot for each phone, so that none passes its cap over the three axes.
    Gommette.objects.bulk_create(
        Gommette(idee=idea, voix=f"telephone{n}", nombre=1) for n in range(told["gommettes"])
    )


def load_situations(seance: Seance, told: list[Any], *, by: User, now: datetime) -> None:
    """Situations seen from each side; the levers that name an action become commitments."""
    for one in told:
        row = workshop.tell_situation(
            by=by, seance=seance, prenom=one["prenom"], recit=one["recit"], now=now
        )
        for look in one["regards"]:
            seen = workshop.look_at(
                situation=row,
                organisation=look["organisation"],
                college=CollegeDeclare(look["college"]),
                vu=look["vu"],
                levier=look.get("levier", ""),
                now=now,
            )
            if "engagement" in look:
                pledge = look["engagement"]
                workshop.pledge_from(
                    by=by,
                    regard=seen,
                    action=Action.objects.get(axe__seance=seance, titre=pledge["action"]),
                    organisation=Organisation.objects.get(pk=pledge["organisation"]),
                    quantite=Decimal(pledge["quantite"]),
                    unite=pledge["unite"],
                    pour_le=seance.tenue_le.replace(year=seance.tenue_le.year + 1),
                    now=now,
                )


def load_directory(seance: Seance, told: list[Mapping[str, str]]) -> None:
    """What organisations say of themselves, by the first of their guests."""
    for one in told:
        guest = Invite.objects.filter(seance=seance, organisation=one["organisation"]).first()
        if guest is None:
            raise operations.CooperationError(f"Personne ne vient pour {one['organisation']}.")
        inviting.announce(
            guest=guest, sorte=SorteAnnonce(one["sorte"]), quoi=one["quoi"], ou=one.get("ou", "")
        )
