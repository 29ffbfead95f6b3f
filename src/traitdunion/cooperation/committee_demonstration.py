"""Loads the fictitious committee of demonstration, by the same operations as anybody's."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from traitdunion.accounts.models import Organisation, User

from . import committee_operations as operations
from .models.committees import Choix, Instance, Membre, NatureInstance, Occupant, Reunion

SATURDAY = 5


def _worked(day: date) -> date:
    """The day, or the Friday before where nobody meets."""
    return day - timedelta(max(0, day.weekday() - SATURDAY + 1))


@transaction.atomic
def load_committee(content: Mapping[str, Any], *, by: User, now: datetime) -> Instance:
    """The committee with its meetings; where it is there already, nothing changes."""
    known = Instance.objects.filter(pk=content["slug"]).first()
    return known or _Loading(content, by, now).load()


class _Loading:
    """One load: days count from today, negative in the past."""

    def __init__(self, content: Mapping[str, Any], by: User, now: datetime) -> None:
        self.content, self.by, self.now = content, by, now
        self.members: dict[str, Membre] = {}

    def day(self, n_days: int) -> date:
        return (self.now + timedelta(n_days)).date()

    def load(self) -> Instance:
        told = self.content
        instance = operations.create_committee(
            by=self.by,
            organisation=Organisation.objects.get(pk=told["organisation"]),
            slug=told["slug"],
            nature=NatureInstance(told["nature"]),
            nom=told["nom"],
            arrete=told["arrete"],
            demonstration=True,
            now=self.now,
        )
        for key, seat in told["sieges"].items():
            self.members[key] = operations.seat(
                by=self.by, instance=instance, now=self.now, **self._seat(seat)
            )
        former: Reunion | None = None
        for one in told["reunions"]:
            former = self._meeting(instance, one, former)
        return instance

    def _seat(self, told: Mapping[str, Any]) -> dict[str, Any]:
        dated = {
            name: self.day(told[name]) if name in told else None
            for name in ("mandat_du", "mandat_au")
        }
        return {**told, **dated}

    def _meeting(
        self, instance: Instance, told: Mapping[str, Any], former: Reunion | None
    ) -> Reunion:
        called = {
            "tenue_le": _worked(self.day(told["jour"])),
            "heure": time.fromisoformat(told["heure"]),
            "lieu": told["lieu"],
            "convoquee_le": self.day(told["convoquee"]),
        }
        if "ordre_du_jour" in told or former is None:
            agenda = "\n".join(told["ordre_du_jour"])
            row = operations.call_meeting(
                by=self.by, instance=instance, now=self.now, ordre_du_jour=agenda, **called
            )
        else:
            row = operations.call_again(by=self.by, first=former, now=self.now, **called)
        if "presents" in told:
            self._hold(row, told)
        return row

    def _hold(self, row: Reunion, told: Mapping[str, Any]) -> None:
        came = [(self.members[key], Occupant.TITULAIRE, False) for key in told["presents"]]
        for key in told.get("suppleants", ()):
            came.append((self.members[key], Occupant.SUPPLEANT, True))
        proxies = told.get("pouvoirs", {}).items()
        operations.note_attendance(
            by=self.by,
            meeting=row,
            came=came,
            proxies={self.members[giver]: self.members[holder] for giver, holder in proxies},
            now=self.now,
        )
        for vote in told.get("votes", ()):
            ballots = {self.members[key]: Choix(choix) for key, choix in vote["bulletins"].items()}
            operations.record_vote(
                by=self.by,
                meeting=row,
                question=vote["question"],
                ballots=ballots,
                now=self.now,
            )
        if "proces_verbal" in told:
            operations.write_minutes(
                by=self.by, meeting=row, texte=told["proces_verbal"], now=self.now
            )
        if "approuve" in told:
            operations.approve_minutes(
                by=self.by,
                meeting=row,
                approuve_le=self.day(told["approuve"]),
                approuve_par=told["approuve_par"],
                now=self.now,
            )
