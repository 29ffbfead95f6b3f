"""Pages of the statutory meetings: committees, their members, meetings, votes, minutes."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from traitdunion.accounts.access_decorators import public, requires
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.outbox.queries import promise_of
from traitdunion.accounts.permissions import Permission, can

from ..committees import moving, notices, operations, queries
from ..committees.forms import (
    ApprovalForm,
    AttendanceForm,
    CallForm,
    CancelMeetingForm,
    CancelVoteForm,
    CommitteeVisibilityForm,
    CorrectedVoteForm,
    FirstCallForm,
    MemberForm,
    MinutesForm,
    MoveForm,
    VoteForm,
)
from ..committees.minutes import minutes_pdf
from ..committees.rules import all_rules
from ..enums import Visibilite
from ..models.committees import CollegeMembre, Instance, ProcesVerbal, Reunion, Scrutin
from ..operations import CooperationError
from ..visibility import committee_is_seen, committees_seen_by

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
    """List the committees that one sees, each with its next or latest meeting."""
    rows = committees_seen_by(request.user).prefetch_related("reunions")
    listed = [(row, next(iter(row.reunions.all()), None)) for row in rows]
    return render(request, "cooperation/committees.html", {"committees": listed})


@requires(Permission.STEER, organisation_of_committee)
@require_POST
def publish_committee(request: HttpRequest, slug: str) -> HttpResponse:
    """Set who sees a committee."""
    row = get_object_or_404(Instance.objects.select_related("organisation"), pk=slug)
    form = CommitteeVisibilityForm(request.POST)
    if form.is_valid():
        state = Visibilite(form.cleaned_data["visibilite"])
        operations.publish(by=_by(request), instance=row, visibilite=state, now=timezone.now())
        messages.success(request, "C'est enregistré.")
    else:
        messages.error(request, "Choisissez qui voit le comité.")
    return redirect("cooperation:committee", slug=slug)


@committee_is_seen
@require_safe
def committee(request: HttpRequest, slug: str) -> HttpResponse:
    """Members by category and the rules; names and meetings are for those who keep it."""
    row = get_object_or_404(Instance.objects.prefetch_related("membres"), pk=slug)
    today = timezone.localdate()
    members = list(row.membres.all())
    running = [member for member in members if not member.is_over(today)]
    by_college = [
        (college.label, [member for member in running if member.college == college])
        for college in CollegeMembre
    ]
    context = {
        "committee": row,
        "colleges": [(label, seats) for label, seats in by_college if seats],
        "ending": queries.mandates_ending(members, today),
        "vacant": queries.vacant_seats(members, today),
        "former": [member for member in members if member.is_over(today)],
        "broken": queries.broken_rules(row, today),
        "rules": all_rules(on=today),
        "meetings": row.reunions.all(),
        "today": today,
        "may_steer": can(request.user, Permission.STEER, row.organisation),
        "visibility": CommitteeVisibilityForm(initial={"visibilite": row.visibilite}),
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
    form = FirstCallForm(request.POST or None, instance=row)
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
def move_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """Change when and where a meeting is held, and write to those who were called."""
    row = _meeting(pk)
    shown = {name: getattr(row, name) for name in MoveForm.base_fields}
    form = MoveForm(request.POST or None, initial=shown)

    def save() -> None:
        queued = moving.move_meeting(
            by=_by(request), meeting=row, now=timezone.now(), **form.cleaned_data
        )
        messages.info(request, promise_of(queued))

    if _done(request, form, save, "La réunion est déplacée."):
        return redirect("cooperation:meeting", pk=pk)
    return _form(request, form, row, "Déplacer la réunion", "Déplacer et prévenir")


@requires(Permission.STEER, organisation_of_meeting)
@require_http_methods(PAGE)
def cancel_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a meeting to come, and write to those who were called."""
    row = _meeting(pk)
    form = CancelMeetingForm(request.POST or None)

    def save() -> None:
        queued = moving.cancel_meeting(
            by=_by(request), meeting=row, why=form.cleaned_data["pourquoi"], now=timezone.now()
        )
        messages.info(request, promise_of(queued))

    if _done(request, form, save, "La réunion est annulée."):
        return redirect("cooperation:meeting", pk=pk)
    return _form(request, form, row, "Annuler la réunion", "Annuler et prévenir")


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
    queries.read_at_once(row)
    waiting, there = notices.to_call(row), row.presences.select_related("membre")
    context = {
        "meeting": row,
        "notice": queries.notice_of(row),
        "quorum": queries.quorum_of(row),
        "presences": there,
        "proxies": row.pouvoirs.select_related("donne_par", "porte_par"),
        "votes": [
            (
                vote,
                queries.result_in_words(queries.result_of(vote)),
                vote.bulletins.all(),
                queries.quorum_at(vote),
            )
            for vote in queries.valid_votes(row)
        ],
        "cancelled": row.scrutins.exclude(annule_le=None),
        "absent": queries.absent_members(row) if row.presences_notees_le else [],
        "actions": row.actions.all(),
        "is_to_come": row.tenue_le > timezone.localdate(),
        "minutes": ProcesVerbal.objects.filter(reunion=row).first(),
        "again": Reunion.objects.filter(premiere=row).first(),
        "to_call": [row for row in waiting if row.address],
        "without_address": [row for row in waiting if not row.address],
        "called": row.convocations.select_related("membre"),
        "is_past": row.tenue_le < timezone.localdate(),
        "has_remote": bool(row.visio) or any(member.a_distance for member in there),
    }
    return render(request, "cooperation/meeting.html", context)


