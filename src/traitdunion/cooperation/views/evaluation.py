"""Pages of the evaluation: ballots drawn, a ballot filled, the bilan that everybody reads."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from traitdunion.accounts.access_decorators import person_of, public, requires
from traitdunion.accounts.forms import typed_key
from traitdunion.accounts.permissions import Permission, can
from traitdunion.accounts.site import site_address
from traitdunion.desk.sharing.qr_codes import qr_svg

from ..evaluation import words
from ..evaluation.bilan import bilan_of, others_of
from ..evaluation.bilan_pdf import bilan_pdf
from ..evaluation.operations import MAX_BALLOTS, answer, ballot_of, draw_ballots
from ..evaluation.questionnaire import questions
from ..models import MotEvaluation, Seance
from ..operations import CooperationError
from ..requested import organisation_of_session
from ..sessions.names import NameFinder, masked
from ..visibility import sees_roadmap, session_is_seen, sessions_seen_by


class BallotsForm(forms.Form):
    """How many ballots to draw."""

    combien = forms.IntegerField(
        label="Combien de bulletins ?",
        min_value=1,
        max_value=MAX_BALLOTS,
        help_text="Un par personne présente. Les codes ne s'affichent qu'une fois : imprimez-les.",
    )


class BallotForm(forms.Form):
    """The questions, all of them optional; the code of the ballot."""

    code = forms.CharField(
        label="Code du bulletin", max_length=20, widget=forms.TextInput({"autocomplete": "off"})
    )

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        for question in questions():
            self.fields[question.code] = forms.ChoiceField(
                label=question.texte,
                choices=list(question.reponses.items()),
                widget=forms.RadioSelect,
                required=False,
            )
        self.fields["mot"] = forms.CharField(
            label="Un mot de plus, si vous voulez",
            required=False,
            max_length=500,
            widget=forms.Textarea({"rows": 3}),
            help_text="Lu par l'organisation une fois onze bulletins remplis, sans lien avec vos "
            "réponses ; elle peut le publier. Ne nommez personne.",
        )


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ballot(request: HttpRequest) -> HttpResponse:
    """Fill a ballot, by its code; the code of a link stands after "#", never in an address."""
    form = BallotForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answers = dict(form.cleaned_data)
        code, mot = answers.pop("code"), answers.pop("mot")
        row = ballot_of(code)
        try:
            answer(code=code, answers=answers, mot=mot, now=timezone.now())
        except CooperationError as refused:
            form.add_error(None if row and not row.rempli else "code", str(refused))
        else:
            messages.success(request, "Merci. Vos réponses sont comptées, sans votre nom.")
            # The bilan is not always published for the one who answers.
            seen = row and sessions_seen_by(request.user).filter(pk=row.seance_id).exists()
            if row is None or not seen:
                return redirect("cooperation:ballot")
            return redirect("cooperation:bilan", slug=row.seance_id)
    context = {"form": form}
    return render(request, "cooperation/ballot.html", context, status=422 if form.errors else 200)


@requires(Permission.STEER, organisation_of_session)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ballots(request: HttpRequest, slug: str) -> HttpResponse:
    """Draw ballots, and print them: their codes are shown this once."""
    seance = get_object_or_404(Seance, pk=slug)
    where = f"{site_address(request)}/evaluer/"
    if "mot" in request.POST:
        _word_read(request, seance)
        return redirect(request.path)
    form, codes = BallotsForm(request.POST or None), []
    if request.method == "POST" and form.is_valid():
        codes = draw_ballots(
            by=person_of(request), seance=seance, n=form.cleaned_data["combien"], now=timezone.now()
        )
    context = {
        "session": seance,
        "form": form,
        "codes": [
            ("-".join((code[:4], code[4:8], code[8:])), qr_svg(f"{where}#{code}")) for code in codes
        ],
        "words": _words_to_read(seance),
        "n_drawn": seance.bulletins.count(),
        "n_filled": seance.bulletins.filter(rempli=True).count(),
        "where": where,
    }
    return render(request, "cooperation/ballots.html", context, status=422 if form.errors else 200)


def _words_to_read(seance: Seance) -> list[tuple[MotEvaluation, str]]:
    """Return the words of ballots that may be read, each with the names in it masked."""
    finder = NameFinder(seance)
    mots = words.readable(seance, on=timezone.localdate())
    return [(mot, masked(mot.texte, finder.names_in(mot.texte))) for mot in mots]


def _word_read(request: HttpRequest, seance: Seance) -> None:
    """Publish or erase words of a ballot, as a button of the page asks."""
    typed = request.POST["mot"]
    key = typed_key(typed)
    mot = seance.mots_evaluation.filter(pk=key).first()
    try:
        if mot is None:
            raise CooperationError("Ce mot n'est plus là : rechargez la page.")
        if request.POST.get("faire") == "effacer":
            words.erase(by=person_of(request), mot=mot, now=timezone.now())
            messages.success(request, "Le mot est effacé.")
        else:
            texte = request.POST.get("texte", "")[:500]
            words.publish(by=person_of(request), mot=mot, texte=texte, now=timezone.now())
            messages.success(request, "Le mot est publié avec le bilan.")
    except CooperationError as refused:
        messages.error(request, str(refused))


@session_is_seen
@require_safe
def bilan(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what came out of a session, counted from its records."""
    seance = get_object_or_404(Seance.objects.select_related("organisation"), pk=slug)
    today = timezone.localdate()
    context = {
        "session": seance,
        "bilan": bilan_of(seance, on=today),
        "others": others_of(seance, on=today, among=sessions_seen_by(request.user)),
        "words": words.published(seance),
        "may_steer": can(request.user, Permission.STEER, seance.organisation),
        "sees_roadmap": sees_roadmap(request.user, seance),
    }
    return render(request, "cooperation/bilan.html", context)


@session_is_seen
@require_safe
def bilan_document(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the bilan as PDF."""
    seance = get_object_or_404(Seance.objects.select_related("organisation"), pk=slug)
    today = timezone.localdate()
    titled = sees_roadmap(request.user, seance)
    made = bilan_pdf(bilan_of(seance, on=today), on=today, with_roadmap=titled)
    answer = HttpResponse(made, "application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="bilan-{slug}.pdf"'
    return answer
