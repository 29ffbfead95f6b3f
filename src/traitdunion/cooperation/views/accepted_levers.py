"""Levers answered yes, taken as commitments of an action."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from traitdunion.accounts.access_decorators import person_of, requires
from traitdunion.accounts.permissions import Permission
from traitdunion.accounts.site import site_address
from traitdunion.levers.models import Proposition

from ..operations import CooperationError
from ..requested import organisation_of_action, pilots_action, the_action
from ..roadmap.accepted_levers import accepted, commit_from_lever


class TakeForm(forms.Form):
    """The lever taken, and by when."""

    proposition = forms.ModelChoiceField(Proposition.objects.none(), label="Levier accepté",
                                         widget=forms.RadioSelect, empty_label=None)  # fmt: skip
    pour_le = forms.DateField(
        label="Pour le", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


@requires(Permission.STEER, organisation_of_action, or_if=pilots_action)
@require_http_methods(["GET", "HEAD", "POST"])
def accepted_levers(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose a lever that an actor accepted, and make it a commitment of the action."""
    action = the_action(pk)
    form = TakeForm(request.POST or None)
    rows = accepted()
    form.fields["proposition"].queryset = Proposition.objects.filter(  # type: ignore[attr-defined]
        pk__in=[row.pk for row in rows]
    )
    form.fields["proposition"].label_from_instance = lambda row: (  # type: ignore[attr-defined]
        f"{row.phrase} ({row.destinataire}, {row.get_etat_display()})"
    )
    if request.method == "POST" and form.is_valid():
        try:
            commit_from_lever(
                by=person_of(request), action=action, proposal=form.cleaned_data["proposition"],
                pour_le=form.cleaned_data["pour_le"], site=site_address(request),
                now=timezone.now(),
            )  # fmt: skip
        except CooperationError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Le levier est un engagement de cette action.")
            return redirect("cooperation:action", pk=pk)
    return render(
        request, "cooperation/actions/accepted_levers.html",
        {"action": action, "form": form, "rows": rows},
    )  # fmt: skip
