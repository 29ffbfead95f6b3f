"""Load what happened in the room of the demonstration, from ideas to the directory.

Opinions and dots are written as the phones would have left them.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from traitdunion.accounts.models import Organisation, User
from traitdunion.cooperation import operations
from traitdunion.cooperation.enums import Avis, CollegeDeclare, Critere, Reponse, SorteAnnonce
from traitdunion.cooperation.models import Action, AvisIdee, Axe, Gommette, Idee, Invite, Seance
from traitdunion.cooperation.sessions import guests as inviting
from traitdunion.cooperation.sessions import ideas as idea_operations
from traitdunion.cooperation.sessions import workshop


def ideas_of(axe: Axe, content: Mapping[str, Any], *, by: User, now: datetime) -> Idee:
    """Load the ideas of an axe: one split, those alike merged; return the merged one."""
    merging = [_noted(axe, idea, by, now) for idea in content["idees"]]
    if "scission" in content:
        whole = _noted(axe, content["scission"], by, now)
        parts = content["scission"]["devenues"]
        merging.append(idea_operations.split_idea(by=by, idea=whole, texts=parts, now=now)[0])
    if "en_attente" in content:
        waiting = _noted(axe, content["en_attente"], by, now)
        workshop.object_to(by=by, idea=waiting, texte=content["en_attente"]["objection"], now=now)
    return idea_operations.merge_ideas(by=by, ideas=merging, texte=content["regroupee"], now=now)


def _noted(axe: Axe, content: Mapping[str, Any], by: User, now: datetime) -> Idee:
    (row,) = idea_operations.note_table(
        by=by, axe=axe, table=content["table"], lines=[content["texte"]], now=now
    )
    return row


def talk_over(idea: Idee, content: Mapping[str, Any], *, by: User, now: datetime) -> None:
    """Take an idea through the gates, the consent round, the opinions and the dots."""
    answers = {
        Critere(name): (Reponse(reponse), why)
        for name, (reponse, why) in content["filtres"].items()
    }
    idea_operations.assess(by=by, idea=idea, answers=answers, now=now)
    if "objection" in content:
        row = workshop.object_to(by=by, idea=idea, texte=content["objection"]["texte"], now=now)
        answer = content["objection"]["reponse"]
        workshop.answer_objection(by=by, objection=row, reponse=answer, levee=True)
    AvisIdee.objects.bulk_create(
        AvisIdee(idee=idea, voix=f"{college}{n}", college=CollegeDeclare(college), avis=avis)
        for college, counts in content["avis"].items()
        for n, avis in enumerate(
            avis for avis, count in zip(Avis, counts, strict=True) for _ in range(count)
        )
    )
    # A dot for each phone, so that none passes its cap over the three axes.
    Gommette.objects.bulk_create(
        Gommette(idee=idea, voix=f"telephone{n}", nombre=1) for n in range(content["gommettes"])
    )


def load_situations(seance: Seance, rows: list[Any], *, by: User, now: datetime) -> None:
    """Load situations seen from each side; levers that name an action become commitments."""
    for content in rows:
        row = workshop.add_situation(
            by=by, seance=seance, prenom=content["prenom"], recit=content["recit"], now=now
        )
        for look in content["regards"]:
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


def load_directory(seance: Seance, rows: list[Mapping[str, str]], *, now: datetime) -> None:
    """Load what organisations announce, by the first of their guests."""
    for content in rows:
        guest = Invite.objects.filter(seance=seance, organisation=content["organisation"]).first()
        if guest is None:
            raise operations.CooperationError(f"Personne ne vient pour {content['organisation']}.")
        inviting.announce(
            guest=guest,
            sorte=SorteAnnonce(content["sorte"]),
            quoi=content["quoi"],
            ou=content.get("ou", ""),
            now=now,
        )
