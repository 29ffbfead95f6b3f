"""Pages of orientations: making one, its page, the answer of a structure, the messages sent."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from traitdunion.accounts.access_decorators import by_link, public, requires
from traitdunion.accounts.permissions import Permission, can
from traitdunion.accounts.site import site_address
from traitdunion.catalogue.models import Solution

from ..enums import Courrier, Objectif, Situation, StatutOrientation
from ..models import AWAITED, Orientation, Parcours
from . import operations, orientations, queries
from .deeds import run
from .forms import (
    DateForm,
    DeclineForm,
    ModerateForm,
    OrientForm,
    PointForm,
    ReplyForm,
    StartForm,
)
from .mails import (
    adviser_of,
    announce_answer,
    announce_date,
    announce_withdrawal,
    is_written_to,
    send_link,
    write_to_person,
)
from .proposals import ENDED, ended_request, next_way, proposed_for, why_not


def site_of(request: HttpRequest) -> str:
    """Return the address of the site, without its last slash."""
    return site_address(request)


@requires(Permission.FOLLOW, queries.organisation_of)
@never_cache
@sensitive_post_parameters("message")
@require_http_methods(["GET", "HEAD", "POST"])
def orient(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Choose a solution and propose the person to its structure."""
    row = get_object_or_404(Parcours, pk=pk)
    text = request.GET.get("q", "").replace("\0", "")[:120]
    offers = proposed_for(row, text, on=timezone.localdate())
    instead_of = ended_request(row, request.GET.get("apres", ""))
    chosen = Solution.objects.filter(pk=request.GET.get("solution", "")[:100]).first()
    if instead_of is not None and chosen is not None and chosen not in offers.open:
        offers.open.insert(0, chosen)
    form = OrientForm(
        request.POST or None,
        solutions=[offer for offer in offers.open if not why_not(offer, timezone.localdate())],
        chosen=request.GET.get("solution", ""),
        message=instead_of.message if instead_of is not None else "",
    )
    if form.is_valid():
        now = timezone.now()
        try:
            with transaction.atomic():
                orientation, sent = orientations.orient(
                    by=request.user, parcours=row, now=now, **form.cleaned_data
                )
                _send(request, sent, orientation, now)
        except operations.FollowUpError as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("followup:orientation", pk=orientation.pk)
    context = {
        "parcours": row,
        "form": form,
        "text": text,
        "proposed": offers.open,
        "refused": offers.refused,
        "is_written_to": is_written_to(row),
        "instead_of": instead_of,
    }
    return render(request, "desk/followup/orient.html", context, status=422 if form.errors else 200)


def _send(
    request: HttpRequest,
    sent: orientations.Sent | None,
    orientation: Orientation,
    now: datetime,
) -> None:
    """Queue the link for the structure, and answer the adviser; call it within the deed."""
    if sent is None:
        messages.warning(
            request,
            f"{orientation.structure.nom} n'a pas d'adresse électronique au catalogue : "
            "l'orientation attend que la Maison de la mobilité solidaire la relise.",
        )
        return
    # Once for an orientation: a link that is sent again changes nothing for the person.
    to_person = write_to_person(orientation, deed="sent", now=now)
    mail = send_link(sent, kind=Courrier.ENVOI, site=site_of(request), now=now)
    also = " La personne est prévenue par courriel." if to_person else ""
    messages.success(request, f"Orientation enregistrée. {mail.promise}{also}")


