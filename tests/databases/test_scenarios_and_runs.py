"""Two people at once on a scenario, a proposal's answer, or a run: one waits, nothing is lost."""

from datetime import UTC, datetime

import pytest

from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.levers.enums import EtatProposition
from traitdunion.levers.models import Proposition, Scenario
from traitdunion.levers.operations import LeverError, reply
from traitdunion.levers.scenarios import operations
from traitdunion.observatory.models import Run
from traitdunion.observatory.running import background

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.databases]
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


def office():
    organisation = Organisation.objects.create(slug="ici", nom="Agence d'ici")
    user = User.objects.create(email="pilote@ici.example", nom="Camille")
    Membership.objects.create(user=user, organisation=organisation, role=Role.PILOTAGE)
    return user, organisation


def test_two_versions_written_at_once_do_not_take_one_number(meanwhile):
    user, organisation = office()
    scenario = Scenario.objects.create(titre="Un car", organisation=organisation, cree_le=NOW)

    def add():
        return operations.add_version(by=user, scenario=scenario, changements=[], resultat={},
                                      reseau="", profil="a_pied", after=0, now=NOW)  # fmt: skip

    refused = meanwhile(add, add)
    assert isinstance(refused, LeverError)
    assert list(scenario.versions.values_list("numero", flat=True)) == [1]


def test_two_answers_to_one_proposal_leave_the_first(meanwhile):
    _, organisation = office()
    row = Proposition.objects.create(
        cle="x", acteur="region", nature="ajouter_course", phrase="Ajoutez", message="M", cout="0",
        delai="9 mois", confiance="sur", organisation=organisation, destinataire="Région",
        envoyee_le=NOW,
    )  # fmt: skip

    def answer(etat, words):
        return lambda: reply(proposal=row, etat=etat, reponse=words, now=NOW)

    refused = meanwhile(answer(EtatProposition.OUI, ""), answer(EtatProposition.NON, "Trop cher"))
    assert isinstance(refused, LeverError)
    row.refresh_from_db()
    assert (row.etat, row.reponse) == ("oui", "")


def test_a_run_is_stopped_once(meanwhile):
    user, organisation = office()
    run = Run.objects.create(code="a", created_at=NOW, week=NOW.date(), departement="43",
                             etat="en_cours")  # fmt: skip

    def stop():
        background.stop(by=user, organisation=organisation, run=run)

    assert isinstance(meanwhile(stop, stop), background.RunRefused)
    run.refresh_from_db()
    assert run.etat == "arrete"
