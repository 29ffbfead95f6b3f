"""Downloads a published file from an address written by others, within limits.

Only http(s), only public addresses (`public_addresses`), redirects followed one by one, nothing
taken whose size, duration or contents are not what they should be. What goes wrong is reported in
French: which file, what, and what to do.
"""

import hashlib
import os
import socket
import ssl
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path

import httpcore2
import httpx2

from .public_addresses import CheckedBackend, Deadline, ForbiddenAddress, Network, OutOfTime

REDIRECTS = (301, 302, 303, 307, 308)
TRANSIENT = (408, 425, 429, 500, 502, 503, 504)
LONGEST_URL = 2000
MEGABYTE = 1 << 20
HTML_SIGNS = (b"<!doctype", b"<html", b"<?xml", b"<head")

Check = Callable[[Path], None]


class DownloadError(ValueError):
    """Nothing was downloaded; the French message gives which file, what, and what to do.

    `reason`: the same without the name of the file. `transient`: the same may succeed a little
    later.
    """

    def __init__(self, called: str, reason: str, *, transient: bool = False) -> None:
        super().__init__(f"{called} : {reason}")
        self.reason = reason
        self.transient = transient


@dataclass(frozen=True)
class Limits:
    """What a download may take; `pauses_s` are the waits before each new attempt."""

    total_s: float = 600.0
    silence_s: float = 30.0
    size_bytes: int = 256 * MEGABYTE
    redirects: int = 5
    pauses_s: tuple[float, ...] = (2.0, 10.0)


@dataclass(frozen=True)
class Validators:
    """Headers of the version already held, to be asked for a newer one only."""

    etag: str = ""
    last_modified: str = ""

    def headers(self) -> dict[str, str]:
        """Return the conditional headers (RFC 9110 §13.1); none where nothing is known."""
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in named.items() if value}


NOTHING_HELD, LIMITS, OPEN_WEB = Validators(), Limits(), Network()


@dataclass(frozen=True)
class Downloaded:
    """A file downloaded whole; `url` is where it was found, after redirects."""

    url: str
    sha256: str
    size_bytes: int
    validators: Validators


def download(
    url: str,
    into: Path,
    *,
    called: str,
    check: Check,
    known: Validators = NOTHING_HELD,
    limits: Limits = LIMITS,
    network: Network = OPEN_WEB,
    pause: Callable[[float], None] = time.sleep,
) -> Downloaded | None:
    """Download to `into`, which is written whole or not at all; None where nothing is newer.

    `called` names the file in messages. `check` is given the file and raises `WrongContent` where
    it is not what it should be. Transient failures are tried again. Raises `DownloadError`.
    """
    deadline = Deadline(limits.total_s)
    attempt = _Attempt(url, into, called, check, known, limits, network, deadline)
    for pause_s in limits.pauses_s:
        try:
            return attempt.run()
        except DownloadError as failed:
            if not failed.transient or deadline.left_s() <= pause_s:
                raise
        pause(pause_s)
    return attempt.run()


class WrongContent(ValueError):
    """The file is not what it should be, as a French clause; `transient`: the next may be."""

    def __init__(self, message: str, *, transient: bool = False) -> None:
        super().__init__(message)
        self.transient = transient


def require_zip(path: Path) -> None:
    """Refuse what is not a whole zip archive."""
    with path.open("rb") as file:
        begins = file.read(512)
    if not begins:
        raise WrongContent("la réponse est vide", transient=True)
    if begins.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(HTML_SIGNS):
        raise WrongContent("le serveur a répondu par une page web, et non par une archive zip")
    if not begins.startswith(b"PK"):
        raise WrongContent("ce n'est pas une archive zip")
    try:
        with zipfile.ZipFile(path):
            pass
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as cut:
        raise WrongContent(
            "l'archive zip est tronquée ou abîmée en chemin", transient=True
        ) from cut


