"""The pages of orientations: the link without an account, and what dead links do not tell."""

import html
import logging
import re
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.utils import timezone

from tests.drawn import without_drawn
from traitdunion.catalogue.models import Solution
from traitdunion.desk.followup import operations, orientations, proposals, queries
from traitdunion.desk.followup.replies import Listed, Reply
from traitdunion.desk.models import AnswerLink, CheckPoint, Orientation, SentMail

pytestmark = pytest.mark.django_db
NO = {"reponse": "refuser", "motif": "plus_de_place", "commentaire": "Avant mars, non."}
YES = {"reponse": "accepter", "motif": "", "commentaire": ""}
MAILTO = "accueil@garage.example"


@pytest.fixture
def now():
    """Views look at the clock of the machine."""
    return timezone.now()


@pytest.fixture
def signed(client, team):
    client.force_login(team.adviser)
    return client


def text(response):
    return html.unescape(response.content.decode())


@pytest.fixture
def link(oriented):
    return f"/repondre/{oriented[1].token}/"


def test_an_adviser_orients_by_the_page_and_the_message_leaves(
    signed, opened, solutions, mailoutbox
):
    parcours = opened(answer=None)
    page = text(signed.get(f"/parcours/{parcours.pk}/orienter/"))
    assert "cherchez-en une" in page
    url = f"/parcours/{parcours.pk}/orienter/?q=garage"
    assert "Prêt de garage (Garage)" in text(signed.get(url))
    done = signed.post(url, {"solution": "garage", "message": "Pour décembre."})
    orientation = Orientation.objects.get()
    assert done.url == f"/orientations/{orientation.pk}/"
    (mail,) = mailoutbox
    assert mail.to == [MAILTO]
    assert mail.subject.endswith(f"(réf. {parcours.reference})")
    page = text(signed.get(done.url))
    assert f"Orientation, à {MAILTO}" in page
    assert mail.subject in text(signed.get("/organisations/ici/courriels/"))


def test_a_message_carries_three_answers_that_the_page_confirms(
    client, signed, opened, solutions, mailoutbox
):
    """Opening one of its links records nothing: programs open links too."""
    url = f"/parcours/{opened(answer=None).pk}/orienter/?q=garage"
    signed.post(url, {"solution": "garage"})
    links = [word for word in mailoutbox[0].body.split() if "?reponse=" in word]
    assert [link.partition("=")[2] for link in links] == ["accepter", "attendre", "refuser"]
    client.logout()
    for link, words in zip(
        links, ("nous acceptons", "sur liste d'attente", "nous refusons"), strict=True
    ):
        page = text(client.get(link)).replace("\u00a0", " ")
        assert "Confirmer : nous" in page
        assert words in page
        assert "Confirmer la réponse" in page
    assert Orientation.objects.get().answered_at is None
    assert "Confirmer" not in text(client.get(links[0].replace("accepter", "autre")))
    client.post(links[0], YES)
    assert Orientation.objects.get().statut == "acceptee"


def test_a_refused_request_goes_to_the_next_way_in_two_presses(
    client, signed, opened, solutions, mailoutbox, monkeypatch
):
    """The answer is computed again; what was already asked, and bus lines, are passed over."""
    line = Solution.objects.create(
        id="ligne", structure=solutions.garage.structure, nom="Ligne", cle=" ligne",
        statut="publie", type_solution="tc_ligne",
    )  # fmt: skip
    option = SimpleNamespace(solutions=[line.pk, "garage", "sans-adresse"])
    today = SimpleNamespace(options=[option], helps=[])
    monkeypatch.setattr(proposals, "answered_today", lambda query, now: today)
    parcours = opened()
    signed.post(
        f"/parcours/{parcours.pk}/orienter/?q=garage",
        {"solution": "garage", "message": "Un vélo pour décembre."},
    )
    orientation = Orientation.objects.get()
    Orientation.objects.update(statut="refusee", motif="plus_de_place", answered_at=timezone.now())
    page = text(signed.get(f"/orientations/{orientation.pk}/")).replace("\u00a0", " ")
    assert "Demander à la suivante : Prêt de sans-adresse" in page
    next_page = re.search(r'href="(/parcours/[^"]+apres=[^"]+)"', page)[1]
    form = text(signed.get(next_page))
    assert "À la place de" in form
    assert "Un vélo pour décembre." in form
    assert re.search(r'value="sans-adresse"[^>]*checked', form)
    signed.post(next_page, {"solution": "sans-adresse", "message": "Un vélo pour décembre."})
    assert Orientation.objects.filter(solution="sans-adresse").count() == 1
    again = text(signed.get(f"/orientations/{orientation.pk}/"))
    assert "Demander à la suivante" not in again


