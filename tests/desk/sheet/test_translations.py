"""Every string of the sheet is translated in every language; what is compiled is fresh."""

import ast
import gettext
import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils import translation
from django.utils.translation import ngettext

from traitdunion.desk.seeker import screens
from traitdunion.desk.sheet import amounts, lines
from traitdunion.desk.sheet.lines import LANGUAGES

LOCALE = Path(lines.__file__).parents[1] / "locale"
TRANSLATED = sorted(set(LANGUAGES) - {"fr"})


def said() -> set[str]:
    """Every string the sheet and the screens give to gettext, read in its source."""
    calls = [
        node
        for module in (amounts, lines, screens)
        for node in ast.walk(ast.parse(Path(module.__file__).read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    return {call.args[0].value for call in calls if call.func.id in ("_", "ngettext")}


def catalogue(language):
    with (LOCALE / language / "LC_MESSAGES" / "django.po").open("rb") as po:
        return read_po(po, locale=language, abort_invalid=True)


def held(language):
    """Messages of a language by their French: `(plural or singular forms, fuzzy)`."""
    return {
        (message.id if isinstance(message.id, str) else message.id[0]): message
        for message in catalogue(language)
        if message.id
    }


def names_in(text):
    return sorted(re.findall(r"\{(\w*)\}", text))


def test_the_source_is_read_whole():
    assert len(said()) > 30
    assert "Vous marchez {count} minute." in said()


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_string_is_translated_and_none_is_left_over_or_doubtful(language):
    messages = held(language)
    assert set(messages) == said()
    assert [key for key, message in messages.items() if message.fuzzy] == []
    for key, message in messages.items():
        forms = [message.string] if isinstance(message.string, str) else message.string
        for form in forms:
            assert form.strip(), key
            assert names_in(form) == names_in(key), key


@pytest.mark.parametrize("language", ["ar", "uk"])
def test_a_translation_is_in_its_own_script(language):
    script = {"ar": r"[\u0600-\u06ff]", "uk": r"[\u0400-\u04ff]"}[language]
    for key, held_pass in held(language).items():
        for form in [held_pass.string] if isinstance(held_pass.string, str) else held_pass.string:
            bare = re.sub(r"\{\w+\}", "", form)
            assert re.search(script, bare) or key == ", ", form
            assert not re.search("[a-z]", bare), form


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_compiled_is_what_is_written(language):
    fresh = BytesIO()
    write_mo(fresh, catalogue(language))
    kept = (LOCALE / language / "LC_MESSAGES" / "django.mo").read_bytes()
    assert kept == fresh.getvalue(), "run scripts/compile-translations"


# Forms of the numbers, by the rules of each language: Unicode CLDR, "cardinal".
@pytest.mark.parametrize(
    ("language", "count", "expected"),
    [
        ("fr", 1, "minute."),
        ("fr", 2, "minutes."),
        ("en", 1, "minute."),
        ("en", 21, "minutes."),
        ("ar", 2, "دقيقتين"),
        ("ar", 3, "دقائق"),
        ("ar", 11, "دقيقة."),
        ("ar", 103, "دقائق"),
        ("uk", 1, "хвилину."),
        ("uk", 3, "хвилини."),
        ("uk", 11, "хвилин."),
        ("uk", 21, "хвилину."),
    ],
)
def test_minutes_agree_with_their_number(language, count, expected):
    with translation.override(language):
        text = ngettext("Vous marchez {count} minute.", "Vous marchez {count} minutes.", count)
    assert expected in text


def test_nothing_but_python_reads_the_catalogues():
    for language in TRANSLATED:
        known = gettext.translation("django", LOCALE, [language])
        assert known.gettext("Votre travail") != "Votre travail"
