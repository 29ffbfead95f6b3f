"""Two people do at once what only one may: the second waits, then sees what the first did."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone

from tests.cooperation.committee_cases import committee, meeting
from traitdunion.accounts import limits
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.accounts.operations import LastAdministrator, remove_member
from traitdunion.catalogue.entries import content_of
from traitdunion.catalogue.models import Revision, Solution, Structure
from traitdunion.catalogue.operations import (
    EditingError,
    StaleVersion,
    create_solution,
    edit_solution,
)
from traitdunion.cooperation.committees import operations as committee_operations
from traitdunion.cooperation.enums import Critere, Reponse, ReponseInvitation
from traitdunion.cooperation.models import Axe, Gommette, Idee, Invite, Seance
from traitdunion.cooperation.models.committees import Choix, Occupant, Presence
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.sessions import guests as inviting
from traitdunion.cooperation.sessions import ideas as idea_operations
from traitdunion.cooperation.sessions import preparing, workshop
from traitdunion.desk.followup.operations import FollowUpError, Person, open_parcours
from traitdunion.desk.followup.orientations import (
    LinkNotValid,
    Reply,
    answer_by_link,
    orient,
)
from traitdunion.desk.models import Orientation

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.databases]
NOW = datetime(2026, 6, 19, 9, 0, tzinfo=UTC)
BIKE = {
    "structure": "mms", "nom": "Un vélo", "type_solution": "location_velo",
    "description": "Un vélo prêté.", "verifie_le": "2026-06-02",
}  # fmt: skip


@pytest.fixture
def ici(transactional_db):
    return Organisation.objects.create(slug="ici", nom="Guichet d'ici")


@pytest.fixture
def person(ici):
    def make(name, *roles):
        user = User.objects.create(email=f"{name}@ici.example", nom=name)
        for role in roles:
            Membership.objects.create(user=user, organisation=ici, role=role)
        return user

    return make


@pytest.fixture
def structure(ici):
    return Structure.objects.create(
        id="mms", nom="Maison", courriel="mms@ici.example", organisation=ici
    )


@pytest.fixture
def half_day(ici, person):
    seance = Seance.objects.create(
        slug="demi-journee", titre="Coopérer", organisation=ici, tenue_le=date(2026, 6, 19),
        code="ABC234", etat="ouverte", places=1, gommettes=3, vote_ouvert=True,
        relecture="sans", ferme_le=datetime(2099, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    axe = Axe.objects.create(seance=seance, ordre=1, titre="Mobilité", question="Comment ?")
    steerer = person("paule", Role.PILOTAGE)
    return SimpleNamespace(seance=seance, axes=[axe], axe=axe, steering=ici, steerer=steerer)


# -- the catalogue -------------------------------------------------------------------------------


def test_the_second_of_two_editors_is_told_and_loses_nothing(meanwhile, structure, person):
    ana, bob = (person(name, Role.EDITEUR) for name in ("ana", "bob"))
    create_solution(by=ana, content=BIKE, now=NOW, key="velo")
    read = content_of(Solution.objects.get())

    def save(by, **changed):
        return edit_solution(by=by, key="velo", content=read | changed, version=1, now=NOW)

    outcome = meanwhile(lambda: save(ana, nom="Deux vélos"), lambda: save(bob, par_mois_eur="9.00"))
    assert isinstance(outcome, StaleVersion)
    assert (outcome.merged.content["nom"], outcome.merged.content["par_mois_eur"]) == (
        "Deux vélos",
        "9.00",
    )
    assert Solution.objects.get().nom == "Deux vélos"
    assert [row.version for row in Revision.objects.all()] == [2, 1]


def test_two_entries_of_the_same_name_do_not_become_one(meanwhile, structure, person):
    ana, bob = (person(name, Role.EDITEUR) for name in ("ana", "bob"))
    outcome = meanwhile(
        lambda: create_solution(by=ana, content=BIKE, now=NOW),
        lambda: create_solution(by=bob, content=BIKE | {"description": "Autre."}, now=NOW),
    )
    assert isinstance(outcome, EditingError)
    assert Solution.objects.get().description == "Un vélo prêté."
    again = create_solution(by=bob, content=BIKE | {"description": "Autre."}, now=NOW)
    assert (again.pk, Solution.objects.count()) == ("un-velo-2", 2)


# -- the desk ------------------------------------------------------------------------------------


@pytest.fixture
def followed(structure, person):
    """Function that orients the same person to the same structure."""
    adviser, ici = person("claire", Role.CONSEILLER), structure.organisation
    parcours = open_parcours(
        by=adviser,
        organisation=ici,
        now=NOW,
        person=Person(
            initiales="ab",
            annee_naissance=1990,
            situations=["7"],
            objectifs=["7"],
            prioritaire=True,
        ),
    )
    solution = Solution.objects.create(
        id="pret", structure=structure, nom="Prêt", statut="publie", type_solution="location_velo"
    )
    return lambda: orient(
        by=adviser, parcours=parcours, solution=solution, message="", now=NOW, token="secret"
    )


def test_a_person_is_oriented_once_to_a_structure(meanwhile, followed):
    outcome = meanwhile(followed, followed)
    assert isinstance(outcome, FollowUpError)
    assert Orientation.objects.count() == 1


def test_a_link_serves_once(meanwhile, followed):
    followed()

    def answer(**reply):
        return answer_by_link(token="secret", reply=Reply(**reply), now=NOW)

    outcome = meanwhile(
        lambda: answer(accepted=True), lambda: answer(accepted=False, motif="non_joignable")
    )
    assert isinstance(outcome, LinkNotValid)
    assert Orientation.objects.get().statut == "acceptee"


def test_one_administrator_is_left(meanwhile, person, ici):
    ana, bob = (person(name, Role.ADMINISTRATEUR) for name in ("ana", "bob"))
    of = {row.user: row for row in Membership.objects.select_related("user", "organisation")}
    outcome = meanwhile(
        lambda: remove_member(by=ana, membership=of[bob], now=NOW),
        lambda: remove_member(by=bob, membership=of[ana], now=NOW),
    )
    assert isinstance(outcome, LastAdministrator)
    assert Membership.objects.get().user == ana


# -- the session ---------------------------------------------------------------------------------


def test_an_idea_sent_twice_at_once_is_kept_once(meanwhile, half_day):
    def say():
        return idea_operations.add_idea(
            axe=half_day.axe, texte="Un car à 5 h", now=NOW, cle="0" * 36
        )

    outcome = meanwhile(say, say)
    assert outcome == Idee.objects.get()


def test_a_table_noted_twice_at_once_is_kept_once(meanwhile, half_day):
    def note():
        return idea_operations.note_table(
            by=half_day.steerer, axe=half_day.axe, table=1, lines=["Un car", "Un vélo"], now=NOW
        )

    assert meanwhile(note, note) == []
    assert Idee.objects.count() == 2


def test_an_idea_becomes_another_once(meanwhile, half_day):
    first, second = (
        idea_operations.add_idea(axe=half_day.axe, texte=text, now=NOW) for text in ("Un", "Deux")
    )

    def merge(*ideas):
        return idea_operations.merge_ideas(
            by=half_day.steerer, ideas=ideas, texte="Les deux", now=NOW
        )

    outcome = meanwhile(lambda: merge(first, second), lambda: merge(second, first))
    assert isinstance(outcome, CooperationError)
    assert Idee.objects.count() == 3


def test_a_phone_does_not_put_more_dots_than_it_has(meanwhile, half_day):
    ideas = [
        idea_operations.add_idea(axe=half_day.axe, texte=text, now=NOW) for text in ("Un", "Deux")
    ]
    yes = dict.fromkeys(Critere, (Reponse.OUI, ""))
    for idea in ideas:
        idea_operations.assess(by=half_day.steerer, idea=idea, answers=yes, now=NOW)
    outcome = meanwhile(
        lambda: workshop.put_dots(idea=ideas[0], voix="a", nombre=2, now=NOW),
        lambda: workshop.put_dots(idea=ideas[1], voix="a", nombre=2, now=NOW),
    )
    assert isinstance(outcome, CooperationError)
    assert [row.nombre for row in Gommette.objects.all()] == [2]


def test_the_last_place_is_taken_once(meanwhile, half_day):
    ana, bob = (
        Invite.objects.create(seance=half_day.seance, nom=name, organisation="X", college="etat")
        for name in ("Ana", "Bob")
    )

    def come(guest):
        return inviting.answer(guest=guest, reponse=ReponseInvitation.OUI, now=NOW)

    outcome = meanwhile(lambda: come(ana), lambda: come(bob))
    assert isinstance(outcome, CooperationError)
    assert Invite.objects.get(reponse="oui") == ana


def test_two_who_write_the_aims_do_not_mix_them(meanwhile, half_day):
    def write(*texts):
        fields = {name: getattr(half_day.seance, name) for name in preparing.SESSION}
        aims = [preparing.Aim(text, ()) for text in texts]
        preparing.change_session(
            by=half_day.steerer, seance=Seance.objects.get(), now=NOW, aims=aims, slots=[], **fields
        )

    meanwhile(lambda: write("Un", "Deux"), lambda: write("Trois"))
    assert [row.texte for row in half_day.seance.objectifs.all()] == ["Trois"]


def test_a_vote_keeps_who_was_there_whatever_is_noted_meanwhile(meanwhile, half_day):
    cdpe = committee(half_day, NOW)
    held = meeting(cdpe)

    def attend(*keys):
        came = [(cdpe.members[key], Occupant.TITULAIRE, False) for key in keys]
        committee_operations.note_attendance(
            by=cdpe.by, meeting=held, came=came, proxies={}, now=NOW
        )

    everybody = list(cdpe.members)
    attend(*everybody)
    meanwhile(
        lambda: committee_operations.record_vote(
            by=cdpe.by, meeting=held, question="Adopter ?", now=NOW,
            ballots={cdpe.members["medef"]: Choix.POUR},
        ),
        lambda: attend("prefet"),
    )  # fmt: skip
    assert len(held.scrutins.get().feuille["titulaires"]) == len(everybody)
    assert Presence.objects.count() == 1


def test_as_many_as_the_rate_are_allowed_when_all_come_at_once(transactional_db, rf):
    """A room behind one address: none is lost to another, and no more than the rate pass."""

    def use(_):
        try:
            return limits.allow(rf.get("/"), "ideas", "30/h/ip", now=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        allowed = list(pool.map(use, range(50)))
    assert sum(allowed) == 30
