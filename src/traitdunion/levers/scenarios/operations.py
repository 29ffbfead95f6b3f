"""Writes of the scenarios: one created, a version added with what it gives."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.permissions import Permission, check

from ..models import FORM_OF_COMPARISON, Scenario, VersionDeScenario
from ..operations import LeverError, _clean


@transaction.atomic
def create(*, by: User, organisation: Organisation, titre: str, now: datetime) -> Scenario:
    """Create a scenario without any change."""
    check(by, Permission.PROPOSE_LEVERS, organisation)
    row = Scenario(titre=titre.strip(), organisation=organisation, cree_le=now)
    _clean(row)
    row.save(force_insert=True)
    return row


@transaction.atomic
def add_version(
    *,
    by: User,
    scenario: Scenario,
    changements: Sequence[dict[str, Any]],
    resultat: dict[str, Any],
    reseau: str,
    profil: str,
    after: int,
    now: datetime,
) -> VersionDeScenario:
    """Keep the changes as a version, with their comparison.

    after: the last version that the writer saw; LeverError where another has been added since.
    """
    check(by, Permission.PROPOSE_LEVERS, scenario.organisation)
    locked = Scenario.objects.select_for_update().get(pk=scenario.pk)
    last = locked.versions.order_by("-numero").values_list("numero", flat=True).first() or 0
    if after != last:
        raise LeverError(
            "Ce scénario a changé pendant votre saisie : relisez-le, puis recommencez."
        )
    return VersionDeScenario.objects.create(
        scenario=locked, numero=last + 1, changements=list(changements),
        resultat=resultat | {"form": FORM_OF_COMPARISON}, reseau=reseau[:200], profil=profil,
        le=now,
    )  # fmt: skip


@transaction.atomic
def delete(*, by: User, scenario: Scenario) -> None:
    """Delete a scenario and its versions."""
    check(by, Permission.PROPOSE_LEVERS, scenario.organisation)
    scenario.delete()
