"""Take part on a phone, by the code shown in the room, without an account.

The phone keeps three cookies: a number drawn at random, by which it follows what becomes of its
words; the college that was declared; a voice that the site drew and signed, which counts its
opinions and dots. None identifies who holds the phone.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db.models import Count, Max, Sum
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from traitdunion import french
from traitdunion.accounts import limits
from traitdunion.accounts.access_decorators import public
from traitdunion.accounts.forms import typed_key

from .. import operations
from ..enums import Avis, CollegeDeclare, Etape, EtatPropos
from ..models import AvisIdee, Axe, Gommette, Idee, Objection, Seance, Situation
from ..sessions import deliberation, moderation, outcomes, voices, workshop
from ..sessions import ideas as idea_operations
from ..sessions.forms import CodeForm, CollegeForm, IdeaForm, LookForm
from ..voice_cookie import A_DAY_S, PATH, VOICE, set_voice

PHONE, COLLEGE = "telephone", "college"
# From one phone, and from one address, which a whole room may share.
IDEAS_OF_A_PHONE, IDEAS_OF_AN_ADDRESS = "60/h/key", "1200/h/ip"
VOICES_OF_AN_ADDRESS = "300/m/ip"


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Ask for the code."""
    form = CodeForm(request.POST or None, now=timezone.now())
    if request.method == "POST" and form.is_valid():
        return redirect("cooperation:take-part", code=form.cleaned_data["code"])
    return render(
        request, "cooperation/join.html", {"form": form}, status=422 if form.errors else 200
    )


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_part(request: HttpRequest, code: str) -> HttpResponse:
    """Declare a college, then send ideas, give opinions and put dots.

    A phone that asks for JSON gets one sentence on what it sent; it sends again after a loss of
    network, and each idea bears its key, so that nothing is kept twice.
    """
    seance = get_object_or_404(Seance, code=code)
    phone = _Phone(request, seance)
    if request.method == "POST" and "college" in request.POST:
        return _declare(request, phone)
    if not seance.may_still_run(timezone.now()):
        return _ended(request, phone)
    if phone.college is None:
        return render(
            request, "cooperation/college.html", {"session": seance, "form": CollegeForm()}
        )
    if request.method == "POST":
        return phone.keep_cookies(_received(request, phone, phone.college))
    return phone.keep_cookies(render(request, "cooperation/phone.html", _shown(request, phone)))


@public
@never_cache
@require_safe
def room_state(request: HttpRequest, code: str) -> JsonResponse:
    """Return a digest of what the page of a phone shows: it reloads where the digest changes."""
    seance = get_object_or_404(Seance, code=code)
    return JsonResponse({"version": version_of(seance)})


class _Phone:
    """What the cookies of a phone hold, read once."""

    def __init__(self, request: HttpRequest, seance: Seance) -> None:
        self.request, self.seance = request, seance
        number = request.COOKIES.get(PHONE, "")
        self.number = number if re.fullmatch(r"[0-9a-f]{32}", number) else ""
        self.author = voices.author_digest(self.number, seance=seance)
        college = request.COOKIES.get(COLLEGE, "")
        known = college in CollegeDeclare.values and self.number
        self.college = CollegeDeclare(college) if known else None
        self.token = request.COOKIES.get(VOICE, "")
        self.voice = voices.read_voice(self.token, seance=seance) if self.token else ""
        if not self.voice and self.college and seance.is_open_at(timezone.now()):
            self._ask_for_a_voice()

    def _ask_for_a_voice(self) -> None:
        """Get the voice of this phone, if one is left; asked again at each page until then."""
        if not limits.allow(self.request, "voice", VOICES_OF_AN_ADDRESS, now=timezone.now()):
            return
        token = voices.give_voice(self.seance)
        if token:
            self.token, self.voice = token, voices.read_voice(token, seance=self.seance)

    def keep_cookies(self, answer: HttpResponse) -> HttpResponse:
        if self.voice and self.request.COOKIES.get(VOICE) != self.token:
            set_voice(self.request, answer, seance=self.seance, token=self.token)
        return answer


def _declare(request: HttpRequest, phone: _Phone) -> HttpResponse:
    form = CollegeForm(request.POST)
    if not form.is_valid():
        context = {"session": phone.seance, "form": form}
        return render(request, "cooperation/college.html", context, status=422)
    answer = redirect("cooperation:take-part", code=phone.seance.code)
    kept: dict[str, Any] = {"max_age": A_DAY_S, "httponly": True, "samesite": "Lax", "path": PATH}
    for name, value in (
        (COLLEGE, form.cleaned_data["college"]),
        (PHONE, phone.number or secrets.token_hex(16)),
    ):
        answer.set_cookie(name, value, secure=request.is_secure(), **kept)
    return answer


