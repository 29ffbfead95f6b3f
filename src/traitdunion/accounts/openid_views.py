"""Signing in and out by an OpenID Connect provider: leave for it, come back from it."""

import logging
import secrets
import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.account.views import logout
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from . import openid, operations
from .gates import public
from .models import User
from .openid_settings import Provider

WAITING = "openid_waiting"
ID_TOKEN = "openid_id_token"  # noqa: S105 (the name of a place in the session)
WAIT_S = 600
MOST_WAITING = 5
logger = logging.getLogger(__name__)


@public
@never_cache
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Send somebody to the provider; what is waited for is kept in their session."""
    provider = _provider()
    state, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    try:
        with openid.network() as client:
            found = openid.discover(client, provider)
    except openid.OpenIdError as wrong:
        return _refused(request, wrong)
    request.session[WAITING] = _still_waiting(request) | {
        state: {"nonce": nonce, "next": _own_address(request), "at": time.time()}
    }
    return _leave_for(
        request,
        openid.authorisation_address(
            provider, found, back=_here(request, "openid_back"), state=state, nonce=nonce
        ),
    )


@public
@never_cache
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """Come back from the provider; an answer that nobody waits for is refused unread."""
    provider = _provider()
    waiting = _still_waiting(request)
    awaited = waiting.pop(request.GET.get("state", ""), None)
    request.session[WAITING] = waiting
    try:
        identity = _identity(request, provider, awaited)
        user = operations.person_of(
            identity, vouched=provider.is_proconnect or identity.email_verified, now=timezone.now()
        )
    except (openid.OpenIdError, operations.IdentityRefused) as wrong:
        return _refused(request, wrong)
    if request.user.is_authenticated and request.user != user:
        request.session.flush()
    record_authentication(
        request, user, "openid", issuer=identity.issuer, second_factor=identity.second_factor
    )
    request.session[ID_TOKEN] = identity.id_token
    return _enter(request, user, identity, awaited["next"])


def _enter(request: HttpRequest, user: User, identity: openid.Identity, then: str) -> HttpResponse:
    """Open the session; whoever gave two factors there is not asked for one here."""
    if not identity.second_factor:
        return perform_login(request, user, redirect_url=then or None)
    adapter = get_adapter(request)
    adapter.login(request, user)
    return redirect(then or adapter.get_login_redirect_url(request))


def _identity(
    request: HttpRequest, provider: Provider, awaited: dict[str, Any] | None
) -> openid.Identity:
    if awaited is None:
        raise openid.OpenIdError("nobody here waits for this answer")
    if request.GET.get("error") == "access_denied":
        raise operations.IdentityRefused("cancelled")
    if "code" not in request.GET:
        raise openid.OpenIdError("the provider gave no code")
    with openid.network() as client:
        found = openid.discover(client, provider)
        if request.GET.get("iss", found.issuer) != found.issuer:
            raise openid.OpenIdError("the answer is that of another issuer")
        return openid.identity_of(
            client,
            provider,
            found,
            code=request.GET["code"],
            back=_here(request, "openid_back"),
            nonce=awaited["nonce"],
        )


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out here, then at the provider for whoever signed in by it."""
    id_token = request.session.get(ID_TOKEN, "")
    answer = logout(request)
    if request.method != "POST" or not id_token or settings.TRAITDUNION_OIDC is None:
        return answer
    try:
        with openid.network() as client:
            found = openid.discover(client, settings.TRAITDUNION_OIDC)
    except openid.OpenIdError as wrong:
        logger.warning("openid: signed out here only: %s", wrong)
        return answer
    address = openid.sign_out_address(
        found,
        id_token=id_token,
        back=_here(request, "desk:question"),
        state=secrets.token_urlsafe(32),
    )
    return _leave_for(request, address) if address else answer


def _provider() -> Provider:
    if settings.TRAITDUNION_OIDC is None:
        raise Http404
    return settings.TRAITDUNION_OIDC


def _still_waiting(request: HttpRequest) -> dict[str, Any]:
    """Requests of this browser not answered yet: the latest few, of the last ten minutes."""
    kept = request.session.get(WAITING, {})
    recent = {state: one for state, one in kept.items() if time.time() - one["at"] < WAIT_S}
    return dict(list(recent.items())[1 - MOST_WAITING :])


def _own_address(request: HttpRequest) -> str:
    """The page to go to afterwards, if it is one of ours."""
    asked = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=settings.SESSION_COOKIE_SECURE
    )
    return asked if ours else ""


def _here(request: HttpRequest, name: str) -> str:
    """A page of ours in full, as the provider knows it: https behind a host that says so."""
    scheme = "https" if settings.SESSION_COOKIE_SECURE else request.scheme
    return f"{scheme}://{request.get_host()}{reverse(name)}"


def _leave_for(request: HttpRequest, address: str) -> HttpResponse:
    """A page that goes on by itself: a form may not be redirected elsewhere (our CSP)."""
    page = render(request, "accounts/openid_leaving.html", {"address": address})
    page.headers["Refresh"] = f"0; url={address}"
    return page


def _refused(request: HttpRequest, wrong: Exception) -> HttpResponse:
    """Say why nobody signed in, and what to do; the log gets the reason, never who."""
    reason = {openid.ProviderDown: "down", openid.OpenIdError: "failed"}.get(
        type(wrong), str(wrong)
    )
    status = 503 if reason == "down" else 403
    logger.warning("openid: refused: %s", wrong)
    return render(request, "accounts/openid_refused.html", {"reason": reason}, status=status)
