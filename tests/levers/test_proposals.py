"""Proposals: recorded without the person, added up, answered once by link, shown if unanswered."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, OutgoingMessage, User
from traitdunion.levers import operations, queries, retention
from traitdunion.levers.changes import Lever, cost_of
from traitdunion.levers.digests import queue_digests
from traitdunion.levers.enums import Acteur, Confiance, EtatProposition, Nature
from traitdunion.levers.models import Destinataire, Proposition, Soutien
from traitdunion.levers.operations import ReadCost
from traitdunion.levers.recipients import NOBODY, recipient_of

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)  # a Monday
SITE = "https://exemple.fr"


def lever(**changed):
    values = {
        "key": "decaler_poste:43112:360-840:01234:+25", "acteur": Acteur.EMPLOYEUR,
        "nature": Nature.DECALER_POSTE, "sentence": "Si le poste commençait à 6 h 25.",
        "cost": cost_of(Nature.DECALER_POSTE, on=NOW.date()), "confiance": Confiance.SUR,
        "days": 5, "size": 25,
    }  # fmt: skip
    return Lever(**(values | changed))


def offered(**changed):
    return operations.offered(operations.offer_token(lever(**changed), "43112"))


@pytest.fixture
def office(db):
    organisation = Organisation.objects.create(slug="mission", nom="Mission locale",
                                               courriel="mission@x.example")  # fmt: skip
    user = User.objects.create_user("claire@x.example", "un mot de passe assez long", nom="Claire")
    Membership.objects.create(user=user, organisation=organisation, role=Role.CONSEILLER)
    mms = Organisation.objects.create(slug="mms", nom="MMS", courriel="mms@x.example")
    other = User.objects.create_user("paul@x.example", "un mot de passe assez long")
    Membership.objects.create(user=other, organisation=mms, role=Role.MMS)
    return user, organisation


def propose(office, **changed):
    by, organisation = office
    return operations.propose(
        by=by, organisation=organisation, lever=offered(**changed), message="Est-ce possible ?",
        site=SITE, now=NOW,
    )  # fmt: skip


def test_a_proposal_without_a_recipient_goes_to_the_mms_and_says_so(office):
    row, is_new = propose(office)
    assert is_new
    assert row.par_defaut
    assert row.destinataire == NOBODY
    message = OutgoingMessage.objects.get()
    assert message.to == "mms@x.example"


def test_the_most_precise_recipient_receives_it_and_its_deputy(office):
    for area, kind, name in (("", "", "Tous"), ("43112", "", "Langeac"),
                             ("43112", Nature.DECALER_POSTE, "Atelier")):  # fmt: skip
        Destinataire.objects.create(acteur=Acteur.EMPLOYEUR, territoire=area, nature=kind, nom=name,
                                    courriel=f"{name.lower()}@x.example",
                                    suppleant="bis@x.example")  # fmt: skip
    assert recipient_of("employeur", "43112", "decaler_poste").nom == "Atelier"
    assert recipient_of("employeur", "43112", "travailler_a_distance").nom == "Langeac"
    assert recipient_of("employeur", "43157", "decaler_poste").nom == "Tous"
    propose(office)
    assert set(OutgoingMessage.objects.values_list("to", flat=True)) == {
        "atelier@x.example", "bis@x.example"
    }  # fmt: skip


def test_proposals_of_one_lever_add_up(office):
    first, _ = propose(office)
    user, mms = User.objects.get(email="paul@x.example"), Organisation.objects.get(slug="mms")
    second, is_new = propose((user, mms))
    assert second.pk == first.pk
    assert not is_new
    assert Soutien.objects.count() == 2
    assert OutgoingMessage.objects.count() == 1


def test_nothing_of_the_person_is_kept(office):
    row, _ = propose(office)
    names = {field.name for model in (Proposition, Soutien) for field in model._meta.get_fields()}
    assert not names & {"user", "par", "by", "personne", "parcours"}
    assert "Claire" not in str(vars(row))


def test_an_answer_is_given_once_by_link_without_an_account(client, office):
    row, _ = propose(office)
    url = reverse("levers:answer", kwargs={"token": row.token})
    assert row.phrase in client.get(url).content.decode()
    refused = client.post(url, {"etat": "non", "reponse": ""})
    assert "pourquoi" in refused.content.decode()
    given = client.post(url, {"etat": "conditions", "reponse": "Dès janvier."}, follow=True)
    assert "Dès janvier." in given.content.decode()
    row.refresh_from_db()
    assert row.etat == EtatProposition.CONDITIONS
    assert row.repondue_le
    again = client.post(url, {"etat": "non", "reponse": "Finalement non."})
    assert "déjà sa réponse" in again.content.decode()
    assert OutgoingMessage.objects.filter(to="mission@x.example").count() == 1


def test_a_wrong_link_opens_nothing(client, office):
    row, _ = propose(office)
    for token in (str(row.pk), row.token.replace(".", ".x"), "999." + row.token.partition(".")[2]):
        assert client.get(reverse("levers:answer", kwargs={"token": token})).status_code == 404


def test_a_month_without_an_answer_is_shown(office):
    row, _ = propose(office)
    late = NOW + timedelta(days=34)
    assert row.days_without_answer(NOW + timedelta(days=29)) is None
    assert queries.proposals_of(office[1], now=late)[0].days_late == 34
    operations.reply(proposal=row, etat=EtatProposition.OUI, reponse="", now=late)
    assert queries.proposals_of(office[1], now=late)[0].days_late is None


def test_only_a_role_that_proposes_may(office):
    _, organisation = office
    stranger = User.objects.create_user("x@x.example", "un mot de passe assez long")
    with pytest.raises(PermissionDenied):
        propose((stranger, organisation))


def test_what_the_person_decides_is_not_sent(office):
    with pytest.raises(operations.LeverError, match="avec la personne"):
        propose(office, acteur=Acteur.PERSONNE)


def test_a_pause_keeps_the_proposal_and_sends_nothing(office):
    Destinataire.objects.create(acteur=Acteur.EMPLOYEUR, nom="Atelier", courriel="a@x.example",
                                pause_jusqu_au=date(2026, 12, 20))  # fmt: skip
    propose(office)
    assert Proposition.objects.count() == 1
    assert not OutgoingMessage.objects.exists()
    assert queue_digests(now=NOW + timedelta(days=14), site=SITE) == 0
    assert queue_digests(now=NOW + timedelta(days=21), site=SITE) == 1


def test_a_digest_is_sent_once_a_week(office):
    propose(office)
    OutgoingMessage.objects.all().delete()
    assert queue_digests(now=NOW + timedelta(days=3), site=SITE) == 0
    for _ in range(2):
        queue_digests(now=NOW + timedelta(days=7), site=SITE)
    assert OutgoingMessage.objects.count() == 1


def test_a_lever_changed_on_its_way_is_refused():
    token = operations.offer_token(lever(), "43112")
    assert operations.offered(token).phrase == "Si le poste commençait à 6 h 25."
    assert operations.offered(token[:-2] + "xx") is None


@pytest.mark.usefixtures("office")
def test_a_cost_typed_replaces_that_of_the_product():
    user = User.objects.get(email="paul@x.example")
    mms = Organisation.objects.get(slug="mms")
    assert cost_of(Nature.AJOUTER_COURSE, on=NOW.date()).eur is None
    with pytest.raises(operations.LeverError):
        operations.keep_cost(
            by=user,
            organisation=mms,
            nature=Nature.AJOUTER_COURSE,
            now=NOW,
            cost=ReadCost(
                montant_eur=Decimal(30000),
                unite="€ par an",
                source="",
                lu_le=NOW.date(),
                confiance="B",
            ),
        )
    operations.keep_cost(
        by=user,
        organisation=mms,
        nature=Nature.AJOUTER_COURSE,
        now=NOW,
        cost=ReadCost(
            montant_eur=Decimal(30000),
            unite="€ par an",
            source="Devis de la Région",
            lu_le=NOW.date(),
            confiance="B",
        ),
    )
    given = cost_of(Nature.AJOUTER_COURSE, on=NOW.date(), given=queries.costs_given())
    assert (given.eur, given.reference) == (Decimal(30000), "Devis de la Région")


def test_an_unknown_cost_is_never_nought():
    cost = cost_of(Nature.AJOUTER_COURSE, on=NOW.date())
    assert cost.text == "coût à demander"
    invented = cost_of(Nature.AJOUTER_COURSE, on=NOW.date(), demonstration=True)
    assert invented.demonstration
    assert "inventé" in invented.reference


def test_mailboxes_are_forgotten_after_a_year(office):
    row, _ = propose(office)
    assert retention.forget_due(now=NOW + timedelta(days=364)) == 0
    assert retention.forget_due(now=NOW + timedelta(days=366)) == 1
    row.refresh_from_db()
    assert row.courriel == ""
    retention.forget_due(now=NOW + timedelta(days=3 * 365 + 1))
    assert not Proposition.objects.exists()


def test_the_pages_of_proposals(client, office):
    user, organisation = office
    client.force_login(user)
    first = client.get(reverse("levers:propose-first"), {"levier": operations.offer_token(
        lever(), "43112")}, follow=True)  # fmt: skip
    assert "Envoyer la proposition" in first.content.decode()
    assert "La proposition" in client.post(
        first.request["PATH_INFO"] + "?" + first.request["QUERY_STRING"],
        {"message": "Est-ce possible ?"}, follow=True,
    ).content.decode()  # fmt: skip
    listed = client.get(reverse("levers:proposals", args=[organisation.slug])).content.decode()
    assert "Si le poste commençait" in listed
    kept = client.get(reverse("levers:settings", args=["mms"]))
    assert kept.status_code == 403
