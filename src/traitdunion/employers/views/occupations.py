"""Pages of the occupations: titles, projects by basin, the posts of a site."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from traitdunion.accounts.access_decorators import OrganisationRequest, person_of, public, requires
from traitdunion.accounts.permissions import Permission
from traitdunion.territory.models import Site

from ..enums import FichierMetier
from ..errors import EmployersError
from ..models import FichierMetiers, MetierRome
from ..occupations.forms import PostForm
from ..occupations.needs import (
    by_basin,
    families_of,
    projects_csv,
    projects_of,
    reviewed_on,
    survey_file,
)
from ..occupations.posts import add_post, remove_post
from ..occupations.search import search_titles

LONGEST_TEXT = 120
SHOWN, PROPOSED = 30, 8
PAGE = ["GET", "HEAD", "POST"]


def _asked(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\0", "")[:LONGEST_TEXT].strip()


@public
@require_safe
def occupations(request: HttpRequest) -> HttpResponse:
    """Search an occupation by its titles; show the projects of recruitment of each basin."""
    text = _asked(request, "q")
    occupation = MetierRome.objects.filter(pk=_asked(request, "metier")).first()
    families = families_of(occupation.code) if occupation else None
    rows = projects_of(families.codes if families else None)
    context = {
        "text": text,
        "found": search_titles(text, limit=SHOWN) if text else None,
        "most": SHOWN,
        "occupation": occupation,
        "families": families,
        "family_names": list(dict.fromkeys(row.fap_nom for row in rows)) if families else [],
        "basins": by_basin(rows) if families or not occupation else [],
        "reviewed_on": reviewed_on(),
        "titles": FichierMetiers.objects.filter(nature=FichierMetier.TITRES).first(),
        "survey": survey_file(),
    }
    return render(request, "employers/occupations.html", context)


@public
@require_safe
@cache_control(private=True, max_age=3600)
def titles(request: HttpRequest) -> JsonResponse:
    """Return the titles that hold the words of `q`, while typing."""
    text = _asked(request, "q")
    rows = search_titles(text, limit=PROPOSED).titles if text else []
    return JsonResponse({"titles": [{"label": str(row)} for row in rows]})


@public
@require_safe
def projects(request: HttpRequest) -> HttpResponse:
    """Return the projects by basin and family as CSV; hidden figures are written « secret »."""
    response = HttpResponse(projects_csv(projects_of()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="projets-d-embauche.csv"'
    return response


@requires(Permission.KEEP_SITES)
@require_http_methods(PAGE)
def posts(request: OrganisationRequest, organisation: str, code: str) -> HttpResponse:
    """Add and remove the posts of a site."""
    site = get_object_or_404(Site.objects.select_related("commune"), pk=code)
    if request.method == "POST" and request.POST.get("faire") == "retirer":
        return _removed(request, site)
    form = PostForm(request.POST or None, site=site)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            made = add_post(
                by=person_of(request), organisation=request.organisation, site=site,
                values=form.values(), on=timezone.localdate(now), now=now,
            )  # fmt: skip
        except EmployersError as refused:
            form.add_error("metier", str(refused))
        else:
            messages.success(request, f"Ajouté : {made}.")
            return redirect(request.path)
    context = {
        "organisation": request.organisation,
        "site": site,
        "posts": site.postes.select_related("equipe"),
        "form": form,
        "has_titles": MetierRome.objects.exists(),
    }
    status = 422 if form.errors else 200
    return render(request, "employers/sites/posts.html", context, status=status)


def _removed(request: OrganisationRequest, site: Site) -> HttpResponse:
    key = request.POST.get("poste", "")
    post = get_object_or_404(site.postes, pk=int(key) if key.isdecimal() else 0)
    remove_post(
        by=person_of(request), organisation=request.organisation, post=post, now=timezone.now()
    )
    messages.success(request, f"Retiré : {post}.")
    return redirect(request.path)