def _ended(request: HttpRequest, phone: _Phone) -> HttpResponse:
    """Say that the session is over; the phone still reads what became of its words."""
    message = "Cette séance est terminée : ce qui est resté sur ce téléphone n'a pas été envoyé."
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"message": message}, status=422)
    context = {"session": phone.seance, "mine": outcomes.of_author(phone.seance, phone.author)}
    return render(request, "cooperation/phone_ended.html", context, status=410)


def _received(request: HttpRequest, phone: _Phone, college: CollegeDeclare) -> HttpResponse:
    """Do what a phone asked; answer in JSON where it asked for it."""
    as_json = request.headers.get("Accept") == "application/json"
    try:
        message = _do(request, phone, college)
    except operations.CooperationError as refused:
        if as_json:
            return JsonResponse({"message": str(refused)}, status=422)
        messages.error(request, str(refused))
        context = _shown(request, phone) | {"typed": request.POST}
        return render(request, "cooperation/phone.html", context, status=422)
    if as_json:
        return JsonResponse({"message": message})
    if message:
        messages.success(request, message)
    return redirect(f"{request.path}#{request.POST.get('retour', 'contenu')}")


def _do(request: HttpRequest, phone: _Phone, college: CollegeDeclare) -> str:
    """Do what a phone sent: an idea, a look, dots, an opinion, a withdrawal; return a sentence."""
    if "retirer" in request.POST:
        return _withdraw(request, phone)
    if "axe" in request.POST:
        return _add_idea(request, phone)
    if "situation" in request.POST:
        return _add_look(request, phone, college)
    now = timezone.now()
    idea = get_object_or_404(Idee, pk=typed_key(request.POST.get("idee")), axe__seance=phone.seance)
    if "gommettes" in request.POST:
        left = workshop.put_dots(
            idea=idea, voix=phone.voice, nombre=typed_key(request.POST.get("gommettes")), now=now
        )
        return f"Il vous reste {french.counted(left, 'gommette')}."
    if request.POST.get("avis") not in Avis.values:
        raise operations.CooperationError("Choisissez : d'accord, pas d'accord, ou je passe.")
    avis = Avis(request.POST["avis"])
    idea_operations.give_opinion(idea=idea, voix=phone.voice, college=college, avis=avis, now=now)
    return f"Compté : {avis.label.lower()}."


def _withdraw(request: HttpRequest, phone: _Phone) -> str:
    kind, _, key = request.POST["retirer"].partition("-")
    number = typed_key(key)
    row = moderation.statement(kind, number, seance=phone.seance)
    if row is None:
        raise operations.CooperationError("Ces mots ne sont plus là : rechargez la page.")
    moderation.withdraw(row=row, auteur=phone.author, now=timezone.now())
    return "C'est retiré : vos mots sont effacés partout."


def _add_idea(request: HttpRequest, phone: _Phone) -> str:
    form = IdeaForm(request.POST)
    if not form.is_valid():
        raise operations.CooperationError("Écrivez votre idée, en 500 caractères au plus.")
    axe = get_object_or_404(Axe, pk=typed_key(request.POST.get("axe")), seance=phone.seance)
    _refuse_too_many(request, phone)
    idea = idea_operations.add_idea(
        axe=axe, texte=form.cleaned_data["texte"], now=timezone.now(),
        cle=_key_in(request), auteur=phone.author,
    )  # fmt: skip
    return _thanks("Votre idée est enregistrée", idea.is_shown)


def _add_look(request: HttpRequest, phone: _Phone, college: CollegeDeclare) -> str:
    form = LookForm(request.POST)
    row = get_object_or_404(
        Situation,
        pk=typed_key(request.POST.get("situation")),
        seance=phone.seance,
        propos=EtatPropos.MONTRE,
    )
    if not form.is_valid():
        raise operations.CooperationError("Dites votre organisation et ce que vous voyez de là.")
    _refuse_too_many(request, phone)
    look = workshop.look_at(
        situation=row, college=college, now=timezone.now(), cle=_key_in(request),
        auteur=phone.author, **form.cleaned_data,
    )  # fmt: skip
    return _thanks("C'est enregistré. Un levier dit peut devenir un engagement", look.is_shown)


def _thanks(what: str, is_shown: bool) -> str:
    return f"{what}. Merci." if is_shown else f"{what}. L'animation la relit avant la salle."


def _key_in(request: HttpRequest) -> str | None:
    """Return the key of a sending; None where there is none, or what stands there is not one."""
    key = request.POST.get("cle", "")
    return key if re.fullmatch(r"[0-9a-f]{32}", key) else None


