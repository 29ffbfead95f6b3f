"""Testimonies: read by a moderator first, signed as chosen, ended, withdrawn at once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.employers.test_speakers import NAME, NOW, pool, register  # noqa: F401 (fixture)
from traitdunion.accounts.models import Organisation
from traitdunion.employers import retention
from traitdunion.employers.enums import EtatTemoignage, Signature, Usage
from traitdunion.employers.errors import EmployersError
from traitdunion.employers.models import Temoignage
from traitdunion.employers.speakers import operations
from traitdunion.employers.speakers.testimonies import (
    MAX_OPEN,
    REFUSED_KEPT,
    Words,
    moderate,
    withdraw_one,
    write,
)

END = date(2026, 9, 1)
TOLD = "On m'a attendue à la porte le premier matin."
PAGE = reverse("employers:testimonies")


def tell(speaker, texte=TOLD, signature=Signature.NOM, until=END, metier="Fromagère"):
    return write(speaker=speaker, words=Words(texte, signature, until, metier), now=NOW)


def published(pool, speaker, **words):  # noqa: F811
    row = tell(speaker, **words)
    return moderate(by=pool.adviser, organisation=pool.held_by, key=row.pk, refused_for="", now=NOW)


def read(client):
    client.logout()
    answer = client.get(PAGE)
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode().replace("&#x27;", "'")


def test_nobody_reads_it_before_a_moderator_of_its_intermediary(pool, client, time_machine):  # noqa: F811
    time_machine.move_to(NOW)
    row = tell(register(pool))
    assert TOLD not in read(client)
    for person, held_by in ((pool.keeper, pool.asso), (pool.keeper, pool.held_by)):
        with pytest.raises(PermissionDenied):
            moderate(by=person, organisation=held_by, key=row.pk, refused_for="", now=NOW)
    client.force_login(pool.adviser)
    desk = reverse("employers:moderation", args=["ml"])
    assert TOLD in client.get(desk).content.decode().replace("&#x27;", "'")
    client.post(desk, {"temoignage": row.pk, "faire": "publier"})
    page = read(client)
    assert TOLD in page
    assert f"{NAME} (salariés) · Fromagère" in page
    assert TOLD in client.get(PAGE, {"metier": "Fromagère"}).content.decode().replace("&#x27;", "'")
    assert TOLD not in client.get(PAGE, {"metier": "Autre"}).content.decode()


def test_another_intermediary_moderates_nothing(pool):  # noqa: F811
    row = tell(register(pool))
    other = Organisation.objects.create(slug="autre", nom="Autre")
    pool.adviser.memberships.create(organisation=other, role="conseiller")
    with pytest.raises(EmployersError, match="retiré par son auteur"):
        moderate(by=pool.adviser, organisation=other, key=row.pk, refused_for="", now=NOW)


def test_it_is_signed_as_the_person_chose_and_as_they_still_accept(pool, client, time_machine):  # noqa: F811
    time_machine.move_to(NOW)
    speaker = register(pool)
    published(pool, speaker, signature=Signature.CATEGORIE)
    assert NAME not in read(client)
    assert "Salariés · Fromagère" in read(client)
    published(pool, speaker)
    assert NAME in read(client)
    operations.withdraw(speaker=speaker, usage=Usage.NOM, now=NOW)
    page = read(client)
    assert TOLD in page
    assert NAME not in page


@pytest.mark.parametrize("how", ["one", "use", "contact", "whole"])
def test_withdrawn_by_its_author_it_is_deleted_at_once(pool, client, time_machine, how):  # noqa: F811
    time_machine.move_to(NOW)
    speaker = register(pool)
    row = published(pool, speaker)
    own = reverse("employers:own-word", kwargs={"token": speaker.token})
    asked = {"one": {"retirer_temoignage": row.pk}, "use": {"retirer": "temoignage"},
             "contact": {"retirer": "contact"}, "whole": {"retirer": "tout"}}[how]  # fmt: skip
    assert client.post(own, asked).status_code == 302
    assert not Temoignage.objects.exists()
    assert TOLD not in read(client)


def test_a_withdrawn_consent_then_given_again_brings_nothing_back(pool, client, time_machine):  # noqa: F811
    time_machine.move_to(NOW)
    speaker = register(pool)
    published(pool, speaker)
    operations.withdraw(speaker=speaker, usage=Usage.TEMOIGNAGE, now=NOW)
    with pytest.raises(EmployersError, match="votre accord"):
        tell(speaker)
    given = {Usage.TEMOIGNAGE: ("tous", "site")}
    operations.consent(by=pool.adviser, speaker=speaker, given=given, expire_le=END, now=NOW)
    assert TOLD not in read(client)


def test_a_consent_for_the_room_alone_publishes_nothing(pool, client, time_machine):  # noqa: F811
    time_machine.move_to(NOW)
    speaker = register(pool)
    published(pool, speaker)
    given = {Usage.TEMOIGNAGE: ("salle", "oral")}
    operations.consent(by=pool.adviser, speaker=speaker, given=given, expire_le=END, now=NOW)
    assert TOLD not in read(client)


@pytest.mark.parametrize("ends", ["testimony", "consent"])
def test_it_ends_on_its_day_and_is_then_forgotten(pool, client, time_machine, ends):  # noqa: F811
    speaker = register(pool)
    row = published(pool, speaker)
    if ends == "consent":
        speaker.consentements.filter(usage=Usage.TEMOIGNAGE).update(expire_le=END)
        Temoignage.objects.update(expire_le=END + timedelta(days=30))
    time_machine.move_to(datetime(2026, 9, 1, 9, tzinfo=UTC))
    assert TOLD in read(client)
    time_machine.move_to(datetime(2026, 9, 2, 9, tzinfo=UTC))
    assert TOLD not in read(client)
    Temoignage.objects.filter(pk=row.pk).update(expire_le=END)
    retention.forget_due(now=datetime(2026, 9, 2, 9, tzinfo=UTC))
    assert not Temoignage.objects.exists()


def test_it_does_not_outlive_the_consent(pool):  # noqa: F811
    speaker = register(pool)
    with pytest.raises(EmployersError, match="01/01/2027"):
        tell(speaker, until=date(2027, 1, 2))
    assert tell(speaker, until=date(2027, 1, 1))
    with pytest.raises(EmployersError):
        tell(speaker, until=NOW.date() - timedelta(days=1))


def test_a_refusal_has_its_reason_which_its_author_alone_reads(pool, client, time_machine):  # noqa: F811
    time_machine.move_to(NOW)
    speaker = register(pool)
    row = published(pool, speaker)
    client.force_login(pool.adviser)
    desk = reverse("employers:moderation", args=["ml"])
    assert "Écrivez pourquoi" in client.post(
        desk, {"temoignage": row.pk, "faire": "refuser"}, follow=True
    ).content.decode().replace("&#x27;", "'")
    client.post(desk, {"temoignage": row.pk, "faire": "refuser", "motif": "Nomme un collègue"})
    assert TOLD not in read(client)
    own = reverse("employers:own-word", kwargs={"token": speaker.token})
    assert "Nomme un collègue" in client.get(own).content.decode()
    with pytest.raises(EmployersError, match="déjà refusé"):
        moderate(by=pool.adviser, organisation=pool.held_by, key=row.pk, refused_for="", now=NOW)
    assert retention.forget_due(now=NOW + REFUSED_KEPT) == 0
    assert retention.forget_due(now=NOW + REFUSED_KEPT + timedelta(minutes=1)) == 1


def test_no_number_and_not_more_than_a_few(pool):  # noqa: F811
    speaker = register(pool)
    with pytest.raises(EmployersError, match="numéro ou une adresse"):
        tell(speaker, texte="Appelez-moi au 06 12 34 56 78")
    for n in range(MAX_OPEN):
        tell(speaker, texte=f"{TOLD} {n}")
    with pytest.raises(EmployersError, match="à la fois"):
        tell(speaker)
    with pytest.raises(EmployersError, match="plus là"):
        withdraw_one(speaker=register(pool, name="Bea"), key=Temoignage.objects.first().pk, now=NOW)


def test_the_person_tells_by_their_link_once_they_consent(pool, client, time_machine):  # noqa: F811
    time_machine.move_to(NOW)
    speaker = register(pool, usages=[Usage.CONTACT])
    own = reverse("employers:own-word", kwargs={"token": speaker.token})
    sent = {"temoigner": "oui", "texte": TOLD, "signature": "categorie", "expire_le": "2026-09-01"}
    assert "Envoyer à relire" not in client.get(own).content.decode()
    assert client.post(own, sent).status_code == 422
    operations.consent(
        by=pool.adviser, speaker=speaker, given={Usage.TEMOIGNAGE: ("tous", "site")},
        expire_le=END, now=NOW,
    )  # fmt: skip
    assert "Envoyer à relire" in client.get(own).content.decode()
    assert client.post(own, sent | {"texte": ""}).status_code == 422
    assert client.post(own, sent).status_code == 302
    assert Temoignage.objects.get().etat == EtatTemoignage.ATTENTE


def test_the_database_refuses_one_shown_before_it_was_read_or_refused_without_reason(pool):  # noqa: F811
    row = tell(register(pool))
    for wrong in ({"etat": "publie"}, {"etat": "refuse", "relu_le": NOW}, {"motif": "Non"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Temoignage.objects.filter(pk=row.pk).update(**wrong)
