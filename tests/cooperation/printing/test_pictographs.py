"""Emoji on printed pages: described in words, never a box."""

import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

import traitdunion
from traitdunion.cooperation.printing.layout_pdf import compile_layout
from traitdunion.cooperation.roadmap import operations
from traitdunion.printing.pictographs import BY_SIGN, DRAWN, described

BOX = "\x00"  # what a PDF holds where its font has no such sign
HEAD = {"titre": "Séance", "jour": "le 19 juin 2026", "organisation": "O", "lieu": "L"}


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Bravo 👍🏽 !", "Bravo [pouce levé] !"),  # with a colour of skin
        ("👩‍👩‍👧 d'abord", "[femme] d'abord"),  # three people joined: one picture
        ("🇫🇷 et ❤️", "[drapeau] et [cœur]"),
        ("Étape 1️⃣, ☎ 3 → 4 ✓ ✅", "Étape 1, ☎ 3 → 4 ✓ [oui]"),
        ("🦕", "[pictogramme]"),
        ("Œuvre d'été, 25 € « Ça »", "Œuvre d'été, 25 € « Ça »"),
    ],
)
def test_an_emoji_is_described_in_words(typed, printed):
    assert described(typed) == printed


@given(st.text())
def test_what_is_described_has_nothing_left_to_describe(text):
    assert described(described(text)) == described(text)


def test_each_name_is_of_a_sign_that_is_looked_for():
    for sign, name in BY_SIGN.items():
        assert described(f"{sign}\ufe0f") == f"[{name}]"


def text_of(pdf):
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_no_sign_of_the_blocks_of_emoji_becomes_a_box():
    """Those kept as they are have a font, alone and together; the others have words."""
    signs = [chr(code) for code in (*range(0x2600, 0x27C0), *range(0x1F000, 0x1FB00), 0x2B50)]
    assert {sign for sign in signs if described(sign) == sign} == DRAWN
    for name in (*DRAWN, " ".join(sorted(DRAWN))):
        guest = {"nom": name, "organisation": "", "college": ""}
        printed = text_of(compile_layout("signatures", HEAD, {"guests": [guest]}))
        assert name in " ".join(printed.split())


def test_one_module_compiles_what_is_printed():
    """Another would print boxes."""
    modules = [
        path.name
        for path in Path(traitdunion.__file__).parent.rglob("*.py")
        if "typst.compile(" in path.read_text("utf-8")
    ]
    assert modules == ["typst.py"]


@pytest.mark.django_db
def test_a_roadmap_with_emoji_is_printed(half_day, client, now):
    operations.create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="Rouler 🚲 ensemble 👨‍👩‍👧‍👦", now=now,
        fin_prevue_le=date(2027, 1, 1),
    )  # fmt: skip
    pdf = client.get("/cooperation/seances/demi-journee/feuille-de-route.pdf").content
    assert "Rouler [vélo] ensemble [homme]" in " ".join(text_of(pdf).split())
    assert BOX not in text_of(pdf)
