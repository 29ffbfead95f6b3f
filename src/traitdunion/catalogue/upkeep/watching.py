"""Watch of the pages that entries and rules cite: read, compared, shown to their owners.

Nothing changes by itself: a page whose text changed is shown with what changed, until
an editor has read it again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher
from email.utils import parsedate_to_datetime
from typing import Protocol

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.permissions import Permission, check
from traitdunion.sources.cited_pages import Forbidden, PageRead
from traitdunion.sources.downloads import DownloadError, Validators

from ..enums import Statut
from ..models import PageCitee, RelecturePage, Solution
from ..rules.operations import rules_in_force
from ..rules.warnings import announces_an_end, is_a_text

LONGEST_TEXT = 200_000
LONGEST_URL = 500
CITING = Q(statut__in=[Statut.PUBLIE, Statut.SUSPENDU])
GONE = ("réponse 404", "réponse 410")
FORBIDDEN = "le site demande aux robots de ne pas lire cette page : ouvrez-la vous-même"


class Reader(Protocol):
    """What reads pages (`sources.cited_pages.PoliteReader`)."""

    def read(self, url: str, known: Validators) -> PageRead | None: ...


# -- what is cited -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Citation:
    """An entry or a rule that cites a page; `read_on` the day its figures were checked.

    `key` is that of the entry, "" for a rule; `kept_by` its organisation, None for a rule of all.
    """

    title: str
    key: str
    read_on: date | None
    kept_by: str | None


def citations(*, on: date) -> dict[str, list[Citation]]:
    """Return what cites each page, by address: entries shown, rules in force on a day."""
    by_page: dict[str, list[Citation]] = {}
    rows = Solution.objects.filter(CITING).exclude(source_url="").select_related("structure")
    for row in rows.order_by("pk"):
        cited = Citation(row.nom, row.pk, row.verifie_le, row.structure.organisation_id)
        by_page.setdefault(row.source_url, []).append(cited)
    book = rules_in_force()
    for name in sorted(book.rules):
        rule = book.rule(name, on)
        for source in rule.sources.values():
            if source.url and len(source.url) <= LONGEST_URL:
                of_page = by_page.setdefault(source.url, [])
                if not any(citation.title == rule.nom and not citation.key for citation in of_page):
                    of_page.append(Citation(rule.nom, "", source.lu_le or rule.valid_from, None))
    return by_page


# -- reading -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Watched:
    """Pages asked, those that changed this time, and those that could not be read."""

    asked: int
    changed: list[PageCitee]
    failing: list[PageCitee]


def watch_pages(*, now: datetime, reader: Reader) -> Watched:
    """Read every page cited, each once, and keep its text; one no longer cited is forgotten."""
    cited = citations(on=timezone.localdate(now))
    PageCitee.objects.exclude(url__in=cited).delete()
    changed, failing = [], []
    for url in sorted(cited):
        page = PageCitee.objects.filter(url=url).first() or PageCitee(url=url)
        before = page.empreinte
        _read_page(page, reader, now)
        page.save()
        if page.reason:
            failing.append(page)
        elif before and page.empreinte != before:
            changed.append(page)
    return Watched(len(cited), changed, failing)


def _read_page(page: PageCitee, reader: Reader, now: datetime) -> None:
    """Ask a page; its text is kept as it was where it cannot be read."""
    page.checked_at, page.reason = now, ""
    gone_since, page.disparue_le = page.disparue_le, None
    try:
        reply = reader.read(page.url, Validators(page.etag, page.last_modified))
    except Forbidden:
        page.reason = FORBIDDEN
        return
    except DownloadError as failed:
        page.reason = failed.reason[:200]
        if any(answer in failed.reason for answer in GONE):
            page.disparue_le = gone_since or now
        return
    if reply is None:
        return
    page.etag = reply.validators.etag[:300]
    page.last_modified = reply.validators.last_modified[:40]
    if reply.fingerprint != page.empreinte:
        if page.empreinte:
            page.changed_at = now
        page.empreinte, page.texte = reply.fingerprint, reply.text[:LONGEST_TEXT]
        page.annonce_fin = announces_an_end(reply.text)
        if not page.empreinte_initiale:
            page.empreinte_initiale, page.texte_initial = page.empreinte, page.texte


# -- what waits to be read ---------------------------------------------------------------------


@dataclass(frozen=True)
class ToRead:
    """A page of an organisation's entries, or of rules, and how it stands.

    `changed`: its text differs from when it was last read; `newer`: the site announces that it
    was modified after the figures were checked, and no one has read it since. `ends`: it seems to
    announce that an aid is over. `lines`: what went and what came.
    """

    page: PageCitee
    citations: Sequence[Citation]
    changed: bool
    newer: date | None
    reading: RelecturePage | None
    lines: Sequence[tuple[str, str]]
    ends: bool = False

    @property
    def waits(self) -> bool:
        gone = self.page.disparue_le is not None
        return self.changed or self.ends or gone or self.newer is not None


def pages_of(organisation: Organisation, *, on: date) -> list[ToRead]:
    """Return the pages that concern an organisation, those that wait first."""
    readings = {
        row.page_id: row
        for row in RelecturePage.objects.filter(organisation=organisation).select_related("by")
    }
    cited = citations(on=on)
    pages = []
    for page in PageCitee.objects.all():
        theirs = [
            citation
            for citation in cited.get(page.url, [])
            if citation.kept_by in (None, organisation.pk)
        ]
        if theirs:
            pages.append(_standing(page, theirs, readings.get(page.pk)))
    return sorted(pages, key=lambda shown: (not shown.waits, not shown.page.reason, shown.page.url))


def _standing(page: PageCitee, cited: Sequence[Citation], reading: RelecturePage | None) -> ToRead:
    known = reading.empreinte if reading else page.empreinte_initiale
    before = reading.texte if reading else page.texte_initial
    changed = bool(page.empreinte) and page.empreinte != known
    return ToRead(
        page=page,
        citations=cited,
        changed=changed,
        newer=None if reading or changed else _newer(page, cited),
        reading=reading,
        lines=list(changed_lines(before, page.texte)) if changed else [],
        ends=page.annonce_fin
        and is_a_text(page.url)
        and (reading is None or reading.empreinte != page.empreinte)
        and any(not citation.key for citation in cited),
    )


def _newer(page: PageCitee, cited: Sequence[Citation]) -> date | None:
    """Return the day the page was modified by its own account, where figures are older."""
    if not page.last_modified:
        return None
    try:
        modified = parsedate_to_datetime(page.last_modified).date()
    except (ValueError, TypeError):  # the site writes what it likes there
        return None
    checked = [citation.read_on for citation in cited if citation.read_on is not None]
    return modified if checked and modified > min(checked) else None


def changed_lines(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Return the lines that went ("-") and came ("+"), in the order of the page."""
    old, new = before.split("\n"), after.split("\n")
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield from (("-", line) for line in old[i:j] if line)
            yield from (("+", line) for line in new[k:m] if line)


@transaction.atomic
def read_again(
    *, by: User, organisation: Organisation, page: PageCitee, empreinte: str, now: datetime
) -> bool:
    """Record that a page was read as it stood with a fingerprint; False if it moved since.

    What was read is the page that was shown, not the one that may have been fetched meanwhile.
    """
    check(by, Permission.EDIT_CATALOGUE, organisation)
    page = PageCitee.objects.select_for_update().get(pk=page.pk)
    if page.empreinte != empreinte:
        return False
    RelecturePage.objects.update_or_create(
        page=page,
        organisation=organisation,
        defaults={"empreinte": page.empreinte, "texte": page.texte, "at": now, "by": by},
    )
    return True
