"""Loads the half-day of demonstration, by the same operations as anybody's."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import cycle
from typing import Any

from django.db import transaction

from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Organisation, User

from . import evaluation, operations
from .actions.sheet import take_reading
from .committee_demonstration import load_committee
from .enums import EtatAction, EtatEngagement, EtatSeance, ReponseInvitation, ResultatDecision
from .models import (
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
from .room_demonstration import ideas_of, load_directory, load_situations, talk_over

THURSDAY = 3
# Readings are typed once all has happened: an event tells how its action stood when it was typed.
READ_AFTER_DAYS = 131
METHOD, BY = "consentement, puis gommettes", "les personnes présentes (fictif)"


@transaction.atomic
def load_demonstration(content: dict[str, Any], *, now: datetime) -> Seance:
    """The session and the committee of demonstration; those there already do not change."""
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
        told = self.content
        seance = Seance.objects.create(
            slug=told["slug"],
            titre=told["titre"],
            organisation=Organisation.objects.get(pk=told["organisation"]),
            pilote=told["pilote"],
            lieu=told["lieu"],
            code=told["code"],
            tenue_le=self.day(0),
            etat=EtatSeance.OUVERTE,
            demonstration=True,
        )
        for n, aim in enumerate(told["objectifs"]):
            row = Objectif.objects.create(seance=seance, texte=aim["texte"], ordre=n)
            for part in aim.get("sous_objectifs", ()):
                Objectif.objects.create(seance=seance, parent=row, texte=part)
        for slot in told["creneaux"]:
            hours = {name: time.fromisoformat(slot[name]) for name in ("debut", "fin")}
            Creneau.objects.create(seance=seance, titre=slot["titre"], **hours)
        for n, axe in enumerate(told["axes"], start=1):
            self._load_axe(seance, n, axe)
        self._load_presence(seance)
        load_directory(seance, told["annuaire"])
        load_situations(seance, told["situations"], by=self.steerer, now=self.at(0))
        self._load_evaluation(seance)
        return seance

    def _load_presence(self, seance: Seance) -> None:
        places = cycle(self.content["epci"])
        for told in self.content["presents"]:
            columns = {name: told[name] for name in ("domaine", "college", "organisation")}
            for n in range(1, told["n"] + 1):
                Invite.objects.create(
                    seance=seance,
                    nom=f"Participant {n} (fictif)",
                    reponse=ReponseInvitation.OUI,
                    arrive_le=self.at(0),
                    epci=next(places),
                    **columns,
                )

    def _load_evaluation(self, seance: Seance) -> None:
        """Each ballot answers like one participant: the n-th of the answers, told one by one."""
        told = self.content["evaluation"]
        codes = evaluation.draw_ballots(
            by=self.steerer, seance=seance, n=told["bulletins"], now=self.at(0)
        )
        columns = {
            question: [code for code, n in counts.items() for _ in range(n)]
            for question, counts in told["reponses"].items()
        }
        for n, code in enumerate(codes):
            answers = {question: list_[n] for question, list_ in columns.items() if n < len(list_)}
            evaluation.answer(code=code, answers=answers)

    def _load_axe(self, seance: Seance, order: int, told: dict[str, Any]) -> None:
        axe = Axe.objects.create(
            seance=seance, ordre=order, titre=told["titre"], question=told["question"]
        )
        for one in told["constats"]:
            Constat.objects.create(
                axe=axe, texte=one["texte"], source=one["source"], constate_le=self.day(one["jour"])
            )
        by, at = self.steerer, self.at(0)
        merged = ideas_of(axe, told, by=by, now=at)
        talk_over(merged, told, by=by, now=at)
        decision = operations.decide(
            by=by,
            seance=seance,
            ideas=[merged],
            texte=told["decision"],
            methode=METHOD,
            par=BY,
            resultat=ResultatDecision.RETENUE,
            prise_le=self.day(0),
            now=at,
        )
        self._load_action(axe, decision, told["action"])

    def _load_action(self, axe: Axe, decision: Any, told: dict[str, Any]) -> None:
        action = operations.create_action(
            by=self.steerer,
            axe=axe,
            decision=decision,
            titre=told["titre"],
            description=told["description"],
            debut_le=self.day(told["debut"]),
            fin_prevue_le=self.day(told["fin"]),
            epci=told.get("epci", []),
            now=self.at(1),
        )
        for name in told["pilotes"]:
            Pilote.objects.create(action=action, nom=name)
        for one in told.get("partenaires", ()):
            Partenaire.objects.create(action=action, **one)
        for step in told["etapes"]:
            self._load_step(action, step)
        for pledge in told["engagements"]:
            self._load_pledge(action, pledge)
        if told["etat"] != EtatAction.A_VENIR:
            self._follow(action, told["debut"], "Action lancée", etat=EtatAction(told["etat"]))
        if "blocage" in told:
            blocked = {name: told[name] for name in ("blocage", "deblocage")}
            self._follow(action, 125, "Point du comité", **blocked)
        self._load_measures(action, told)

    def _follow(self, action: Action, n_days: int, words: str, **changes: Any) -> None:
        operations.follow(
            by=self.steerer, action=action, now=self.at(n_days), commentaire=words, **changes
        )

    def _load_step(self, action: Action, told: dict[str, Any]) -> None:
        step = operations.create_action(
            by=self.steerer,
            axe=action.axe,
            parent=action,
            titre=told["titre"],
            fin_prevue_le=self.day(told["fin"]),
            now=self.at(1),
        )
        etat = EtatAction(told["etat"])
        if "fini" in told:
            ended = {"etat": etat, "fini_le": self.day(told["fini"])}
            self._follow(step, told["fini"], "Étape terminée", **ended)
        else:
            self._follow(step, 60, "Étape commencée", etat=etat)

    def _load_measures(self, action: Action, told: dict[str, Any]) -> None:
        for line in told["budget"]:
            amounts = ("prevu", "demande", "obtenu", "reel")
            LigneBudget.objects.create(
                action=action,
                annee=self.held.year + line["annee_plus"],
                unite=line["unite"],
                objet=line["objet"],
                financeur=line.get("financeur", ""),
                **{name: Decimal(line[name]) for name in amounts if name in line},
            )
        for one in told["indicateurs"]:
            columns = {name: one[name] for name in one if name not in ("releves", "depart_jour")}
            if "depart_jour" in one:
                columns["depart_le"] = self.day(one["depart_jour"])
            row = Indicateur.objects.create(action=action, **columns)
            for read in one["releves"]:
                self._load_reading(row, read)

    def _load_reading(self, row: Indicateur, told: dict[str, Any]) -> None:
        take_reading(
            by=self.steerer,
            indicateur=row,
            releve_le=self.day(told["jour"]),
            now=self.at(READ_AFTER_DAYS),
            valeur=Decimal(told["valeur"]) if "valeur" in told else None,
            numerateur=told.get("n"),
            denominateur=told.get("d"),
            territoire=told.get("territoire", ""),
        )

    def _load_pledge(self, action: Action, told: dict[str, Any]) -> None:
        row = operations.propose_commitment(
            by=self.steerer,
            action=action,
            organisation=Organisation.objects.get(pk=told["organisation"]),
            quoi=told["quoi"],
            quantite=Decimal(told["quantite"]),
            unite=told["unite"],
            pour_le=self.day(told["pour"]),
            now=self.at(2),
        )
        who = _somebody(told["organisation"], Role.ADMINISTRATEUR, Role.PILOTAGE)
        if "confirme" in told:
            operations.confirm(by=who, commitment=row, now=self.at(told["confirme"]))
        if "tenu" in told:
            operations.report_on(
                by=who,
                commitment=row,
                etat=EtatEngagement.TENU,
                preuve=told["preuve"],
                commentaire="Engagement tenu",
                now=self.at(told["tenu"]),
            )


def _somebody(organisation: str, *roles: Role) -> User:
    """A person of demonstration who holds one of the roles there."""
    held = User.objects.filter(
        memberships__organisation=organisation, memberships__role__in=roles, demonstration=True
    )
    found = held.order_by("pk").first()
    if found is None:
        raise operations.CooperationError(f"Personne ne tient ce rôle pour {organisation}.")
    return found
