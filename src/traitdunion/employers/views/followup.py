"""Page of the follow-up: an employer declares its counts by a link, without an account."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from traitdunion.accounts.access_decorators import by_link

from ..enums import MotifDepart
from ..errors import EmployersError
from ..followup.forms import CohortForm
from ..followup.operations import declare, is_open
from ..indicators import MAX_SHARE, RETENTION_EMPLOYERS
from ..models import EngagementEmployeur
from ..models.followup import DAYS, quarter_label

PAGE = ["GET", "HEAD", "POST"]


@by_link
@require_http_methods(PAGE)
def counts(request: HttpRequest, token: str) -> HttpResponse:
    """Show an employer the counts it declared, and record those of a quarter."""
    row = EngagementEmployeur.by_token(token)
    if row is None:
        raise Http404("Ce lien n'ouvre rien.")
    now = timezone.now()
    on = timezone.localdate(now)
    if not is_open(row, on):
        return render(request, "employers/followup/ended.html", {"promise": row}, status=410)
    form = CohortForm(request.POST or None, on=on)
    if request.method == "POST" and form.is_valid():
        try:
            declare(promise=row, now=now, **form.values())
        except EmployersError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Merci, c'est enregistré.")
            return redirect(request.path)
    context = {
        "promise": row,
        "form": form,
        "rows": [
            (quarter_label(sheet.trimestre), sheet.embauches,
             [sheet.present(days) for days in DAYS],
             [MotifDepart(reason).label for reason in sheet.motifs])
            for sheet in row.bilans.order_by("-trimestre")
        ],
        "n_employers": RETENTION_EMPLOYERS,
        "largest": round(100 * MAX_SHARE),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "employers/followup/counts.html", context, status=status)