def test_without_choosing_nothing_leaves(signed, opened, solutions, mailoutbox):
    page = signed.post(f"/parcours/{opened().pk}/orienter/", {"message": "x"})
    assert page.status_code in (200, 422)
    assert mailoutbox == []
    assert not Orientation.objects.exists()


def test_reading_a_link_uses_nothing_up_and_sets_no_cookie(client, oriented, link):
    for _ in range(3):
        page = client.get(link)
        assert page.status_code == 200
        assert not page.cookies
        assert "no-store" in page["Cache-Control"]
    assert AnswerLink.objects.get().used_at is None
    assert "Un scooter pour décembre." in text(page)
    assert "Langeac – Le Puy-en-Velay" in text(page)
    assert "A.B., 1990" in text(page)


def test_a_structure_reads_a_contact_only_while_one_agrees(client, oriented, link, team, now):
    fields = {"nom": "Anne Bidon", "telephone": "06 11 22 33 44", "courriel": ""}
    parcours = oriented[0].parcours
    assert "Bidon" not in text(client.get(link))
    operations.agree(by=team.adviser, parcours=parcours, now=now, **fields)
    assert "Bidon" in text(client.get(link))
    operations.withdraw_agreement(by=team.adviser, parcours=parcours, now=now)
    assert "Bidon" not in text(client.get(link))


def test_a_structure_refuses_without_an_account_and_the_adviser_is_told(
    client, oriented, link, team, mailoutbox
):
    wrong = client.post(link, NO | {"motif": ""})
    assert wrong.status_code == 422
    assert "choisissez un motif" in text(wrong)
    assert client.post(link, NO).url == "/orientations/merci/"
    assert not client.cookies
    (mail,) = mailoutbox
    assert mail.to == [team.adviser.email]
    assert "plus de place ou de véhicule" in mail.body
    client.force_login(team.adviser)
    page = text(client.get(f"/orientations/{oriented[0].pk}/"))
    assert "Avant mars, non." in page
    assert "Orienter ailleurs" in page


def test_a_reason_left_in_the_list_does_not_stop_who_accepts(client, oriented, link):
    client.post(link, YES | {"motif": "autre"})
    orientation = Orientation.objects.get()
    assert (orientation.statut, orientation.motif) == ("acceptee", "")


def test_dead_links_are_alike_whatever_killed_them(client, oriented, link, team, now):
    """Nobody learns by trying which secrets once were."""
    client.post(link, NO)
    dead = {"used": client.get(link), "replayed": client.post(link, YES)}
    dead["unknown"] = client.get("/repondre/jamais-vu/")
    dead["tampered"] = client.get(link[:-2] + "x/")
    Orientation.objects.update(statut="ouverte", motif="", answered_at=None)
    AnswerLink.objects.update(used_at=None, revoked_at=now)
    dead["replaced"] = client.get(link)
    AnswerLink.objects.update(
        revoked_at=None, created_at=now - timedelta(days=9), expires_at=now - timedelta(days=1)
    )
    dead["out of date"] = client.get(link)
    assert {page.status_code for page in dead.values()} == {410}
    assert len({text(page) for page in dead.values()}) == 1
    assert "garage" not in text(dead["used"]).lower()


def test_addresses_and_logs_hold_nothing_of_the_person(
    signed, oriented, link, team, now, caplog, client
):
    caplog.set_level(logging.DEBUG)
    parcours = oriented[0].parcours
    fields = {"nom": "Anne Bidon", "telephone": "06 11 22 33 44", "courriel": "anne@bidon.example"}
    signed.post(f"/parcours/{parcours.pk}/accord/", fields | {"accord": "on"})
    signed.post("/organisations/ici/parcours/", {"q": "AB"})
    client.post(link, NO)
    client.get(link)
    for secret in ("Bidon", "bidon", "06 11", "1990"):
        assert secret not in without_drawn(caplog.text)


def test_the_pages_say_sent_only_once_a_mail_server_accepted_the_message(
    signed, oriented, settings, mailoutbox
):
    usual = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"  # none is set
    url = f"/orientations/{oriented[0].pk}/"
    page = text(signed.post(url + "renvoyer/", follow=True))
    assert "attend\u00a0: aucun serveur de courriel n'est réglé" in page
    settings.EMAIL_BACKEND = usual
    for shown in (url, "/organisations/ici/courriels/"):
        page = text(signed.get(shown))
        assert "En attente" in page
        assert "Parti" not in page
    assert len(mailoutbox) == 1
    assert "Parti" in text(signed.get(url))
    assert SentMail.objects.get().message.attempts == 1


def test_a_provider_with_an_account_finds_what_was_received(client, oriented, team):
    client.force_login(team.provider)
    page = text(client.get("/organisations/garage/orientations/recues/"))
    assert "Prêt de garage" in page
    url = f"/orientations/{oriented[0].pk}/repondre/"
    assert client.post(url, YES).status_code == 302
    assert Orientation.objects.get().statut == "acceptee"
    # The file itself stays closed to the provider.
    assert client.get(f"/parcours/{oriented[0].parcours_id}/").status_code == 403
    assert client.get(f"/orientations/{oriented[0].pk}/").status_code == 403