@requires(Permission.FOLLOW, queries.orientation_of)
@never_cache
@require_safe
def orientation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show an orientation: its status and its messages."""
    row = get_object_or_404(
        Orientation.objects.select_related("parcours", "structure", "created_by"), pk=pk
    )
    operations.consult(by=request.user, parcours=row.parcours, now=timezone.now())
    context = {
        "orientation": row,
        "parcours": row.parcours,
        "mails": row.mails.select_related("message"),
        "waits": row.statut in (StatutOrientation.A_MODERER, *AWAITED),
        "may_moderate": can(request.user, Permission.MODERATE_ORIENTATIONS, request.organisation),
        "next_way": next_way(row, now=timezone.now()) if row.statut in ENDED else None,
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
        with transaction.atomic():
            sent = orientations.send_again(by=request.user, orientation=row, now=now)
            _send(request, sent, row, now)
    except operations.FollowUpError as refused:
        messages.error(request, str(refused))
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
        with transaction.atomic():
            _moderate(request, row, now, form.cleaned_data)
    except operations.FollowUpError as refused:
        messages.error(request, str(refused))
    return redirect("followup:orientation", pk=pk)


def _moderate(request: HttpRequest, row: Orientation, now: datetime, given: dict[str, str]) -> None:
    if "motif" in given:
        orientations.decline(by=request.user, orientation=row, now=now, **given)
        announce_answer(row, site=site_of(request), now=now)
        messages.success(request, "L'orientation est arrêtée ; qui suit la personne est prévenu.")
    else:
        sent = orientations.moderate(by=request.user, orientation=row, now=now, **given)
        _send(request, sent, row, now)


def shown_to_structure(row: Orientation) -> dict[str, Any]:
    """Return what a structure may read of an orientation."""
    return {
        "orientation": row,
        "parcours": row.parcours,
        "situations": [Situation(code).label for code in row.parcours.situations],
        "objectifs": [Objectif(code).label for code in row.parcours.objectifs],
        "question": row.answer.document if row.answer else None,
        "waits": row.statut in AWAITED,
        "adviser": adviser_of(row),
    }


# The secret of the link stands for a session: no cookie is needed, and none is set.
@by_link
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Answer an orientation by its link; once accepted, the same link still reads it."""
    row = queries.orientation_named(token, now=timezone.now())
    if row is None:
        return _accepted(request, token)
    # A link of the message chooses an answer; only the page records it, so that a program that
    # opens links answers nothing.
    chosen = {"reponse": request.GET.get("reponse", "")}
    form = ReplyForm(request.POST or None, label_suffix="", initial=chosen)
    if form.is_valid():
        now = timezone.now()
        try:
            row = _answered_by_link(request, token, form, now)
        except operations.FollowUpError:
            return _gone(request)
        if row.statut == StatutOrientation.ACCEPTEE:
            return redirect("followup:answer", token=token)
        listed = row.statut == StatutOrientation.EN_ATTENTE
        return redirect("followup:listed" if listed else "followup:answered")
    context = shown_to_structure(row) | {"form": form}
    return render(
        request, "desk/followup/answer_link.html", context, status=422 if form.errors else 200
    )


@transaction.atomic
def _answered_by_link(
    request: HttpRequest, token: str, form: ReplyForm, now: datetime
) -> Orientation:
    row = orientations.answer_by_link(token=token, reply=form.reply(), now=now)
    announce_answer(row, site=site_of(request), now=now)
    if row.statut == StatutOrientation.EN_ATTENTE:
        sent = orientations.link_after_listing(orientation=row, now=now)
        send_link(sent, kind=Courrier.LISTE, site=site_of(request), now=now)
    return row


def _accepted(request: HttpRequest, token: str) -> HttpResponse:
    """Show the request that a structure accepted by this link, and take the date it proposes."""
    now = timezone.now()
    row = queries.accepted_request(token, now=now)
    if row is None:
        return _gone(request)
    # An answer sent twice finds the request, and changes nothing.
    is_second_answer = "reponse" in request.POST
    form = DateForm(None if is_second_answer else request.POST or None, label_suffix="")
    if form.is_valid():
        try:
            with transaction.atomic():
                row = orientations.propose_date(token=token, now=now, **form.proposal())
                announce_date(row, site=site_of(request), now=now)
        except orientations.LinkNotValid:
            return _gone(request)
        except operations.FollowUpError as refused:
            form.add_error("day", str(refused))
        else:
            return redirect("followup:answer", token=token)
    context = shown_to_structure(row) | {"form": form}
    status = 410 if is_second_answer else 422 if form.errors else 200
    return render(request, "desk/followup/accepted_link.html", context, status=status)


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/followup/gone.html", {"why": orientations.GONE}, status=410)


