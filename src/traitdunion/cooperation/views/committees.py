"""Pages of the statutory meetings: committees, their members, meetings, votes, minutes."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from traitdunion.accounts.gates import public, requires
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.permissions import Permission, can

from .. import committee_operations as operations
from .. import committees as told
from .. import convoking
from ..committee_forms import (
    ApprovalForm,
    AttendanceForm,
    CallForm,
    FirstCallForm,
    MemberForm,
    MinutesForm,
    VoteForm,
)
from ..committee_rules import all_rules
from ..minutes_document import minutes_pdf
from ..models.committees import CollegeMembre, Instance, ProcesVerbal, Reunion
from ..operations import CooperationError

PAGE = ["GET", "HEAD", "POST"]


def organisation_of_committee(slug: str) -> Organisation:
    return get_object_or_404(Instance.objects.select_related("organisation"), pk=slug).organisation


def organisation_of_meeting(pk: int) -> Organisation:
    return _meeting(pk).instance.organisation


def _meeting(pk: int) -> Reunion:
    rows = Reunion.objects.select_related("instance__organisation", "premiere__instance")
    return get_object_or_404(rows, pk=pk)


@public
@require_safe
def committees(request: HttpRequest) -> HttpResponse:
    """Committees, each with its next or latest meeting."""
    rows = Instance.objects.prefetch_related("reunions")
    listed = [(one, next(iter(one.reunions.all()), None)) for one in rows]
    return render(request, "cooperation/committees.html", {"committees": listed})


@public
@require_safe
def committee(request: HttpRequest, slug: str) -> HttpResponse:
    """Members by category and the rules; names and meetings are for those who keep it."""
    row = get_object_or_404(Instance.objects.prefetch_related("membres"), pk=slug)
    today = timezone.localdate()
    members = list(row.membres.all())
    running = [one for one in members if not one.is_over(today)]
    by_college = [
        (college.label, [one for one in running if one.college == college])
        for college in CollegeMembre
    ]
    context = {
        "committee": row,
        "colleges": [(label, found) for label, found in by_college if found],
        "ending": told.mandates_ending(members, today),
        "vacant": told.vacant_seats(members, today),
        "former": [one for one in members if one.is_over(today)],
        "broken": told.broken_rules(row, today),
        "rules": all_rules(on=today),
        "meetings": row.reunions.all(),
        "today": today,
        "may_steer": can(request.user, Permission.STEER, row.organisation),
    }
    return render(request, "cooperation/committee.html", context)


@requires(Permission.STEER, organisation_of_committee)
@require_http_methods(PAGE)
def new_member(request: HttpRequest, slug: str) -> HttpResponse:
    """A new seat."""
    row = get_object_or_404(Instance, pk=slug)
    form = MemberForm(request.POST or None)

    def save() -> None:
        operations.seat(by=_by(request), instance=row, now=timezone.now(), **form.cleaned_data)

    if _done(request, form, save, "Le siège est inscrit."):
        return redirect("cooperation:committee", slug=slug)
    return _form(request, form, row, "Inscrire un siège", "Inscrire")


@requires(Permission.STEER, organisation_of_committee)
@require_http_methods(PAGE)
def new_meeting(request: HttpRequest, slug: str) -> HttpResponse:
    """A first notice."""
    row = get_object_or_404(Instance, pk=slug)
    form = FirstCallForm(request.POST or None)
    kept: list[Reunion] = []

    def save() -> None:
        kept.append(
            operations.call_meeting(
                by=_by(request), instance=row, now=timezone.now(), **form.cleaned_data
            )
        )

    if _done(request, form, save, "La réunion est notée : envoyez la convocation."):
        return redirect("cooperation:meeting", pk=kept[0].pk)
    return _form(request, form, row, "Convoquer une réunion", "Noter la réunion")


@requires(Permission.STEER, organisation_of_meeting)
@require_http_methods(PAGE)
def second_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """The second notice of a meeting that met no quorum."""
    first = _meeting(pk)
    form = CallForm(request.POST or None, initial={"heure": first.heure, "lieu": first.lieu})
    kept: list[Reunion] = []

    def save() -> None:
        kept.append(
            operations.call_again(
                by=_by(request), first=first, now=timezone.now(), **form.cleaned_data
            )
        )

    if _done(request, form, save, "Convoquée de nouveau, au même ordre du jour, sans quorum."):
        return redirect("cooperation:meeting", pk=kept[0].pk)
    return _form(request, form, first.instance, "Convoquer de nouveau", "Noter la réunion")


@requires(Permission.STEER, organisation_of_meeting)
@require_safe
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """A meeting: notice, who is there, quorum with its formula, votes, minutes."""
    row = _meeting(pk)
    waiting, there = convoking.to_call(row), row.presences.select_related("membre")
    context = {
        "meeting": row,
        "notice": told.notice_of(row),
        "quorum": told.quorum_of(row),
        "presences": there,
        "proxies": row.pouvoirs.select_related("donne_par", "porte_par"),
        "votes": [
            (one, told.result_in_words(told.result_of(one)), one.bulletins.select_related("membre"))
            for one in row.scrutins.all()
        ],
        "minutes": ProcesVerbal.objects.filter(reunion=row).first(),
        "again": Reunion.objects.filter(premiere=row).first(),
        "to_call": [one for one in waiting if one.address],
        "without_address": [one for one in waiting if not one.address],
        "called": row.convocations.select_related("membre"),
        "is_past": row.tenue_le < timezone.localdate(),
        "has_remote": bool(row.visio) or any(one.a_distance for one in there),
    }
    return render(request, "cooperation/meeting.html", context)


@requires(Permission.STEER, organisation_of_meeting)
@require_POST
def convoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the notice to whoever has an address and was not called."""
    try:
        done = convoking.send(by=_by(request), meeting=_meeting(pk), now=timezone.now())
    except CooperationError as refused:
        messages.error(request, str(refused))
        return redirect("cooperation:meeting", pk=pk)
    n = len(done.sent)
    messages.success(
        request, f"{n} convocation{'s' if n > 1 else ''} envoyée{'s' if n > 1 else ''}."
    )
    for who, why in done.failed:
        messages.error(request, f"{who.name} : la convocation n'est pas partie ({why}).")
    return redirect("cooperation:meeting", pk=pk)


