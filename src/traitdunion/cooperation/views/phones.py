"""Taking part on a phone, by the code told in the room, without an account.

The phone keeps two cookies: a voice drawn at random, so that an opinion is given once, and the
college that was declared. Neither says who holds the phone.
"""

import re
import secrets

from django.contrib import messages
from django.core.cache import cache
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from traitdunion.accounts.gates import public

from .. import operations, workshop
from ..enums import Avis, CollegeDeclare
from ..forms import CodeForm, CollegeForm, IdeaForm
from ..models import AvisIdee, Axe, Gommette, Idee, Seance, Situation
from ..session_forms import LookForm

VOICE, COLLEGE = "voix", "college"
A_DAY_S = 24 * 3600
IDEAS_AN_HOUR = 60
PATH = "/participer/"


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Ask for the code."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("cooperation:take-part", code=form.cleaned_data["code"])
    return render(
        request, "cooperation/join.html", {"form": form}, status=422 if form.errors else 200
    )


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_part(request: HttpRequest, code: str) -> HttpResponse:
    """Declare a college, then say ideas and give opinions.

    A phone that asks for JSON is told in one sentence whether what it sent is kept; it sends again
    after a loss of network, and each idea bears its key, so that nothing is kept twice.
    """
    seance = get_object_or_404(Seance, code=code)
    voice, college = _voice(request), _college(request)
    if request.method == "POST" and "college" in request.POST:
        return _declare(request, seance)
    if college is None:
        return render(
            request, "cooperation/college.html", {"session": seance, "form": CollegeForm()}
        )
    if request.method == "POST":
        as_json = request.headers.get("Accept") == "application/json"
        try:
            said = _do(request, seance, voice, college)
        except operations.CooperationError as refused:
            if as_json:
                return JsonResponse({"message": str(refused)}, status=422)
            messages.error(request, str(refused))
            return render(
                request, "cooperation/phone.html", _shown(seance, voice, college), status=422
            )
        if as_json:
            return JsonResponse({"message": said})
        if said:
            messages.success(request, said)
        return redirect(f"{request.path}#{request.POST.get('retour', 'contenu')}")
    return render(request, "cooperation/phone.html", _shown(seance, voice, college))


def _voice(request: HttpRequest) -> str:
    """The voice of a phone; empty where none was drawn, or what stands there is not one."""
    told = request.COOKIES.get(VOICE, "")
    return told if re.fullmatch(r"[0-9a-f]{32}", told) else ""


def _college(request: HttpRequest) -> CollegeDeclare | None:
    """College declared, where a voice was drawn with it."""
    told = request.COOKIES.get(COLLEGE, "")
    return CollegeDeclare(told) if told in CollegeDeclare.values and _voice(request) else None


def _declare(request: HttpRequest, seance: Seance) -> HttpResponse:
    form = CollegeForm(request.POST)
    if not form.is_valid():
        context = {"session": seance, "form": form}
        return render(request, "cooperation/college.html", context, status=422)
    answer = redirect("cooperation:take-part", code=seance.code)
    kept = {"max_age": A_DAY_S, "httponly": True, "samesite": "Lax", "path": PATH}
    answer.set_cookie(COLLEGE, form.cleaned_data["college"], secure=request.is_secure(), **kept)
    voice = _voice(request) or secrets.token_hex(16)
    answer.set_cookie(VOICE, voice, secure=request.is_secure(), **kept)
    return answer


def _do(request: HttpRequest, seance: Seance, voice: str, college: CollegeDeclare) -> str:
    """What a phone sent: an idea, a look at a situation, dots or an opinion; what to say of it."""
    if "axe" in request.POST:
        return _say(request, seance, voice)
    if "situation" in request.POST:
        return _look(request, seance, voice, college)
    idea = get_object_or_404(Idee, pk=_number(request, "idee"), axe__seance=seance)
    if "gommettes" in request.POST:
        left = workshop.put_dots(idea=idea, voix=voice, nombre=_number(request, "gommettes"))
        return f"Il vous reste {left} gommette{'s' if left > 1 else ''}."
    if request.POST.get("avis") not in Avis.values:
        raise operations.CooperationError("Choisissez : d'accord, pas d'accord, ou je passe.")
    operations.give_opinion(idea=idea, voix=voice, college=college, avis=Avis(request.POST["avis"]))
    return ""


