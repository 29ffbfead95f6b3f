"""The area of a service drawn on a map: clicks make its outline, which the text says too."""

import json
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.web.page_steps import PASSWORD, check_page
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.catalogue import operations
from traitdunion.catalogue.areas import holds
from traitdunion.catalogue.models import Solution, Structure, ZoneService

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TWO = (
    '{"type":"MultiPolygon","coordinates":[[[[3.8,45],[3.85,45],[3.85,45.1],[3.8,45.1],[3.8,45]]],'
    "[[[3.9,45],[3.95,45],[3.95,45.1],[3.9,45.1],[3.9,45]]]]}"
)


@pytest.fixture
def open_entry(site, open_page, settings):
    """Function that opens the form of an on-demand service, its map drawn."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    ici = Organisation.objects.create(slug="ici", nom="Guichet d'ici")
    Structure.objects.create(id="mms", nom="Maison", organisation=ici)
    editor = User.objects.create_user("e@ici.example", PASSWORD, nom="Édouard")
    Membership.objects.create(user=editor, organisation=ici, role=Role.EDITEUR)

    def open_(zones, width=1280):
        content = {"structure": "mms", "nom": "Bus des Sucs", "type_solution": "tad",
                   "horaires_service": "Mo-Fr 07:00-19:00", "zones_service": zones}  # fmt: skip
        operations.create_solution(by=editor, content=content, now=timezone.now(), key="tad")
        page = open_page(site + "/compte/connexion/?next=/catalogue/fiches/tad/modifier/",
                         width=width)  # fmt: skip
        page.get_by_label("E-mail").fill(editor.email)
        page.get_by_label("Mot de passe").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Se connecter").click()
        page.get_by_role("button", name="Dessiner sur une carte").first.click()
        page.locator("canvas.maplibregl-canvas").wait_for()
        return page

    return open_


def n_corners(n):
    """Return the pattern of a polygon of one outline with n corners."""
    return re.compile(rf'^{{"type":"Polygon","coordinates":\[\[(\[[^\]]+\],?){{{n}}}\]\]}}$')


def save(page):
    page.get_by_role("button", name="Enregistrer", exact=True).last.click()
    expect(page.get_by_role("status").first).to_contain_text("est enregistrée")


@pytest.mark.parametrize("width", [1280, 320])
def test_an_area_is_drawn_corner_by_corner_and_kept(open_entry, width):
    page = open_entry([], width)
    page.get_by_label("nom", exact=False).and_(
        page.locator("[name^=zones_service][name$=nom]")
    ).fill("Les Sucs")
    field = page.locator("textarea[name^=zones_service]")
    canvas = page.locator(".map__canvas")
    canvas.scroll_into_view_if_needed()
    for x, y in ((60, 90), (150, 90), (150, 200)):
        canvas.click(position={"x": x, "y": y})
    expect(field).to_have_value(n_corners(4))  # closed on its first
    canvas.click(position={"x": 60, "y": 200})
    page.get_by_role("button", name="Effacer le dernier sommet").click()
    canvas.click(position={"x": 60, "y": 220})
    check_page(page)
    expect(field).to_have_value(n_corners(5))
    (ring,) = json.loads(field.input_value())["coordinates"]
    save(page)
    (zone,) = ZoneService.objects.all()
    assert (zone.nom, json.loads(zone.geojson)["coordinates"]) == ("Les Sucs", [ring])
    inside_lon, inside_lat = [(ring[0][i] + ring[2][i]) / 2 for i in (0, 1)]
    assert holds(zone.geojson, inside_lat, inside_lon)
    assert not holds(zone.geojson, inside_lat + 2, inside_lon)


def test_a_click_never_spoils_an_area_in_several_parts(open_entry):
    """Imported in two parts: it is shown, told, and left as it is."""
    page = open_entry([{"nom": "deux", "geojson": TWO}])
    expect(page.get_by_text("Ce contour a plusieurs parties")).to_be_visible()
    canvas = page.locator(".map__canvas")
    canvas.scroll_into_view_if_needed()
    canvas.click(position={"x": 60, "y": 60})
    page.get_by_role("button", name="Effacer le dernier sommet").click()
    expect(page.locator("textarea[name^=zones_service]").first).to_have_value(TWO)
    save(page)
    assert json.loads(ZoneService.objects.get().geojson) == json.loads(TWO)
    assert Solution.objects.get().version >= 1