@requires(Permission.STEER, organisation_of_meeting)
@require_safe
def minutes_document(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes as PDF."""
    row = _meeting(pk)
    answer = HttpResponse(minutes_pdf(row), content_type="application/pdf")
    name = f"proces-verbal-{row.instance_id}-{row.tenue_le}.pdf"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@requires(Permission.STEER, organisation_of_meeting)
@require_http_methods(PAGE)
def attendance(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is there, and proxies."""
    row = _meeting(pk)
    form = AttendanceForm(request.POST or None, meeting=row)

    def save() -> None:
        operations.note_attendance(
            by=_by(request), meeting=row, came=form.came(), proxies=form.proxies(),
            now=timezone.now(),
        )  # fmt: skip

    if _done(request, form, save, "Les présences et les pouvoirs sont notés."):
        return redirect("cooperation:meeting", pk=pk)
    context = {"meeting": row, "form": form}
    return render(request, "cooperation/attendance.html", context, status=_status(form))


@requires(Permission.STEER, organisation_of_meeting)
@require_http_methods(PAGE)
def new_vote(request: HttpRequest, pk: int) -> HttpResponse:
    """A vote, ballot by ballot; its result is computed."""
    row = _meeting(pk)
    form = VoteForm(request.POST or None, voters=told.voters(row))

    def save() -> None:
        operations.record_vote(
            by=_by(request), meeting=row, question=form.cleaned_data["question"],
            ballots=form.ballots(), now=timezone.now(),
        )  # fmt: skip

    if _done(request, form, save, "Le vote est noté."):
        return redirect("cooperation:meeting", pk=pk)
    return _form(request, form, row, "Noter un vote", "Noter le vote")


@requires(Permission.STEER, organisation_of_meeting)
@require_http_methods(PAGE)
def minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """Minutes: a draft, then approved and frozen."""
    row = _meeting(pk)
    known = ProcesVerbal.objects.filter(reunion=row).first()
    approves = request.POST.get("faire") == "approuver"
    written = MinutesForm(
        request.POST if request.POST and not approves else None,
        initial={"texte": known.texte if known else ""},
    )
    approval = ApprovalForm(request.POST if approves else None)
    form = approval if approves else written

    def save() -> None:
        by, now, content = _by(request), timezone.now(), form.cleaned_data
        write = operations.approve_minutes if approves else operations.write_minutes
        write(by=by, meeting=row, now=now, **content)  # type: ignore[operator]

    done = "Le procès-verbal est approuvé." if approves else "Le brouillon est enregistré."
    if _done(request, form, save, done):
        return redirect("cooperation:minutes", pk=pk)
    context = {
        "meeting": row,
        "minutes": known,
        "stated": told.record_in_words(row).splitlines(),
        "written": written,
        "approval": approval,
        "form": form,
    }
    return render(request, "cooperation/minutes.html", context, status=_status(form))


def _by(request: HttpRequest) -> Any:
    return request.user


def _done(request: HttpRequest, form: forms.BaseForm, save: Callable[[], None], words: str) -> bool:
    """Whether the form was sound and kept; what is refused is told at its top."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        save()
    except CooperationError as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(request, words)
    return True


def _status(form: forms.BaseForm) -> int:
    return 422 if form.errors else 200


def _form(
    request: HttpRequest, form: forms.BaseForm, row: Instance | Reunion, title: str, button: str
) -> HttpResponse:
    back = ("cooperation:meeting" if isinstance(row, Reunion) else "cooperation:committee", row.pk)
    context = {"form": form, "row": row, "back": back, "title": title, "button": button}
    return render(request, "cooperation/committee_form.html", context, status=_status(form))