def _say(request: HttpRequest, seance: Seance, voice: str) -> str:
    form = IdeaForm(request.POST)
    if not form.is_valid():
        raise operations.CooperationError("Écrivez votre idée, en 500 caractères au plus.")
    axe = get_object_or_404(Axe, pk=_number(request, "axe"), seance=seance)
    _not_too_many(voice)
    operations.say(axe=axe, texte=form.cleaned_data["texte"], now=timezone.now(), cle=_key(request))
    return "Votre idée est enregistrée. Merci."


def _look(request: HttpRequest, seance: Seance, voice: str, college: CollegeDeclare) -> str:
    form = LookForm(request.POST)
    row = get_object_or_404(Situation, pk=_number(request, "situation"), seance=seance)
    if not form.is_valid():
        raise operations.CooperationError("Dites votre organisation et ce que vous voyez de là.")
    _not_too_many(voice)
    workshop.look_at(
        situation=row, college=college, now=timezone.now(), cle=_key(request), **form.cleaned_data
    )
    return "C'est enregistré. Un levier dit peut devenir un engagement."


def _key(request: HttpRequest) -> str | None:
    """The key of a sending; None where there is none, or what stands there is not one."""
    told = request.POST.get("cle", "")
    return told if re.fullmatch(r"[0-9a-f]{32}", told) else None


def _number(request: HttpRequest, name: str) -> int:
    told = request.POST.get(name, "")
    return int(told) if told.isdecimal() and len(told) < 18 else 0


def _not_too_many(voice: str) -> None:
    """Many ideas an hour from one phone are a machine's."""
    key = f"idea:{voice}"
    cache.add(key, 0, 3600)
    if cache.incr(key) > IDEAS_AN_HOUR:
        raise operations.CooperationError(
            "Beaucoup d'idées viennent de ce téléphone : reprenez dans une heure."
        )


def _shown(seance: Seance, voice: str, college: CollegeDeclare) -> dict[str, object]:
    given = dict(
        AvisIdee.objects.filter(voix=voice, idee__axe__seance=seance).values_list("idee", "avis")
    )
    # Their words alone: what they come from is not shown here, and costs more than all the page.
    ideas = list(Idee.objects.current().filter(axe__seance=seance).order_by("pk"))
    context: dict[str, object] = {
        "session": seance,
        "college": college,
        "opinions": Avis,
        # Each form has its own key, so that two forms of a page are never taken for one.
        "axes": [
            (
                axe,
                [(idea, given.get(idea.pk)) for idea in ideas if idea.axe_id == axe.pk],
                secrets.token_hex(16),
            )
            for axe in seance.axes.all()
        ],
        "situations": [(one, secrets.token_hex(16)) for one in seance.situations.all()],
    }
    return context | (_dots(seance, voice) if seance.vote_ouvert else {})


def _dots(seance: Seance, voice: str) -> dict[str, object]:
    """Ideas that may take dots, those of this phone on each, and how many it has left."""
    mine = Gommette.objects.filter(voix=voice, idee__axe__seance=seance)
    put = dict(mine.values_list("idee", "nombre"))
    ready = [one.idea for one in workshop.progress(seance) if one.ready]
    return {
        "dotted": [(idea, put.get(idea.pk, 0)) for idea in ready],
        "dots_left": seance.gommettes - (mine.aggregate(n=Sum("nombre"))["n"] or 0),
        "dot_choices": range(seance.gommettes + 1),
    }
