"""A session in a real browser: every screen with axe; then the day, with all who are there."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.web.cooperation_steps import declare, half_day
from tests.web.page_steps import check_page, press, sign_in, unfold, wait_for_styles
from traitdunion.accounts.models import User
from traitdunion.cooperation.enums import CollegeDeclare, EtatSeance
from traitdunion.cooperation.models import (
    Action,
    Annonce,
    Decision,
    Engagement,
    Filtre,
    Gommette,
    Idee,
    Invite,
    Objection,
    Partenaire,
    Regard,
    Seance,
    Situation,
)
from traitdunion.cooperation.sessions import ideas as workshop_ideas
from traitdunion.cooperation.sessions import lifecycle, workshop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["half_day"]
STEERER = "pilotage@demo.example"
DOMAINS = ("emploi", "logement", "mobilité", "santé")


@pytest.fixture
def prepared(half_day):
    """The session of demonstration with eight guests, a situation with a lever, an objection."""
    by, now = User.objects.get(email=STEERER), timezone.now()
    Seance.objects.filter(pk=half_day.pk).update(n_tables=2, n_manches=2)
    for n in range(8):
        guest = Invite.objects.create(
            seance=half_day, nom=f"Invité {n}", organisation=f"Organisation au nom assez long {n}",
            college=list(CollegeDeclare)[n % 7], domaine=DOMAINS[n % 4], reponse="oui",
            courriel=f"invite{n}@x.example",
        )  # fmt: skip
    guest.annonces.create(sorte="aide", quoi="Prêter une salle équipée", ou="Brioude")
    situation = workshop.add_situation(
        by=by, seance=half_day, prenom="Lina", recit="Sans permis, à douze km.", now=now
    )
    workshop.look_at(
        situation=situation, organisation="Club", college=CollegeDeclare.EMPLOYEURS, vu="Retards",
        levier="Décaler la prise de poste", now=now,
    )  # fmt: skip
    workshop.object_to(by=by, idea=Idee.objects.current().first(), texte="Trop cher", now=now)
    return half_day


@pytest.mark.parametrize("width", [320, 1280])
def test_every_screen_of_a_session_check_page(site, open_page, prepared, width):
    session = f"/cooperation/seances/{prepared.pk}/"
    guest = Invite.objects.get(nom="Invité 7")
    page = open_page(site + f"/invitation/{guest.secret}/", width=width)
    check_page(page)
    for address in (
        f"/badge/{guest.badge}/",
        "/cooperation/annuaire/",
        "/cooperation/annuaire/?q=salle",
    ):
        page.goto(site + address)
        check_page(page)
    sign_in(page, site, STEERER)
    page.goto(site + session + "tables/")
    page.get_by_role("button", name="Composer les tables").click()
    expect(page.get_by_role("heading", name="Ce qui est mêlé")).to_be_visible()
    for address in (
        "/organisations/pilotage-demo/seances/nouvelle/",
        session + "preparer/",
        f"/cooperation/axes/{prepared.axes.first().pk}/",
        session + "invites/",
        session + "invites/importer/",
        f"/cooperation/invites/{guest.pk}/",
        session + "tables/",
        session + "arrivees/",
        session + "ecran/",
        session + "consentement/",
        session + "feuilles/",
        session + "situations/",
        session,
    ):
        page.goto(site + address)
        unfold(page)
        check_page(page)


WORD = "a" * 450
TYPED = {
    Idee: ("texte",), Objection: ("texte", "reponse"), Situation: ("prenom", "recit"),
    Regard: ("organisation", "vu", "levier"), Annonce: ("quoi", "ou"), Filtre: ("pourquoi",),
    Action: ("titre", "blocage", "deblocage"), Partenaire: ("organisme",),
    Engagement: ("quoi",), Invite: ("nom", "organisation"),
}  # fmt: skip
"""Columns that phones, guests, pilots and organisations fill, by table."""
# What goes beyond the window, as it is drawn; a map scrolls in a frame of its own.
BEYOND = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), beyond = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const hidden = node.parentElement.closest(".visually-hidden, svg");
    if (hidden || !node.data.includes("aaaaaaaaaa")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const right = Math.max(...[...range.getClientRects()].map(line => line.right));
    if (right > window.innerWidth + 1) beyond.push(node.parentElement.outerHTML.slice(0, 120));
  }
  if (document.documentElement.scrollWidth > window.innerWidth) beyond.push("the page");
  return beyond;
}"""


