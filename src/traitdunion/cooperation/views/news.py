"""« Ma part »: what a pilot answers and what their mailbox promised, by one link, no account."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from traitdunion.accounts.access_decorators import by_link
from traitdunion.accounts.forms import typed_key

from ..operations import CooperationError
from ..roadmap import reminders
from ..roadmap.forms import ReportForm
from ..sessions import on_the_spot


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def news(request: HttpRequest, token: str) -> HttpResponse:
    """Ask about each action, the late ones first, then show what the same mailbox promised.

    Opening the page records nothing.
    """
    asked = reminders.asked_by(token, now=timezone.now())
    if not asked:
        return render(request, "cooperation/news.html", {"asked": []}, status=410)
    status = 200
    if request.method == "POST":
        typed = request.POST.get("action", "")
        try:
            reminders.give_news(
                token=token,
                action=typed_key(typed),
                what=request.POST.get("reponse", ""),
                commentaire=request.POST.get("commentaire", "")[:2000],
                now=timezone.now(),
            )
        except CooperationError as refused:
            messages.error(request, str(refused))
            status = 422
        else:
            messages.success(request, "Merci : le fil de l'action le dit maintenant.")
            return redirect(request.path)
    today = timezone.localdate()
    chosen = _chosen(request)
    # That of the link pressed in the message, then the late ones, then what waits for an answer,
    # by date; what was answered comes last.
    asked.sort(
        key=lambda row: (
            row.fermee_le is not None,
            row.action_id not in chosen,
            not row.action.is_late(today),
            row.action.fin_prevue_le or date.max,
        )
    )
    promised = on_the_spot.of_address(asked[0].adresse)
    context = {
        "asked": [(row, row.action.is_late(today), chosen.get(row.action_id, "")) for row in asked],
        "n_waiting": sum(row.fermee_le is None for row in asked),
        "answers": reminders.ANSWERS,
        "promised": [
            (row, row.is_late(today), ReportForm(auto_id=f"id_{row.pk}_%s")) for row in promised
        ],
        "token": token,
        "organisation": asked[0].action.axe.seance.organisation,
    }
    return render(request, "cooperation/news.html", context, status=status)


def _chosen(request: HttpRequest) -> dict[int, str]:
    """Return the answer that a link of the message chose, by action; not recorded yet."""
    answer = request.GET.get("reponse", "")
    action = typed_key(request.GET.get("action", ""))
    return {action: answer} if answer in reminders.ANSWERS else {}
