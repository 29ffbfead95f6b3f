"""Chain the clocks of a resale: offer, acceptance, information, agrément, pre-emption, search."""

from dataclasses import dataclass
from datetime import date

from .counting import count


@dataclass(frozen=True, slots=True)
class ResaleChain:
    """The dates of a resale; None where the event that starts the clock is not established."""

    offer_valid_at_least_until: date | None = None
    acceptance_not_before: date | None = None
    acceptance_allowed: bool | None = None
    inform_ofs_by: date | None = None
    agrement_by: date | None = None
    preemption_by: date | None = None
    preemption_by_after_refusal_earliest: date | None = None
    buyer_proposed_by: date | None = None


def resale_chain(
    *,
    offer_received: date | None = None,
    acceptance: date | None = None,
    transmitted_to_ofs: date | None = None,
    refused_on: date | None = None,
    search_request: date | None = None,
) -> ResaleChain:
    """Return the strict dates of a resale (CCH L.255-10 to L.255-15).

    An acceptance before its first day starts nothing: neither the information of the OFS, nor what
    follows from it.
    """
    if offer_received is None:
        return ResaleChain()
    first_day = count("offre_reflexion", offer_received).strict
    allowed = None if acceptance is None else acceptance >= first_day
    sent = transmitted_to_ofs if allowed else None
    refused = refused_on if sent else None
    search = search_request if refused else None
    return ResaleChain(
        offer_valid_at_least_until=_strict("offre_maintien", offer_received),
        acceptance_not_before=first_day,
        acceptance_allowed=allowed,
        inform_ofs_by=_strict("info_ofs", acceptance if allowed else None),
        agrement_by=_strict("agrement_cession", sent),
        preemption_by=_strict("preemption", sent),
        preemption_by_after_refusal_earliest=_strict("preemption_refus", sent if refused else None),
        buyer_proposed_by=_strict("recherche_acquereur", search),
    )


def _strict(rule: str, event: date | None) -> date | None:
    return None if event is None else count(rule, event).strict