@pytest.fixture
def full_of_long_words(prepared):
    """The session where every row that someone typed holds one word as long as may be."""
    for model, names in TYPED.items():
        row = model.objects.order_by("pk").last()
        assert row is not None, model
        most = {name: model._meta.get_field(name).max_length or len(WORD) for name in names}
        model.objects.filter(pk=row.pk).update(**{name: WORD[: most[name]] for name in names})
    idea = workshop_ideas.add_idea(axe=prepared.axes.first(), texte=WORD, now=timezone.now())
    Seance.objects.filter(pk=prepared.pk).update(etape="avis", idee_montree=idea)
    return idea


@pytest.mark.parametrize("width", [320, 1280])
def test_a_word_of_450_letters_widens_no_page(site, open_page, prepared, full_of_long_words, width):
    session = f"/cooperation/seances/{prepared.pk}/"
    action, guest = Action.objects.order_by("pk").last(), Invite.objects.order_by("pk").last()
    page = open_page(site + "/", width=width)
    declare(page, site, "État")
    sign_in(page, site, STEERER)
    n_holding, beyond = 0, {}
    for address in (
        f"/participer/{prepared.code}/", session, session + "ecran/", session + "relecture/",
        session + "animer/", session + "consentement/", session + "situations/",
        session + "invites/", session + "arrivees/", session + "filiation/",
        session + "feuille-de-route/", "/cooperation/feuille-de-route/", "/cooperation/annuaire/",
        f"/cooperation/actions/{action.pk}/", f"/cooperation/actions/{action.pk}/fiche/",
        f"/cooperation/idees/{full_of_long_words.pk}/", f"/invitation/{guest.secret}/",
    ):  # fmt: skip
        page.goto(site + address)
        unfold(page)
        wait_for_styles(page)
        if found := page.evaluate(BEYOND):
            beyond[address] = found
        n_holding += WORD[:40] in page.content()
    assert beyond == {}
    assert n_holding >= 15  # the pages looked at are those where words are read


def test_a_phone_without_network_keeps_its_idea_and_sends_it_once(site, open_page, half_day):
    phone = open_page(site, width=360, complains=False)
    declare(phone, site, "Employeurs")
    phone.context.set_offline(True)
    phone.get_by_label("Votre idée : Employeurs").fill("Une navette à six heures")
    phone.get_by_role("button", name="Envoyer : Employeurs").click()
    expect(phone.get_by_text("Un envoi attend le réseau")).to_be_visible()
    assert not Idee.objects.filter(texte="Une navette à six heures").exists()
    # The answer of the first sending is lost on the way: the phone cannot know that it was heard.
    lost = []

    def lose_the_answer(route):
        lost.append(route.fetch().status)
        route.abort()

    phone.route("**/participer/*/", lambda route: (
        lose_the_answer(route) if route.request.method == "POST" and not lost else route.continue_()
    ))  # fmt: skip
    phone.context.set_offline(False)
    expect(phone.get_by_text("Votre idée est enregistrée")).to_be_visible(timeout=20_000)
    expect(phone.get_by_text("Un envoi attend le réseau")).to_be_hidden()
    assert lost == [200]
    assert Idee.objects.filter(texte="Une navette à six heures").count() == 1


