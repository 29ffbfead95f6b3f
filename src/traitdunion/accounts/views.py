"""Pages of the accounts: one's own space, the members of an organisation, its journal."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from . import operations, queries, resets, second_factor, sessions
from .access_decorators import OrganisationRequest, by_link, requires, signed_in
from .enums import Role
from .forms import (
    AcceptanceForm,
    ContactForm,
    InvitationForm,
    OrganisationForm,
    OwnContactForm,
)
from .mails import link_of, send_invitation
from .models import Invitation, Membership, OutgoingMessage, SecurityReset
from .outbox import queries as outbox
from .permissions import ROLES_OF, Permission
from .site import site_address

# Longer than it takes to queue the message of a forgotten password.
EVEN_TIME_S = 0.25
SIGN_IN_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@signed_in
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what a person may do, organisation by organisation."""
    now = timezone.now()
    rows = [
        (
            organisation,
            roles,
            held := {permission for permission in Permission if ROLES_OF[permission] & {*roles}},
            outbox.alert_of(organisation, now=now) if Permission.HANDLE_MESSAGES in held else "",
        )
        for organisation, roles in queries.roles_of(request.user)
    ]
    context = {
        "rows": rows,
        "must_set_up": second_factor.must_be_set_up(request),
        "resets": request.user.security_resets.filter(ended_at=None),
    }
    return render(request, "accounts/home.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def own_contact(request: HttpRequest) -> HttpResponse:
    """Change one's own name and telephone."""
    form = OwnContactForm(request.POST or None, instance=request.user, label_suffix="")
    lead = "Ils signent les messages que vous envoyez."
    return _contact(request, form, "Mes coordonnées", lead)


@requires(Permission.MANAGE_MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, organisation: str) -> HttpResponse:
    """Change the name, the address and the telephone of an organisation."""
    form = ContactForm(request.POST or None, instance=request.organisation, label_suffix="")
    title = f"Coordonnées de {request.organisation.nom}"
    lead = "Chaque message nomme quelqu'un à qui répondre."
    return _contact(request, form, title, lead)


@requires(Permission.CREATE_ORGANISATIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def organisations(request: OrganisationRequest, organisation: str) -> HttpResponse:
    """List the organisations of the site, and create one with its first administrator."""
    form = OrganisationForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            message = _create(request, **form.cleaned_data)
        except operations.AccountsError as refused:
            form.add_error("nom", str(refused))
        else:
            messages.success(
                request, f"« {form.cleaned_data['nom']} » est créée. {message.promise}"
            )
            return redirect("accounts:organisations", organisation=organisation)
    context = {
        "organisation": request.organisation,
        "form": form,
        "rows": queries.organisations_of_the_site(),
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/organisations.html", context, status=status)


@transaction.atomic
def _create(request: OrganisationRequest, *, nom: str, administrator: str) -> OutgoingMessage:
    now = timezone.now()
    sent = operations.found_organisation(
        by=request.user, organisation=request.organisation, nom=nom, administrator=administrator,
        now=now,
    )  # fmt: skip
    return send_invitation(sent, f"{site_address(request)}{link_of(sent)}", now=now)


def _contact(
    request: HttpRequest, form: OwnContactForm | ContactForm, title: str, lead: str
) -> HttpResponse:
    if form.is_valid():
        operations.save_contact(
            by=request.user, row=form.instance, now=timezone.now(), **form.cleaned_data
        )
        messages.success(request, "C'est enregistré.")
        return redirect("accounts:home")
    context = {"form": form, "title": title, "lead": lead}
    return render(request, "accounts/contact.html", context, status=422 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def own_sessions(request: HttpRequest) -> HttpResponse:
    """Show where a person is signed in, and end one of these sessions or all the others."""
    current = request.session.session_key
    if request.method == "POST":
        n_ended = sessions.end_sessions(
            request.user, reference=request.POST.get("session", ""), keep=current
        )
        done = "Connexion terminée." if n_ended else "Cette connexion était déjà terminée."
        messages.success(request, done)
        return redirect("accounts:own-sessions")
    rows = sessions.sessions_of(request.user, current=current, now=timezone.now())
    return render(request, "accounts/own_sessions.html", {"sessions": rows})


@requires(Permission.MANAGE_MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def members(request: HttpRequest, organisation: str) -> HttpResponse:
    """Show the members of an organisation, and the form that invites one more."""
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            message = _invite(request, **form.cleaned_data)
        except operations.AlreadyInvited as already:
            messages.info(request, str(already))
            return redirect("accounts:members", organisation=organisation)
        except operations.AccountsError as refused:
            form.add_error("email", str(refused))
        else:
            messages.success(request, f"Invitation enregistrée. {message.promise}")
            return redirect("accounts:members", organisation=organisation)
    awaited = resets.awaited_from(request.organisation)
    context = {
        "organisation": request.organisation,
        "form": form,
        "members": queries.members_of(request.organisation),
        "invitations": queries.pending_invitations(request.organisation, now=timezone.now()),
        "linked": queries.linked_to_a_provider(request.organisation),
        "resets": [
            (reset, reset.pk in awaited) for reset in resets.open_resets_for(request.organisation)
        ],
        "with_second_factor": queries.with_second_factor(request.organisation),
    }
    return render(request, "accounts/members.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _invite(request: HttpRequest, *, email: str, role: str) -> OutgoingMessage:
    now = timezone.now()
    sent = operations.invite(
        by=request.user, organisation=request.organisation, email=email, role=Role(role), now=now
    )
    return send_invitation(sent, f"{site_address(request)}{link_of(sent)}", now=now)


@requires(Permission.MANAGE_MEMBERS)
@require_POST
def remove_member(request: HttpRequest, organisation: str, pk: int) -> HttpResponse:
    """Take a role away from a person."""
    membership = get_object_or_404(Membership, pk=pk, organisation=request.organisation)
    _try_operation(
        request, f"{membership} : rôle retiré.", operations.remove_member, membership=membership
    )
    return redirect("accounts:members", organisation=organisation)


@requires(Permission.MANAGE_MEMBERS)
@require_POST
def reset_second_factor(request: HttpRequest, organisation: str, pk: int) -> HttpResponse:
    """Let a person who lost their telephone set up a second factor again."""
    return _ask_reset(request, pk, SecurityReset.Kind.SECOND_FACTOR)


@requires(Permission.MANAGE_MEMBERS)
@require_POST
def forget_identity(request: HttpRequest, organisation: str, pk: int) -> HttpResponse:
    """Let a person whose identity at the provider changed be linked again."""
    return _ask_reset(request, pk, SecurityReset.Kind.IDENTITY)


def _ask_reset(request: HttpRequest, pk: int, kind: SecurityReset.Kind) -> HttpResponse:
    row = get_object_or_404(Membership, pk=pk, organisation=request.organisation)
    try:
        reset = resets.ask_reset(by=request.user, membership=row, kind=kind, now=timezone.now())
    except operations.AccountsError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _reset_outcome(reset))
    return redirect("accounts:members", organisation=request.organisation.slug)


def _reset_outcome(reset: SecurityReset) -> str:
    if reset.ended_at:
        return f"{reset.person} : {reset.get_kind_display()} à refaire, un message l'en avertit."
    names = ", ".join(each.nom for each in resets.waiting_for(reset))
    due = date_format(timezone.localtime(reset.due_at), "j F à G \\h i")
    return (
        f"{reset.person} lit aussi des dossiers de {names}. Ce sera fait dès leur accord, ou le "
        f"{due} si personne ne refuse."
    )


@requires(Permission.MANAGE_MEMBERS)
@require_POST
def agree_to_reset(request: HttpRequest, organisation: str, pk: int) -> HttpResponse:
    """Agree, for an organisation, that what a person signs in with is taken away."""
    reset = get_object_or_404(SecurityReset, pk=pk)
    try:
        resets.agree(
            by=request.user, reset=reset, organisation=request.organisation, now=timezone.now()
        )
    except operations.AccountsError as refused:
        messages.error(request, str(refused))
    else:
        reset.refresh_from_db()
        messages.success(request, _reset_outcome(reset))
    return redirect("accounts:members", organisation=organisation)


@requires(Permission.MANAGE_MEMBERS)
@require_POST
def refuse_reset(request: HttpRequest, organisation: str, pk: int) -> HttpResponse:
    """Refuse, for an organisation, that what a person signs in with is taken away."""
    reset = get_object_or_404(SecurityReset, pk=pk)
    _try_operation(request, "Demande refusée.", resets.refuse, reset=reset)
    return redirect("accounts:members", organisation=organisation)


@signed_in
@require_POST
def refuse_own_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse that what one signs in with is taken away."""
    reset = get_object_or_404(SecurityReset, pk=pk, person=request.user)
    _try_operation(request, "Demande refusée : rien ne change.", resets.refuse, reset=reset)
    return redirect("accounts:home")


@requires(Permission.MANAGE_MEMBERS)
@require_POST
def revoke_invitation(request: HttpRequest, organisation: str, pk: int) -> HttpResponse:
    """Withdraw an invitation."""
    row = get_object_or_404(Invitation, pk=pk, organisation=request.organisation)
    _try_operation(
        request,
        f"L'invitation de {row.email} est retirée.",
        operations.revoke_invitation,
        invitation=row,
    )
    return redirect("accounts:members", organisation=organisation)


def _try_operation(request: HttpRequest, done: str, operation: Any, **arguments: Any) -> None:
    try:
        operation(by=request.user, now=timezone.now(), **arguments)
    except operations.AccountsError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)


def even_time(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a page take the same time whatever it finds, so that its speed reveals no account."""

    @wraps(view)
    def evened(request: HttpRequest, **arguments: Any) -> HttpResponse:
        began = time.monotonic()
        response = view(request, **arguments)
        if request.method == "POST":
            time.sleep(max(0.0, EVEN_TIME_S - (time.monotonic() - began)))
        return response

    return evened


@requires(Permission.SEE_JOURNAL)
@require_safe
def journal(request: HttpRequest, organisation: str) -> HttpResponse:
    """Show who saw or changed what, the latest first."""
    context = {
        "organisation": request.organisation,
        "lines": queries.journal_of(request.organisation),
    }
    return render(request, "accounts/journal.html", context)


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Use an invitation: create one's account, or add the role to the one that is signed in."""
    invitation_found = queries.invitation_named(token, now=timezone.now())
    if invitation_found is None:
        return render(request, "accounts/invitation_gone.html", status=410)
    person = request.user if request.user.is_authenticated else None
    refusal = ""
    form = AcceptanceForm(request.POST if request.method == "POST" and person is None else None)
    if request.method == "POST" and (person or form.is_valid()):
        try:
            user = operations.accept_invitation(
                token=token, now=timezone.now(), by=person, **({} if person else form.cleaned_data)
            )
        except operations.AccountsError as refused:
            refusal = str(refused)
        except ValidationError as weak:
            form.add_error("password", weak)
        else:
            if person is None:
                login(request, user, backend=SIGN_IN_BACKEND)
            messages.success(request, f"Vous avez rejoint {invitation_found.organisation}.")
            return redirect("accounts:home")
    context = {"invitation": invitation_found, "form": form, "person": person, "refusal": refusal}
    wrong = form.errors or refusal
    return render(request, "accounts/invitation.html", context, status=422 if wrong else 200)
