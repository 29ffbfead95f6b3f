"""Pages of guests: the list with its balance, import, invitations, and the guest's own page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from traitdunion.accounts.gates import by_link, requires
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.permissions import Permission, can

from .. import attendance, invitation_reminders, invitations, inviting
from ..enums import EtatSeance, ReponseInvitation, SorteAnnonce
from ..models import Invite, Seance
from ..models.guests import GroupePresence
from ..operations import CooperationError
from ..printing import qr_svg
from ..session_forms import AnnounceForm, GuestEditForm, GuestFileForm, GuestForm
from .steering import organisation_of_session

METHODS = ["GET", "HEAD", "POST"]
ANSWERS = [one for one in ReponseInvitation if one != ReponseInvitation.SANS]
GROUPS = {"college": "collège", "domaine": "domaine", "epci": "intercommunalité"}


def organisation_of_guest(pk: int) -> Organisation:
    row = get_object_or_404(Invite.objects.select_related("seance__organisation"), pk=pk)
    return row.seance.organisation


def site_of(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


@requires(Permission.STEER, organisation_of_session)
@require_http_methods(METHODS)
def guests(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is invited, the balance, one more guest, the messages that may leave."""
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
        "n_yes": sum(one.reponse == ReponseInvitation.OUI for one in rows),
        "n_to_invite": len(inviting.to_invite(seance)),
        "n_to_remind": len(inviting.to_remind(seance, now=now)),
        "reminder_after_days": inviting.REMINDER_AFTER_DAYS,
        "kept": _kept(seance),
        "reminders": invitation_reminders.coming(seance),
        "may_remind": not seance.demonstration and seance.etat != EtatSeance.CLOSE,
    }
    return render(request, "cooperation/guests.html", context, status=422 if form.errors else 200)


def _kept(seance: Seance) -> list[tuple[str, list[tuple[str, int]]]]:
    """Counts left once the names have gone, group by group; none before."""
    if not attendance.is_counted(seance):
        return []
    return [(one.label, attendance.present_by(seance, one)) for one in GroupePresence]


def _do(request: HttpRequest, seance: Seance, form: GuestForm) -> bool:
    """What the page asks for; whether it was done."""
    now, what = timezone.now(), request.POST.get("faire")
    if what == "ajouter":
        if not form.is_valid():
            return False
        try:
            inviting.add_guests(by=request.user, seance=seance, rows=[form.cleaned_data], now=now)
        except CooperationError as refused:
            form.add_error(None, str(refused))
            return False
        messages.success(request, f"{form.cleaned_data['nom']} est dans la liste.")
        return True
    if what in ("arreter", "reprendre"):
        invitation_reminders.stop(
            by=request.user, seance=seance, stopped=what == "arreter", now=now
        )
        return True
    rows = inviting.to_invite(seance) if what == "inviter" else []
    rows = inviting.to_remind(seance, now=now) if what == "relancer" else rows
    done = invitations.send(
        by=request.user, seance=seance, guests=rows, site=site_of(request), now=now
    )
    n = len(done.sent)
    told = "Aucun message à envoyer." if n == 0 else f"{n} message{'s' if n > 1 else ''} envoyé"
    messages.success(request, told if n == 0 else f"{told}{'s' if n > 1 else ''}.")
    for guest, why in done.failed:
        messages.error(request, f"{guest.nom} : le message n'est pas parti ({why}).")
    return True


