import re

import pytest
from django.urls import reverse

from traitdunion.accounts.models import Invitation, Membership, User

pytestmark = pytest.mark.django_db
PASSWORD = "un mot de passe assez long"  # that of `people`
NEW_PASSWORD = "encore une phrase bien longue"


def sign_in(client, email, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def test_one_signs_in_with_an_address_whatever_its_case(client, people):
    answer = sign_in(client, people.admin.email.upper())
    assert answer.status_code == 302
    assert answer.url == "/ce-matin/"
    assert client.get(answer.url).url == "/mon-espace/"
    assert "Guichet d&#x27;ici" in client.get("/mon-espace/").content.decode()


def test_a_wrong_password_is_told_beside_the_form(client, people):
    answer = sign_in(client, people.admin.email, "autre chose de long")
    assert answer.status_code == 200
    assert "error-summary" in answer.content.decode()


def test_somebody_inactive_does_not_sign_in(client, people):
    User.objects.filter(pk=people.admin.pk).update(is_active=False)
    sign_in(client, people.admin.email)
    assert client.get("/mon-espace/").status_code == 302


def test_one_signs_out(client, people):
    sign_in(client, people.admin.email)
    client.post(reverse("account_logout"))
    assert client.get("/mon-espace/").url.startswith("/compte/connexion/")


def test_nobody_creates_an_account_without_an_invitation(client, db):
    page = client.get(reverse("account_signup"))
    assert "sur invitation" in page.content.decode()
    client.post(reverse("account_signup"), {"email": "a@b.example", "password1": PASSWORD})
    assert not User.objects.exists()


def test_a_forgotten_password_is_replaced_by_a_link(client, people, mails):
    client.post(reverse("account_reset_password"), {"email": people.admin.email})
    asked = client.get(mails.link(), follow=True)
    form = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    done = client.post(asked.redirect_chain[-1][0], form)
    assert done.status_code == 302
    assert sign_in(client, people.admin.email).status_code == 200
    assert sign_in(client, people.admin.email, NEW_PASSWORD).status_code == 302


def test_an_unknown_address_learns_nothing_and_gets_nothing(client, people, mails):
    known = client.post(reverse("account_reset_password"), {"email": people.admin.email})
    unknown = client.post(reverse("account_reset_password"), {"email": "qui@rien.example"})
    assert (unknown.status_code, unknown.url) == (known.status_code, known.url)
    assert [mail.to for mail in mails.all] == [[people.admin.email]]


def test_an_invitation_goes_from_the_page_to_the_account(client, people, mails):
    client.force_login(people.admin)
    page = reverse("accounts:members", args=["ici"])
    sent = client.post(page, {"email": "nouvelle@ici.example", "role": "contributeur"}, follow=True)
    assert "Le message à nouvelle@ici.example part dans la minute." in sent.content.decode()
    client.logout()
    link = mails.link()
    assert client.get(link).status_code == 200
    weak = client.post(link, {"nom": "Nour", "password": "court"})
    assert weak.status_code == 422
    done = client.post(link, {"nom": "Nour", "password": NEW_PASSWORD}, follow=True)
    assert "Vous avez rejoint" in done.content.decode()
    assert Membership.objects.get(user__nom="Nour").role == "contributeur"
    assert client.get(link).status_code == 410


def test_a_person_with_an_account_accepts_in_one_press(client, people, mails):
    client.force_login(people.admin)
    form = {"email": people.nobody.email, "role": "contributeur"}
    client.post(reverse("accounts:members", args=["ici"]), form)
    client.force_login(people.nobody)
    client.post(mails.link())
    assert people.nobody.memberships.get().role == "contributeur"


def test_a_refused_invitation_is_told_on_its_page(client, people, mails):
    client.force_login(people.admin)
    form = {"email": people.nobody.email, "role": "contributeur"}
    client.post(reverse("accounts:members", args=["ici"]), form)
    client.logout()
    answer = client.post(mails.link(), {"nom": "Autre", "password": NEW_PASSWORD})
    assert answer.status_code == 422
    assert "a déjà un compte" in answer.content.decode()


def test_the_row_of_another_organisation_is_not_reached(client, people):
    client.force_login(people.admin)
    row = Membership.objects.get(user=people["editeur_catalogue", "ailleurs"])
    assert client.post(f"/organisations/ici/membres/{row.pk}/retirer/").status_code == 404
    assert Membership.objects.filter(pk=row.pk).exists()


def test_a_member_is_removed_and_an_invitation_withdrawn(client, people, now):
    client.force_login(people.admin)
    row = Membership.objects.get(user=people["contributeur", "ici"])
    client.post(f"/organisations/ici/membres/{row.pk}/retirer/")
    assert not Membership.objects.filter(pk=row.pk).exists()
    client.post("/organisations/ici/membres/", {"email": "x@y.example", "role": "contributeur"})
    invitation = Invitation.objects.get()
    client.post(f"/organisations/ici/invitations/{invitation.pk}/retirer/")
    invitation.refresh_from_db()
    assert invitation.revoked_at


def test_whoever_does_not_sign_in_gets_no_cookie(client, db):
    assert not client.get("/communes/?q=").cookies


def test_two_addresses_that_differ_by_case_are_one(people):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email=people.admin.email.upper())


def test_secrets_of_links_stay_out_of_the_pages(client, people, mails):
    client.force_login(people.admin)
    client.post("/organisations/ici/membres/", {"email": "x@y.example", "role": "contributeur"})
    secret = re.search(r"/invitations/([^/]+)/", mails.link())[1]
    for page in ("/organisations/ici/membres/", "/organisations/ici/journal/"):
        assert secret not in client.get(page).content.decode()


@pytest.mark.django_db
def test_a_forgotten_password_takes_as_long_for_everybody(people, client, monkeypatch):
    waits = []
    monkeypatch.setattr("traitdunion.accounts.views.time.sleep", waits.append)
    for email in (people.admin.email, "personne-la@rien.example"):
        client.post("/compte/mot-de-passe/oubli/", {"email": email})
    # Each waits for what is left of a quarter of a second.
    assert len(waits) == 2
    assert all(0 <= wait <= 0.25 for wait in waits)
