"""Page where an organisation corrects and erases the words it keeps that others read."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from traitdunion.accounts.access_decorators import OrganisationRequest, person_of, requires
from traitdunion.accounts.models import User
from traitdunion.accounts.permissions import Permission

from .. import shared_words
from ..models import Moderation
from ..operations import CooperationError
from ..sessions.names import NameFinder, masked

SHOWN_AT_MOST = 100
LAST_ACTS = 30
LONGEST_TEXT = 2000


@requires(Permission.CORRECT_SHARED_WORDS)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: OrganisationRequest, organisation: str) -> HttpResponse:
    """Show the words that others read, by table; correct or erase those of a row."""
    by = person_of(request)
    if request.method == "POST":
        try:
            messages.success(request, _done(request, by))
        except CooperationError as refused:
            messages.error(request, str(refused))
        return redirect(request.path)
    acts = Moderation.objects.filter(organisation=request.organisation).select_related("par")
    labels = {
        model._meta.model_name: model._meta.verbose_name for model in shared_words.sharing_models()
    }
    context = {
        "organisation": request.organisation,
        "groups": list(_groups(request, by)),
        "reasons": shared_words.REASONS,
        "acts": [
            (act, labels.get(act.sorte, act.sorte)) for act in acts.order_by("-pk")[:LAST_ACTS]
        ],
    }
    return render(request, "cooperation/shared_words.html", context)


def _groups(request: OrganisationRequest, by: User) -> Any:
    finder = NameFinder(None)
    for model, rows in shared_words.rows_of(request.organisation, by=by):
        shared, cards = shared_words.declared(model), []
        for row in rows[:SHOWN_AT_MOST]:
            words = shared_words.words_of(row)
            names = finder.names_in(" ".join(words.values()))
            fields = [
                (name, shared.columns[name], value, masked(value, names), _longest(row, name))
                for name, value in words.items()
            ]
            cards.append({"row": row, "names": names, "fields": fields})
        if cards:
            yield {
                "kind": model._meta.model_name, "label": model._meta.verbose_name_plural,
                "readers": shared.readers, "cards": cards,
            }  # fmt: skip


def _longest(row: Any, name: str) -> int:
    return getattr(row._meta.get_field(name), "max_length", None) or LONGEST_TEXT


def _done(request: OrganisationRequest, by: User) -> str:
    """Do what a button asks; return it in French."""
    kind, _, key = request.POST.get("mots", "").partition("-")
    number = int(key) if key.isdecimal() and len(key) < 18 else 0
    row = shared_words.find(request.organisation, kind, number, by=by)
    if row is None:
        raise CooperationError("Ces mots ne sont plus là : rechargez la page.")
    now = timezone.now()
    if request.POST.get("faire") == "effacer":
        shared_words.erase(by=by, row=row, motif=request.POST.get("motif", ""), now=now)
        return "C'est effacé partout sur le site ; un message déjà parti ne se reprend pas."
    words = {
        name: request.POST.get(f"mot-{name}", "")[: _longest(row, name)]
        for name in shared_words.words_of(row)
    }
    shared_words.correct(by=by, row=row, words=words, now=now)
    return "C'est corrigé partout sur le site ; un message déjà parti ne se reprend pas."
