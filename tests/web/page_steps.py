"""Steps and checks that browser tests share: signing in, pressing a button, axe, the focus.

A page changes after the call that caused it returns: a script moves the focus, an answer replaces
a part. Tests wait with `expect`, which reads again until the state is reached, and never read a
state once. What measures a page (axe, its width) first waits until its style sheets are there: a
text is found in a page that has no style yet.
"""

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

PASSWORD = "un mot de passe assez long"
AXE_OPTIONS = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4"],
    }
}
# The rules of a sheet that did not come are refused to scripts.
SHEETS_NOT_READ = """links => links.map(link => {
  try { return link.sheet.cssRules.length ? null : link.href; } catch { return link.href; }
}).filter(Boolean)"""
EVERY_RULE = {"resultTypes": ["violations"]}  # the best practices of axe too


def sign_in(page: Page, site: str, email: str) -> None:
    """Sign in with the password of the tests, and wait for the personal page."""
    page.goto(site + "/compte/connexion/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mon espace")


def enter_session(page: Page, site: str, client: Any, user: Any) -> None:
    """Give the browser the session of a user, without the sign-in page."""
    client.force_login(user)
    value = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": value, "url": site}])


def focused(page: Page) -> Locator:
    """Return a locator of what has the focus, for `expect`."""
    return page.locator(":focus")


def press(button: Locator) -> None:
    """Press a button and wait until the part of the page that holds it is replaced."""
    button.evaluate("button => button.setAttribute('data-pressed', '')")
    button.click()
    expect(button.page.locator("[data-pressed]")).to_have_count(0)


def unfold(page: Page) -> None:
    """Open every `details`, so that nothing escapes the checks."""
    # Those that share a name would close one another.
    page.evaluate(
        "document.querySelectorAll('details').forEach("
        "part => { part.removeAttribute('name'); part.open = true; })"
    )


def wait_for_styles(page: Page) -> None:
    """Wait until the page and all it asked for came; fail if a style sheet did not."""
    page.wait_for_load_state("load")
    missing = page.eval_on_selector_all("link[rel=stylesheet]", SHEETS_NOT_READ)
    assert not missing, f"{page.url} shows without {missing}"


def check_axe(page: Page, options: dict[str, Any] = AXE_OPTIONS) -> None:
    """Fail if axe finds a violation of the rules that `options` names."""
    wait_for_styles(page)
    results = Axe().run(page, options=options)
    assert results.violations_count == 0, results.generate_report()


def check_width(page: Page) -> None:
    """Fail if the page is wider than its window once its letters are drawn."""
    wait_for_styles(page)
    width = page.evaluate("document.fonts.ready.then(() => document.documentElement.scrollWidth)")
    assert width <= page.viewport_size["width"], page.url


def check_page(page: Page) -> None:
    """Fail if axe finds a violation or if the page is wider than its window."""
    check_axe(page)
    check_width(page)


def n_printed_pages(page: Page) -> int:
    """Return on how many pages of paper the page prints."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))
