"""A job-seeker in Arabic on a phone, who reads the answers again once the network is gone."""

import pytest
from playwright.sync_api import expect

from tests.web.page_steps import check_page, check_width

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
ASKED = (
    "/mon-trajet/?langue=ar&domicile=Langeac+(43)&travail=43157&jours=lun&debut=08:00&fin=16:00"
    "&permis=aucun&velo=non"
)
KEPT = "async () => (await (await caches.open('mon-trajet-1')).keys()).map((asked) => asked.url)"


def test_answers_are_read_again_without_a_network_and_erased(site, open_page, client):
    page = open_page(f"{site}{ASKED}&etape=6", width=360, complains=False)
    expect(page.locator("[data-offline]")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready")
    page.locator("button[type=submit]").click()
    heading = page.locator(".seeker__title")
    expect(heading).to_have_text("توجد 3 حلول.")
    check_page(page)
    check_width(page)
    answers = page.url
    page.wait_for_function(f"async (url) => (await ({KEPT})()).includes(url)", arg=answers)
    page.locator(".seeker__ways a.button").first.click()
    expect(page.locator(".takeaway")).to_have_attribute("dir", "rtl")
    check_page(page)
    sheet, words = page.url, page.locator(".takeaway").inner_text()
    page.wait_for_function(f"async (url) => (await ({KEPT})()).includes(url)", arg=sheet)

    page.context.set_offline(True)
    page.goto(answers)
    expect(heading).to_have_text("توجد 3 حلول.")
    page.goto(sheet)
    assert page.locator(".takeaway").inner_text() == words
    page.goto(answers)
    # The worker answers for these pages alone.
    assert (
        page.evaluate("() => fetch('/fiche/').then(() => 'answered', () => 'failed')") == "failed"
    )

    page.locator("[data-offline] button").click()
    expect(page.locator("[data-offline] [role=status]")).to_have_text("تم الحذف.")
    assert page.evaluate(KEPT) == []
