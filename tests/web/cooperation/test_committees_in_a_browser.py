"""Pages of the statutory meetings in a real browser: sound for axe, narrow and wide."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.web.cooperation_steps import half_day
from tests.web.page_steps import check_page, sign_in, unfold
from traitdunion.cooperation.models.committees import Membre, Reunion

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["half_day"]


def test_every_page_of_a_committee_check_page(site, open_page, half_day):
    third, second, first = Reunion.objects.order_by("-tenue_le")
    vacant = Membre.objects.get(siege="Syndicat D (fictif)")
    Membre.objects.filter(pk=vacant.pk).update(vacant_le=timezone.localdate())
    page = open_page(site, width=1280)
    sign_in(page, site, "pilotage@demo.example")
    for address in (
        "/cooperation/comites/",
        "/cooperation/comites/cdpe-demo/",
        "/cooperation/comites/cdpe-demo/reunions/nouvelle/",
        "/cooperation/comites/cdpe-demo/sieges/nouveau/",
        "/cooperation/comites/cdpe-demo/voix/",
        "/organisations/pilotage-demo/comites/nouveau/",
        f"/cooperation/sieges/{vacant.pk}/",
        f"/cooperation/reunions/{first.pk}/",
        f"/cooperation/reunions/{first.pk}/proces-verbal/",
        f"/cooperation/reunions/{second.pk}/presences/",
        f"/cooperation/reunions/{third.pk}/",
        f"/cooperation/reunions/{third.pk}/votes/nouveau/",
        f"/cooperation/reunions/{third.pk}/proces-verbal/",
    ):
        page.goto(site + address)
        unfold(page)
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 800})
            check_page(page)


def test_votes_are_checked_as_one_types_and_without_scripts(site, open_page, half_day):
    address = site + "/cooperation/comites/cdpe-demo/voix/"
    page = open_page(address)
    element = page.locator("#resultat")
    expect(element).to_contain_text("Répartition régulière")
    page.get_by_label("Département").fill("1")
    expect(element).to_contain_text("R5311-38, 5°")
    page.get_by_label("Organisations syndicales et leur audience").fill("A 30\nB 25\nC 20")
    expect(element.get_by_role("table")).to_contain_text("B")
    check_page(page)
    plain = open_page(address, scripts=False, width=320)
    plain.get_by_label("Département").fill("1")
    plain.get_by_role("button", name="Vérifier").click()
    expect(plain.locator("#resultat")).to_contain_text("R5311-38, 5°")
