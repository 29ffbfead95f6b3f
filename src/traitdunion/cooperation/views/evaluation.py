"""Pages of the evaluation: ballots drawn, a ballot filled, the bilan that everybody reads."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from traitdunion.accounts.gates import public, requires
from traitdunion.accounts.permissions import Permission, can

from ..bilan import bilan_of, others_of
from ..bilan_document import bilan_pdf
from ..evaluation import MOST_BALLOTS, answer, ballot_of, draw_ballots
from ..models import Seance
from ..operations import CooperationError
from ..questionnaire import questions
from .steering import organisation_of_session


class BallotsForm(forms.Form):
    """How many ballots to draw."""

    combien = forms.IntegerField(
        label="Combien de bulletins ?",
        min_value=1,
        max_value=MOST_BALLOTS,
        help_text="Un par personne présente. Les codes ne s'affichent qu'une fois : imprimez-les.",
    )


class BallotForm(forms.Form):
    """The questions, all of them optional; the code of the ballot."""

    code = forms.CharField(
        label="Code du bulletin", max_length=20, widget=forms.TextInput({"autocomplete": "off"})
    )

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        for one in questions():
            self.fields[one.code] = forms.ChoiceField(
                label=one.texte,
                choices=list(one.reponses.items()),
                widget=forms.RadioSelect,
                required=False,
            )


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ballot(request: HttpRequest) -> HttpResponse:
    """A ballot to fill, by its code; the code of a link stands after "#", never in an address."""
    form = BallotForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        code = told.pop("code")
        found = ballot_of(code)
        try:
            answer(code=code, answers=told)
        except CooperationError as refused:
            form.add_error(None if found and not found.rempli else "code", str(refused))
        else:
            messages.success(request, "Merci. Vos réponses sont comptées, sans votre nom.")
            return redirect("cooperation:bilan", slug=found.seance_id if found else "")
    context = {"form": form}
    return render(request, "cooperation/ballot.html", context, status=422 if form.errors else 200)


@requires(Permission.STEER, organisation_of_session)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ballots(request: HttpRequest, slug: str) -> HttpResponse:
    """Draw ballots, and print them: their codes are shown this once."""
    seance = get_object_or_404(Seance, pk=slug)
    form, codes = BallotsForm(request.POST or None), []
    if request.method == "POST" and form.is_valid():
        codes = draw_ballots(
            by=request.user, seance=seance, n=form.cleaned_data["combien"], now=timezone.now()
        )
    context = {
        "session": seance,
        "form": form,
        "codes": ["-".join((code[:4], code[4:8], code[8:])) for code in codes],
        "n_drawn": seance.bulletins.count(),
        "n_filled": seance.bulletins.filter(rempli=True).count(),
        "where": request.build_absolute_uri("/evaluer/"),
    }
    return render(request, "cooperation/ballots.html", context, status=422 if form.errors else 200)


@public
@require_safe
def bilan(request: HttpRequest, slug: str) -> HttpResponse:
    """What came out of a session, counted from its records."""
    seance = get_object_or_404(Seance.objects.select_related("organisation"), pk=slug)
    today = timezone.localdate()
    context = {
        "session": seance,
        "bilan": bilan_of(seance, on=today),
        "others": others_of(seance, on=today),
        "may_steer": can(request.user, Permission.STEER, seance.organisation),
    }
    return render(request, "cooperation/bilan.html", context)


@public
@require_safe
def bilan_document(request: HttpRequest, slug: str) -> HttpResponse:
    """The bilan as PDF."""
    seance = get_object_or_404(Seance, pk=slug)
    today = timezone.localdate()
    answer = HttpResponse(bilan_pdf(bilan_of(seance, on=today), on=today), "application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="bilan-{slug}.pdf"'
    return answer
