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

from .. import identities
from ..access_decorators import public
from ..devices import browser_name
from ..models import User
from ..site import site_address
from . import protocol as openid
from .settings import Provider

WAITING = "openid_waiting"
ID_TOKEN = "openid_id_token"  # noqa: S105 (the name of a place in the session)
WAIT_S = 600
MAX_WAITING = 5
logger = logging.getLogger(__name__)


@public
@never_cache
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Send a person to the provider; keep in the session what the answer must match."""
    provider = _provider()
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    try:
        with openid.network() as client:
            configuration = openid.discover(client, provider)
    except openid.OpenIdError as wrong:
        return _refused(request, wrong)
    request.session[WAITING] = _still_waiting(request) | {
        state: {
            "nonce": nonce,
            "verifier": verifier,
            "next": _own_address(request),
            "at": time.time(),
        }
    }
    return _leave_for(
        request,
        openid.authorisation_address(
            provider,
            configuration,
            back=_here(request, "openid_back"),
            state=state,
            nonce=nonce,
            verifier=verifier,
        ),
    )


@public
@never_cache
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """Sign in who comes back from the provider; refuse an answer without a request, unread."""
    provider = _provider()
    waiting = _still_waiting(request)
    awaited = waiting.pop(request.GET.get("state", ""), None)
    request.session[WAITING] = waiting
    try:
        identity = _identity(request, provider, awaited)
        user = identities.person_of(
            identity,
            vouched=provider.is_proconnect or identity.email_verified,
            device=browser_name(request.headers.get("User-Agent", "")),
            now=timezone.now(),
        )
    except (openid.OpenIdError, identities.IdentityRefused) as wrong:
        return _refused(request, wrong)
    if request.user.is_authenticated and request.user != user:
        request.session.flush()
    record_authentication(
        request, user, "openid", issuer=identity.issuer, second_factor=identity.second_factor
    )
    request.session[ID_TOKEN] = identity.id_token
    return _enter(request, user, identity, awaited["next"])


def _enter(request: HttpRequest, user: User, identity: openid.Identity, then: str) -> HttpResponse:
    """Open the session; ask no second factor of a person who gave two at the provider."""
    if not identity.second_factor:
        return perform_login(request, user, redirect_url=then or None)
    adapter = get_adapter(request)
    adapter.login(request, user)
    return redirect(then or adapter.get_login_redirect_url(request))


def _identity(
    request: HttpRequest, provider: Provider, awaited: dict[str, Any] | None
) -> openid.Identity:
    if awaited is None:
        raise openid.OpenIdError("no request of this browser waits for this answer")
    if request.GET.get("error") == "access_denied":
        raise identities.IdentityRefused("cancelled")
    if "code" not in request.GET:
        raise openid.OpenIdError("the provider gave no code")
    with openid.network() as client:
        configuration = openid.discover(client, provider)
        if request.GET.get("iss", configuration.issuer) != configuration.issuer:
            raise openid.OpenIdError("the answer is that of another issuer")
        return openid.identity_of(
            client,
            provider,
            configuration,
            code=request.GET["code"],
            back=_here(request, "openid_back"),
            nonce=awaited["nonce"],
            verifier=awaited["verifier"],
        )


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out here, then at the provider if the session was opened there."""
    id_token = request.session.get(ID_TOKEN, "")
    answer = logout(request)
    if request.method != "POST" or not id_token or settings.TRAITDUNION_OIDC is None:
        return answer
    try:
        with openid.network() as client:
            configuration = openid.discover(client, settings.TRAITDUNION_OIDC)
    except openid.OpenIdError as wrong:
        logger.warning("openid: signed out here only: %s", wrong)
        return answer
    address = openid.sign_out_address(
        configuration,
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
    """Return the unanswered requests of this browser: the latest few of the last ten minutes."""
    kept = request.session.get(WAITING, {})
    recent = {
        state: request_kept
        for state, request_kept in kept.items()
        if time.time() - request_kept["at"] < WAIT_S
    }
    return dict(list(recent.items())[1 - MAX_WAITING :])


def _own_address(request: HttpRequest) -> str:
    """Return the page to go to afterwards, "" if it is not one of ours."""
    address = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=settings.SESSION_COOKIE_SECURE
    )
    return address if is_ours else ""


def _here(request: HttpRequest, name: str) -> str:
    """Return the full address of a page, as the provider knows it."""
    return f"{site_address(request)}{reverse(name)}"


def _leave_for(request: HttpRequest, address: str) -> HttpResponse:
    """Render a page that goes on by itself: our CSP forbids a form to be redirected elsewhere."""
    page = render(request, "accounts/openid_leaving.html", {"address": address})
    page.headers["Refresh"] = f"0; url={address}"
    return page


def _refused(request: HttpRequest, wrong: Exception) -> HttpResponse:
    """Explain why the sign-in failed and what to do; log the reason, never the person."""
    reason = {openid.ProviderDown: "down", openid.OpenIdError: "failed"}.get(
        type(wrong), str(wrong)
    )
    status = 503 if reason == "down" else 403
    logger.warning("openid: refused: %s", wrong)
    return render(request, "accounts/openid_refused.html", {"reason": reason}, status=status)
