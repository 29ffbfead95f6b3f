"""Leases from their pages: sign, amend, pay, resell, letters of the clocks, alerts, the link."""

import html
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from traitdunion.accounts.models import OutgoingMessage
from traitdunion.accounts.outbox.operations import unpack
from traitdunion.housing.clocks import clock_rules
from traitdunion.housing.enums import EvenementRevente as E
from traitdunion.housing.enums import NatureEcriture
from traitdunion.housing.errors import HousingError
from traitdunion.housing.leases import alerts, facts
from traitdunion.housing.leases.letters import letter_of, letter_pdf, models_of_letters
from traitdunion.housing.leases.operations import draw_link
from traitdunion.housing.leases.resales import CLOCKS, open_resale, record_event
from traitdunion.housing.ledger.operations import Heading, Line, record_payment, write_entry
from traitdunion.housing.ledger.queries import arrears_of, faults_of, payments_to_cancel
from traitdunion.housing.models import Bail, Ecriture, Ligne, VersionBail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stopped(ofs):
    with time_machine.travel(ofs.now, tick=False):
        yield


@pytest.fixture
def keeper(client, ofs):
    client.force_login(ofs.keeper)
    return client


@pytest.fixture
def resale(ofs):
    ofs.index()
    ofs.tick()
    row = open_resale(
        by=ofs.keeper, bail=ofs.lease(), acquereur="Malik P.", prix=Decimal("160000.00"),
        now=ofs.now,
    )  # fmt: skip
    for nature, le in (
        (E.OFFRE_RECUE, date(2026, 11, 2)), (E.ACCEPTATION, date(2026, 11, 20)),
        (E.TRANSMISSION, date(2026, 11, 24)),
    ):  # fmt: skip
        record_event(
            by=ofs.keeper, revente=row, nature=nature, le=le, preuve="recommandé", now=ofs.now
        )
    return row


LEASE = {
    "numero": "0012", "nature": "direct", "logement": "T4", "commune": "Langeac",
    "surface_utile": "82,5", "preneur": "P. Fictif", "signe_le": "2026-11-20", "duree_ans": "60",
    "prix": "142 000", "redevance": "90", "indice": "irl", "indice_base": "2026T1",
}  # fmt: skip


def test_a_lease_is_signed_then_amended_and_its_first_version_stays(keeper, ofs):
    url = reverse("housing:new-lease", kwargs={"organisation": "ofs"})
    wrong = keeper.post(url, {**LEASE, "duree_ans": "12", "indice_base": "2026"})
    assert "2 points à corriger" in wrong.content.decode()
    assert keeper.post(url, LEASE).status_code == 302
    row = Bail.objects.get(numero="0012")
    assert row.versions.get().prix_centimes == 14_200_000
    page = reverse("housing:manage", kwargs={"pk": row.pk})
    assert 'value="90' in keeper.get(page).content.decode()  # the version in force, duplicated
    change = {
        "faire": "avenant", "avenant-redevance": "70", "avenant-indice": "irl",
        "avenant-indice_base": "2026T1", "avenant-motif": "Charges revues",
    }  # fmt: skip
    early = keeper.post(page, {**change, "avenant-depuis": "2026-11-20"})
    assert "après la version en vigueur" in early.content.decode()
    keeper.post(page, {**change, "avenant-depuis": "2026-12-01"})
    amounts = list(VersionBail.objects.order_by("depuis").values_list("redevance_centimes"))
    assert amounts == [(9000,), (7000,)]


