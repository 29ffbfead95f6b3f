"""What an appointment tool sends, in the format of RDV Service Public's webhooks.

A POST whose body is `{"data": …, "meta": {"model", "event", "event_occurred_at",
"payload_computed_at"}}`, signed in `X-Lapin-Signature` by the hexadecimal HMAC-SHA256 of the body
(its documentation, « API de notifications »). The reference is looked for in the free text
`data.context`, and in `data.reference` for tools that carry one. Nothing else of the message is
kept: neither the person, nor the agent, nor the reason.
"""

import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..enums import StatutRendezVous

REPLAYED_FOR = timedelta(hours=24)
"""Age at which a message is refused: the tool tries again for hours when a site does not answer."""

EARLY = timedelta(minutes=5)
"""How far ahead the clock of the tool may be."""

REFERENCE = re.compile(r"\bTU-[A-HJ-NP-Z2-9]{12}\b")
STATUSES = {
    "unknown": StatutRendezVous.PRIS,
    "seen": StatutRendezVous.HONORE,
    "noshow": StatutRendezVous.ABSENT,
    "excused": StatutRendezVous.ANNULE,
    "revoked": StatutRendezVous.ANNULE,
}


class Refused(ValueError):
    """A message that is refused; the text gives the reason, and nothing of the message."""


class NotForUs(Refused):
    """A message that is well formed and about something else: there is nothing to do."""


@dataclass(frozen=True)
class Notice:
    """What a message gives of one appointment; `digest` is that of its whole text."""

    digest: str
    reference: str
    statut: StatutRendezVous
    starts_at: datetime | None
    external_id: str
    event_at: datetime


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Return whether `signature` is that of the body; compared in constant time."""
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.strip().lower().encode())


def read(body: bytes, *, now: datetime) -> Notice:
    """Read a signed message; raises `Refused` where it is wrong, too old or too early."""
    try:
        message = json.loads(body)
        data, meta = dict(message["data"]), dict(message["meta"])
        computed_at = _parse_moment(meta.get("payload_computed_at") or meta.get("timestamp"))
        event_at = (
            _parse_moment(meta.get("event_occurred_at")) if "event_occurred_at" in meta else None
        )
    except (ValueError, KeyError, TypeError) as wrong:
        raise Refused("Le corps n'est pas une notification datée.") from wrong
    if not now - REPLAYED_FOR < computed_at <= now + EARLY:
        raise Refused("La notification est trop ancienne, ou vient du futur.")
    if str(meta.get("model", "")).lower() != "rdv":
        raise NotForUs("Ce n'est pas un rendez-vous.")
    match = REFERENCE.search(f"{data.get('reference', '')} {data.get('context', '')}")
    if match is None:
        raise NotForUs("Aucune référence d'ici.")
    return Notice(
        digest=hashlib.sha256(body).hexdigest(),
        reference=match[0],
        statut=_status(data, meta),
        starts_at=_starts_at(data),
        external_id=str(data.get("id", ""))[:40],
        event_at=event_at or computed_at,
    )


def _status(data: dict[str, Any], meta: dict[str, Any]) -> StatutRendezVous:
    if meta.get("event") == "destroyed":
        return StatutRendezVous.ANNULE
    status = data.get("status") or "unknown"
    if not isinstance(status, str) or status not in STATUSES:
        raise Refused("Ce statut de rendez-vous n'est pas connu.")
    return STATUSES[status]


def _starts_at(data: dict[str, Any]) -> datetime | None:
    if not data.get("starts_at"):
        return None
    try:
        return _parse_moment(data["starts_at"])
    except ValueError as wrong:
        raise Refused("La date du rendez-vous n'est pas lisible.") from wrong


def _parse_moment(text: Any) -> datetime:
    """Parse an ISO 8601 moment that has its time zone ("2026-11-24 10:00:00 +0100" too)."""
    if not isinstance(text, str):
        raise ValueError("aucun instant")
    spaced = re.fullmatch(r"(\S+) (\S+) ([+-]\d{4})", text.strip())
    moment = datetime.fromisoformat(f"{spaced[1]}T{spaced[2]}{spaced[3]}" if spaced else text)
    if moment.tzinfo is None:
        raise ValueError("sans fuseau")
    return moment
