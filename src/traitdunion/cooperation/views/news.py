"""Answers to the reminders, by the link of the message, without an account."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from traitdunion.accounts.access_decorators import by_link
from traitdunion.accounts.forms import typed_key

from ..operations import CooperationError
from ..roadmap import reminders


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def news(request: HttpRequest, token: str) -> HttpResponse:
    """Ask about each action, with its answers; opening the page records nothing."""
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
    context = {"asked": asked, "answers": reminders.ANSWERS}
    return render(request, "cooperation/news.html", context, status=status)
