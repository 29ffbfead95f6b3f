"""Pages of orientations: making one, its page, the answer of a structure, the messages sent."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from traitdunion.accounts.gates import by_link, public, requires
from traitdunion.accounts.permissions import Permission, can

from ..enums import Courrier, Objectif, Situation, StatutOrientation
from ..models import AWAITED, Orientation, Parcours
from . import operations, orientations, queries
from .forms import DeclineForm, ModerateForm, OrientForm, PointForm, ReplyForm, StartForm
from .mails import send_link, tell_answered, tell_withdrawn
from .saying import tell


def site_of(request: HttpRequest) -> str:
    """Address of the site, without its last slash."""
    return request.build_absolute_uri("/").rstrip("/")


@requires(Permission.FOLLOW, queries.organisation_of)
@never_cache
@sensitive_post_parameters("message")
@require_http_methods(["GET", "HEAD", "POST"])
def orient(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Choose a solution and propose the person to its structure."""
    row = get_object_or_404(Parcours, pk=pk)
    text = request.GET.get("q", "").replace("\0", "")[:120]
    proposed = queries.proposed_for(row, text, on=timezone.localdate())
    form = OrientForm(
        request.POST or None, solutions=proposed, chosen=request.GET.get("solution", "")
    )
    if form.is_valid():
        now = timezone.now()
        try:
            orientation, sent = orientations.orient(
                by=request.user, parcours=row, now=now, **form.cleaned_data
            )
        except operations.FollowUpError as refused:
            form.add_error(None, str(refused))
        else:
            _tell_sent(request, sent, orientation, now)
            return redirect("followup:orientation", pk=orientation.pk)
    context = {"parcours": row, "form": form, "text": text, "proposed": proposed}
    return render(request, "desk/followup/orient.html", context, status=422 if form.errors else 200)


def _tell_sent(
    request: HttpRequest, sent: orientations.Sent | None, orientation: Orientation, now: Any
) -> None:
    if sent is None:
        messages.warning(
            request,
            f"{orientation.structure.nom} n'a pas d'adresse électronique au catalogue : "
            "l'orientation attend que la Maison de la mobilité solidaire la relise.",
        )
        return
    mail = send_link(sent, kind=Courrier.ENVOI, site=site_of(request), now=now)
    if mail.error:
        messages.error(
            request, "Le message n'est pas parti. L'orientation est gardée : renvoyez-la plus tard."
        )
    else:
        messages.success(request, f"Orientation envoyée à {orientation.structure.nom}.")


@requires(Permission.FOLLOW, queries.orientation_of)
@never_cache
@require_safe
def orientation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One orientation: where it stands, what was written."""
    row = get_object_or_404(
        Orientation.objects.select_related("parcours", "structure", "created_by"), pk=pk
    )
    operations.consult(by=request.user, parcours=row.parcours, now=timezone.now())
    context = {
        "orientation": row,
        "parcours": row.parcours,
        "mails": row.mails.all(),
        "waits": row.statut in (StatutOrientation.A_MODERER, *AWAITED),
        "may_moderate": can(request.user, Permission.MODERATE_ORIENTATIONS, request.organisation),
        "moderate_form": ModerateForm(label_suffix=""),
        "decline_form": DeclineForm(),
        "start_form": StartForm(label_suffix=""),
        "points": [
            (point, PointForm(label_suffix="", auto_id=f"id_{point.month}_%s"))
            for point in row.checkpoints.all()
        ],
    }
    return render(request, "desk/followup/orientation.html", context)


@requires(Permission.FOLLOW, queries.orientation_of)
@require_POST
def send_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send a structure a new link."""
    row = get_object_or_404(Orientation, pk=pk)
    now = timezone.now()
    try:
        sent = orientations.send_again(by=request.user, orientation=row, now=now)
    except operations.FollowUpError as refused:
        messages.error(request, str(refused))
    else:
        _tell_sent(request, sent, row, now)
    return redirect("followup:orientation", pk=pk)


