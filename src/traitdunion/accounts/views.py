"""Pages of the accounts: one's own space, the members of an organisation, its journal."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from . import operations, queries, second_factor
from .enums import Role
from .forms import AcceptanceForm, InvitationForm
from .gates import by_link, requires, signed_in
from .mails import link_of, send_invitation, tell_second_factor_reset
from .models import Invitation, Membership
from .permissions import ROLES_OF, Permission

SIGN_IN_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@signed_in
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What a person may do, organisation by organisation."""
    rows = [
        (
            organisation,
            roles,
            {permission for permission in Permission if ROLES_OF[permission] & {*roles}},
        )
        for organisation, roles in queries.roles_of(request.user)
    ]
    context = {"rows": rows, "must_set_up": second_factor.must_be_set_up(request)}
    return render(request, "accounts/home.html", context)


@requires(Permission.MANAGE_MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def members(request: HttpRequest, organisation: str) -> HttpResponse:
    """Members of an organisation, and the form that invites one more."""
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sent = operations.invite(
                by=request.user,
                organisation=request.organisation,
                email=form.cleaned_data["email"],
                role=Role(form.cleaned_data["role"]),
                now=timezone.now(),
            )
        except operations.AccountsError as refused:
            form.add_error("email", str(refused))
        else:
            send_invitation(sent, request.build_absolute_uri(link_of(sent)))
            messages.success(request, f"Invitation envoyée à {sent.invitation.email}.")
            return redirect("accounts:members", organisation=organisation)
    context = {
        "organisation": request.organisation,
        "form": form,
        "members": queries.members_of(request.organisation),
        "invitations": queries.pending_invitations(request.organisation, now=timezone.now()),
        "linked": queries.linked_to_a_provider(request.organisation),
        "with_second_factor": queries.with_second_factor(request.organisation),
    }
    return render(request, "accounts/members.html", context, status=422 if form.errors else 200)


@requires(Permission.MANAGE_MEMBERS)
@require_POST
def remove_member(request: HttpRequest, organisation: str, pk: int) -> HttpResponse:
    """Take a role away from somebody."""
    membership = get_object_or_404(Membership, pk=pk, organisation=request.organisation)
    _tell(request, f"{membership} : rôle retiré.", operations.remove_member, membership=membership)
    return redirect("accounts:members", organisation=organisation)


@requires(Permission.MANAGE_MEMBERS)
@require_POST
def reset_second_factor(request: HttpRequest, organisation: str, pk: int) -> HttpResponse:
    """Let somebody who lost their telephone set up a second factor anew, and tell them."""
    row = get_object_or_404(Membership, pk=pk, organisation=request.organisation)
    try:
        person = operations.reset_second_factor(by=request.user, membership=row, now=timezone.now())
    except operations.AccountsError as refused:
        messages.error(request, str(refused))
    else:
        tell_second_factor_reset(person, by=request.user)
        messages.success(
            request, f"{person} : double vérification à refaire, un message l'en avertit."
        )
    return redirect("accounts:members", organisation=organisation)


@requires(Permission.MANAGE_MEMBERS)
@require_POST
def forget_identity(request: HttpRequest, organisation: str, pk: int) -> HttpResponse:
    """Let somebody whose identity at the provider changed be linked anew."""
    row = get_object_or_404(Membership, pk=pk, organisation=request.organisation)
    done = f"{row.user} : compte détaché, il sera relié à sa prochaine connexion."
    _tell(request, done, operations.forget_identity, membership=row)
    return redirect("accounts:members", organisation=organisation)


@requires(Permission.MANAGE_MEMBERS)
@require_POST
def revoke_invitation(request: HttpRequest, organisation: str, pk: int) -> HttpResponse:
    """Withdraw an invitation."""
    row = get_object_or_404(Invitation, pk=pk, organisation=request.organisation)
    _tell(
        request,
        f"L'invitation de {row.email} est retirée.",
        operations.revoke_invitation,
        invitation=row,
    )
    return redirect("accounts:members", organisation=organisation)


def _tell(request: HttpRequest, done: str, operation: Any, **arguments: Any) -> None:
    try:
        operation(by=request.user, now=timezone.now(), **arguments)
    except operations.AccountsError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)


@requires(Permission.SEE_JOURNAL)
@require_safe
def journal(request: HttpRequest, organisation: str) -> HttpResponse:
    """Who saw or changed what, the latest first."""
    context = {
        "organisation": request.organisation,
        "lines": queries.journal_of(request.organisation),
    }
    return render(request, "accounts/journal.html", context)


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Use an invitation: create one's account, or add the role to the one that is signed in."""
    found = queries.invitation_named(token, now=timezone.now())
    if found is None:
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
            messages.success(request, f"Vous avez rejoint {found.organisation}.")
            return redirect("accounts:home")
    context = {"invitation": found, "form": form, "person": person, "refusal": refusal}
    wrong = form.errors or refusal
    return render(request, "accounts/invitation.html", context, status=422 if wrong else 200)