@requires(Permission.STEER, organisation_of_meeting)
@require_POST
def convoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the notice to each person who has an address and was not called."""
    try:
        queued = notices.send(by=_by(request), meeting=_meeting(pk), now=timezone.now())
    except CooperationError as refused:
        messages.error(request, str(refused))
        return redirect("cooperation:meeting", pk=pk)
    messages.success(request, promise_of(queued))
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
    """Record a vote, ballot by ballot; its result is computed."""
    row = _meeting(pk)
    form = VoteForm(request.POST or None, voters=queries.voters(row), meeting=row)

    def save() -> None:
        operations.record_vote(
            by=_by(request), meeting=row, question=form.cleaned_data["question"],
            action=form.cleaned_data.get("action"), ballots=form.ballots(), now=timezone.now(),
        )  # fmt: skip

    if _done(request, form, save, "Le vote est noté."):
        return redirect("cooperation:meeting", pk=pk)
    return _form(request, form, row, "Noter un vote", "Noter le vote")


def organisation_of_vote(pk: int) -> Organisation:
    """Return the organisation that keeps the committee of a vote."""
    return _vote(pk).reunion.instance.organisation


def _vote(pk: int) -> Scrutin:
    rows = Scrutin.objects.select_related("reunion__instance__organisation", "action")
    return get_object_or_404(rows, pk=pk)


@requires(Permission.STEER, organisation_of_vote)
@require_http_methods(PAGE)
def correct_vote(request: HttpRequest, pk: int) -> HttpResponse:
    """Replace the ballots of a vote typed wrong; the wrong one stays, cancelled."""
    vote = _vote(pk)
    form = CorrectedVoteForm(request.POST or None, vote=vote)

    def save() -> None:
        operations.correct_vote(
            by=_by(request), vote=vote, ballots=form.ballots(),
            why=form.cleaned_data["pourquoi"], now=timezone.now(),
        )  # fmt: skip

    if _done(request, form, save, "Le vote est corrigé ; l'ancien reste, annulé."):
        return redirect("cooperation:meeting", pk=vote.reunion_id)
    title = f"Corriger le vote « {vote.question} »"
    return _form(request, form, vote.reunion, title, "Enregistrer la correction")


@requires(Permission.STEER, organisation_of_vote)
@require_http_methods(PAGE)
def cancel_vote(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a vote, with the reason that the minutes state."""
    vote = _vote(pk)
    form = CancelVoteForm(request.POST or None)

    def save() -> None:
        operations.cancel_vote(
            by=_by(request), vote=vote, why=form.cleaned_data["pourquoi"], now=timezone.now()
        )

    if _done(request, form, save, "Le vote est annulé."):
        return redirect("cooperation:meeting", pk=vote.reunion_id)
    title = f"Annuler le vote « {vote.question} »"
    return _form(request, form, vote.reunion, title, "Annuler le vote")


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
        "stated": queries.record_in_words(row).splitlines(),
        "written": written,
        "approval": approval,
        "form": form,
    }
    return render(request, "cooperation/minutes.html", context, status=_status(form))


def _by(request: HttpRequest) -> Any:
    return request.user


def _done(request: HttpRequest, form: forms.BaseForm, save: Callable[[], None], words: str) -> bool:
    """Return whether the form was sound and kept; show what is refused at its top."""
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