def test_words_that_are_refused_stay_on_the_phone_with_their_reason(site, open_page, half_day):
    phone = open_page(site, width=360, complains=False)
    declare(phone, site, "Employeurs")
    field = phone.get_by_label("Votre idée : Employeurs")
    field.fill("Appeler le 06 12 34 56 78")
    phone.get_by_role("button", name="Envoyer : Employeurs").click()
    expect(phone.get_by_text("Pas envoyé : « Appeler le 06 12 34 56 78 » contient")).to_be_visible()
    phone.get_by_role("button", name="Reprendre ces mots").click()
    expect(field).to_have_value("Appeler le 06 12 34 56 78")
    # What waits for the network when the session ends is not dropped without a word either.
    phone.context.set_offline(True)
    field.fill("Une navette à six heures")
    phone.get_by_role("button", name="Envoyer : Employeurs").click()
    expect(phone.get_by_text("Un envoi attend le réseau")).to_be_visible()
    Seance.objects.filter(pk=half_day.pk).update(etat=EtatSeance.CLOSE)
    phone.context.set_offline(False)
    expect(phone.get_by_text("Pas envoyé : Cette séance est terminée")).to_be_visible(
        timeout=20_000
    )
    expect(phone.get_by_text("Une navette à six heures")).to_be_visible()


