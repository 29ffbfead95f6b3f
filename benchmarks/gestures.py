"""Four jobs of an adviser and of a job-seeker, in clicks and seconds, in Chromium.

`python -m benchmarks.gestures http://127.0.0.1:8000` against a demonstration that is served; the
rows are those of `docs/explanation/la-page-des-reponses.md`. A click and a choice in a list are one
gesture each; typing a word is none.
"""

import shutil
import sys
import time
from collections.abc import Callable
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

RUNS, TYPING_MS = 3, 60
WEEK = "".join(f"&jours={day}" for day in ("lun", "mar", "mer", "jeu", "ven"))
ASKED = (
    f"/?domicile=Langeac&travail=Le+Puy-en-Velay{WEEK}"
    "&debut=08:00&fin=16:00&permis=aucun&velo=inconnu"
)


class Hand:
    """Counts the gestures of one job on a page."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site, self.n_gestures = page, site, 0

    def click(self, selector: str) -> None:
        """Click the first element of a selector that is on screen."""
        self.n_gestures += 1
        self.page.locator(f"{selector} >> visible=true").first.click()

    def place(self, name: str, text: str) -> None:
        """Type the beginning of a place and take the first that is offered."""
        field = self.page.locator(f"[name={name}] >> visible=true")
        field.press_sequentially(text, delay=TYPING_MS)
        offered = self.page.locator("[role=option] >> visible=true").first
        offered.wait_for()
        self.n_gestures += 1
        offered.click()


def first_answer(hand: Hand) -> None:
    """Ask the first question as a stranger."""
    hand.page.goto(hand.site)
    hand.place("domicile", "Langeac")
    hand.place("travail", "Le Puy-en")
    hand.click("[data-next]")
    hand.click(".question__ask")
    hand.page.locator(".verdict__title").wait_for()


def another_home(hand: Hand) -> None:
    """Compare with another home, from an answer."""
    hand.page.goto(hand.site + ASKED)
    hand.click("a[href*='#adresses']")
    hand.place("ailleurs1", "Saint-Paulien")
    hand.click("form button[type=submit]")
    hand.page.locator("#adresses tbody tr, .compared tbody tr").nth(1).wait_for()


def second_question(hand: Hand) -> None:
    """Ask again for the same person, who would begin later."""
    hand.page.goto(hand.site + ASKED)
    hand.click(".question-line__part--horaires")
    hand.page.locator("[name=debut]").fill("09:00")
    hand.click(".question__ask")
    hand.page.wait_for_url("**debut=09*")
    hand.page.locator(".verdict__title").wait_for()


def in_arabic(hand: Hand) -> None:
    """Go from the first page to the sheet, in Arabic, on a phone."""
    hand.page.set_viewport_size({"width": 360, "height": 740})
    hand.page.goto(hand.site)
    hand.click("a[href*='mon-trajet']")
    hand.click("a[lang=ar]")
    for name, text in (("domicile", "Langeac"), ("travail", "Le Puy-en")):
        hand.place(name, text)
        hand.click(".seeker__send button")
    for _ in range(4):
        hand.click(".seeker__send button")
    hand.click(".seeker__ways a.button")
    hand.page.wait_for_url("**/fiche/?**langue=ar**")
    hand.page.locator("h1").first.wait_for()


JOBS: dict[str, Callable[[Hand], None]] = {
    "première réponse, sans compte": first_answer,
    "« et si j'habitais ailleurs »": another_home,
    "deuxième question pour la même personne": second_question,
    "fiche en arabe, sur un téléphone": in_arabic,
}


def measured(browser: Browser, site: str, job: Callable[[Hand], None]) -> tuple[int, float]:
    """Return the gestures of a job and its seconds on the clock, pages loaded included."""
    with browser.new_context(locale="fr-FR") as context:
        hand = Hand(context.new_page(), site)
        began = time.perf_counter()
        job(hand)
        return hand.n_gestures, time.perf_counter() - began


def main() -> int:
    """Print a row for each job."""
    site = sys.argv[1].rstrip("/")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for name, job in JOBS.items():
            runs = [measured(browser, site, job) for _ in range(RUNS)]
            seconds = f"{median(seconds for _, seconds in runs):.1f}".replace(".", ",")
            print(f"| {name} | {runs[0][0]} | {seconds} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
