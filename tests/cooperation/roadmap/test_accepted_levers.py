"""A lever answered yes by link becomes a commitment that everybody reads."""

from datetime import date

import pytest

from traitdunion.cooperation.roadmap import operations as roadmap
from traitdunion.cooperation.roadmap.accepted_levers import commit_from_lever
from traitdunion.levers.enums import EtatProposition
from traitdunion.levers.models import Proposition


@pytest.mark.parametrize(
    ("typed", "published"),
    [
        ("dès la rentrée", "Ajoutez une course (dès la rentrée)"),
        ("appelez Jean au 06 11 22 33 44", "Ajoutez une course"),
        ("écrire à jean@region.example", "Ajoutez une course"),
    ],
)
def test_no_contact_typed_by_link_is_published(half_day, now, typed, published):
    action = roadmap.create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="Rouler", now=now
    )
    proposal = Proposition.objects.create(
        cle="x", acteur="region", nature="ajouter_course", phrase="Ajoutez une course",
        message="M", cout="0", delai="9 mois", confiance="sur", organisation=half_day.steering,
        destinataire="Région", envoyee_le=now, etat=EtatProposition.CONDITIONS, repondue_le=now,
        reponse=typed,
    )  # fmt: skip
    commitment = commit_from_lever(
        by=half_day.steerer, action=action, proposal=proposal, pour_le=date(2027, 6, 1),
        site="https://x.example", now=now,
    )  # fmt: skip
    assert commitment.quoi == published
