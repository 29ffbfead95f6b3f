"""Load the half-day of demonstration, by the same operations as any other."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import cycle
from typing import Any

from django.db import transaction

from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Organisation, User
from traitdunion.cooperation import operations
from traitdunion.cooperation.enums import (
    EtatAction,
    EtatEngagement,
    EtatSeance,
    Relecture,
    ReponseInvitation,
    ResultatDecision,
    Visibilite,
)
from traitdunion.cooperation.evaluation import operations as evaluation
from traitdunion.cooperation.models import (
    Action,
    Axe,
    Constat,
    Creneau,
    Indicateur,
    Invite,
    LigneBudget,
    Objectif,
    Partenaire,
    Pilote,
    Seance,
)
from traitdunion.cooperation.roadmap import operations as roadmap_operations
from traitdunion.cooperation.roadmap.operations import Pledge
from traitdunion.cooperation.roadmap.sheet import Reading, take_reading
from traitdunion.cooperation.sessions import ideas as idea_operations
from traitdunion.cooperation.sessions.ideas import Taken
from traitdunion.cooperation.sessions.moderation import SUGGESTED_REASONS

from .committee import load_committee
from .room import ideas_of, load_directory, load_situations, talk_over

THURSDAY = 3
# Readings are typed once all has happened: an event records its action as it stood when typed.
READ_AFTER_DAYS = 131
METHOD, BY = "consentement, puis gommettes", "les personnes présentes (fictif)"


@transaction.atomic
def load_demonstration(content: dict[str, Any], *, now: datetime) -> Seance:
    """Load the session and the committee of demonstration; those there already do not change."""
    known = Seance.objects.filter(pk=content["slug"]).first()
    seance = known or _Loading(content, now).load()
    steerer = _somebody(content["organisation"], Role.PILOTAGE)
    load_committee(content["comite"], by=steerer, now=now)
    return seance


class _Loading:
    """One load: `at(n)` is n days after the session, a Thursday, and never in the future."""

    def __init__(self, content: dict[str, Any], now: datetime) -> None:
        self.content, self.now = content, now
        held = now - timedelta(content["tenue_il_y_a_jours"])
        self.held = held - timedelta((held.weekday() - THURSDAY) % 7)
        self.steerer = _somebody(content["organisation"], Role.PILOTAGE)

    def at(self, n_days: int) -> datetime:
        return min(self.held + timedelta(n_days), self.now)

    def day(self, n_days: int) -> Any:
        return (self.held + timedelta(n_days)).date()

    def load(self) -> Seance:
        content = self.content
        seance = Seance.objects.create(
            slug=content["slug"],
            titre=content["titre"],
            organisation=Organisation.objects.get(pk=content["organisation"]),
            pilote=content["pilote"],
            lieu=content["lieu"],
            code=content["code"],
            tenue_le=self.day(0),
            etat=EtatSeance.OUVERTE,
            demonstration=True,
            visibilite=Visibilite.PUBLIQUE,
            visibilite_feuille=Visibilite.PUBLIQUE,
            relecture=Relecture.SANS,
            motifs_refus=SUGGESTED_REASONS,
        )
        for n, aim in enumerate(content["objectifs"]):
            row = Objectif.objects.create(seance=seance, texte=aim["texte"], ordre=n)
            for part in aim.get("sous_objectifs", ()):
                Objectif.objects.create(seance=seance, parent=row, texte=part)
        for slot in content["creneaux"]:
            hours = {name: time.fromisoformat(slot[name]) for name in ("debut", "fin")}
            Creneau.objects.create(seance=seance, titre=slot["titre"], **hours)
        for n, axe in enumerate(content["axes"], start=1):
            self._load_axe(seance, n, axe)
        self._load_presence(seance)
        load_directory(seance, content["annuaire"], now=self.at(0))
        load_situations(seance, content["situations"], by=self.steerer, now=self.at(0))
        self._load_evaluation(seance)
        seance.relecture = Relecture.APRES
        seance.save(update_fields=["relecture"])
        return seance

    def _load_presence(self, seance: Seance) -> None:
        places = cycle(self.content["epci"])
        for content in self.content["presents"]:
            columns = {name: content[name] for name in ("domaine", "college", "organisation")}
            for n in range(1, content["n"] + 1):
                Invite.objects.create(
                    seance=seance,
                    nom=f"Participant {n} (fictif)",
                    reponse=ReponseInvitation.OUI,
                    arrive_le=self.at(0),
                    epci=next(places),
                    **columns,
                )

    def _load_evaluation(self, seance: Seance) -> None:
        """Answer each ballot like one participant: with the n-th of the answers."""
        content = self.content["evaluation"]
        codes = evaluation.draw_ballots(
            by=self.steerer, seance=seance, n=content["bulletins"], now=self.at(0)
        )
        columns = {
            question: [code for code, n in counts.items() for _ in range(n)]
            for question, counts in content["reponses"].items()
        }
        for n, code in enumerate(codes):
            answers = {question: list_[n] for question, list_ in columns.items() if n < len(list_)}
            evaluation.answer(code=code, answers=answers, now=self.at(0))

    def _load_axe(self, seance: Seance, order: int, content: dict[str, Any]) -> None:
        axe = Axe.objects.create(
            seance=seance, ordre=order, titre=content["titre"], question=content["question"]
        )
        for constat in content["constats"]:
            Constat.objects.create(
                axe=axe,
                texte=constat["texte"],
                source=constat["source"],
                constate_le=self.day(constat["jour"]),
            )
        by, at = self.steerer, self.at(0)
        merged = ideas_of(axe, content, by=by, now=at)
        talk_over(merged, content, by=by, now=at)
        decision = idea_operations.decide(
            by=by,
            seance=seance,
            ideas=[merged],
            now=at,
            taken=Taken(
                texte=content["decision"],
                methode=METHOD,
                par=BY,
                resultat=ResultatDecision.RETENUE,
                prise_le=self.day(0),
            ),
        )
        self._load_action(axe, decision, content["action"])

    def _load_action(self, axe: Axe, decision: Any, content: dict[str, Any]) -> None:
        action = roadmap_operations.create_action(
            by=self.steerer,
            axe=axe,
            decision=decision,
            titre=content["titre"],
            description=content["description"],
            debut_le=self.day(content["debut"]),
            fin_prevue_le=self.day(content["fin"]),
            epci=content.get("epci", []),
            now=self.at(1),
        )
        for name in content["pilotes"]:
            Pilote.objects.create(action=action, nom=name)
        for partner in content.get("partenaires", ()):
            Partenaire.objects.create(action=action, **partner)
        for step in content["etapes"]:
            self._load_step(action, step)
        for pledge in content["engagements"]:
            self._load_pledge(action, pledge)
        if content["etat"] != EtatAction.A_VENIR:
            self._follow(
                action, content["debut"], "Action lancée", etat=EtatAction(content["etat"])
            )
        if "blocage" in content:
            blocked = {name: content[name] for name in ("blocage", "deblocage")}
            self._follow(action, 125, "Point du comité", **blocked)
        self._load_measures(action, content)

    def _follow(self, action: Action, n_days: int, words: str, **changes: Any) -> None:
        roadmap_operations.follow(
            by=self.steerer, action=action, now=self.at(n_days), commentaire=words, **changes
        )

    def _load_step(self, action: Action, content: dict[str, Any]) -> None:
        step = roadmap_operations.create_action(
            by=self.steerer,
            axe=action.axe,
            parent=action,
            titre=content["titre"],
            fin_prevue_le=self.day(content["fin"]),
            now=self.at(1),
        )
        etat = EtatAction(content["etat"])
        if "fini" in content:
            ended = {"etat": etat, "fini_le": self.day(content["fini"])}
            self._follow(step, content["fini"], "Étape terminée", **ended)
        else:
            self._follow(step, 60, "Étape commencée", etat=etat)

    def _load_measures(self, action: Action, content: dict[str, Any]) -> None:
        for line in content["budget"]:
            amounts = ("prevu", "demande", "obtenu", "reel")
            LigneBudget.objects.create(
                action=action,
                annee=self.held.year + line["annee_plus"],
                unite=line["unite"],
                objet=line["objet"],
                financeur=line.get("financeur", ""),
                **{name: Decimal(line[name]) for name in amounts if name in line},
            )
        for measure in content["indicateurs"]:
            columns = {
                name: measure[name] for name in measure if name not in ("releves", "depart_jour")
            }
            if "depart_jour" in measure:
                columns["depart_le"] = self.day(measure["depart_jour"])
            row = Indicateur.objects.create(action=action, **columns)
            for read in measure["releves"]:
                self._load_reading(row, read)

    def _load_reading(self, row: Indicateur, content: dict[str, Any]) -> None:
        take_reading(
            by=self.steerer,
            indicateur=row,
            now=self.at(READ_AFTER_DAYS),
            reading=Reading(
                releve_le=self.day(content["jour"]),
                valeur=Decimal(content["valeur"]) if "valeur" in content else None,
                numerateur=content.get("n"),
                denominateur=content.get("d"),
                territoire=content.get("territoire", ""),
            ),
        )

    def _load_pledge(self, action: Action, content: dict[str, Any]) -> None:
        row = roadmap_operations.propose_commitment(
            by=self.steerer,
            action=action,
            organisation=Organisation.objects.get(pk=content["organisation"]),
            now=self.at(2),
            pledge=Pledge(
                quoi=content["quoi"],
                quantite=Decimal(content["quantite"]),
                unite=content["unite"],
                pour_le=self.day(content["pour"]),
            ),
        )
        who = _somebody(content["organisation"], Role.ADMINISTRATEUR, Role.PILOTAGE)
        if "confirme" in content:
            roadmap_operations.confirm(by=who, commitment=row, now=self.at(content["confirme"]))
        if "tenu" in content:
            roadmap_operations.report_on(
                by=who,
                commitment=row,
                etat=EtatEngagement.TENU,
                preuve=content["preuve"],
                commentaire="Engagement tenu",
                now=self.at(content["tenu"]),
            )


def _somebody(organisation: str, *roles: Role) -> User:
    """Return a person of demonstration who holds one of the roles there."""
    held = User.objects.filter(
        memberships__organisation=organisation, memberships__role__in=roles, demonstration=True
    )
    user = held.order_by("pk").first()
    if user is None:
        raise operations.CooperationError(f"Personne ne tient ce rôle pour {organisation}.")
    return user