def test_payment_works_mandate_and_resale_are_written_from_one_page(keeper, ofs):
    row = ofs.lease()
    url = reverse("housing:manage", kwargs={"pk": row.pk})
    sent = [
        {"faire": "paiement", "paiement-le": "2026-11-10", "paiement-montant": "78",
         "paiement-piece": "relevé"},
        {"faire": "travaux", "travaux-libelle": "Isolation", "travaux-montant": "9 000",
         "travaux-faits_le": "2025-05-01", "travaux-vie_ans": "20"},
        {"faire": "mandat", "mandat-rum": "R-7", "mandat-titulaire": "S",
         "mandat-iban": "FR7630006000011234567890189", "mandat-signe_le": "2026-11-01"},
        {"faire": "revente", "revente-acquereur": "A. Fictif", "revente-prix": "150000"},
    ]  # fmt: skip
    for mail in sent:
        assert keeper.post(url, mail).status_code == 302, mail
    assert Ligne.objects.filter(bail=row).get().credit == 7800
    assert (row.travaux.count(), row.mandats.count(), row.reventes.count()) == (1, 1, 1)
    again = keeper.post(url, sent[3]).content.decode()
    assert "déjà ouverte" in again


def test_a_payment_written_by_mistake_is_cancelled_and_its_bill_keeps_its_age(keeper, ofs):
    row = ofs.lease()
    url = reverse("housing:manage", kwargs={"pk": row.pk})
    write_entry(
        by=ofs.keeper, organisation=ofs.organisation, now=ofs.now,
        heading=Heading(date(2026, 8, 1), NatureEcriture.APPEL, row.section, "Août"),
        lines=[Line("411", debit=7800, bail=row), Line("706", credit=7800, bail=row)],
    )  # fmt: skip
    assert "Paiement à annuler" not in keeper.get(url).content.decode()
    keeper.post(url, {"faire": "paiement", "paiement-le": "2026-11-10", "paiement-montant": "78",
                      "paiement-piece": "relevé"})  # fmt: skip
    on = ofs.now.date()
    assert arrears_of(row, as_of=on).open == 0
    page = html.unescape(keeper.get(url).content.decode())
    assert "nº 2, 78\xa0€ reçus le 10 novembre 2026 (relevé)" in page
    cancelled = {"faire": "annulation", "annulation-ecriture": "2"}
    early = keeper.post(url, {**cancelled, "annulation-le": "2026-11-09"}).content.decode()
    assert "ne peut pas précéder" in html.unescape(early)
    assert keeper.post(url, {**cancelled, "annulation-le": "2026-11-20"}).status_code == 302
    owed = arrears_of(row, as_of=on)
    assert (owed.open, owed.buckets["90+"]) == (78, 78)
    # On a day when it stood, the payment counted.
    assert arrears_of(row, as_of=date(2026, 11, 15)).open == 0
    for wrong in ("1", "2", "3"):  # a bill, what is cancelled already, what cancels it
        again = {**cancelled, "annulation-ecriture": wrong, "annulation-le": "2026-11-21"}
        assert keeper.post(url, again).status_code == 200
    assert Ecriture.objects.count() == 3
    assert faults_of(ofs.organisation) == []


def test_a_payment_of_another_lease_is_not_offered(keeper, ofs):
    first, second = ofs.lease(), ofs.lease("0008")
    record_payment(by=ofs.keeper, bail=first, le=date(2026, 11, 10), amount=5, now=ofs.now)
    assert [line.credit for line in payments_to_cancel(first)] == [5]
    assert payments_to_cancel(second) == []


def test_every_clock_of_a_lease_has_its_letter():
    assert {rule for rule, *_ in (*CLOCKS, *facts.CLOCKS)} == set(models_of_letters())
    assert set(models_of_letters()) <= set(clock_rules())


def test_a_letter_gives_the_dates_of_its_clock_and_what_waits(ofs, resale):
    letter = letter_of(resale, "agrement_cession", on=ofs.now.date())
    text = " ".join(letter.paragraphs)
    assert "transmise le 24 novembre 2026" in text
    assert "au plus tard le 24 janvier 2027" in text
    assert "ressources : à vérifier" in text
    assert "ne vaut ni agrément ni refus" in text
    assert not letter.to_check
    # Accepted on the eleventh day: ten full days after the second of November.
    assert "à partir du 13 novembre 2026" in letter_of(
        resale, "offre_reflexion", on=ofs.now.date()
    ).paragraphs[0]  # fmt: skip
    assert letter_pdf(resale, "agrement_cession", on=ofs.now.date()).startswith(b"%PDF")


