"""Moving a shift in a browser changes who can come, as the engine and the levers count them."""

from datetime import UTC, datetime

import pytest
import time_machine
from playwright.sync_api import expect

from tests.employers.conftest import FILE
from tests.observatory.conftest import network_folder, site  # noqa: F401 (fixtures)
from tests.web.page_steps import check_axe, check_width, enter_session
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.employers.operations import import_sites
from traitdunion.employers.site_files import read_sites
from traitdunion.employers.site_reach import seen_from_homes
from traitdunion.employers.site_sheet import rows_of
from traitdunion.territory.models import Equipe, Site

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
NARROW = 320


def people_of(code, name):
    """Return the people and the hours of a shift, as the engine gives them."""
    rows = rows_of(seen_from_homes(Site.objects.get(pk=code), now=NOW))
    return next((row.hours, row.n_people) for row in rows if row.name == name)


@pytest.mark.django_db(transaction=True)
def test_moving_a_shift_in_the_browser_changes_the_figures(live_server, open_page, client, site):  # noqa: F811
    import_sites(rows=read_sites(FILE.encode())[0])
    row = Site.objects.get()
    mms = Organisation.objects.create(slug="mms", nom="MMS fictive")
    user = User.objects.create_user("m@x.example", "un mot de passe assez long")
    Membership.objects.create(user=user, organisation=mms, role=Role.MMS)
    address = live_server.url
    with time_machine.travel(NOW, tick=True):
        page = open_page(address + "/employeurs/")
        enter_session(page, address, client, user)
        seen = []
        for start, end in (("08:00", "16:00"), ("01:00", "03:00")):
            page.goto(f"{address}/organisations/mms/sites/{row.pk}/")
            panel = page.get_by_role("region", name="Journée")
            panel.get_by_text("Changer").click()
            panel.get_by_label("Début").fill(start)
            panel.get_by_label("Fin").fill(end)
            panel.get_by_role("button", name="Enregistrer").click()
            expect(page.get_by_text("est enregistrée")).to_be_visible()
            page.get_by_role("link", name="Qui peut y venir").click()
            sheet = page.get_by_role("region", name="Journée")
            hours, people = people_of(row.pk, "journée")
            expect(sheet.get_by_role("heading", level=2)).to_contain_text(hours)
            expect(sheet.locator(".site-sheet__n")).to_have_text(people)
            seen.append(people)
        assert seen[0] != seen[1]
        assert Equipe.objects.get(nom="journée").debut_s == 3600
        for path in ("", f"{row.pk}/"):
            page.goto(f"{address}/organisations/mms/sites/{path}")
            check_axe(page)
            size = page.viewport_size
            page.set_viewport_size({"width": NARROW, "height": 800})
            check_width(page)
            page.set_viewport_size(size)
