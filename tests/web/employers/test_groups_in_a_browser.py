"""Pages of groups, occupations, posts and readings: axe, narrow, 200 % and the system's colours."""

from datetime import UTC, date, datetime

import pytest

from tests.cooperation.conftest import half_day  # noqa: F401 (fixture)
from tests.employers.conftest import FILE
from tests.observatory.conftest import network_folder  # noqa: F401 (fixture)
from tests.observatory.conftest import site as territory  # noqa: F401 (fixture)
from tests.web.page_steps import check_axe, check_page, check_width, enter_session, unfold
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.cooperation.models import Action
from traitdunion.demonstration.employers import DEMO
from traitdunion.employers.models import Club, GroupeTravail, PosteSite, Rencontre
from traitdunion.employers.occupations.loading import load_titles
from traitdunion.employers.operations import import_sites
from traitdunion.employers.site_files import read_sites
from traitdunion.territory.models import Equipe

pytestmark = pytest.mark.browser
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
WIDTHS = (1280, 360, 320)


@pytest.fixture
def pages(half_day, territory):  # noqa: F811
    """The addresses of the pages, by what each shows, and who opens them."""
    import_sites(rows=read_sites(FILE.encode())[0])
    titles, codes = ((DEMO / f"metiers_{name}.csv").read_bytes() for name in ("titres", "codes"))
    load_titles(titles=titles, codes=codes, name="t.csv", vintage="v3", now=NOW)
    mms = Organisation.objects.create(slug="mms", nom="MMS fictive")
    user = User.objects.create_user("m@x.example", "un mot de passe assez long")
    Membership.objects.create(user=user, organisation=mms, role=Role.ADMINISTRATEUR)
    for organisation, role in ((mms, Role.MMS), (half_day.steering, Role.PILOTAGE)):
        Membership.objects.create(user=user, organisation=organisation, role=role)
    action = Action.objects.create(axe=half_day.axes[0], titre="Accueillir et écouter")
    club = Club.objects.create(slug="club", nom="Club", organisation=mms, action=action)
    group = GroupeTravail.objects.create(
        club=club, nom="Premiers jours", mandat="Trois séances", question="Que fait-on ?",
        livrable="Une fiche", pour_le=date(2027, 1, 5), publique=True, action=action,
        membres="Entreprise-au-nom-très-long-et-sans-espace-fictive\nScierie",
        remis_le=date(2026, 11, 2), lien="https://x.example/" + "un-chemin-sans-fin/" * 8,
    )  # fmt: skip
    for n in range(12):
        Rencontre.objects.create(
            club=club, titre=f"Séance {n}", nature="groupe", groupe=group, bloc="tenu",
            tenue_le=date(2026, 10, n + 1), paroles=["demandeur"], enregistree_le=NOW,
        )  # fmt: skip
    shift = Equipe.objects.earliest("pk")
    PosteSite.objects.create(
        site=shift.site, equipe=shift, rome="N1101", titre="Cariste", nature="emploi",
        nombre=2, depuis=NOW.date(),
    )  # fmt: skip
    posts = f"/organisations/mms/sites/{shift.site_id}/postes/"
    return user, {
        "the club": "/employeurs/clubs/club/",
        "the clubs": "/employeurs/clubs/",
        "a group": f"/employeurs/groupes/{group.pk}/",
        "a new group": "/employeurs/clubs/club/groupes/nouveau/",
        "no occupation asked": "/employeurs/metiers/",
        "an occupation": "/employeurs/metiers/?q=cariste",
        "no such occupation": "/employeurs/metiers/?q=introuvable",
        "posts": posts,
        "the action": "/employeurs/action/",
        "readings": f"/employeurs/action/{action.pk}/releves/",
    }


@pytest.mark.django_db(transaction=True)
def test_each_page_is_sound_at_each_width_at_200_percent_and_in_forced_colours(
    live_server, open_page, client, pages
):
    user, addresses = pages
    site = live_server.url
    page = open_page(site + "/employeurs/")
    enter_session(page, site, client, user)
    for name, address in addresses.items():
        answer = page.goto(site + address)
        assert answer.status == 200, name
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            check_width(page)
        check_axe(page)
        page.set_viewport_size({"width": 640, "height": 900})
        page.emulate_media(forced_colors="active", reduced_motion="reduce")
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        unfold(page)
        check_width(page)
        page.emulate_media(forced_colors="none")


@pytest.mark.django_db(transaction=True)
def test_a_refused_group_and_a_refused_post_say_why_and_stay_sound(
    live_server, open_page, client, pages
):
    user, addresses = pages
    site = live_server.url
    page = open_page(site + "/employeurs/", width=320, complains=False)
    enter_session(page, site, client, user)
    for name, button in (("a new group", "Ouvrir le groupe"), ("posts", "Ajouter")):
        page.goto(site + addresses[name])
        page.get_by_role("button", name=button).first.click()
        page.locator(".error-summary").wait_for()
        check_page(page)
