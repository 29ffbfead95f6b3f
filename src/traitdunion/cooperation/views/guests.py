"""Pages of guests: the list with its balance, import, invitations, and the guest's own page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from traitdunion import french
from traitdunion.accounts.access_decorators import by_link, person_of, requires
from traitdunion.accounts.forms import typed_key
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.outbox.queries import promise_of
from traitdunion.accounts.permissions import Permission, can
from traitdunion.accounts.site import site_address
from traitdunion.desk.sharing.qr_codes import qr_svg
from traitdunion.disclosure import group_small

from ..enums import EtatSeance, ReponseInvitation, SorteAnnonce
from ..evaluation import echo
from ..models import Invite, Seance
from ..models.guests import GroupePresence
from ..operations import CooperationError
from ..requested import organisation_of_session
from ..sessions import (
    attendance,
    invitations,
    voices,
)
from ..sessions import (
    guests as inviting,
)
from ..sessions import (
    reminders as invitation_reminders,
)
from ..sessions.forms import (
    AnnounceForm,
    GuestEditForm,
    GuestFileForm,
    GuestForm,
)
from ..voice_cookie import set_voice

METHODS = ["GET", "HEAD", "POST"]
ANSWERS = [reponse for reponse in ReponseInvitation if reponse != ReponseInvitation.SANS]
GROUPS = {"college": "collège", "domaine": "domaine", "epci": "intercommunalité"}


def organisation_of_guest(pk: int) -> Organisation:
    row = get_object_or_404(Invite.objects.select_related("seance__organisation"), pk=pk)
    return row.seance.organisation


@requires(Permission.STEER, organisation_of_session)
@require_http_methods(METHODS)
def guests(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who is invited and the balance; add a guest, send messages."""
    seance = get_object_or_404(Seance, pk=slug)
    form = GuestForm(request.POST if request.POST.get("faire") == "ajouter" else None)
    if request.method == "POST" and _do(request, seance, form):
        return redirect(request.path)
    now = timezone.now()
    rows = list(seance.invites.all())
    context = {
        "session": seance,
        "guests": rows,
        "form": form,
        "balances": [(label, inviting.balance(seance, name)) for name, label in GROUPS.items()],
        "n_yes": sum(row.reponse == ReponseInvitation.OUI for row in rows),
        "n_to_invite": len(inviting.to_invite(seance)),
        "n_to_remind": len(inviting.to_remind(seance, now=now)),
        "reminder_after_days": inviting.REMINDER_AFTER_DAYS,
        "kept": _kept(seance),
        "reminders": invitation_reminders.coming(seance),
        "echoes": echo.coming(seance, on=timezone.localdate(now)),
        "may_remind": not seance.demonstration and seance.etat != EtatSeance.CLOSE,
    }
    return render(request, "cooperation/guests.html", context, status=422 if form.errors else 200)


def _kept(seance: Seance) -> list[tuple[str, list[tuple[str, int]]]]:
    """Return the counts left once the names are deleted, group by group; none before."""
    if not attendance.is_counted(seance):
        return []
    counts = [
        (groupe.label, dict(attendance.present_by(seance, groupe))) for groupe in GroupePresence
    ]
    return [
        (label, list((group_small(count, other="Autres") or {}).items())) for label, count in counts
    ]


def _do(request: HttpRequest, seance: Seance, form: GuestForm) -> bool:
    """Do what the page asks for; return whether it was done."""
    now, what = timezone.now(), request.POST.get("faire")
    if what == "ajouter":
        if not form.is_valid():
            return False
        try:
            inviting.add_guests(
                by=person_of(request), seance=seance, rows=[form.cleaned_data], now=now
            )
        except CooperationError as refused:
            form.add_error(None, str(refused))
            return False
        messages.success(request, f"{form.cleaned_data['nom']} est dans la liste.")
        return True
    if what in ("arreter", "reprendre"):
        invitation_reminders.stop(
            by=person_of(request), seance=seance, stopped=what == "arreter", now=now
        )
        return True
    if what in ("taire", "donner"):
        echo.stop(by=person_of(request), seance=seance, stopped=what == "taire", now=now)
        return True
    rows = inviting.to_invite(seance) if what == "inviter" else []
    rows = inviting.to_remind(seance, now=now) if what == "relancer" else rows
    queued = invitations.send(
        by=person_of(request), seance=seance, guests=rows, site=site_address(request), now=now
    )
    messages.success(request, promise_of(queued))
    return True


