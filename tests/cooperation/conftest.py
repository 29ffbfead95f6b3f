"""A session with two axes, its steering organisation, a partner, and their people."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.cooperation.models import Axe, Constat, Seance

NOW = datetime(2026, 6, 19, 9, 0, tzinfo=UTC)


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def half_day(db):
    """The session `demi-journee`, open, published; `steering`, `partner`, one person of each."""
    steering = Organisation.objects.create(slug="pilote", nom="Direction départementale")
    partner = Organisation.objects.create(slug="ofs", nom="Office foncier")
    seance = Seance.objects.create(
        slug="demi-journee", titre="Coopérer", organisation=steering, tenue_le=date(2026, 6, 19),
        code="ABC234", etat="ouverte", lieu="Le Puy-en-Velay", pilote="DDETSPP",
        visibilite="publique", visibilite_feuille="publique", relecture="sans",
        motifs_refus="Injure\nNomme une personne", ferme_le=datetime(2099, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    axes = [
        Axe.objects.create(seance=seance, ordre=n, titre=titre, question=question)
        for n, titre, question in (
            (1, "Logement", "Comment loger ceux qui arrivent ?"),
            (2, "Mobilité", "Comment venir travailler ?"),
        )
    ]
    Constat.objects.create(
        axe=axes[0], texte="Deux offres sur trois sont loin d'un logement libre.",
        source="Comité local du Velay", constate_le=date(2026, 3, 2),
    )  # fmt: skip

    def person(name, organisation, role):
        user = User.objects.create_user(f"{name}@x.example", "un mot de passe assez long", nom=name)
        Membership.objects.create(user=user, organisation=organisation, role=role)
        return user

    return SimpleNamespace(
        seance=seance, axes=axes, steering=steering, partner=partner,
        steerer=person("paule", steering, Role.PILOTAGE),
        partner_admin=person("odile", partner, Role.ADMINISTRATEUR),
        adviser=person("claire", steering, Role.CONSEILLER),
    )  # fmt: skip
