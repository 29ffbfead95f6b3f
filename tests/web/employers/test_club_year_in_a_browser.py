"""The year of a club: announced, two speakers, one withdraws, held, promised, counted."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from playwright.sync_api import expect

from tests.cooperation.conftest import half_day  # noqa: F401 (fixture)
from tests.mailbox import deliver_queued
from tests.observatory.conftest import network_folder  # noqa: F401 (fixture)
from tests.observatory.conftest import site as territory  # noqa: F401 (fixture)
from tests.web.page_steps import check_axe, check_width, enter_session
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.accounts.outbox.models import OutgoingMessage
from traitdunion.accounts.outbox.operations import unpack
from traitdunion.cooperation.enums import EtatEngagement
from traitdunion.cooperation.models import Action, Engagement
from traitdunion.employers.clubs import reminders
from traitdunion.employers.followup import reminders as followup_reminders
from traitdunion.employers.indicators import report
from traitdunion.employers.models import Intervenant, Rencontre

pytestmark = pytest.mark.browser
START = datetime(2026, 11, 1, 9, tzinfo=UTC)
NARROW = 320


@pytest.fixture
def people(half_day, territory):  # noqa: F811
    def person(name, organisation, role):
        user = User.objects.create_user(f"{name}@x.example", "un mot de passe assez long")
        Membership.objects.create(user=user, organisation=organisation, role=role)
        return user

    asso = Organisation.objects.create(slug="asso", nom="Association fictive")
    mission = Organisation.objects.create(slug="ml", nom="Mission fictive", courriel="ml@x.example")
    Action.objects.create(axe=half_day.axes[0], titre="Accueillir et écouter")
    return person("hugo", asso, Role.ADMINISTRATEUR), person("lea", mission, Role.CONSEILLER)


def looked_at(page):
    """Check the page as it is, then at 320 pixels."""
    check_axe(page)
    size = page.viewport_size
    page.set_viewport_size({"width": NARROW, "height": 800})
    check_width(page)
    page.set_viewport_size(size)


def volunteer(page, url, name):
    page.goto(url)
    page.get_by_label("Nom choisi").fill(name)
    page.get_by_label("Salariés").check()
    page.get_by_label("Métiers", exact=True).fill("H2102")
    page.get_by_label("Commune").fill("Langeac")
    page.get_by_label("mardi").check()
    page.get_by_role("button", name="Inscrire").click()
    for text in ("Être contactée", "Parler devant", "Être annoncée"):
        page.get_by_label(text).check()
    page.get_by_label("Devant qui").select_option(label="Tout le monde")
    page.get_by_label("Par quel moyen").select_option(label="Sur le site")
    page.get_by_label("Jusqu'au").fill("2027-06-01")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Les accords sont enregistrés")).to_be_visible()
    looked_at(page)


@pytest.mark.django_db(transaction=True)
def test_the_year_of_a_club(live_server, open_page, client, people):
    keeper, adviser = people
    site = live_server.url
    with time_machine.travel(START, tick=True) as clock:
        # A club, its meeting.
        page = open_page(site + "/employeurs/")
        enter_session(page, site, client, keeper)
        page.goto(site + "/organisations/asso/clubs/")
        looked_at(page)
        page.get_by_label("Nom", exact=True).fill("Club fictif du Velay")
        page.get_by_label("Action de la feuille de route").select_option("Accueillir et écouter")
        page.get_by_role("button", name="Inscrire le club").click()
        page.get_by_role("link", name="Annoncer une rencontre").click()
        page.get_by_label("Titre").fill("Petit déjeuner du club")
        page.get_by_label("Date").fill("2026-11-24")
        page.get_by_label("Heure").fill("09:00")
        page.get_by_label("Commune").fill("Le Puy-en-Velay")
        page.get_by_label("Adresse de l'organisateur").fill("orga@club.example")
        page.get_by_label("Annoncée à tous").check()
        looked_at(page)
        page.get_by_role("button", name="Annoncer").click()
        expect(page.get_by_text("La rencontre est annoncée.")).to_be_visible()
        looked_at(page)
        assert Rencontre.objects.get().publique
        # The kit is sent by the daily command, three weeks before.
        clock.move_to(datetime(2026, 11, 3, 9, tzinfo=UTC))
        assert reminders.run(now=datetime(2026, 11, 3, 9, tzinfo=UTC), site=site) == 1
        text = unpack(OutgoingMessage.objects.get())[0]
        link = next(word for word in text.split() if word.startswith(site))
        # Two volunteers of an intermediary.
        helper = open_page(site + "/employeurs/")
        enter_session(helper, site, client, adviser)
        for name in ("Zébuline", "Barnabé"):
            volunteer(helper, site + "/organisations/ml/intervenants/", name)
        # The organiser plans twenty minutes and asks for a speaker, without an account.
        organiser = open_page(link)
        looked_at(organiser)
        organiser.get_by_role("radio", name="20 minutes").check()
        organiser.get_by_role("button", name="C'est noté").click()
        expect(organiser.get_by_text("le kit est prêt")).to_be_visible()
        organiser.get_by_text("Demander un intervenant").click()
        organiser.get_by_label("Métier", exact=True).fill("H2102")
        organiser.get_by_label("Heure de fin").fill("16:00")
        organiser.get_by_role("button", name="Envoyer la demande").click()
        expect(organiser.get_by_text("La demande est partie")).to_be_visible()
        # Both are matched with their trips, asked, and accept.
        helper.goto(site + "/organisations/ml/intervenants/")
        helper.get_by_role("link", name="Petit déjeuner du club").click()
        expect(helper.get_by_text("même métier").first).to_contain_text("min en tout")
        looked_at(helper)
        for name in ("Zébuline", "Barnabé"):
            helper.get_by_role("button", name=f"Solliciter {name}").click()
            helper.get_by_role("button", name=f"Elle accepte : {name}").click()
            expect(helper.get_by_role("button", name=f"C'est tenu : {name}")).to_be_visible()
        looked_at(helper)
        organiser.reload()
        expect(organiser.get_by_text("Avec : ")).to_contain_text("Barnabé")
        # One withdraws, by their own link.
        own = open_page(
            site + f"/employeurs/ma-parole/{Intervenant.objects.get(pseudonyme='Barnabé').token}/"
        )
        looked_at(own)
        own.get_by_role("button", name="Tout retirer et effacer mon nom").click()
        expect(own.get_by_role("heading", level=1)).to_have_text("Tout est retiré")
        public = open_page(site + "/employeurs/clubs/club-fictif-du-velay/")
        expect(public.get_by_text("avec Zébuline")).to_be_visible()
        expect(public.get_by_text("Barnabé")).to_have_count(0)
        looked_at(public)
        # The meeting is held and recorded, with three commitments.
        clock.move_to(datetime(2026, 11, 24, 12, tzinfo=UTC))
        organiser.goto(link)
        organiser.get_by_label("oui", exact=True).check()
        organiser.get_by_label("Salariés").check()
        organiser.get_by_role("button", name="Enregistrer").click()
        expect(organiser.get_by_text("Compte rendu enregistré")).to_be_visible()
        looked_at(organiser)
        for n, kind in enumerate(("tuteur", "immersion", "horaires")):
            organiser.get_by_text("Ajouter un engagement").click()
            organiser.get_by_label("Engagement", exact=True).select_option(kind)
            organiser.get_by_label("Entreprise").fill(f"Scierie fictive {n}")
            organiser.get_by_label("Adresse qui confirme").fill(f"rh{n}@scierie.example")
            organiser.get_by_label("Pour le").fill("2027-03-01")
            organiser.get_by_role("button", name="Envoyer à l'entreprise").click()
            expect(organiser.get_by_text(f"Scierie fictive {n}")).to_be_visible()
        deliver_queued()
        # Two firms confirm; the third does not.
        rows = OutgoingMessage.objects.filter(key__startswith="commitment:")
        assert rows.count() == 3
        Engagement.objects.filter(
            courriel__in=["rh0@scierie.example", "rh1@scierie.example"]
        ).update(etat=EtatEngagement.CONFIRME, confirme_le=datetime(2026, 11, 25, tzinfo=UTC))
        # Six months later, a firm declares what became of those it hired, in counts only.
        clock.move_to(datetime(2027, 5, 28, 9, tzinfo=UTC))
        assert followup_reminders.run(now=datetime(2027, 5, 28, 9, tzinfo=UTC), site=site) == 2
        message = OutgoingMessage.objects.filter(key__startswith="employer-counts:").earliest("pk")
        words = unpack(message)[0].split()
        firm = open_page(next(word for word in words if word.startswith(site)))
        looked_at(firm)
        firm.get_by_label("Embauches faites au").select_option(label="4e trimestre 2026")
        firm.get_by_label("Personnes embauchées").fill("4")
        firm.get_by_label("Encore présentes à 90 jours").fill("3")
        firm.get_by_label("Trajet ou horaires").check()
        firm.get_by_role("button", name="Enregistrer").click()
        expect(firm.get_by_role("row", name="4e trimestre 2026")).to_contain_text("trajet")
        looked_at(firm)
        # A year later, the public page of the action counts what is known.
        clock.move_to(START + timedelta(days=365))
        public.goto(site + "/employeurs/action/")
        expect(public.get_by_text("moins de 11").first).to_be_visible()
        looked_at(public)
        counts = {
            figure.code: (figure.numerator, figure.denominator, figure.unknown)
            for figure in report(on=(START + timedelta(days=365)).date()).whole
        }
        assert counts["temps_tenu"] == (1, 1, 0)
        assert counts["parole_salarie"] == (1, 1, 0)
        assert counts["engagements_confirmes"] == (2, 3, 0)
        assert counts["engagements_tenus"] == (0, 0, 2)
        assert counts["maintien_90"] == (3, 4, 0)
        assert counts["maintien_180"] == (0, 0, 4)
        public.goto(site + "/employeurs/kit/?duree=45&secteur=industrie")
        looked_at(public)
