"""Pages of a committee's seats: a new committee, who sits, who follows, how votes are shared."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from traitdunion.accounts.access_decorators import requires
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.permissions import Permission

from ..committees import operations
from ..committees.forms import CommitteeForm, MemberForm, SuccessorForm, VacancyForm, VotesForm
from ..committees.rules import RuleNotInForce
from ..models.committees import Instance, Membre, NatureInstance
from ..operations import CooperationError
from ..visibility import committee_is_seen

PAGE = ["GET", "HEAD", "POST"]


def organisation_named(organisation: str) -> Organisation:
    return get_object_or_404(Organisation, pk=organisation)


def organisation_of_seat(pk: int) -> Organisation:
    row = get_object_or_404(Membre.objects.select_related("instance__organisation"), pk=pk)
    return row.instance.organisation


@requires(Permission.STEER, organisation_named)
@require_http_methods(PAGE)
def new_committee(request: HttpRequest, organisation: str) -> HttpResponse:
    """A committee whose secretariat this organisation holds."""
    holder = get_object_or_404(Organisation, pk=organisation)
    form = CommitteeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data | {"nature": NatureInstance(form.cleaned_data["nature"])}
        try:
            row = operations.create_committee(
                by=request.user, organisation=holder, now=timezone.now(), **data
            )
        except CooperationError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Le comité est créé : inscrivez ses sièges.")
            return redirect("cooperation:committee", slug=row.pk)
    context = {
        "form": form, "row": "Comités pour l'emploi", "back": ("cooperation:committees",),
        "title": "Créer un comité", "button": "Créer le comité",
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "cooperation/committee_form.html", context, status=status)


@requires(Permission.STEER, organisation_of_seat)
@require_http_methods(PAGE)
def seat(request: HttpRequest, pk: int) -> HttpResponse:
    """One seat: correct it, say it is vacant, name who follows for the rest of the term."""
    row = get_object_or_404(Membre.objects.select_related("instance"), pk=pk)
    what = request.POST.get("faire", "") if request.method == "POST" else ""
    forms: dict[str, Any] = {
        "corriger": MemberForm(_posted(request, "corriger"), instance=row),
        "vacant": VacancyForm(_posted(request, "vacant"), initial={"vacant_le": row.vacant_le}),
        "nommer": SuccessorForm(
            _posted(request, "nommer"), initial={"mandat_du": row.vacant_le}, instance=Membre()
        ),
    }
    asked = forms.get(what)
    if asked is not None and asked.is_valid():
        try:
            words = _change(request, pk, what, asked.cleaned_data)
        except CooperationError as refused:
            asked.add_error(None, str(refused))
        else:
            messages.success(request, words)
            return redirect("cooperation:committee", slug=row.instance_id)
    context = {
        "seat": Membre.objects.select_related("instance", "succede_a").get(pk=pk),
        "form": asked,
        "correct": forms["corriger"],
        "vacancy": forms["vacant"],
        "successor": forms["nommer"],
        "follows": Membre.objects.filter(succede_a=pk).first(),
        "has_sat": row.presences.exists(),
    }
    status = 422 if asked is not None and asked.errors else 200
    return render(request, "cooperation/seat.html", context, status=status)


def _posted(request: HttpRequest, what: str) -> Any:
    return request.POST if request.POST.get("faire") == what else None


def _change(request: HttpRequest, pk: int, what: str, values: dict[str, Any]) -> str:
    """Do what was asked of a seat; what to say of it."""
    # Read again: a form of a model writes on the row it was given, even what is then refused.
    row = get_object_or_404(Membre.objects.select_related("instance__organisation"), pk=pk)
    by, now = request.user, timezone.now()
    if what == "corriger":
        operations.change_seat(by=by, member=row, now=now, **values)
        return "Le siège est corrigé."
    if what == "vacant":
        operations.end_mandate(by=by, member=row, vacant_le=values["vacant_le"], now=now)
        return "Le siège est vacant : nommez qui le prend pour la fin du mandat."
    operations.name_successor(by=by, member=row, now=now, **values)
    return "Le successeur est inscrit, jusqu'à la fin du mandat à courir."


@committee_is_seen
@require_safe
def votes(request: HttpRequest, slug: str) -> HttpResponse:
    """A distribution of votes tried against the rules; nothing is kept."""
    row = get_object_or_404(Instance.objects.prefetch_related("membres"), pk=slug)
    today = timezone.localdate()
    form = VotesForm(request.GET or None, instance=row, on=today)
    if not form.is_bound:
        now = {name: field.initial for name, field in form.fields.items()}
        held = {name: "" if value is None else value for name, value in now.items()}
        form = VotesForm(held, instance=row, on=today)
    context: dict[str, Any] = {"committee": row, "form": form, "sound": form.is_valid()}
    if form.is_valid():
        try:
            context |= {"broken": form.broken(), "shared": form.shared()}
        except RuleNotInForce as why:
            context |= {"sound": False, "why": str(why)}
    status = 422 if form.errors else 200
    return render(request, "cooperation/votes.html", context, status=status)