@requires(Permission.MODERATE_ORIENTATIONS, queries.orientation_of)
@require_POST
def moderate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let an orientation go, to the address given, or stop it for the reason given."""
    row = get_object_or_404(Orientation, pk=pk)
    now = timezone.now()
    stop = "motif" in request.POST
    form = (DeclineForm if stop else ModerateForm)(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(text for texts in form.errors.values() for text in texts))
        return redirect("followup:orientation", pk=pk)
    try:
        if stop:
            orientations.decline(by=request.user, orientation=row, now=now, **form.cleaned_data)
            tell_answered(row, site=site_of(request), now=now)
            messages.success(request, "L'orientation est arrêtée ; qui suit la personne le sait.")
        else:
            courriel = form.cleaned_data["courriel"]
            sent = orientations.moderate(
                by=request.user, orientation=row, courriel=courriel, now=now
            )
            _tell_sent(request, sent, row, now)
    except operations.FollowUpError as refused:
        messages.error(request, str(refused))
    return redirect("followup:orientation", pk=pk)


def shown_to_structure(row: Orientation) -> dict[str, Any]:
    """What a structure reads of an orientation, and nothing more."""
    return {
        "orientation": row,
        "parcours": row.parcours,
        "situations": [Situation(code).label for code in row.parcours.situations],
        "objectifs": [Objectif(code).label for code in row.parcours.objectifs],
        "question": row.answer.document if row.answer else None,
        "waits": row.statut in AWAITED,
    }


# The secret of the link stands for a session: no cookie is needed, and none is set.
@by_link
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Answer an orientation by its link; reading does not use the link up, answering does."""
    row = queries.orientation_named(token, now=timezone.now())
    if row is None:
        return _gone(request)
    form = ReplyForm(request.POST or None, label_suffix="")
    if form.is_valid():
        now = timezone.now()
        try:
            row = orientations.answer_by_link(token=token, reply=form.reply(), now=now)
        except operations.FollowUpError:
            return _gone(request)
        tell_answered(row, site=site_of(request), now=now)
        if row.statut == StatutOrientation.EN_ATTENTE:
            sent = orientations.link_after_listing(orientation=row, now=now)
            send_link(sent, kind=Courrier.LISTE, site=site_of(request), now=now)
            return redirect("followup:listed")
        return redirect("followup:answered")
    context = shown_to_structure(row) | {"form": form}
    return render(
        request, "desk/followup/answer_link.html", context, status=422 if form.errors else 200
    )


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/followup/gone.html", {"why": orientations.GONE}, status=410)


@by_link
@csrf_exempt
@require_POST
def renew(request: HttpRequest, token: str) -> HttpResponse:
    """Send a structure a fresh link where its own no longer opens; the page is always the same."""
    now = timezone.now()
    if (sent := orientations.renew_link(token=token, now=now)) is not None:
        listed = sent.orientation.statut == StatutOrientation.EN_ATTENTE
        kind = Courrier.LISTE if listed else Courrier.RELANCE
        send_link(sent, kind=kind, site=site_of(request), now=now)
    return redirect("followup:renewed")


@public
@require_safe
def renewed(request: HttpRequest) -> HttpResponse:
    """Where to look for the fresh link, if there is one."""
    return render(request, "desk/followup/renewed.html")


@public
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Thanks, once a structure has put somebody on its list by its link."""
    return render(request, "desk/followup/listed.html")


@requires(Permission.FOLLOW, queries.orientation_of)
@require_POST
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take an orientation back, and tell the structure."""
    row = get_object_or_404(Orientation.objects.select_related("parcours"), pk=pk)
    done = "L'orientation est retirée ; la structure en est prévenue."
    if tell(request, done, orientations.withdraw, orientation=row):
        tell_withdrawn(row, now=timezone.now())
    return redirect("followup:orientation", pk=pk)


@public
@require_safe
def answered(request: HttpRequest) -> HttpResponse:
    """Thanks, once a structure has answered by its link."""
    return render(request, "desk/followup/answered.html")


@requires(Permission.ANSWER_ORIENTATIONS)
@never_cache
@require_safe
def received(request: HttpRequest, organisation: str) -> HttpResponse:
    """Orientations sent to the structures of an organisation."""
    waiting, answered = queries.received_by(request.organisation)
    context = {
        "organisation": request.organisation,
        "waiting": waiting,
        "answered": answered,
        "most": queries.CLOSED_SHOWN,
    }
    return render(request, "desk/followup/received.html", context)


@requires(Permission.ANSWER_ORIENTATIONS, queries.addressee_of)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer an orientation, signed in for the structure."""
    row = get_object_or_404(
        Orientation.objects.select_related("parcours__organisation", "structure", "answer"), pk=pk
    )
    form = ReplyForm(request.POST or None, label_suffix="")
    if form.is_valid():
        now = timezone.now()
        try:
            orientations.answer_signed_in(
                by=request.user, orientation=row, reply=form.reply(), now=now
            )
        except operations.FollowUpError as refused:
            messages.error(request, str(refused))
        else:
            tell_answered(row, site=site_of(request), now=now)
            messages.success(request, "Votre réponse est transmise.")
        return redirect("followup:received", organisation=request.organisation.pk)
    context = shown_to_structure(row) | {"form": form, "organisation": request.organisation}
    return render(request, "desk/followup/reply.html", context, status=422 if form.errors else 200)


@requires(Permission.FOLLOW)
@never_cache
@require_safe
def mails(request: HttpRequest, organisation: str) -> HttpResponse:
    """The messages that were sent, and those that could not be."""
    context = {
        "organisation": request.organisation,
        "mails": queries.mails_of(request.organisation),
    }
    return render(request, "desk/followup/mails.html", context)


@requires(Permission.MODERATE_ORIENTATIONS)
@never_cache
@require_safe
def waiting(request: HttpRequest, organisation: str) -> HttpResponse:
    """Orientations that a moderator has to let go."""
    context = {
        "organisation": request.organisation,
        "rows": queries.to_moderate(request.organisation),
    }
    return render(request, "desk/followup/waiting.html", context)
