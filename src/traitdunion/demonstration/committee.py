"""Loads the fictitious committee of demonstration, by the same operations as anybody's."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from traitdunion.accounts.models import Organisation, User
from traitdunion.cooperation.committees import operations
from traitdunion.cooperation.enums import Visibilite
from traitdunion.cooperation.models.committees import (
    Choix,
    Instance,
    Membre,
    NatureInstance,
    Occupant,
    Reunion,
)

SATURDAY = 5


def _worked(day: date) -> date:
    """Return the day, or the Friday before where it falls on a weekend."""
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
        content = self.content
        instance = operations.create_committee(
            by=self.by,
            organisation=Organisation.objects.get(pk=content["organisation"]),
            slug=content["slug"],
            nature=NatureInstance(content["nature"]),
            nom=content["nom"],
            arrete=content["arrete"],
            demonstration=True,
            now=self.now,
        )
        operations.publish(
            by=self.by, instance=instance, visibilite=Visibilite.PUBLIQUE, now=self.now
        )
        for key, seat in content["sieges"].items():
            self.members[key] = operations.seat(
                by=self.by, instance=instance, now=self.now, **self._seat(seat)
            )
        former: Reunion | None = None
        for meeting in content["reunions"]:
            former = self._meeting(instance, meeting, former)
        return instance

    def _seat(self, values: Mapping[str, Any]) -> dict[str, Any]:
        dated = {
            name: self.day(values[name]) if name in values else None
            for name in ("mandat_du", "mandat_au")
        }
        return {**values, **dated}

    def _meeting(
        self, instance: Instance, values: Mapping[str, Any], former: Reunion | None
    ) -> Reunion:
        called = {
            "tenue_le": _worked(self.day(values["jour"])),
            "heure": time.fromisoformat(values["heure"]),
            "lieu": values["lieu"],
            "convoquee_le": self.day(values["convoquee"]),
        }
        if "ordre_du_jour" in values or former is None:
            agenda = "\n".join(values["ordre_du_jour"])
            row = operations.call_meeting(
                by=self.by, instance=instance, now=self.now, ordre_du_jour=agenda, **called
            )
        else:
            row = operations.call_again(by=self.by, first=former, now=self.now, **called)
        if "presents" in values:
            self._hold_meeting(row, values)
        return row

    def _hold_meeting(self, row: Reunion, values: Mapping[str, Any]) -> None:
        came = [(self.members[key], Occupant.TITULAIRE, False) for key in values["presents"]]
        for key in values.get("suppleants", ()):
            came.append((self.members[key], Occupant.SUPPLEANT, True))
        proxies = values.get("pouvoirs", {}).items()
        operations.note_attendance(
            by=self.by,
            meeting=row,
            came=came,
            proxies={self.members[giver]: self.members[holder] for giver, holder in proxies},
            now=self.now,
        )
        for vote in values.get("votes", ()):
            ballots = {self.members[key]: Choix(choix) for key, choix in vote["bulletins"].items()}
            operations.record_vote(
                by=self.by,
                meeting=row,
                question=vote["question"],
                ballots=ballots,
                now=self.now,
            )
        if "proces_verbal" in values:
            operations.write_minutes(
                by=self.by, meeting=row, texte=values["proces_verbal"], now=self.now
            )
        if "approuve" in values:
            operations.approve_minutes(
                by=self.by,
                meeting=row,
                approuve_le=self.day(values["approuve"]),
                approuve_par=values["approuve_par"],
                now=self.now,
            )
