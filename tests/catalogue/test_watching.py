"""Pages cited: told when they say something else, until somebody has read them again."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from misbehaving import LOOPBACK, misbehaving_site, status, whole

from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Organisation
from traitdunion.catalogue.entries import content_of
from traitdunion.catalogue.models import PageCitee, RelecturePage, Solution, Structure
from traitdunion.catalogue.operations import edit_solution
from traitdunion.catalogue.rules.warnings import announces_an_end, is_a_text, warnings_of
from traitdunion.catalogue.upkeep import watching
from traitdunion.catalogue.upkeep.watching import changed_lines, pages_of, read_again, watch_pages
from traitdunion.rules import RuleBook, entitlement, rule_book, rule_from
from traitdunion.sources.cited_pages import PoliteReader

ON = date(2026, 11, 23)
PRICE = b"<main><p>Un velo a %d euros par mois.</p><p>Sur rendez-vous.</p></main>"


@pytest.fixture(autouse=True)
def no_rules(monkeypatch):
    """Only entries cite pages, but where a test says otherwise."""
    book = rule_book()
    monkeypatch.setattr(
        watching, "rules_in_force", lambda: RuleBook(book.criteria, book.parameters, {})
    )


@pytest.fixture
def site():
    with misbehaving_site() as the_site:
        the_site.serve("/prix", whole(PRICE % 20, etag='"20"'))
        yield the_site


@pytest.fixture
def watch(now):
    """Function that reads the pages, some weeks later."""

    def read(weeks=0):
        reader = PoliteReader(network=LOOPBACK, pause=lambda s: None)
        return watch_pages(now=now + timedelta(weeks=weeks), reader=reader)

    return read


def one_page(organisation):
    (cited_page,) = pages_of(organisation, on=ON)
    return cited_page


def test_a_page_that_changed_waits_with_what_changed_until_it_is_read(
    published, organisation, editor, site, watch, now
):
    published(source_url=site.url("/prix"))
    assert watch().changed == []
    assert not one_page(organisation).waits
    site.serve("/prix", whole(PRICE % 25, etag='"25"'))
    assert [page.url for page in watch(1).changed] == [site.url("/prix")]
    cited_page = one_page(organisation)
    assert cited_page.changed
    assert cited_page.lines == [
        ("-", "Un velo a 20 euros par mois."), ("+", "Un velo a 25 euros par mois."),
    ]  # fmt: skip
    assert [citation.title for citation in cited_page.citations] == ["Un vélo"]
    assert cited_page.page.changed_at == now + timedelta(weeks=1)
    assert watch(2).changed == []  # told once, and waiting still
    assert one_page(organisation).waits
    assert read_again(by=editor, organisation=organisation, page=cited_page.page,
                      empreinte=cited_page.page.empreinte, now=now)  # fmt: skip
    after = one_page(organisation)
    assert (after.waits, after.reading.by) == (False, editor)


def test_a_page_that_changed_under_ones_eyes_is_not_noted_as_read(
    published, organisation, editor, site, watch, now
):
    published(source_url=site.url("/prix"))
    watch()
    seen = one_page(organisation).page
    site.serve("/prix", whole(PRICE % 30))
    watch(1)
    assert not read_again(by=editor, organisation=organisation, page=seen,
                          empreinte=seen.empreinte, now=now)  # fmt: skip
    assert not RelecturePage.objects.exists()
    assert one_page(organisation).waits


def test_a_page_that_comes_back_to_what_was_read_waits_no_more(
    published, organisation, site, watch
):
    published(source_url=site.url("/prix"))
    watch()
    site.serve("/prix", whole(PRICE % 25))
    watch(1)
    site.serve("/prix", whole(PRICE % 20))
    watch(2)
    assert not one_page(organisation).waits


def test_one_reads_for_oneself(published, made, organisation, person, editor, site, watch, now):
    """Two organisations cite the page: what one has read still waits for the other."""
    published(source_url=site.url("/prix"))
    other = Organisation.objects.create(slug="la", nom="Guichet de là")
    Structure.objects.create(id="autre", nom="Autre", organisation=other)
    Solution.objects.create(id="x", structure_id="autre", nom="X", type_solution="location_velo",
                            statut="publie", source_url=site.url("/prix"))  # fmt: skip
    watch()
    site.serve("/prix", whole(PRICE % 25))
    assert watch(1).asked == 1  # each address once
    page = PageCitee.objects.get()
    read_again(by=editor, organisation=organisation, page=page, empreinte=page.empreinte, now=now)
    assert not one_page(organisation).waits
    assert one_page(other).waits
    assert [citation.title for citation in one_page(other).citations] == ["X"]
    with pytest.raises(PermissionDenied):
        read_again(by=editor, organisation=other, page=page, empreinte=page.empreinte, now=now)


def test_a_page_already_newer_than_our_figures_waits_from_the_first_reading(
    published, organisation, editor, site, watch, now
):
    """Checked on 2 November, modified on the 4th; had it been checked on the 4th, nothing."""
    site.serve("/prix", whole(PRICE % 20, last_modified="Wed, 04 Nov 2026 08:00:00 GMT"))
    published(source_url=site.url("/prix"), verifie_le="2026-11-02")
    watch()
    assert one_page(organisation).newer == date(2026, 11, 4)
    content = content_of(Solution.objects.get()) | {"verifie_le": "2026-11-04"}
    edit_solution(by=editor, key="velo", content=content, version=2, now=now)
    assert one_page(organisation).newer is None


def test_a_page_that_cannot_be_read_keeps_what_it_said(published, organisation, site, watch):
    published(source_url=site.url("/prix"))
    watch()
    site.serve("/prix", status(404))
    alerts = watch(1)
    assert "404" in alerts.failing[0].reason
    assert alerts.changed == []
    cited_page = one_page(organisation)
    assert cited_page.waits
    assert "20 euros" in cited_page.page.texte


def test_a_page_that_robots_may_not_read_says_what_to_do(published, organisation, site, watch):
    site.serve("/robots.txt", whole(b"User-agent: *\nDisallow: /"))
    published(source_url=site.url("/prix"))
    watch()
    assert "ouvrez-la vous-même" in one_page(organisation).page.reason


def test_a_page_no_longer_cited_is_forgotten_and_a_draft_cites_nothing(
    published, made, editor, site, watch, now
):
    published(source_url=site.url("/prix"))
    made("brouillon", nom="B", source_url=site.url("/autre"))
    assert watch().asked == 1
    content = content_of(Solution.objects.get(pk="velo")) | {"source_url": ""}
    edit_solution(by=editor, key="velo", content=content, version=2, now=now)
    assert watch(1).asked == 0
    assert not PageCitee.objects.exists()


def test_every_page_that_the_rules_cite_is_watched_for_all(organisation, monkeypatch):
    book = rule_book()
    monkeypatch.setattr(watching, "rules_in_force", lambda: book)
    cited = watching.citations(on=ON)
    every = {
        source.url
        for name in book.rules
        for source in book.rule(name, ON).sources.values()
        if source.url
    }
    assert set(cited) == every
    assert len(every) > 15
    assert all(row.kept_by is None and row.read_on for rows in cited.values() for row in rows)


def test_lines_that_went_and_came_are_told_in_their_order():
    assert list(changed_lines("a\nb\nc", "a\nB\nc\nd")) == [("-", "b"), ("+", "B"), ("+", "d")]
    assert list(changed_lines("a", "a")) == []


# -- the page --------------------------------------------------------------------------------------


def test_an_editor_reads_a_page_again_on_the_page(
    client, published, organisation, editor, site, watch
):
    published(source_url=site.url("/prix"))
    watch()
    site.serve("/prix", whole(PRICE % 25))
    watch(1)
    client.force_login(editor)
    shown = client.get("/organisations/ici/sources/").content.decode()
    assert "À relire (1)" in shown
    assert "<ins>Un velo a 25 euros par mois.</ins>" in shown
    page = PageCitee.objects.get()
    given = {"page": page.pk, "empreinte": page.empreinte}
    after = client.post("/organisations/ici/sources/", given, follow=True).content.decode()
    assert "À relire (0)" in after
    assert "Relue le" in after
    site.serve("/prix", whole(PRICE % 26))
    watch(2)
    late = client.post("/organisations/ici/sources/", given, follow=True).content.decode()
    assert "a encore changé depuis" in late


def test_a_contributor_does_not_see_it(client, person, organisation):
    client.force_login(person(Role.CONTRIBUTEUR))
    assert client.get("/organisations/ici/sources/").status_code == 403


# -- an aid whose page changed, vanished or says it ended -------------------------------------


def prime(book, url):
    return local_rules_book(book, {
        "regle": "prime", "version": 1, "nom": "Prime", "resume": "r", "organisme": "o",
        "valide_du": date(2026, 1, 1),
        "sources": {"page": {"titre": "Une page", "url": url, "lu_le": ON, "confiance": "A"}},
        "conditions": {"critere": "rqth", "est": "oui", "source": "page"},
    })  # fmt: skip


def local_rules_book(book, document):
    return RuleBook(book.criteria, book.parameters, {"prime": (rule_from(document, book),)})


@pytest.fixture
def aid(monkeypatch, site):
    """Function that gives what the only aid answers today to a person who has a right to it."""
    book = prime(rule_book(), site.url("/prime"))
    site.serve("/prime", whole(b"<main><p>La prime est de 100 euros.</p></main>"))
    monkeypatch.setattr(watching, "rules_in_force", lambda: book)

    def answer():
        warned = replace(book, warnings=warnings_of(book.rules["prime"]))
        right = entitlement(book.rule("prime", ON), {"rqth": True}, on=ON, book=warned)
        return right.reponse.value, right.doubt

    return answer


def test_an_aid_whose_page_stands_is_promised(db, aid, watch):
    watch()
    assert aid() == ("oui", "")


def test_an_aid_whose_page_changed_is_to_be_checked_until_somebody_reads_it_again(
    db, aid, watch, site, organisation, editor, now
):
    watch()
    site.serve("/prime", whole(b"<main><p>La prime est de 50 euros.</p></main>"))
    watch(1)
    reponse, why = aid()
    assert reponse == "a_verifier"
    assert why.startswith("la page citée a changé")
    cited_page = one_page(organisation)
    read_again(by=editor, organisation=organisation, page=cited_page.page,
               empreinte=cited_page.page.empreinte, now=now)  # fmt: skip
    assert aid() == ("oui", "")


def test_an_aid_whose_page_is_gone_is_to_be_checked_and_its_page_waits(
    db, aid, watch, site, organisation
):
    watch()
    site.serve("/prime", status(404))
    watch(1)
    assert aid()[0] == "a_verifier"
    assert "n'existe plus" in aid()[1]
    assert one_page(organisation).waits


def test_a_server_that_fails_for_a_while_ends_no_aid(db, aid, watch, site):
    watch()
    site.serve("/prime", status(503))
    watch(1)
    assert aid() == ("oui", "")


def test_an_aid_whose_page_says_it_ended_is_never_promised(db, aid, watch, site, organisation):
    site.serve("/prime", whole(b"<main><p>Cette aide a pris fin le 1er avril 2026.</p></main>"))
    watch()
    assert aid() == ("a_verifier", "la page citée semble annoncer que l'aide est finie : à relire")
    assert one_page(organisation).ends


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ce dispositif a été supprimé par la loi de finances.", True),
        ("La prime n’est plus versée depuis 2025.", True),
        ("L'aide est fermée aux nouvelles demandes.", True),
        ("L'aide est versée chaque mois.", False),
        ("Le guichet est fermé le lundi.", False),
    ],
)
def test_words_that_announce_an_end(text, expected):
    assert announces_an_end(text) is expected


def test_the_home_page_of_a_site_is_not_the_text_of_a_rule():
    assert not is_a_text("https://www.legifrance.gouv.fr/")
    assert is_a_text("https://www.legifrance.gouv.fr/codes/article_lc/LEGIARTI1")
