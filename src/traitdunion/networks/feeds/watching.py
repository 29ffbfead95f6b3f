"""What an administrator and the public may know of each feed: dates, last update, alerts."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from traitdunion.sources.feed_list import FeedList, ListedFeed

from .store import FeedState, FeedStore, KeptEdition

ALERT_DAYS = 14
SILENT_DAYS = 7


class Level(StrEnum):
    """How grave an alert is."""

    SOON = "bientôt"
    NOW = "maintenant"


@dataclass(frozen=True)
class Alert:
    """One thing to see to, as a French sentence; `public` is written for riders."""

    level: Level
    message: str
    public: str


@dataclass(frozen=True)
class FeedStatus:
    """A feed, the edition accepted if there is one, and what is to be seen to."""

    feed: ListedFeed
    state: FeedState
    edition: KeptEdition | None
    alerts: tuple[Alert, ...]

    @property
    def covers_until(self) -> date | None:
        """Last day on which something of the feed runs."""
        return self.edition.last if self.edition else None


def watch(
    feeds: FeedList, store: FeedStore, *, today: date, alert_days: int = ALERT_DAYS
) -> list[FeedStatus]:
    """Return the status of every feed listed, in the order of the list, as of `today`."""
    statuses = []
    for feed in feeds.feeds:
        state, edition = store.state(feed.name), store.edition(feed.name)
        alerts = [
            *_missing(edition),
            *_expiry(feed, edition, today, alert_days),
            *_attempts(state, edition, today),
        ]
        statuses.append(FeedStatus(feed, state, edition, tuple(alerts)))
    return statuses


def _missing(edition: KeptEdition | None) -> list[Alert]:
    if edition:
        return []
    return [
        Alert(
            Level.NOW,
            "Aucun horaire de ce flux n'est en service.",
            "Ces horaires ne sont pas pris en compte pour l'instant.",
        )
    ]


def _expiry(
    feed: ListedFeed, edition: KeptEdition | None, today: date, alert_days: int
) -> list[Alert]:
    if edition is None:
        return []
    if edition.last is None:
        return [
            Alert(
                Level.NOW,
                f"Plus rien ne circule dans ces horaires : demandez-en d'autres à "
                f"{feed.publisher}.",
                "Plus rien ne circule dans ces horaires.",
            )
        ]
    last, left = edition.last, (edition.last - today).days
    if left < 0:
        return [
            Alert(
                Level.NOW,
                f"Les horaires ont pris fin le {last:%d/%m/%Y} : demandez les suivants à "
                f"{feed.publisher}.",
                f"Ces horaires ont pris fin le {last:%d/%m/%Y} ; les suivants ne sont pas publiés.",
            )
        ]
    if left >= alert_days:
        return []
    when = {0: "aujourd'hui", 1: "demain"}.get(left, f"dans {left} jours")
    return [
        Alert(
            Level.SOON,
            f"Les horaires finissent {when}, le {last:%d/%m/%Y} : attendez-en de nouveaux de "
            f"{feed.publisher}.",
            f"Au-delà du {last:%d/%m/%Y}, les horaires ne sont pas encore publiés.",
        )
    ]


def _attempts(state: FeedState, edition: KeptEdition | None, today: date) -> list[Alert]:
    if state.trouble:
        stays = (
            f" : les horaires reçus le {edition.downloaded_at:%d/%m/%Y} restent en service"
            if edition
            else ""
        )
        return [
            Alert(
                Level.NOW,
                state.trouble.message,
                f"La mise à jour du {state.trouble.at:%d/%m/%Y} n'a pas abouti{stays}.",
            )
        ]
    if state.checked_at and state.checked_at.date() < today - timedelta(SILENT_DAYS):
        return [
            Alert(
                Level.SOON,
                f"Aucune synchronisation depuis le {state.checked_at:%d/%m/%Y} : vérifiez la "
                "tâche planifiée.",
                f"Dernière vérification le {state.checked_at:%d/%m/%Y}.",
            )
        ]
    return []