KINDS_OF_NEW_LINK = {
    StatutOrientation.EN_ATTENTE: Courrier.LISTE,
    StatutOrientation.ACCEPTEE: Courrier.RELIRE,
}
"""The message that carries a new link, by status; a reminder otherwise."""


@by_link
@csrf_exempt
@require_POST
def renew(request: HttpRequest, token: str) -> HttpResponse:
    """Send a structure a fresh link where its own no longer opens; the page is always the same."""
    now = timezone.now()
    with transaction.atomic():
        if (sent := orientations.renew_link(token=token, now=now)) is not None:
            kind = KINDS_OF_NEW_LINK.get(sent.orientation.statut, Courrier.RELANCE)
            send_link(sent, kind=kind, site=site_of(request), now=now)
    return redirect("followup:renewed")


@public
@require_safe
def renewed(request: HttpRequest) -> HttpResponse:
    """Show where to look for the new link, if there is one."""
    return render(request, "desk/followup/renewed.html")


@public
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Thank a structure that put a person on its waiting list by its link."""
    return render(request, "desk/followup/listed.html")


@requires(Permission.FOLLOW, queries.orientation_of)
@require_POST
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Withdraw an orientation, and notify the structure."""
    row = get_object_or_404(Orientation.objects.select_related("parcours"), pk=pk)
    done = "L'orientation est retirée ; la structure en est prévenue."
    with transaction.atomic():
        if run(request, done, orientations.withdraw, orientation=row):
            announce_withdrawal(row, now=timezone.now())
    return redirect("followup:orientation", pk=pk)


@public
@require_safe
def answered(request: HttpRequest) -> HttpResponse:
    """Thank a structure that refused by its link."""
    return render(request, "desk/followup/answered.html")


@requires(Permission.ANSWER_ORIENTATIONS)
@never_cache
@require_safe
def received(request: HttpRequest, organisation: str) -> HttpResponse:
    """List the orientations sent to the structures of an organisation."""
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
    is_accepted = row.statut == StatutOrientation.ACCEPTEE
    form = (DateForm if is_accepted else ReplyForm)(request.POST or None, label_suffix="")
    if form.is_valid():
        now = timezone.now()
        try:
            with transaction.atomic():
                if isinstance(form, DateForm):
                    done = "La date est transmise au conseiller."
                    orientations.propose_date_signed_in(
                        by=request.user, orientation=row, now=now, **form.proposal()
                    )
                    announce_date(row, site=site_of(request), now=now)
                else:
                    done = "Votre réponse est transmise."
                    orientations.answer_signed_in(
                        by=request.user, orientation=row, reply=form.reply(), now=now
                    )
                    announce_answer(row, site=site_of(request), now=now)
        except operations.FollowUpError as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, done)
            if row.statut == StatutOrientation.ACCEPTEE:
                return redirect("followup:reply", pk=pk)
        return redirect("followup:received", organisation=request.organisation.pk)
    context = shown_to_structure(row) | {"form": form, "organisation": request.organisation}
    return render(request, "desk/followup/reply.html", context, status=422 if form.errors else 200)


@requires(Permission.FOLLOW)
@never_cache
@require_safe
def mails(request: HttpRequest, organisation: str) -> HttpResponse:
    """List the messages of an organisation, with what became of each."""
    context = {
        "organisation": request.organisation,
        "mails": queries.mails_of(request.organisation),
    }
    return render(request, "desk/followup/mails.html", context)


@requires(Permission.MODERATE_ORIENTATIONS)
@never_cache
@require_safe
def waiting(request: HttpRequest, organisation: str) -> HttpResponse:
    """List the orientations that wait for a moderator."""
    context = {
        "organisation": request.organisation,
        "rows": queries.to_moderate(request.organisation),
    }
    return render(request, "desk/followup/waiting.html", context)
