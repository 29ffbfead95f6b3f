"""The sheet as it is seen: accessible, narrow, from the right, on paper, copied."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests.web.page_steps import check_page, n_printed_pages
from traitdunion.desk.sheet.lines import LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHEET = (
    "/fiche/?domicile=Langeac+%2843%29&travail=Le+Puy-en-Velay+%2843%29&jours=lun&jours=mar"
    "&debut=08%3A00&fin=16%3A00&permis=aucun&velo=inconnu&semaine=2026-11-23&option=train&langue="
)
BOXES = """() => {
  const line = document.querySelector('.takeaway li:has(.icon)');
  const [icon, text] = [line.querySelector('.icon'), line.querySelector('span')];
  return [icon.getBoundingClientRect().left, text.getBoundingClientRect().left];
}"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheet_is_accessible_and_fits_a_narrow_screen(open_page, site, language):
    page = open_page(site + SHEET + language, width=320)
    check_page(page)
    expect(page.locator(".takeaway li:has(.icon)").first).to_be_visible()
    icon, text = page.evaluate(BOXES)
    assert (icon > text) == (language == "ar")


def test_hours_and_numbers_keep_their_order_from_the_right(open_page, site):
    page = open_page(site + SHEET + "ar")
    for text in ("6:47", "04\u00a071\u00a000\u00a000\u00a001"):
        first = page.get_by_text(text, exact=True).first
        assert first.evaluate("one => [getComputedStyle(one).direction, one.tagName]") == [
            "ltr",
            "BDI",
        ]


def test_paper_has_the_sheet_alone_both_ways_side_by_side(open_page, site):
    page = open_page(site + SHEET + "fr")
    page.emulate_media(media="print")
    for gone in (".site-header", ".banner", "#sms", ".site-footer"):
        expect(page.locator(gone).first).not_to_be_visible()
    tops = page.locator(".takeaway__part--way").evaluate_all(
        "ways => ways.map(way => way.getBoundingClientRect().top)"
    )
    assert len(tops) == 2
    assert tops[0] == tops[1]


def test_the_message_is_copied(open_page, site):
    page = open_page(site + SHEET + "fr")
    page.evaluate("navigator.clipboard.writeText = async text => { window.copied = text; }")
    page.get_by_role("button", name="Copier le texte").click()
    expect(page.get_by_role("button", name="Texte copié")).to_be_visible()
    copied = page.evaluate("window.copied")  # written before the button says so
    expect(page.locator("#texte-sms")).to_have_value(copied)
    assert "Aller 6h31" in copied


@pytest.fixture
def long_answer(sampled, samples):
    """The way of the samples, with as much to check and to do as the demonstration tells."""
    answer = samples.sample_answer()
    train = replace(
        answer.options[0],
        reasons=("Adhésion de 5 € par an.",),
        next_step="Vérifier les horaires du premier jour et acheter le titre : Cars interurbains",
    )
    sampled.answer = lambda situation: replace(answer, options=(train, *answer.options[1:]))


def test_the_sheet_is_one_page_of_paper_in_each_language(open_page, site, long_answer):
    page = open_page(site + SHEET + "fr")
    for language in LANGUAGES:
        page.goto(site + SHEET + language)
        assert n_printed_pages(page) == 1, language
