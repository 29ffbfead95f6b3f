"""Pages of the testimonies: what everybody reads, and what a moderator reads first."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from traitdunion.accounts.access_decorators import (
    OrganisationRequest,
    person_of,
    public,
    requires,
)
from traitdunion.accounts.forms import typed_key
from traitdunion.accounts.permissions import Permission

from ..enums import EtatTemoignage
from ..errors import EmployersError
from ..models import Temoignage
from ..speakers.testimonies import moderate, shown

PER_PAGE = 20
MAX_ASKED = 100


@public
@never_cache
@require_safe
def testimonies(request: HttpRequest) -> HttpResponse:
    """Show the testimonies in force, those of an occupation if asked; withdrawn ones are gone."""
    today = timezone.localdate()
    asked = request.GET.get("metier", "").strip()[:MAX_ASKED]
    rows = Temoignage.objects.published(today)
    jobs = sorted(set(rows.exclude(metier="").values_list("metier", flat=True)))
    if asked:
        rows = rows.filter(metier=asked)
    rows = rows.with_names(today).select_related("intervenant")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "testimonies": [shown(row) for row in page],
        "jobs": jobs,
        "asked": asked,
    }
    return render(request, "employers/testimonies.html", context)


@requires(Permission.KEEP_SPEAKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def moderation(request: OrganisationRequest, organisation: str) -> HttpResponse:
    """Show what waits for a moderator, and what is published; publish or refuse with a reason."""
    if request.method == "POST":
        publishes = request.POST.get("faire") == "publier"
        reason = "" if publishes else request.POST.get("motif", "").strip()
        try:
            if not publishes and not reason:
                raise EmployersError("Écrivez pourquoi : la personne le lira.")
            row = moderate(
                by=person_of(request), organisation=request.organisation,
                key=typed_key(request.POST.get("temoignage")), refused_for=reason,
                now=timezone.now(),
            )  # fmt: skip
        except EmployersError as refused:
            messages.error(request, str(refused))
        else:
            done = "publié" if row.etat == EtatTemoignage.PUBLIE else "refusé"
            messages.success(request, f"Le témoignage est {done}.")
        return redirect(request.path)
    rows = Temoignage.objects.filter(
        intervenant__organisation=request.organisation, expire_le__gte=timezone.localdate()
    ).exclude(etat=EtatTemoignage.REFUSE)
    rows = rows.select_related("intervenant").order_by("etat", "ecrit_le", "pk")
    context = {
        "organisation": request.organisation,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "employers/speakers/moderation.html", context)
