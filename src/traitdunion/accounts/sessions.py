"""Sessions in the database that know whose they are, so that a person can see and end theirs.

The engine of Django's documentation ("Extending database-backed session engines"): one row a
session, no second table to keep in step, whatever the way of signing in.
"""

import hashlib
from datetime import datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.http import HttpRequest
from django.utils import timezone

from .devices import browser_name
from .models import OpenSession, User

BROWSER, OPENED_AT = "browser", "opened_at"


class SessionStore(DatabaseStore):
    """Django's sessions, with the person who signed in."""

    @classmethod
    def get_model_class(cls) -> type[OpenSession]:
        return OpenSession

    def create_model_instance(self, data: dict[str, Any]) -> OpenSession:
        row = super().create_model_instance(data)
        assert isinstance(row, OpenSession)  # noqa: S101 - the class given above
        signed_in = str(data.get(SESSION_KEY, ""))
        row.user_id = int(signed_in) if signed_in.isdecimal() else None
        return row


def note_opening(request: HttpRequest, **_: Any) -> None:
    """Note in a session, at sign-in, when and with which browser it was opened."""
    request.session[BROWSER] = browser_name(request.headers.get("User-Agent", ""))
    request.session[OPENED_AT] = timezone.now().isoformat()


def sessions_of(user: User, *, current: str | None, now: datetime) -> list[dict[str, Any]]:
    """Return the open sessions of a person, the latest first; `current`: key of this one."""
    rows = [
        {
            "reference": reference_of(row.session_key),
            "browser": content.get(BROWSER, browser_name("")),
            "opened_at": datetime.fromisoformat(content[OPENED_AT])
            if OPENED_AT in content
            else None,
            "current": row.session_key == current,
        }
        for row in OpenSession.objects.filter(user=user, expire_date__gt=now)
        if (content := row.get_decoded())
    ]
    return sorted(rows, key=lambda row: str(row["opened_at"]), reverse=True)


def end_sessions(user: User, *, reference: str = "", keep: str | None = None) -> int:
    """End the session of a `reference`, or without one all but that of key `keep`; how many."""
    ended = [
        row
        for row in OpenSession.objects.filter(user=user)
        if row.session_key != keep and (not reference or reference_of(row.session_key) == reference)
    ]
    for row in ended:
        row.delete()
    return len(ended)


def reference_of(session_key: str) -> str:
    """Return what a page may show of a session: its key opens it, and stays out of pages."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:16]