def test_a_moderator_finds_the_address_by_the_page(
    client, opened, team, solutions, now, mailoutbox
):
    orientation, _ = orientations.orient(
        by=team.adviser, parcours=opened(), solution=solutions.sans_adresse, message="", now=now
    )
    client.force_login(team.moderator)
    assert "Prêt de sans-adresse" in text(client.get("/organisations/ici/orientations/a-relire/"))
    client.post(f"/orientations/{orientation.pk}/relire/", {"courriel": "pas une adresse"})
    assert mailoutbox == []
    client.post(f"/orientations/{orientation.pk}/relire/", {"courriel": "t@garage.example"})
    assert [mail.to for mail in mailoutbox] == [["t@garage.example"]]


def test_orienter_on_an_answer_leads_to_its_solution(signed, sampled, samples, solutions):
    answer = samples.sample_answer()
    option = replace(answer.options[0], solutions=("garage",))
    sampled.answer = lambda situation: replace(answer, options=(option,))
    page = text(signed.get("/", {
        "domicile": "Langeac (43)", "travail": "Le Puy-en-Velay (43)", "jours": "lun",
        "debut": "08:00", "fin": "16:00", "semaine": "2026-11-23",
    }))  # fmt: skip
    assert page.count('name="orienter" value="garage"') == 1
    query = page.split('action="/organisations/ici/parcours/garder/?')[1].split('"')[0]
    signed.post("/organisations/ici/parcours/garder/?" + query, {"orienter": "garage"})
    done = signed.post(
        "/organisations/ici/parcours/nouveau/",
        {"initiales": "AB", "annee_naissance": "1990", "objectifs": "4"},
    )
    assert done.url.endswith("/orienter/?solution=garage")
    assert 'value="garage" id="id_solution_0" required checked' in text(
        signed.get(done.url)
    ).replace("checked required", "required checked")


def test_the_daily_command_takes_the_moment_it_is_told(oriented, now, mailoutbox, capsys):
    later = (now + timedelta(days=10, seconds=1)).isoformat()
    for said in ("1 relance(s), 0 expiration(s)", "0 relance(s), 0 expiration(s)"):
        call_command("followup", "--site", "https://desk.example/", "--now", later)
        assert said in capsys.readouterr().out
    assert "https://desk.example/repondre/" in mailoutbox[0].body


def test_a_structure_sees_first_what_it_has_to_answer(client, opened, solutions, team, now):
    rows = []
    for reply in (Reply(True), None, Listed(2), Reply(False, "zone")):
        row, sent = orientations.orient(
            by=team.adviser, parcours=opened(), solution=solutions.garage, message="", now=now
        )
        rows.append(row)
        if reply:
            orientations.answer_by_link(token=sent.token, reply=reply, now=now)
    declined, _ = orientations.orient(
        by=team.adviser, parcours=opened(), solution=solutions.sans_adresse, message="", now=now
    )
    orientations.decline(
        by=team.moderator, orientation=declined, motif="doublon", commentaire="", now=now
    )
    waiting, answered = queries.received_by(solutions.organisation)
    assert waiting == [rows[1], rows[2]]
    assert set(answered) == {rows[0], rows[3]}
    client.force_login(team.provider)
    page = text(client.get("/organisations/garage/orientations/recues/"))
    assert "Closes (2)" in page
    assert "rang 2" in page


def test_a_check_noted_from_the_morning_leads_back_to_it(signed, oriented, now):
    orientation, sent = oriented
    orientations.answer_by_link(token=sent.token, reply=Reply(True), now=now)
    Orientation.objects.update(started_on=timezone.localdate(now))
    CheckPoint.objects.create(orientation=orientation, month=1, asked_at=now)
    morning, page = "/organisations/ici/ce-matin/", f"/orientations/{orientation.pk}/"
    to_do = f"le point de {orientation.parcours.person} à 1 mois"
    assert to_do in text(signed.get(morning))
    # What is not an answer stays on the page, which leads to the morning and to the file.
    wrong = signed.post(f"{page}point/1/", {"servi": "peut-être"}, follow=True)
    assert wrong.redirect_chain == [(page, 302)]
    crumb = text(wrong).split('<p class="crumb">', 1)[1].split("</p>")[0]
    assert f'href="{morning}"' in crumb
    assert f'href="/parcours/{orientation.parcours_id}/"' in crumb
    noted = signed.post(f"{page}point/1/", {"servi": "oui", "en_emploi": "oui"}, follow=True)
    assert noted.redirect_chain == [(morning, 302)]
    assert "Le point de suivi est noté." in text(noted)
    assert to_do not in text(noted)
