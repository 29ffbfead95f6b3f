"""The map of reach as people meet it: by mouse, by keyboard, enlarged, without scripts."""

import re
import shutil

import pytest
from playwright.sync_api import expect

from tests.web.page_steps import check_page, unfold
from traitdunion.networks import basemap

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

PAGE = (
    "/carte/?domicile=Langeac+(43)&jours=lun&jours=mar&jours=mer&jours=jeu&jours=ven"
    "&debut=08:00&fin=16:00&permis=aucun&velo=non"
)
HEAVY = re.compile("maplibre|zoom-map|geojson|fonds")


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (320, True)])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(site, open_page, width, dark):
    page = open_page(site + PAGE, width=width, dark=dark)
    check_page(page)
    unfold(page)
    check_page(page)


def test_a_commune_pointed_at_shows_its_line_and_a_click_leads_to_it(site, open_page):
    page = open_page(site + PAGE)
    le_puy = page.locator("path[data-code='43157']")
    le_puy.dispatch_event("pointerover")
    expect(page.locator("[data-picked]")).to_have_text("Le Puy-en-Velay : 58 € · 1 h 18")
    expect(page.locator(".reach__line[data-code='43157']")).to_have_class(re.compile("is-picked"))
    le_puy.dispatch_event("click")
    expect(page.locator(".reach__line[data-code='43157'] a")).to_be_focused()
    # Out of reach, it has no line: its row of the table opens.
    page.locator("path[data-code='43268']").dispatch_event("click")
    expect(page.locator("#c-43268 a")).to_be_focused()
    expect(page.locator("[data-picked]")).to_have_text("Yssingeaux : hors de portée")


def test_arrow_keys_walk_the_list_and_the_map_follows(site, open_page):
    page = open_page(site + PAGE)
    lines = page.locator(".reach__line a")
    lines.first.focus()
    page.keyboard.press("ArrowDown")
    expect(lines.nth(1)).to_be_focused()
    expect(page.locator("path[data-code='43157']")).to_have_class(re.compile("is-picked"))
    page.keyboard.press("ArrowUp")
    expect(lines.first).to_be_focused()


def test_without_scripts_the_drawing_leads_to_the_table(site, open_page):
    page = open_page(site + PAGE, scripts=False)
    expect(page.locator("svg a[href='#c-43268']")).to_have_count(1)
    expect(page.locator("#c-43268")).to_have_count(1)
    expect(page.locator("[data-open]")).to_be_hidden()


def test_the_enlarged_map_is_loaded_when_asked_for_and_no_request_leaves_the_site(
    site, open_page, shared, settings, tmp_path
):
    """With the ground of Andorra, its names are written once the map is there."""
    if shutil.which("tilemaker"):
        settings.TRAITDUNION_DATA_DIR = tmp_path
        basemap.build(shared / "osm" / "andorra.osm.pbf", root=tmp_path / "basemap")
    page = open_page("about:blank")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site + PAGE)
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if HEAVY.search(url)] == []
    page.locator("[data-open]").click()
    zoom = page.locator("[data-zoom]")
    # A machine without WebGL says so on the button.
    expect(zoom.or_(page.get_by_text("ne peut pas s'agrandir")).first).to_be_visible()
    has_webgl = page.evaluate("!!document.createElement('canvas').getContext('webgl2')")
    if has_webgl:
        expect(zoom).to_have_attribute("data-names", re.compile("[1-9]"))
        page.evaluate("traitdunionReach.choose({lat: 45.1, lng: 3.5})")
        chosen = page.locator("[data-choice]")
        expect(chosen).to_contain_text("Point choisi : 45.10000, 3.50000")
        for field, choice in (("domicile", "home"), ("travail", "work")):
            link = chosen.locator(f"[data-choose={choice}]")
            expect(link).to_have_attribute("href", re.compile(f"{field}=45.10000%2C3.50000"))
        if shutil.which("tilemaker"):
            page.evaluate(
                """new Promise((done) => {
                  traitdunionReach.map.jumpTo({center: [1.52, 42.507], zoom: 12});
                  traitdunionReach.map.once("idle", done);
                })"""
            )
            expect(page.get_by_text("Andorra la Vella")).to_be_attached()
    else:
        expect(page.get_by_text("ne peut pas s'agrandir")).to_be_visible()
    assert any("maplibre" in url for url in asked)
    assert [url for url in asked if not url.startswith((site, "blob:", "data:", "about:"))] == []
