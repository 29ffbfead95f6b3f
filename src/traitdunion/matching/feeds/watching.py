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
    """One thing to see to, as a French sentence."""

    level: Level
    message: str


@dataclass(frozen=True)
class FeedStatus:
    """A feed, the edition accepted if there is one, and what is to be seen to."""

    feed: ListedFeed
    state: FeedState
    edition: KeptEdition | None
    alerts: tuple[Alert, ...]

    @property
    def covers_until(self) -> date | None:
        return self.edition.last if self.edition else None


def watch(
    feeds: FeedList, store: FeedStore, *, today: date, alert_days: int = ALERT_DAYS
) -> list[FeedStatus]:
    """Status of every feed listed, in the order of the list, as of `today`."""
    found = []
    for feed in feeds.feeds:
        state, edition = store.state(feed.name), store.edition(feed.name)
        alerts = _alerts(feed, state, edition, today, alert_days)
        found.append(FeedStatus(feed, state, edition, tuple(alerts)))
    return found


def _alerts(
    feed: ListedFeed,
    state: FeedState,
    edition: KeptEdition | None,
    today: date,
    alert_days: int,
) -> list[Alert]:
    found = []
    if edition is None:
        found.append(Alert(Level.NOW, "Aucun horaire de ce flux n'est en service."))
    elif edition.last is not None:
        found += _expiry(feed, edition.last, today, alert_days)
    if state.trouble:
        found.append(Alert(Level.NOW, state.trouble.message))
    elif state.checked_at and state.checked_at.date() < today - timedelta(SILENT_DAYS):
        found.append(
            Alert(
                Level.SOON,
                f"Aucune synchronisation depuis le {state.checked_at:%d/%m/%Y} : vérifiez la "
                "tâche planifiée.",
            )
        )
    return found


def _expiry(feed: ListedFeed, last: date, today: date, alert_days: int) -> list[Alert]:
    left = (last - today).days
    if left < 0:
        return [
            Alert(
                Level.NOW,
                f"Les horaires ont pris fin le {last:%d/%m/%Y} : demandez les suivants à "
                f"{feed.publisher}.",
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
        )
    ]
