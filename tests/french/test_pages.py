"""No sign of French punctuation starts a line, wherever the words of a page come from."""

import gzip
import re

import pytest

from traitdunion.french.pages import without_breaks_in_page

TAGS = re.compile(r"<(textarea|pre|code|script|style)\b.*?</\1>|<[^>]*>", re.DOTALL)
PLAIN_SPACE = re.compile(r" [:;?!»](?!\w)|« ")


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ("<p>Un vélo ?</p>", "<p>Un vélo\u00a0?</p>"),
        (
            "<p>Dites « oui » ; puis « non » !",
            "<p>Dites «\u00a0oui\u00a0»\u00a0; puis «\u00a0non\u00a0»\u00a0!",
        ),
        ("<b>Coût</b> : 3 €", "<b>Coût</b>\u00a0: 3 €"),
    ],
)
def test_a_sign_stays_with_its_word(page, kept):
    assert without_breaks_in_page(page) == kept


@pytest.mark.parametrize(
    "page",
    [
        '<p title="Un vélo ?">oui</p>',
        "<textarea>Qui ? « moi »</textarea>",
        "<pre>a ? b : c</pre>",
        "<code>ls ?</code>",
        "<script>a ? b : c</script>",
        "<style>a :hover { }</style>",
        "<p>/recherche ?q=1 :non</p>",
    ],
)
def test_what_is_copied_sent_or_run_is_left_as_written(page):
    assert without_breaks_in_page(page) == page


def test_a_text_after_a_field_is_still_mended():
    assert (
        without_breaks_in_page("<textarea>a ?</textarea><p>b ?</p><pre>c ?</pre> d ?")
        == "<textarea>a ?</textarea><p>b\u00a0?</p><pre>c ?</pre> d\u00a0?"
    )


@pytest.mark.django_db
def test_pages_are_sent_without_such_a_break(client):
    response = client.get("/aide/")
    page = response.content.decode()
    texts = TAGS.sub("\n", page)
    assert "\u00a0?" in page
    assert not PLAIN_SPACE.findall(texts)
    assert int(response.headers["Content-Length"]) == len(response.content)


@pytest.mark.django_db
def test_a_page_is_compressed_once_its_words_are_written(client):
    pages = ("/", "/carte/", "/solutions/", "/aide/")
    for page in pages:
        response = client.get(page, headers={"accept-encoding": "gzip"})
        assert response.headers["Content-Encoding"] == "gzip"
        words = gzip.decompress(response.content).decode()
        assert "Plan du site" in words
        assert not PLAIN_SPACE.search(TAGS.sub("\n", words))