def test_the_day_from_the_first_idea_to_a_commitment(site, open_page, half_day):
    session = f"{site}/cooperation/seances/{half_day.pk}/"
    facilitator, scribe = open_page(site), open_page(site)
    screen = facilitator.context.new_page()
    sign_in(facilitator, site, STEERER)
    sign_in(scribe, site, STEERER)
    screen.goto(session + "ecran/")
    expect(screen.get_by_text("VELAY2")).to_be_visible()

    phones = [open_page(site, width=360) for _ in range(6)]
    for phone in phones:
        declare(phone, site, "Employeurs")
    for n, phone in enumerate(phones[:2]):
        phone.get_by_label("Votre idée : Employeurs").fill(f"Visiter les ateliers, {n}")
        phone.get_by_role("button", name="Envoyer : Employeurs").click()
        expect(phone.get_by_text("Votre idée est enregistrée")).to_be_visible()
    scribe.goto(session + "saisie/")
    axe = half_day.axes.get(titre__contains="Employeurs")
    scribe.get_by_label("Axe").select_option(str(axe.pk))
    scribe.get_by_label("Table", exact=True).fill("3")
    scribe.keyboard.press("Tab")
    scribe.keyboard.type("Ouvrir les ateliers un samedi")
    scribe.keyboard.press("Tab")
    scribe.keyboard.press("Enter")
    expect(scribe.get_by_text("Table 3 : une idée enregistrée.")).to_be_visible()
    # The screen renews itself: nobody touches it.
    expect(screen.get_by_text("Ouvrir les ateliers un samedi")).to_be_visible(timeout=15_000)

    facilitator.goto(session + "animer/")
    for text in ("Visiter les ateliers, 0", "Visiter les ateliers, 1", "Ouvrir les ateliers"):
        facilitator.get_by_role("checkbox", name=text).check()
    facilitator.get_by_text("Regrouper les idées cochées").click()
    facilitator.get_by_label("L'idée qui les regroupe").fill("Un samedi d'ateliers ouverts")
    facilitator.get_by_role("button", name="Regrouper", exact=True).click()
    merged = facilitator.locator("li", has_text="Un samedi d'ateliers ouverts").first
    expect(merged).to_contain_text("regroupe : Visiter les ateliers, 0")
    idea = Idee.objects.get(texte="Un samedi d'ateliers ouverts")
    facilitator.goto(f"{site}/cooperation/idees/{idea.pk}/")
    for group in facilitator.get_by_role("group").all():
        group.get_by_label("oui", exact=True).check()
    facilitator.get_by_role("button", name="Enregistrer les filtres").click()
    expect(facilitator.get_by_text("C'est enregistré")).to_be_visible()

    facilitator.goto(session + "consentement/")
    card = facilitator.locator(f"#idee-{idea.pk}")
    card.get_by_text("Noter une objection").click()
    card.get_by_label("L'objection").fill("Rien pour s'y rendre")
    card.get_by_role("button", name="Noter", exact=True).click()
    expect(card.get_by_text("Objection à traiter")).to_be_visible()
    card.get_by_label("Réponse à l'objection").fill("Une navette depuis la gare")
    card.get_by_label("Qui objectait lève l'objection").check()
    card.get_by_role("button", name="Enregistrer la réponse").click()
    expect(card.get_by_text("Prête au vote")).to_be_visible()
    press(facilitator.get_by_role("button", name=re.compile("Ouvrir le vote")))
    for n, phone in enumerate(phones):
        phone.reload()
        name = f"{n % 4} gommette{'s' if n % 4 > 1 else ''} : Un samedi d'ateliers ouverts"
        phone.get_by_role("button", name=name).click()
        expect(phone.get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")
        expect(phone.get_by_text("Il vous reste")).to_be_visible()
    # 0 + 1 + 2 + 3 + 0 + 1; the two who put none count for nobody.
    put = Gommette.objects.filter(idee=idea)
    assert sorted(put.values_list("nombre", flat=True)) == [1, 1, 2, 3]
    # No running score; then the facilitator closes the vote and shows its result.
    expect(screen.get_by_text("Le résultat se montre à la fin")).to_be_visible(timeout=15_000)
    assert screen.locator(".room__dots").count() == 0
    facilitator.goto(session + "consentement/")
    press(facilitator.get_by_role("button", name="Fermer le vote"))
    press(facilitator.get_by_role("button", name="Montrer le résultat à la salle"))
    row = screen.locator("tr, li", has_text="Un samedi d'ateliers ouverts")
    expect(row.locator(".room__dots")).to_have_text("7", timeout=15_000)

    facilitator.goto(session + "animer/")
    facilitator.get_by_role("checkbox", name="Un samedi d'ateliers ouverts").check()
    facilitator.get_by_text("Décider des idées cochées").click()
    facilitator.get_by_label("Ce qui est décidé").fill("Ouvrir les ateliers le premier samedi")
    facilitator.get_by_label("Retenue").check()
    facilitator.get_by_label("Méthode").fill("consentement, puis gommettes")
    facilitator.get_by_label("Qui a décidé").fill("les personnes présentes")
    facilitator.get_by_label("À revoir le").fill("2099-06-19")
    facilitator.get_by_role("button", name="Enregistrer la décision").click()
    expect(facilitator.get_by_text("La décision est enregistrée")).to_be_visible()
    decided = Decision.objects.get(revue_le="2099-06-19")
    assert list(decided.idees.all()) == [idea]
    expect(screen.get_by_text("Ouvrir les ateliers le premier samedi")).to_be_visible(
        timeout=15_000
    )

    facilitator.goto(session + "situations/")
    facilitator.get_by_label("Prénom d'emprunt").fill("Lina")
    facilitator.get_by_label("La situation").fill("Elle travaille de nuit, sans permis.")
    press(facilitator.get_by_role("button", name="Ajouter la situation"))
    facilitator.goto(session + "animer/")
    press(facilitator.get_by_role("button", name="Regarder une situation"))
    # The phone follows the room: nobody touches it.
    expect(phones[0].get_by_label("Votre organisation (Lina)")).to_be_visible(timeout=20_000)
    phones[0].get_by_label("Votre organisation (Lina)").fill("Club des employeurs")
    phones[0].get_by_label("Ce que vous voyez de là où vous êtes (Lina)").fill("Des retards")
    phones[0].get_by_label("Le levier que vous tenez, s'il y en a un (Lina)").fill("Décaler")
    phones[0].get_by_role("button", name="Envoyer : Lina").click()
    expect(phones[0].get_by_text("Un levier dit peut devenir un engagement")).to_be_visible()
    facilitator.goto(session + "situations/")
    side = facilitator.locator("article", has_text="Levier : Décaler").filter(
        has_text="Des retards"
    )
    side.get_by_text("En faire un engagement").click()
    side.get_by_label("Organisation", exact=True).select_option("club-demo")
    side.get_by_label("Unité").fill("postes")
    side.get_by_label("Pour le").fill("2099-09-01")
    facilitator.get_by_role("button", name="Proposer l'engagement : Décaler").click()
    expect(facilitator.get_by_text("L'engagement est proposé")).to_be_visible()
    assert Engagement.objects.get(quoi="Décaler").etat == "propose"

    lifecycle.change_state(
        by=half_day.organisation.members.get(email=STEERER), seance=half_day,
        etat=EtatSeance.CLOSE, now=timezone.now(),
    )  # fmt: skip
    expect(screen.get_by_text("La séance est terminée.")).to_be_visible(timeout=15_000)
