"""Requests to sites: asked in turn, answered by a link, passed on, capped, counted, forgotten."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Access, Membership, Organisation, OutgoingMessage, User
from traitdunion.accounts.outbox.operations import unpack
from traitdunion.employers import retention
from traitdunion.employers.enums import EtatDemande, EtatEnvoi, NatureDemande
from traitdunion.employers.errors import EmployersError
from traitdunion.employers.models import ContactSite, DemandeSite, EnvoiSite
from traitdunion.employers.site_requests import operations, queries
from traitdunion.employers.site_requests.queries import Rate
from traitdunion.territory.models import Commune, Departement, Region, Site

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
HERE = "https://s.example"
REFERENCE = "ML-0412"


@pytest.fixture
def world(db, a_commune):
    ml = Organisation.objects.create(slug="ml", nom="Mission locale", courriel="ml@x.example")
    user = User.objects.create_user("ad@x.example", "un mot de passe assez long")
    Membership.objects.create(user=user, organisation=ml, role=Role.CONSEILLER)

    def contact(name):
        site = Site.objects.create(
            code=name, nom="Atelier", employeur=name, commune=a_commune, lat=45, lon=3.9
        )
        return operations.keep_contact(
            by=user, organisation=ml, site=site, courriel=f"{name}@y.example", now=NOW
        )

    return SimpleNamespace(ml=ml, user=user, contact=contact, sites=[contact(n) for n in "abc"])


@pytest.fixture
def a_commune(db):
    region = Region.objects.create(code="84", nom="Région")
    departement = Departement.objects.create(code="43", nom="Haute-Loire", region=region)
    return Commune.objects.create(
        code_insee="43157", nom="Le Puy-en-Velay", departement=departement, lat=45.04, lon=3.88
    )


def ask(world, *contacts, reference=REFERENCE, now=NOW, **more):
    return operations.ask(
        by=world.user, organisation=world.ml, contacts=contacts, now=now, site=HERE,
        wish=operations.Wish(
            **{"nature": NatureDemande.IMMERSION, "rome": "H2102", "precision": "", **more},
            reference=reference,
        ),
    )  # fmt: skip


def answer(contact, asked, reponse, now=NOW):
    turn = asked.envois.get(contact=contact)
    return operations.answer(contact=contact, envoi=turn.pk, reponse=reponse, site=HERE, now=now)


def states(asked):
    asked.refresh_from_db()
    return asked.etat, list(asked.envois.order_by("rang").values_list("etat", flat=True))


def mails():
    return list(OutgoingMessage.objects.order_by("pk").values_list("to", flat=True))


def test_a_yes_ends_the_request_and_the_organisation_is_written_to(world):
    a, b, _ = world.sites
    asked = ask(world, a, b)
    assert states(asked) == ("en_cours", ["envoye", "attente"])
    assert mails() == ["a@y.example"]
    answer(a, asked, EtatEnvoi.OUI)
    assert states(asked) == ("acceptee", ["oui", "sans_objet"])
    assert mails() == ["a@y.example", "ml@x.example"]
    with pytest.raises(EmployersError, match="finie"):
        answer(a, asked, EtatEnvoi.PLUS_TARD)


def test_another_answer_passes_it_on_and_the_end_of_the_list_ends_it(world):
    a, b, _ = world.sites
    asked = ask(world, a, b)
    answer(a, asked, EtatEnvoi.PAS_MAINTENANT)
    assert states(asked) == ("en_cours", ["pas_maintenant", "envoye"])
    answer(b, asked, EtatEnvoi.PLUS_TARD)
    assert states(asked) == ("epuisee", ["pas_maintenant", "plus_tard"])
    answer(b, asked, EtatEnvoi.OUI, now=NOW + 30 * DAY)  # later came
    assert states(asked) == ("acceptee", ["pas_maintenant", "oui"])
    assert asked.envois.get(contact=b).repondue_le == NOW  # the first answer


def test_ten_days_of_silence_pass_it_on_and_not_an_hour_before(world):
    a, b, _ = world.sites
    asked = ask(world, a, b)
    operations.run(now=NOW + 10 * DAY - timedelta(hours=1), site=HERE)
    assert states(asked) == ("en_cours", ["envoye", "attente"])
    assert operations.run(now=NOW + 10 * DAY, site=HERE) == 1
    assert states(asked) == ("en_cours", ["silence", "envoye"])
    assert operations.run(now=NOW + 10 * DAY, site=HERE) == 0
    operations.run(now=NOW + 20 * DAY, site=HERE)
    assert states(asked) == ("epuisee", ["silence", "silence"])
    assert mails() == ["a@y.example", "b@y.example", "ml@x.example"]


def test_a_late_yes_takes_the_request_back_from_the_next_site(world):
    a, b, c = world.sites
    asked = ask(world, a, b, c)
    operations.run(now=NOW + 10 * DAY, site=HERE)
    answer(a, asked, EtatEnvoi.OUI, now=NOW + 11 * DAY)
    assert states(asked) == ("acceptee", ["oui", "sans_objet", "sans_objet"])


def test_ninety_days_without_a_refresh_leave_the_search(world):
    a, b, _ = world.sites
    on = NOW.date()
    assert a in queries.may_be_asked(on + 89 * DAY)
    assert a not in queries.may_be_asked(on + 90 * DAY)
    operations.set_limits(contact=b, plafond=None, pause_jusqu_au=None, now=NOW + 60 * DAY)
    assert set(queries.may_be_asked(on + 90 * DAY)) == {b}
    with pytest.raises(EmployersError, match="plus de demande possible"):
        ask(world, a, now=NOW + 90 * DAY)


def test_a_site_is_asked_to_refresh_once_two_weeks_before(world):
    assert operations.run(now=NOW + 74 * DAY, site=HERE) == 0
    assert operations.run(now=NOW + 75 * DAY, site=HERE) == 3
    assert operations.run(now=NOW + 80 * DAY, site=HERE) == 0
    assert sorted(mails()) == ["a@y.example", "b@y.example", "c@y.example"]


def test_a_pause_holds_to_its_last_day_and_its_turn_is_skipped(world):
    a, b, c = world.sites
    asked = ask(world, a, b, c)
    operations.set_limits(contact=b, plafond=None, pause_jusqu_au=date(2026, 6, 15), now=NOW)
    assert b not in queries.may_be_asked(date(2026, 6, 15))
    assert b in queries.may_be_asked(date(2026, 6, 16))
    answer(a, asked, EtatEnvoi.PAS_MAINTENANT)
    assert states(asked) == ("en_cours", ["pas_maintenant", "ecarte", "envoye"])


def test_a_cap_counts_the_requests_sent_in_the_calendar_month(world):
    a = world.sites[0]
    operations.set_limits(contact=a, plafond=2, pause_jusqu_au=None, now=NOW)
    ask(world, a, reference="P-1")
    ask(world, a, reference="P-2", now=datetime(2026, 6, 30, 9, tzinfo=UTC))
    with pytest.raises(EmployersError, match="plus de demande possible"):
        ask(world, a, reference="P-3", now=datetime(2026, 6, 30, 9, tzinfo=UTC))
    # 30 June, 22:30 UTC is July in Paris.
    assert ask(world, a, reference="P-3", now=datetime(2026, 6, 30, 22, 30, tzinfo=UTC))


def test_no_site_is_asked_twice_for_the_same_person(world):
    a, b, _ = world.sites
    asked = ask(world, a, b)
    for reference in (REFERENCE, REFERENCE.lower()):
        with pytest.raises(EmployersError, match="déjà été sollicité"):
            ask(world, b, reference=reference, nature=NatureDemande.VISITE)
    assert ask(world, a, reference="ML-0413")
    with pytest.raises(IntegrityError), transaction.atomic():
        EnvoiSite.objects.create(
            demande=asked, contact=a, rang=9, cle=asked.envois.first().cle
        )  # fmt: skip


def test_a_site_that_leaves_is_erased_passed_over_and_never_registered_again(world):
    a, b, _ = world.sites
    asked = ask(world, a, b)
    operations.leave(contact=a, now=NOW, site=HERE)
    assert states(asked) == ("en_cours", ["sans_objet", "envoye"])
    a.refresh_from_db()
    assert a.courriel == ""
    with pytest.raises(EmployersError, match="ne plus être sollicité"):
        operations.keep_contact(
            by=world.user, organisation=world.ml, site=a.site, courriel="z@y.example", now=NOW
        )


def test_a_new_mailbox_closes_the_former_link(world):
    a = world.sites[0]
    old = a.token
    operations.keep_contact(
        by=world.user, organisation=world.ml, site=a.site, courriel="new@y.example", now=NOW
    )
    assert ContactSite.by_token(old) is None
    a.refresh_from_db()
    assert ContactSite.by_token(a.token) == a
    assert ContactSite.by_token(a.token + "x") is None


def test_a_closed_request_goes_to_no_other_site(world):
    a, b, _ = world.sites
    asked = ask(world, a, b)
    operations.close(by=world.user, demande=asked, now=NOW)
    operations.run(now=NOW + 20 * DAY, site=HERE)
    assert states(asked) == ("close", ["sans_objet", "sans_objet"])
    assert mails() == ["a@y.example"]


def test_only_who_may_ask_asks_and_nothing_personal_is_written(world):
    with pytest.raises(EmployersError, match="désigne une personne"):
        ask(world, world.sites[0], precision="Appelez le 06 12 34 56 78")
    with pytest.raises(EmployersError, match="chacun une fois"):
        ask(world, world.sites[0], world.sites[0])
    Membership.objects.update(role=Role.PILOTAGE)
    with pytest.raises(PermissionDenied):
        ask(world, world.sites[0])


def test_the_rate_has_its_denominator_and_a_late_answer_is_none(world):
    a = world.sites[0]
    for n in range(5):
        asked = ask(world, a, reference=f"P-{n}")
        if n < 2:
            answer(a, asked, EtatEnvoi.PAS_MAINTENANT, now=NOW + 10 * DAY)  # in time
        if n == 2:
            answer(a, asked, EtatEnvoi.PAS_MAINTENANT, now=NOW + 11 * DAY)  # late
        if n == 3:
            operations.close(by=world.user, demande=asked, now=NOW)  # nothing to answer
    assert queries.rates([a], now=NOW + 10 * DAY - timedelta(seconds=1))[a.pk] == Rate(2, 2)
    rate = queries.rates([a], now=NOW + 12 * DAY)[a.pk]
    assert (rate, rate.percent) == (Rate(2, 4), 50)


def test_others_read_a_rate_by_elevens_so_that_theirs_taken_away_tell_nothing():
    assert [Rate(*pair).shown for pair in ((3, 10), (3, 11), (12, 12), (12, 25), (13, 26))] == [
        None, None, None, (11, 22), (11, 22),
    ]  # fmt: skip
    assert Rate(0, 0).percent is None


def test_neither_the_message_nor_the_page_of_the_site_nor_the_journal_has_the_reference(
    world, client, time_machine
):
    time_machine.move_to(NOW)
    a = world.sites[0]
    ask(world, a, precision="Trois jours en juillet")
    url = reverse("employers:site-answers", kwargs={"token": a.token})
    page = client.get(url).content.decode()
    assert "Trois jours en juillet" in page
    assert "Mission locale" in page
    body, _ = unpack(OutgoingMessage.objects.get())
    assert url in body
    journal = " ".join(Access.objects.values_list("target_label", flat=True))
    for text in (page, body, journal):
        assert REFERENCE not in text


def test_a_site_answers_in_one_press_caps_and_leaves_on_screen(world, client, time_machine):
    time_machine.move_to(NOW)
    a, b, _ = world.sites
    asked = ask(world, a, b)
    url = reverse("employers:site-answers", kwargs={"token": a.token})
    assert client.get(url).status_code == 200
    assert states(asked)[1] == ["envoye", "attente"]  # opening the link answers nothing
    foreign = EnvoiSite.objects.get(contact=b)
    client.post(url, {"faire": "oui", "envoi": foreign.pk})
    assert states(asked)[1] == ["envoye", "attente"]
    client.post(url, {"faire": "plus_tard", "envoi": asked.envois.get(contact=a).pk})
    assert states(asked)[1] == ["plus_tard", "envoye"]
    assert "1 réponse en dix jours sur 1 demande (100 %)" in client.get(url).content.decode()
    assert client.post(url, {"faire": "regler", "plafond": "0"}).status_code == 422
    client.post(url, {"faire": "regler", "plafond": "3", "pause_jusqu_au": "2026-07-01"})
    a.refresh_from_db()
    assert (a.plafond, a.pause_jusqu_au) == (3, date(2026, 7, 1))
    time_machine.move_to(NOW + 3 * DAY)
    client.post(url, {"faire": "confirmer"})
    a.refresh_from_db()
    assert (a.plafond, a.rafraichi_le) == (3, date(2026, 6, 4))
    client.post(url, {"faire": "partir"})
    assert client.get(url).status_code == 410


def test_the_adviser_registers_asks_and_closes_on_screen(world, client, time_machine):
    time_machine.move_to(NOW)
    client.force_login(world.user)
    url = reverse("employers:site-requests", kwargs={"organisation": "ml"})
    assert "Aucune demande" in client.get(url).content.decode()
    a, b, _ = world.sites
    mailbox = {"faire": "contact", "site": a.site.pk, "courriel": "new@y.example"}
    assert client.post(url, mailbox).status_code == 422
    assert client.post(url, mailbox | {"accord": "on"}).status_code == 302
    sent = {"faire": "demander", "nature": "visite", "premier": a.pk, "deuxieme": b.pk}
    for name in ("Dupont", "0612345678 9", ""):
        assert client.post(url, sent | {"reference": name}).status_code == 422
    assert client.post(url, sent | {"reference": REFERENCE}).status_code == 302
    again = client.post(url, sent | {"reference": REFERENCE})
    assert again.status_code == 422
    assert "déjà été sollicité" in again.content.decode()
    page = client.get(url).content.decode()
    assert REFERENCE in page
    assert "pas encore assez de demandes" in page
    client.post(url, {"faire": "clore", "demande": DemandeSite.objects.get().pk})
    assert DemandeSite.objects.get().etat == EtatDemande.CLOSE


def test_a_site_of_demonstration_gets_no_message(world):
    Site.objects.update(demonstration=True)
    ask(world, world.sites[0])
    operations.run(now=NOW + 80 * DAY, site=HERE)
    assert mails() == ["ml@x.example"]  # the end of the list


def test_what_names_a_person_and_old_mailboxes_are_forgotten(world):
    a, b, _ = world.sites
    asked = ask(world, a, precision="Trois jours")
    answer(a, asked, EtatEnvoi.OUI)
    operations.set_limits(contact=b, plafond=None, pause_jusqu_au=None, now=NOW + 200 * DAY)
    assert retention.forget_due(now=NOW + 365 * DAY) == 0
    assert retention.forget_due(now=NOW + 366 * DAY) == 3  # a request; the mailboxes of a and c
    asked.refresh_from_db()
    assert (asked.reference, asked.precision, asked.envois.get().cle) == ("", "", "")
    assert set(ContactSite.objects.exclude(courriel="")) == {b}
    assert ContactSite.by_token(a.token) is None