@dataclass(frozen=True)
class _Attempt:
    """One download, from the first address to the last redirect."""

    url: str
    into: Path
    called: str
    check: Check
    known: Validators
    limits: Limits
    network: Network
    deadline: Deadline

    def run(self) -> Downloaded | None:
        try:
            return self._follow()
        except DownloadError:
            raise
        except ForbiddenAddress as forbidden:
            raise self._error(
                f"l'adresse de {forbidden.host} n'est pas publique ({forbidden.address})",
                "Téléchargement refusé par prudence : vérifiez l'adresse du flux",
            ) from forbidden
        except (OutOfTime, httpcore2.TimeoutException) as late:
            raise self._late() from late
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as broken:
            raise self._broken(broken) from broken
        except (ValueError, httpcore2.UnsupportedProtocol) as unreadable:
            # Names that no resolver takes, headers that are not text: one address fails, alone.
            raise self._error(
                f"adresse ou réponse illisible ({self.url[:100]})", "Corrigez-la"
            ) from unreadable

    def _late(self) -> DownloadError:
        if self.deadline.left_s() <= 0:
            return self._error(
                f"le téléchargement dépasse {self.limits.total_s:g} secondes",
                "Réessayez plus tard, ou prévenez le producteur",
            )
        return self._error(
            f"le serveur ne répond plus depuis {self.limits.silence_s:g} secondes",
            "Réessayez plus tard",
            transient=True,
        )

    def _broken(self, broken: Exception) -> DownloadError:
        # httpcore2 hands the error below as the argument of its own.
        if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in broken.args):
            return self._error(
                "le certificat du serveur n'est pas valable",
                "Vérifiez l'adresse, ou prévenez le producteur",
            )
        if isinstance(broken, httpcore2.ConnectError):
            return self._error(
                f"le serveur est injoignable{_why(broken)}",
                "Vérifiez l'adresse et la connexion, ou réessayez plus tard",
                transient=True,
            )
        return self._error(
            "la connexion a été coupée en chemin", "Réessayez plus tard", transient=True
        )

    def _follow(self) -> Downloaded | None:
        url = self._checked(self.url)
        seen: set[str] = set()
        backend = CheckedBackend(self.network, self.deadline)
        with httpcore2.ConnectionPool(ssl_context=_trusted(), network_backend=backend) as pool:
            while True:
                seen.add(str(url))
                with self._asked(pool, url) as response:
                    if response.status not in REDIRECTS:
                        return self._taken(url, response)
                    url = self._next(url, response, seen)

    @contextmanager
    def _asked(
        self, pool: httpcore2.ConnectionPool, url: httpx2.URL
    ) -> Iterator[httpcore2.Response]:
        headers = {
            "Host": url.netloc.decode("ascii"),
            "User-Agent": "traitdunion",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "Connection": "close",
            **self.known.headers(),
        }
        target = httpcore2.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        silence_s = self.limits.silence_s
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), silence_s)
        with pool.stream("GET", target, headers=headers, extensions={"timeout": timeout}) as stream:
            yield stream

    def _next(self, url: httpx2.URL, response: httpcore2.Response, seen: set[str]) -> httpx2.URL:
        target = _header(response, b"location")
        if not target:
            raise self._error("le serveur renvoie ailleurs sans dire où", "Prévenez le producteur")
        try:
            next_url = url.join(target)
        except httpx2.InvalidURL:
            next_url = None
        url, before = self._checked(target if next_url is None else str(next_url)), url
        if before.scheme == "https" and url.scheme == "http":
            raise self._error(
                f"le serveur renvoie vers une adresse non chiffrée ({url})",
                "Prévenez le producteur",
            )
        if str(url) in seen:
            raise self._error(
                f"le serveur renvoie en boucle (vers {url})", "Prévenez le producteur"
            )
        if len(seen) > self.limits.redirects:
            raise self._error(
                f"le serveur renvoie ailleurs plus de {self.limits.redirects} fois",
                "Cherchez l'adresse actuelle du fichier",
            )
        return url

    def _taken(self, url: httpx2.URL, response: httpcore2.Response) -> Downloaded | None:
        if response.status == 304 and self.known.headers():
            return None
        if response.status != 200:
            raise self._refused(url, response.status)
        if _header(response, b"content-encoding").lower() not in ("", "identity"):
            raise self._error(
                "le serveur compresse une archive déjà compressée", "Prévenez le producteur"
            )
        announced = _header(response, b"content-length")
        if announced.isdecimal() and int(announced) > self.limits.size_bytes:
            raise self._too_big(int(announced))
        return self._written(url, response)

    def _written(self, url: httpx2.URL, response: httpcore2.Response) -> Downloaded:
        self.into.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.into.parent, prefix=".download-")
        partial = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                digest, size = hashlib.sha256(), 0
                for piece in response.iter_stream():
                    size += len(piece)
                    if size > self.limits.size_bytes:
                        raise self._too_big(size)
                    digest.update(piece)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            self._checked_content(partial)
            os.replace(partial, self.into)
        finally:
            partial.unlink(missing_ok=True)
        validators = Validators(
            _header(response, b"etag"), _dated(_header(response, b"last-modified"))
        )
        return Downloaded(str(url), digest.hexdigest(), size, validators)

    def _checked_content(self, partial: Path) -> None:
        try:
            self.check(partial)
        except WrongContent as wrong:
            advice = "Réessayez plus tard" if wrong.transient else "Vérifiez l'adresse du flux"
            raise self._error(str(wrong), advice, transient=wrong.transient) from wrong

    def _checked(self, text: str) -> httpx2.URL:
        """Return the address if it may be asked; refuse other schemes, credentials, no host."""
        try:
            if len(text) > LONGEST_URL:
                raise httpx2.InvalidURL("too long")
            url = httpx2.URL(text)
        except httpx2.InvalidURL as wrong:
            raise self._error(f"adresse illisible ({text[:100]})", "Corrigez-la") from wrong
        if url.scheme not in ("http", "https"):
            raise self._error(
                f"l'adresse ne commence pas par http ou https ({text[:100]})", "Corrigez-la"
            )
        if url.userinfo:
            raise self._error(
                f"l'adresse contient un identifiant ou un mot de passe ({url.host})",
                "Retirez-les : un flux ouvert n'en demande pas",
            )
        if not url.host:
            raise self._error(f"l'adresse ne nomme aucun serveur ({text[:100]})", "Corrigez-la")
        return url.copy_with(fragment=None)

    def _refused(self, url: httpx2.URL, status: int) -> DownloadError:
        if status in (404, 410):
            return self._error(
                f"le fichier n'est plus à cette adresse ({url}, réponse {status})",
                "Cherchez-en la nouvelle sur la page du jeu de données",
            )
        if status in (401, 403):
            return self._error(
                f"le serveur refuse l'accès (réponse {status})",
                "Vérifiez que ce flux est ouvert à tous",
            )
        return self._error(
            f"le serveur a répondu {status}",
            "Réessayez plus tard, ou prévenez le producteur",
            transient=status in TRANSIENT,
        )

    def _too_big(self, size: int) -> DownloadError:
        most = self.limits.size_bytes // MEGABYTE
        return self._error(
            f"le fichier dépasse {most} Mo (au moins {size // MEGABYTE} Mo)",
            "Vérifiez l'adresse : aucun GTFS d'un département n'est si gros",
        )

    def _error(self, what: str, advice: str, *, transient: bool = False) -> DownloadError:
        return DownloadError(self.called, f"{what}. {advice}.", transient=transient)


@cache
def _trusted() -> ssl.SSLContext:
    """Return the authorities trusted, read once a process: each reading takes 50 ms."""
    return httpx2.create_ssl_context()


def _why(broken: Exception) -> str:
    """Return why a connection failed, in French where it is a common case."""
    for cause in broken.args:
        if isinstance(cause, socket.gaierror):
            return " (son nom est inconnu)"
        if isinstance(cause, ConnectionRefusedError):
            return " (il refuse la connexion)"
    return ""


def _header(response: httpcore2.Response, name: bytes) -> str:
    """Return the value of a header, empty where it is absent; never more than one line."""
    values = [value for key, value in response.headers if key.lower() == name]
    return values[0].decode("latin-1").strip() if values else ""


def _dated(text: str) -> str:
    """Return a Last-Modified that is a date, as it was written, else nothing."""
    try:
        parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return ""
    return text
