"""Settings that follow from the address people type: `TRAITDUNION_SITE`, the one thing to give."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

EXAMPLE = "TRAITDUNION_SITE=https://guichet.exemple.fr"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
HSTS_S = 365 * 24 * 3600
KEY_FILE = "cle-du-site"
MIN_KEY_LENGTH = 32
# Settings of former versions, each with what replaces it.
REPLACED = ("TRAITDUNION_HTTPS", "TRAITDUNION_HOSTS")


@dataclass(frozen=True, slots=True)
class Site:
    """`address`: what people type, without a last slash; "" on a machine that serves itself only.

    `n_proxies`: servers passed on the way, whose `X-Forwarded-…` headers are believed.
    """

    address: str = ""
    n_proxies: int = 0

    @property
    def host(self) -> str:
        """Name of the site, without its port; "" where no address is given."""
        return urlsplit(self.address).hostname or ""

    @property
    def secure(self) -> bool:
        return self.address.startswith("https://")

    @property
    def allowed_hosts(self) -> list[str]:
        if self.host and self.host not in LOOPBACK:
            return [f"[{self.host}]" if ":" in self.host else self.host]
        return ["127.0.0.1", "localhost", "[::1]"]

    @property
    def trusted_origins(self) -> list[str]:
        return [self.address] if self.address else []

    @property
    def mail_from(self) -> str:
        return f"trait-d-union@{self.host or 'localhost'}"

    def cookie(self, name: str) -> str:
        """Name of a cookie: browsers refuse `__Host-` from another host, or without HTTPS."""
        return f"__Host-{name}" if self.secure else name


def site_from(environ: Mapping[str, str]) -> Site:
    """Return the site that the environment describes.

    Raises ImproperlyConfigured, in one French line with all that is wrong.
    """
    address = environ.get("TRAITDUNION_SITE", "").strip().rstrip("/")
    problems = [
        f"{name} n'existe plus, l'adresse en tient lieu" for name in REPLACED if name in environ
    ]
    problems += _address_problems(address) if address else []
    secure = address.lower().startswith("https://")
    n_proxies = number(environ, "TRAITDUNION_PROXIES", int(secure), 0, 10)
    if secure and n_proxies == 0:
        problems.append("TRAITDUNION_PROXIES=0, mais HTTPS vient d'un serveur mandataire")
    if n_proxies and not address:
        problems.append("TRAITDUNION_PROXIES sans TRAITDUNION_SITE")
    if secure and environ.get("TRAITDUNION_DEBUG") == "1":
        problems.append("TRAITDUNION_DEBUG=1 montrerait les réglages à tous")
    if problems:
        raise ImproperlyConfigured(
            f"Adresse du site : {' ; '.join(problems)}. Donnez l'adresse que l'on tape : {EXAMPLE}"
        )
    return Site(_normalised(address), n_proxies)


def _address_problems(address: str) -> list[str]:
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - reading it checks it
        host = parts.hostname or ""
        host.encode("idna")
    except ValueError:
        return [f"« {address} » n'est pas une adresse"]
    if parts.scheme not in ("http", "https") or not host:
        return [f"« {address} » ne commence pas par https:// suivi d'un nom"]
    problems = []
    if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        problems.append(f"« {address} » porte plus qu'un nom (chemin, mot de passe…)")
    if parts.scheme == "http" and not _stays_inside(host):
        problems.append(f"{host} se joint d'ailleurs : il lui faut https://")
    return problems


def _stays_inside(host: str) -> bool:
    """Return whether only this machine or its local network reaches a name or an address."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".lan", ".localhost", ".test"))


def _normalised(address: str) -> str:
    """Lower case, in the letters that browsers send, without the port that goes without saying."""
    if not address:
        return ""
    parts = urlsplit(address)
    host = (parts.hostname or "").encode("idna").decode()
    host = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}[parts.scheme]
    port = f":{parts.port}" if parts.port not in (None, usual) else ""
    return f"{parts.scheme}://{host}{port}"


def number(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    """Return a whole number of the environment; ImproperlyConfigured names what is wrong."""
    text = environ.get(name, "").strip()
    if not text:
        return default
    value = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1
    if not least <= value <= most:
        raise ImproperlyConfigured(
            f"{name} : « {text} » n'est pas un nombre entier de {least} à {most}."
        )
    return value


def map_style(text: str) -> str:
    """Return the address of a MapLibre style of elsewhere, "" for none; HTTPS alone."""
    address = text.strip()
    if address and (urlsplit(address).scheme != "https" or not urlsplit(address).hostname):
        raise ImproperlyConfigured(
            f"TRAITDUNION_MAP_STYLE : « {address} » n'est pas une adresse https://."
        )
    return address


def secret_key(environ: Mapping[str, str], data_dir: Path) -> str:
    """Return the key that signs sessions and links: the one given, else the one of the data folder.

    Drawn where there is none, so that people stay signed in after a restart. Without a data folder
    there is nothing to keep, and a key is drawn for this process alone.
    """
    if given := environ.get("TRAITDUNION_SECRET_KEY", ""):
        if len(given) < MIN_KEY_LENGTH:
            raise ImproperlyConfigured(
                f"TRAITDUNION_SECRET_KEY : il faut {MIN_KEY_LENGTH} signes au moins. Sans ce "
                "réglage, une clé est tirée et gardée dans le dossier de données."
            )
        return given
    drawn = secrets.token_urlsafe(50)
    path = data_dir / KEY_FILE
    with suppress(OSError):
        # Linked into place whole: of two processes that draw, one wins and both read the same.
        if not path.exists():
            _write_privately(path, drawn)
        return path.read_text("ascii").strip() or drawn
    return drawn


def _write_privately(path: Path, text: str) -> None:
    written = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with open(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    try:
        with suppress(FileExistsError):
            os.link(written, path)
    finally:
        written.unlink()
