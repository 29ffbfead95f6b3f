"""Page of the pilots of an action."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from traitdunion.accounts.gates import requires
from traitdunion.accounts.permissions import Permission

from .. import piloting, reminders
from ..models import Action
from ..operations import CooperationError
from .steering import organisation_of_action


class PilotForm(forms.Form):
    nom = forms.CharField(
        label="Nom", max_length=150, required=False, help_text="Une personne ou un service."
    )
    courriel = forms.EmailField(
        label="Adresse électronique",
        required=False,
        help_text="Pour les relances ; elle n'est pas publiée.",
    )


@requires(Permission.STEER, organisation_of_action)
@require_http_methods(["GET", "HEAD", "POST"])
def pilots(request: HttpRequest, pk: int) -> HttpResponse:
    """Name pilots and take them off; the first who can be written to gets the reminders."""
    row = get_object_or_404(Action.objects.select_related("axe__seance"), pk=pk)
    told = request.POST.get("retirer", "")
    form = PilotForm(request.POST if request.method == "POST" and not told else None)
    now = timezone.now()
    if told.isdecimal() and len(told) < 18:
        piloting.remove_pilot(
            by=request.user, pilot=get_object_or_404(row.pilotes, pk=told), now=now
        )
        return redirect("cooperation:pilots", pk=pk)
    if form.is_bound and form.is_valid():
        try:
            piloting.name_pilot(by=request.user, action=row, now=now, **form.cleaned_data)
        except CooperationError as refused:
            form.add_error("nom", str(refused))
        else:
            messages.success(request, "C'est inscrit dans le fil de l'action.")
            return redirect("cooperation:pilots", pk=pk)
    context = {"action": row, "form": form, "next_reminder": reminders.next_reminder(row)}
    return render(request, "cooperation/pilots.html", context, status=422 if form.errors else 200)
