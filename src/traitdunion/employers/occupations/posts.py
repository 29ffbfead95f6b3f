"""Posts of the sites: added, removed, and shown with who can come to them without a car."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check
from traitdunion.territory.models import Site

from ..errors import EmployersError
from ..models import PosteSite
from ..site_reach import SiteReach
from ..site_sheet import Row, rows_of
from .needs import BasinTotals, Families, by_basin, families_of, projects_of, survey_basin_of

MAX_POSTS = 60
"""Posts of a site at most."""


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post as its site shows it.

    `reach`: who can come at its shift; None without a shift. `families`: None where the occupation
    is not matched to the survey. `basins`: its figures; `here`: code of the basin of the site.
    """

    post: PosteSite
    reach: Row | None
    families: Families | None
    basins: tuple[BasinTotals, ...]
    here: str


@transaction.atomic
def add_post(
    *, by: User, organisation: Organisation, site: Site, values: Mapping[str, Any], on: date,
    now: datetime,
) -> PosteSite:  # fmt: skip
    """Add a post to a site. Raises EmployersError where it is there already, or one too many."""
    check(by, Permission.KEEP_SITES, organisation)
    Site.objects.select_for_update(of=("self",)).get(pk=site.pk)
    if site.postes.count() >= MAX_POSTS:
        raise EmployersError(f"Un site a {MAX_POSTS} postes au plus.")
    try:
        with transaction.atomic():
            row = PosteSite.objects.create(site=site, depuis=on, **values)
    except IntegrityError as known:
        raise EmployersError("Ce poste est déjà dans la liste.") from known
    record(by=by, organisation=organisation, action=Did.MODIFIER, target=site, at=now)
    return row


@transaction.atomic
def remove_post(*, by: User, organisation: Organisation, post: PosteSite, now: datetime) -> None:
    """Remove a post that is filled or no longer offered."""
    check(by, Permission.KEEP_SITES, organisation)
    record(by=by, organisation=organisation, action=Did.MODIFIER, target=post.site, at=now)
    post.delete()


def post_lines(site: Site, reached: SiteReach | None) -> list[PostLine]:
    """Return the posts of a site, each with who can come at its hours and the survey of its basin.

    reached: of the site, None where nothing can be computed.
    """
    reach_of = _reach_by_shift(reached)
    here = survey_basin_of(site.commune)
    matched = [(post, families_of(post.rome)) for post in site.postes.select_related("equipe")]
    rows = projects_of({code for _, families in matched if families for code in families.codes})
    return [
        PostLine(
            post,
            reach_of.get(post.equipe_id),
            families,
            tuple(by_basin(row for row in rows if families and row.fap in families.codes)),
            here,
        )
        for post, families in matched
    ]


def _reach_by_shift(reached: SiteReach | None) -> Mapping[int | None, Row]:
    if reached is None:
        return {}
    rows: Iterable[Row] = rows_of(reached)
    return {team.team.pk: row for team, row in zip(reached.teams, rows, strict=True)}