def test_without_a_proven_start_there_is_no_letter(keeper, ofs, resale):
    with pytest.raises(HousingError, match="pas prouvé"):
        letter_of(resale, "retractation_L271_1", on=ofs.now.date())
    with pytest.raises(HousingError, match="pas celui"):
        letter_of(resale, "recherche_acquereur", on=ofs.now.date())
    url = reverse("housing:letter", kwargs={"pk": resale.pk, "rule": "retractation_L271_1"})
    assert "pas de date, pas de lettre" in keeper.get(url, follow=True).content.decode()
    good = reverse("housing:letter", kwargs={"pk": resale.pk, "rule": "agrement_cession"})
    assert keeper.get(good).headers["Content-Type"] == "application/pdf"


def at(ofs, day):
    return datetime(day.year, day.month, day.day, 9, tzinfo=ofs.now.tzinfo)


@pytest.mark.parametrize(
    ("left", "stages"), [(15, []), (14, [14]), (4, [14]), (3, [3]), (0, [3]), (-1, [-1])]
)
def test_an_alert_leaves_before_the_day_and_once_it_has_passed(ofs, resale, left, stages):
    on = date(2027, 1, 24) - timedelta(days=left)
    as_ = [a for a in alerts.due(now=at(ofs, on)) if a.line.rule == "agrement_cession"]
    assert [(a.left, a.stage) for a in as_] == [(left, stage) for stage in stages]


def test_an_alert_is_queued_once_and_silence_is_no_agreement(ofs, resale):
    now = at(ofs, date(2027, 1, 26))
    first = alerts.run(now=now, site="https://site.example")
    assert first > 0
    assert alerts.run(now=now, site="https://site.example") == 0
    texts = [unpack(row)[0] for row in OutgoingMessage.objects.all()]
    (text,) = [t for t in texts if "L.255-11)" in t]
    assert "Le délai est passé depuis le 24 janvier 2027" in text
    assert "Ni agrément ni refus tacite" in text
    assert f"https://site.example/logement/bail/{resale.bail_id}/" in text
    assert "Malik" not in text


def test_a_resale_that_ended_or_a_demonstration_warns_nobody(ofs, resale):
    now = at(ofs, date(2027, 1, 20))
    assert alerts.due(now=now)
    Bail.objects.update(demonstration=True)
    assert alerts.due(now=now) == []


def test_a_household_reads_its_lease_by_a_link_that_can_be_closed(client, ofs, resale):
    row = draw_link(by=ofs.keeper, bail=resale.bail, is_open=True, now=ofs.now)
    first = reverse("housing:own-lease", kwargs={"token": row.token})
    page = client.get(first).content.decode().replace("\xa0", " ")
    assert "Bail 0007" in page
    assert "Prix maximal de revente" in page
    assert "Malik" not in page
    second = draw_link(by=ofs.keeper, bail=row, is_open=True, now=ofs.now).token
    assert client.get(first).status_code == 404
    draw_link(by=ofs.keeper, bail=row, is_open=False, now=ofs.now)
    third = draw_link(by=ofs.keeper, bail=row, is_open=True, now=ofs.now).token
    assert third != second
    assert client.get(reverse("housing:own-lease", kwargs={"token": second})).status_code == 404
    assert client.get(reverse("housing:own-lease", kwargs={"token": third})).status_code == 200


def test_the_link_is_opened_from_the_page_of_the_lease(keeper, ofs):
    row = ofs.lease()
    url = reverse("housing:manage", kwargs={"pk": row.pk})
    keeper.post(url, {"faire": "lien"})
    assert "/mon-bail/" in keeper.get(url).content.decode()
    keeper.post(url, {"faire": "fermer"})
    assert "/mon-bail/" not in keeper.get(url).content.decode()
