"""Downloads the addresses of the département served, and puts them in the index."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import NamedTuple

from traitdunion.sources.addresses import BAN_URL, open_addresses
from traitdunion.sources.bounded import Unreadable, parse_json
from traitdunion.sources.downloads import (
    MEGABYTE,
    OPEN_WEB,
    Limits,
    Validators,
    WrongContent,
    download,
)
from traitdunion.sources.public_addresses import Network
from traitdunion.territory.addresses.index import FILE, Imported, import_addresses, readable

from ..durable import replace_text

FOLDER = "addresses"
STATE = "downloads.json"
DOWNLOAD = Limits(size_bytes=200 * MEGABYTE)


class AddressSync(NamedTuple):
    """What a download brought, by département; `imported` is None where nothing was newer."""

    departements: tuple[str, ...]
    imported: Imported | None


def synchronise_addresses(
    departements: Sequence[str],
    data_dir: Path,
    *,
    on: date,
    url: str = BAN_URL,
    network: Network = OPEN_WEB,
    limits: Limits = DOWNLOAD,
) -> AddressSync:
    """Download the file of each département that is newer than the one held, then index them.

    Raises DownloadError, or Unreadable; the index then stays as it was.
    """
    folder = data_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    held = _held(folder) if readable(data_dir / FILE) else {}
    fetched: dict[str, Path] = {}
    for code in departements:
        into = folder / f"adresses-{code}.csv.gz"
        downloaded = download(
            url.format(code=code), into, called=f"adresses du département {code}",
            check=_require_addresses, known=held.get(code, Validators()), network=network,
            limits=limits,
        )  # fmt: skip
        if downloaded is not None:
            fetched[code], held[code] = into, downloaded.validators
    if not fetched:
        return AddressSync((), None)
    try:
        imported = import_addresses(list(fetched.values()), data_dir, on=on)
    finally:
        for path in fetched.values():
            path.unlink(missing_ok=True)
    state = {code: asdict(known) for code, known in held.items()}
    replace_text(folder / STATE, json.dumps(state))
    return AddressSync(tuple(fetched), imported)


def _held(folder: Path) -> dict[str, Validators]:
    try:
        content = (folder / STATE).read_bytes()
        return {code: Validators(**known) for code, known in parse_json(content).items()}
    except (FileNotFoundError, Unreadable, TypeError, AttributeError):
        return {}


def _require_addresses(path: Path) -> None:
    try:
        open_addresses(path)
    except (Unreadable, OSError) as wrong:
        raise WrongContent("ce n'est pas un fichier de la Base Adresse Nationale") from wrong