def _refuse_too_many(request: HttpRequest, phone: _Phone) -> None:
    """Refuse what only a machine would send so often."""
    if not limits.allow(request, "idea", IDEAS_OF_A_PHONE, now=timezone.now(), key=phone.author):
        raise operations.CooperationError(
            "Beaucoup d'idées viennent de ce téléphone : reprenez dans une heure."
        )
    if not limits.allow(request, "ideas", IDEAS_OF_AN_ADDRESS, now=timezone.now()):
        raise operations.CooperationError(
            "Beaucoup d'idées viennent de ce réseau : reprenez dans une heure."
        )


def version_of(seance: Seance) -> str:
    """Return a digest of what phones show: step, times, vote, ideas, what was done to words."""
    of_ideas = Idee.objects.filter(axe__seance=seance)
    seen = (
        seance.etat, seance.etape, seance.vote_ouvert, seance.vote_revele,
        seance.idee_montree_id, seance.idee_revelee,
        seance.ecran_noir, seance.minuteur_le, seance.fin_annoncee_le,
        of_ideas.aggregate(n=Count("pk"), links=Count("suites"), decided=Count("decisions")),
        seance.moderations.aggregate(last=Max("pk"))["last"],
        seance.situations.count(),
        list(Objection.objects.filter(idee__axe__seance=seance).values_list("pk", "levee")),
    )  # fmt: skip
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


def _shown(request: HttpRequest, phone: _Phone) -> dict[str, Any]:
    seance = phone.seance
    context: dict[str, Any] = {
        "session": seance,
        "college": phone.college,
        "has_voice": bool(phone.voice),
        "step": Etape(seance.etape),
        "version": version_of(seance),
        # Each form has its own key, so that two forms of a page are never taken for one.
        "axes": [(axe, secrets.token_hex(16)) for axe in seance.axes.all()],
        "situations": [
            (situation, secrets.token_hex(16))
            for situation in seance.situations.filter(propos=EtatPropos.MONTRE)
        ],
        "mine": outcomes.of_author(seance, phone.author),
        "typed": {},
    }
    context |= _opinions(request.GET, phone)
    return context | (_dots(phone) if seance.vote_ouvert else {})


def _opinions(asked: Mapping[str, str], phone: _Phone) -> dict[str, Any]:
    """Return one statement to give an opinion on, and the list of all.

    That of the screen comes first, then the least answered, so that all get opinions; the address
    may ask for one.
    """
    of_session = Idee.objects.current().filter(axe__seance=phone.seance)
    ideas = list(of_session.annotate(n_avis=Count("avis")).order_by("n_avis", "-pk"))
    given: dict[int, str] = {}
    if phone.voice:
        mine = AvisIdee.objects.filter(voix=phone.voice, idee__axe__seance=phone.seance)
        given = dict(mine.values_list("idee", "avis"))
    of_screen = phone.seance.idee_montree_id if phone.seance.etape == Etape.AVIS else None
    wanted = asked.get("idee", "") or str(of_screen or "")
    chosen = next((idea for idea in ideas if str(idea.pk) == wanted), None)
    left = [idea for idea in ideas if idea.pk not in given]
    labels = dict(Avis.choices)
    asked_idea = chosen or (left[0] if left else None)
    return {
        "opinions": Avis,
        "idea": asked_idea,
        "is_of_screen": asked_idea is not None and asked_idea.pk == of_screen,
        "my_opinion": given.get(asked_idea.pk) if asked_idea else None,
        "n_ideas": len(ideas),
        "n_given": len(ideas) - len(left),
        "all_ideas": [
            (idea, labels.get(given.get(idea.pk, ""), ""))
            for idea in sorted(ideas, key=lambda row: row.pk)
        ],
    }


def _dots(phone: _Phone) -> dict[str, Any]:
    """Return the ideas that may take dots or hold some of this phone, and how many it has left."""
    seance = phone.seance
    put: dict[int, int] = {}
    if phone.voice:
        mine = Gommette.objects.filter(voix=phone.voice, idee__axe__seance=seance)
        put = dict(mine.values("idee").annotate(n=Sum("nombre")).values_list("idee", "n"))
    ideas = deliberation.progress(seance)
    return {
        "dotted": [
            (idea.idea, put.get(idea.idea.pk, 0), idea.ready)
            for idea in ideas
            if idea.ready or idea.idea.pk in put
        ],
        "dots_left": seance.gommettes - sum(put.values()),
        "dot_choices": range(seance.gommettes + 1),
    }