@requires(Permission.STEER, organisation_of_guest)
@require_http_methods(METHODS)
def guest(request: HttpRequest, pk: int) -> HttpResponse:
    """One guest: correct, take out of the list."""
    row = get_object_or_404(Invite.objects.select_related("seance"), pk=pk)
    if request.POST.get("faire") == "retirer":
        inviting.remove_guest(by=request.user, guest=row, now=timezone.now())
        messages.success(request, f"{row.nom} n'est plus dans la liste.")
        return redirect("cooperation:guests", slug=row.seance_id)
    initial = {name: getattr(row, name) for name in GuestEditForm.base_fields}
    form = GuestEditForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            inviting.change_guest(
                by=request.user, guest=row, now=timezone.now(), **form.cleaned_data
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
    """A CSV file: read, shown, then written once it is confirmed."""
    seance = get_object_or_404(Seance, pk=slug)
    preview, text = None, request.POST.get("texte", "")
    form = GuestFileForm(request.POST or None if not text else None, request.FILES or None)
    if request.method == "POST" and text:
        preview = inviting.read_guests(text, seance=seance)
        if not preview.mistakes and preview.fresh:
            inviting.add_guests(
                by=request.user, seance=seance, rows=preview.fresh, now=timezone.now()
            )
            n = len(preview.fresh)
            messages.success(request, f"{n} invité{'s' if n > 1 else ''} de plus.")
            return redirect("cooperation:guests", slug=slug)
    elif request.method == "POST" and form.is_valid():
        text = form.cleaned_data["fichier"]
        preview = inviting.read_guests(text, seance=seance)
    wrong = (form.is_bound and bool(form.errors)) or bool(preview and preview.mistakes)
    context = {"session": seance, "form": form, "preview": preview, "text": text}
    return render(request, "cooperation/import_guests.html", context, status=422 if wrong else 200)


@requires(Permission.STEER, organisation_of_session)
@require_http_methods(METHODS)
def arrivals(request: HttpRequest, slug: str) -> HttpResponse:
    """The paper list on screen: tick who is there."""
    seance = get_object_or_404(Seance, pk=slug)
    rows = list(seance.invites.order_by("nom", "pk"))
    if request.method == "POST":
        ticked = set(request.POST.getlist("present"))
        here = [one for one in rows if str(one.pk) in ticked]
        inviting.arrive(by=request.user, guests=here, now=timezone.now())
        for one in rows:
            if one.arrive_le is not None and str(one.pk) not in ticked:
                inviting.take_back_arrival(by=request.user, guest=one)
        messages.success(request, f"{len(here)} présent{'s' if len(here) > 1 else ''}.")
        return redirect(request.path)
    n_present = sum(one.arrive_le is not None for one in rows)
    context = {"session": seance, "guests": rows, "n_present": n_present}
    return render(request, "cooperation/arrivals.html", context)


@by_link
@require_http_methods(METHODS)
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """A guest's own page, by the link of the message, without account."""
    row = get_object_or_404(Invite.objects.select_related("seance__organisation"), jeton=token)
    form = AnnounceForm(request.POST if request.POST.get("faire") == "annoncer" else None)
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
        "qr": qr_svg(card_of(row, site_of(request))),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "cooperation/invitation.html", context, status=status)


def card_of(row: Invite, site: str = "") -> str:
    """Address of the card of a badge."""
    return site + reverse("cooperation:badge", kwargs={"code": row.badge})


@by_link
@require_http_methods(METHODS)
def badge(request: HttpRequest, code: str) -> HttpResponse:
    """The card of a badge, which everybody in the room can scan: arrivals for who steers; a name
    for the others where the guest agreed, and never a page that changes anything of theirs."""
    row = get_object_or_404(Invite.objects.select_related("seance__organisation"), badge=code)
    may_steer = can(request.user, Permission.STEER, row.seance.organisation)
    if request.method == "POST" and may_steer:
        inviting.arrive(by=request.user, guests=[row], now=timezone.now())
        messages.success(request, f"{row.nom} est là.")
        return redirect(request.path)
    context = {
        "guest": row if may_steer or row.carte_publique else None,
        "session": row.seance,
        "may_steer": may_steer,
        "announced": row.annonces.all() if row.carte_publique else [],
    }
    status = 403 if request.method == "POST" else 200
    return render(request, "cooperation/badge.html", context, status=status)


def _answered(request: HttpRequest, row: Invite, form: AnnounceForm) -> bool:
    what, now = request.POST.get("faire"), timezone.now()
    if what in ("montrer", "cacher"):
        inviting.show_card(guest=row, shown=what == "montrer")
        told = "montre votre carte" if what == "montrer" else "ne montre plus votre nom"
        messages.success(request, f"C'est retenu : votre badge {told}.")
        return True
    if what == "annoncer":
        if not form.is_valid():
            return False
        told = form.cleaned_data
        sorte = SorteAnnonce(told["sorte"])
        inviting.announce(guest=row, sorte=sorte, quoi=told["quoi"], ou=told["ou"])
        messages.success(request, "C'est dans l'annuaire de la séance.")
        return True
    if what == "retirer":
        told_pk = request.POST.get("annonce", "")
        row.annonces.filter(pk=int(told_pk) if told_pk.isdecimal() else 0).delete()
        return True
    if request.POST.get("reponse") not in [one.value for one in ANSWERS]:
        raise CooperationError("Choisissez : oui, peut-être ou non.")
    inviting.answer(guest=row, reponse=ReponseInvitation(request.POST["reponse"]), now=now)
    messages.success(request, "Votre réponse est enregistrée. Vous pouvez encore en changer.")
    return True


@by_link
@require_safe
def invitation_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The session for the calendar of a guest."""
    row = get_object_or_404(Invite.objects.select_related("seance"), jeton=token)
    event = invitations.calendar_of(
        row.seance, now=timezone.now(), address=invitations.page_of(row, site_of(request))
    )
    answer = HttpResponse(event, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="seance.ics"'
    return answer
