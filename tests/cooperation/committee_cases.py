"""A departmental committee whose votes keep the rules, and a meeting of it."""

from datetime import UTC, date, datetime, time
from types import SimpleNamespace

from traitdunion.cooperation.committees import operations
from traitdunion.cooperation.models.committees import NatureInstance

READ_AT = datetime(2026, 11, 29, 10, tzinfo=UTC)  # pages read the clock: mandates run that day
MANDATE = {"mandat_du": date(2025, 1, 15), "mandat_au": date(2028, 1, 15)}
# key: college, votes. État 10 = région 2 + département 5 + communes 3 = syndicats 5 + employeurs 5.
SEATS = {
    "etat": ("etat", 10),
    "region": ("region", 2),
    "dep1": ("departement", 3),
    "dep2": ("departement", 2),
    "maire": ("communes", 3),
    "cgt": ("syndicats", 3),
    "cfdt": ("syndicats", 2),
    "medef": ("employeurs", 5),
}


def committee(half_day, now):
    """`instance` and `members` by key: ten seats with a vote, and France Travail without."""
    by = half_day.steerer
    instance = operations.create_committee(
        by=by, organisation=half_day.steering, slug="cdpe", nature=NatureInstance.CDPE,
        nom="Comité départemental", now=now,
    )  # fmt: skip

    def seat(key, college, voix, **fields):
        return operations.seat(
            by=by, instance=instance, now=now, college=college, siege=key,
            titulaire=f"Titulaire {key}", voix=voix, **fields,
        )  # fmt: skip

    members = {
        "prefet": seat("prefet", "etat", 1, preside=True, preponderante=True),
        "cd": seat("cd", "departement", 1, preside=True),
        "ft": seat("ft", "france_travail", 1),
    }
    for key, (college, votes) in SEATS.items():
        members[key] = seat(key, college, votes, suppleant=f"Suppléant {key}", **MANDATE)
    return SimpleNamespace(instance=instance, by=by, now=now, **members, members=members)


def meeting(cdpe, **fields):
    fields = {
        "tenue_le": date(2026, 6, 12),
        "heure": time(9),
        "ordre_du_jour": "Feuille de route\nRèglement intérieur",
        "convoquee_le": date(2026, 6, 1),
    } | fields
    return operations.call_meeting(by=cdpe.by, instance=cdpe.instance, now=cdpe.now, **fields)