@requires(Permission.STEER, organisation_of_guest)
@require_http_methods(METHODS)
def guest(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a guest, or take them out of the list."""
    row = get_object_or_404(Invite.objects.select_related("seance"), pk=pk)
    if request.POST.get("faire") == "retirer":
        try:
            inviting.remove_guest(by=person_of(request), guest=row, now=timezone.now())
        except CooperationError as refused:
            messages.error(request, str(refused))
            return redirect(request.path)
        messages.success(request, f"{row.nom} n'est plus dans la liste.")
        return redirect("cooperation:guests", slug=row.seance_id)
    initial = {name: getattr(row, name) for name in GuestEditForm.base_fields}
    form = GuestEditForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            inviting.change_guest(
                by=person_of(request), guest=row, now=timezone.now(), **form.cleaned_data
            )
        except CooperationError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "C'est enregistré.")
            return redirect("cooperation:guests", slug=row.seance_id)
    context = {"session": row.seance, "guest": row, "form": form}
    return render(request, "cooperation/guest.html", context, status=422 if form.errors else 200)


@requires(Permission.STEER, organisation_of_session)
@require_http_methods(METHODS)
def import_guests(request: HttpRequest, slug: str) -> HttpResponse:
    """Read a CSV file, show it, then write it once it is confirmed."""
    seance = get_object_or_404(Seance, pk=slug)
    preview, text = None, request.POST.get("texte", "")
    form = GuestFileForm(request.POST or None if not text else None, request.FILES or None)
    if request.method == "POST" and text:
        preview = inviting.read_guests(text, seance=seance)
        if preview.fresh and (not preview.mistakes or "laisser" in request.POST):
            inviting.add_guests(
                by=person_of(request), seance=seance, rows=preview.fresh, now=timezone.now()
            )
            n = len(preview.fresh)
            messages.success(request, f"{n} invité{french.plural(n)} de plus.")
            return redirect("cooperation:guests", slug=slug)
    elif request.method == "POST" and form.is_valid():
        text = form.cleaned_data["fichier"]
        preview = inviting.read_guests(text, seance=seance)
    wrong = (form.is_bound and bool(form.errors)) or bool(preview and preview.mistakes)
    context = {"session": seance, "form": form, "preview": preview, "text": text}
    return render(request, "cooperation/import_guests.html", context, status=422 if wrong else 200)


@by_link
@require_http_methods(METHODS)
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show a guest's own page, by the link of the message, without account."""
    row = get_object_or_404(Invite.objects.of_link(token).select_related("seance__organisation"))
    form = AnnounceForm(request.POST if request.POST.get("faire") == "annoncer" else None)
    if request.POST.get("faire") == "voix":
        return give_voice(request, row)
    if request.method == "POST":
        try:
            if _answered(request, row, form):
                return redirect(request.path)
        except CooperationError as refused:
            messages.error(request, str(refused))
    context = {
        "guest": row,
        "session": row.seance,
        "answers": ANSWERS,
        "form": form,
        "announced": row.annonces.all(),
        "slots": row.seance.creneaux.all(),
        "card": card_of(row),
        "qr": qr_svg(card_of(row, site_address(request))),
        "way": invitations.way_there(row.seance),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "cooperation/invitation.html", context, status=status)


def card_of(row: Invite, site: str = "") -> str:
    """Return the address of the card of a badge."""
    return site + reverse("cooperation:badge", kwargs={"code": row.badge})


@by_link
@require_http_methods(METHODS)
def badge(request: HttpRequest, code: str) -> HttpResponse:
    """Show the card of a badge, which anyone in the room can scan: arrivals for the team; a name
    for the others where the guest agreed, and never a page that changes anything of theirs."""
    row = get_object_or_404(Invite.objects.select_related("seance__organisation"), badge=code)
    may_steer = can(request.user, Permission.STEER, row.seance.organisation)
    if request.POST.get("faire") == "voix":
        return give_voice(request, row)
    if request.method == "POST" and may_steer:
        inviting.arrive(by=person_of(request), guests=[row], now=timezone.now())
        messages.success(request, f"{row.nom} est là.")
        return redirect(request.path)
    context = {
        "guest": row if may_steer or row.carte_publique else None,
        "session": row.seance,
        "may_steer": may_steer,
        "arrived": row.arrive_le is not None,
        "announced": row.annonces.filter(propos="montre") if row.carte_publique else [],
    }
    status = 403 if request.method == "POST" else 200
    return render(request, "cooperation/badge.html", context, status=status)


def give_voice(request: HttpRequest, guest: Invite) -> HttpResponse:
    """Give the phone that read a badge the one voice of that badge, and open the room."""
    try:
        token = voices.give_voice_for(guest, now=timezone.now())
    except CooperationError as refused:
        messages.error(request, str(refused))
        return redirect(request.path)
    answer = redirect("cooperation:take-part", code=guest.seance.code)
    set_voice(request, answer, seance=guest.seance, token=token)
    return answer


def _answered(request: HttpRequest, row: Invite, form: AnnounceForm) -> bool:
    what, now = request.POST.get("faire"), timezone.now()
    if what in ("montrer", "cacher"):
        inviting.show_card(guest=row, shown=what == "montrer")
        effect = "montre votre carte" if what == "montrer" else "ne montre plus votre nom"
        messages.success(request, f"C'est retenu : votre badge {effect}.")
        return True
    if what == "annoncer":
        if not form.is_valid():
            return False
        fields = form.cleaned_data
        sorte = SorteAnnonce(fields["sorte"])
        inviting.announce(guest=row, sorte=sorte, quoi=fields["quoi"], ou=fields["ou"], now=now)
        messages.success(request, "C'est noté pour l'annuaire de la séance.")
        return True
    if what == "oublier":
        inviting.stop_writing_to(guest=row)
        messages.success(request, "Votre adresse est effacée : plus aucun message ne partira.")
        return True
    if what == "retirer":
        told_pk = request.POST.get("annonce", "")
        row.annonces.filter(pk=typed_key(told_pk)).delete()
        return True
    if request.POST.get("reponse") not in [answer.value for answer in ANSWERS]:
        raise CooperationError("Choisissez : oui, peut-être ou non.")
    inviting.answer(guest=row, reponse=ReponseInvitation(request.POST["reponse"]), now=now)
    messages.success(request, "Votre réponse est enregistrée. Vous pouvez encore en changer.")
    return True


@by_link
@require_safe
def invitation_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Return the session for the calendar of a guest."""
    row = get_object_or_404(Invite.objects.of_link(token).select_related("seance"))
    event = invitations.calendar_of(
        row.seance, now=timezone.now(), address=invitations.page_of(row, site_address(request))
    )
    answer = HttpResponse(event, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="seance.ics"'
    return answer
