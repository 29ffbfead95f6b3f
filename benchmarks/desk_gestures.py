"""Four jobs of people who are signed in, in clicks and seconds, in Chromium.

`python -m benchmarks.desk_gestures http://127.0.0.1:8000 PASSWORD` against a demonstration that is
served, with the password that it drew. Each job changes the demonstration, and is done once; the
seconds begin once signed in, and hold the typing. The rows are those of
`docs/explanation/cinq-gestes.md`, whose first row `benchmarks.gestures` measures.
"""

import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Browser, Page, sync_playwright

from .gestures import TYPING_MS, Hand


@dataclass(frozen=True)
class Job:
    """A job with the account that does it, and the page where it begins."""

    name: str
    account: str
    begins_at: str
    do: Callable[[Hand], None]


def write(hand: Hand, name: str, text: str) -> None:
    """Type a text in a field; typing is no gesture."""
    field = hand.page.locator(f"[name={name}] >> visible=true").first
    field.fill("")
    field.press_sequentially(text, delay=TYPING_MS)


def set_day(hand: Hand, name: str, on: str) -> None:
    """Give a day to a field of dates, which takes no typing the same on each system."""
    hand.page.locator(f"[name={name}] >> visible=true").first.fill(on)


def in_days(n: int) -> str:
    """Return the day in `n` days as a field of dates takes it."""
    return (datetime.now(UTC) + timedelta(n)).astimezone().date().isoformat()


def choose(hand: Hand, name: str, value: str) -> None:
    """Press the chip of a choice."""
    hand.click(f"label:has([name={name}][value={value}])")


def orient_after_refusal(hand: Hand) -> None:
    """Ask the next way, computed again, after a structure refused."""
    hand.click("a:has-text('orientation arrêtée'):has-text('Permis B')")
    hand.click("a.button[href*='apres=']")
    hand.click('button:has-text("Envoyer l\'orientation")')
    hand.page.wait_for_url(lambda url: "/orienter/" not in url)


def answer_with_a_date(hand: Hand) -> None:
    """Accept a request that waits, and propose a day."""
    hand.click("a[href$='/repondre/']")
    choose(hand, "reponse", "accepter")
    hand.click("main button.button[type=submit]:not(.button--quiet)")
    hand.page.locator("[name=day]").wait_for()
    set_day(hand, "day", in_days(7))
    hand.page.locator("[name=hour]").fill("09:30")
    write(hand, "words", "Maison des mobilités")
    hand.click("main form:has([name=day]) button[type=submit]")
    hand.page.get_by_text("La date est transmise").wait_for()


def write_a_solution(hand: Hand) -> None:
    """Write and publish a solution in eight fields."""
    hand.click("a[href$='/catalogue/nouvelle/']")
    choose(hand, "type_solution", "location_velo")
    hand.click("main form button.button[type=submit]")
    hand.page.locator("[name=nom]").wait_for()
    hand.n_gestures += 1  # a choice in a list
    hand.page.locator("select[name=structure]").select_option(index=1)
    write(hand, "nom", "Vélo du matin")
    write(hand, "description", "Un vélo prêté deux mois.")
    write(hand, "zones", "Langeac")
    write(hand, "horaires_service", "du lundi au vendredi de 6h30 à 19h")
    write(hand, "telephone", "04 65 71 00 10")
    hand.click("button[name=publier]")
    hand.page.wait_for_url("**/catalogue/fiches/**")


def run_a_session(hand: Hand) -> None:
    """Prepare a session, open it, have the room give its opinion, close it."""
    write(hand, "titre", "Se déplacer la nuit")
    set_day(hand, "tenue_le", in_days(0))
    hand.click("button:has-text('Créer la séance')")
    hand.click("a[href$='/axes/nouveau/']")
    write(hand, "titre", "Mobilité")
    write(hand, "question", "Comment venir à cinq heures ?")
    hand.click("main form button.button[type=submit]")
    hand.click("nav a[href$='/animer/']")
    hand.click("button[name=etat][value=ouverte]")
    hand.click("button[name=etape][value=avis]")
    hand.click("button[name=etat][value=close]")
    hand.page.get_by_text("La séance est maintenant : terminée").wait_for()


JOBS = (
    Job("conseillère : d'un refus à l'orientation suivante", "conseillere", "/ce-matin/",
        orient_after_refusal),
    Job("MMS : accepter une demande et proposer une date", "mms", "/ce-matin/",
        answer_with_a_date),
    Job("éditrice : une solution nouvelle, publiée", "editeur",
        "/organisations/guichet-demo/catalogue/", write_a_solution),
    Job("pilotage : une séance ouverte, animée, fermée", "pilotage",
        "/organisations/pilotage-demo/seances/nouvelle/", run_a_session),
)  # fmt: skip


def sign_in(page: Page, site: str, account: str, password: str) -> None:
    """Sign in with an account of the demonstration."""
    page.goto(f"{site}/compte/connexion/")
    page.get_by_label("E-mail").fill(f"{account}@demo.example")
    page.get_by_label("Mot de passe").fill(password)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/connexion/" not in url)


def measured(browser: Browser, site: str, password: str, job: Job) -> tuple[int, float]:
    """Return the gestures of a job and its seconds on the clock, pages loaded included."""
    with browser.new_context(locale="fr-FR") as context:
        page = context.new_page()
        sign_in(page, site, job.account, password)
        hand = Hand(page, site)
        began = time.perf_counter()
        page.goto(site + job.begins_at)
        job.do(hand)
        return hand.n_gestures, time.perf_counter() - began


def main() -> int:
    """Print a row for each job."""
    site, password = sys.argv[1].rstrip("/"), sys.argv[2]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for job in JOBS:
            n_gestures, seconds = measured(browser, site, password, job)
            print(f"| {job.name} | {n_gestures} | {seconds:.1f} |".replace(".", ","), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
