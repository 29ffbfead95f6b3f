"""A site that publishes drawn feeds, the list that names them, and a run of the synchronisation."""

import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from drawn_feeds import Drawn, Runs
from misbehaving import LOOPBACK, Site, whole

from traitdunion.networks import versions as networks
from traitdunion.networks.feeds.store import FeedStore
from traitdunion.networks.feeds.synchronising import Span, SyncResult, synchronise
from traitdunion.sources.downloads import Limits, download, require_zip
from traitdunion.sources.feed_list import FeedList, ListedFeed

NOW = datetime(2026, 11, 25, 5, 30, tzinfo=UTC)
"""Wednesday 25 November 2026."""

PATIENT = Limits(total_s=60.0, silence_s=20.0, size_bytes=1 << 20, pauses_s=())
"""What a busy machine may need; tests of slowness are in a hurry."""
CARS = Drawn({"12": Runs(6, 2), "14": Runs(4)})
TRAINS = Drawn({"P53": Runs(8, 8, 8, agency="SNCF")})


@dataclass
class Published:
    """Two feeds, `cars` and `trains`, published by a site and brought up to date in a folder."""

    site: Site
    folder: Path
    names: tuple[str, ...] = ("cars", "trains")
    bodies: dict[str, bytes] = field(default_factory=dict)
    limits: Limits = PATIENT

    @property
    def store(self) -> FeedStore:
        return FeedStore(self.folder / "feeds")

    @property
    def networks(self) -> Path:
        return self.folder / "networks"

    @property
    def list(self) -> FeedList:
        return FeedList(
            "Velay",
            tuple(
                ListedFeed(
                    name=name,
                    title=f"Flux {name}",
                    publisher="la Région",
                    licence="ODbL",
                    url=self.site.url(f"/{name}.zip"),
                    why="pour l'essai",
                )
                for name in self.names
            ),
        )

    def publish(self, name: str, drawn: Drawn, **headers: str) -> bytes:
        """Put an edition at the feed's address."""
        path = drawn.write(self.folder / "published" / f"{name}.zip")
        self.bodies[name] = path.read_bytes()
        self.site.serve(f"/{name}.zip", whole(self.bodies[name], **headers))
        return self.bodies[name]

    def take_over(self, other: "Published") -> None:
        """Start from what is in use elsewhere, of the same feeds at the same addresses."""
        for folder in (other.store.root, other.networks):
            shutil.copytree(folder, self.folder / folder.name, symlinks=True)

    def sync(self, *, days: float = 0, accepted: tuple[str, ...] = (), keep: int = 5) -> SyncResult:
        """Run, so many days after Wednesday."""
        return synchronise(
            self.list,
            store=self.store,
            networks_root=self.networks,
            now=NOW + timedelta(days),
            span=Span(days=21, keep=keep),
            accepted=accepted,
            fetch=lambda feed, into, known: download(
                feed.url,
                into,
                called=feed.title,
                check=require_zip,
                known=known,
                network=LOOPBACK,
                limits=self.limits,
            ),
        )

    def lines_in_use(self) -> dict[str, int]:
        """Trips of each line of the network in use, whatever their day."""
        timetable = networks.current_network(self.networks).timetable
        collected: dict[str, int] = {}
        for source in timetable.arrays["trip_source"].tolist():
            name = timetable.trip_names(source).route
            collected[name] = collected.get(name, 0) + 1
        return collected
