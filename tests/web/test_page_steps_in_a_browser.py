"""The checks that browser tests share wait for the style sheets, and name one that is missing."""

import pytest
from playwright.sync_api import expect

from tests.web.page_steps import check_page, wait_for_styles

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STYLES = "**/*.css"
SLOW = {"offline": False, "latency": 700, "downloadThroughput": -1, "uploadThroughput": -1}


def test_a_page_is_measured_once_its_styles_came(open_page, site):
    page = open_page(site + "/")
    browser = page.context.new_cdp_session(page)
    browser.send("Network.enable")
    browser.send("Network.setCacheDisabled", {"cacheDisabled": True})
    browser.send("Network.emulateNetworkConditions", SLOW)
    page.get_by_role("link", name="Les solutions").first.click(no_wait_after=True)
    expect(page).to_have_url(site + "/solutions/")
    check_page(page)


def test_a_style_sheet_that_never_comes_is_named(open_page, site):
    page = open_page(site + "/aide/", complains=False)
    page.route(STYLES, lambda route: route.abort())
    page.goto(site + "/solutions/")
    with pytest.raises(AssertionError, match=r"shows without .*\.css"):
        wait_for_styles(page)
