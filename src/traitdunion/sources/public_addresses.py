"""Connections to public addresses only, for addresses of files written by others.

A host is resolved once, every address it has is checked, and the connection is made to an address
that was checked: a name that answers otherwise the second time (DNS rebinding) changes nothing.
"""

import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

import httpcore2

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], list[str]]

NAT64 = IPv6Network("64:ff9b::/96")


class ForbiddenAddress(Exception):
    """A host leads to an address that is not of the public Internet."""

    def __init__(self, host: str, address: Address) -> None:
        super().__init__(f"{host} → {address}")
        self.host = host
        self.address = address


class OutOfTime(Exception):
    """The time given for everything is over."""


class Deadline:
    """A moment after which nothing is waited for any more."""

    def __init__(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds

    def left_s(self) -> float:
        """Return the seconds left, maybe negative."""
        return self._ends_at - time.monotonic()

    def within(self, timeout_s: float | None) -> float:
        """Return that timeout, or the time left if shorter; raises OutOfTime at the end."""
        left_s = self.left_s()
        if left_s <= 0:
            raise OutOfTime
        return left_s if timeout_s is None else min(timeout_s, left_s)


def is_public(address: Address) -> bool:
    """Return whether an address is of the public Internet; an IPv4 one inside an IPv6 one decides.

    Source: IANA special-purpose address registries, as the module `ipaddress` keeps them; mapped
    addresses RFC 4291 §2.5.5.2, 6to4 RFC 3056, NAT64 RFC 6052.
    """
    inner = _inner_ipv4(address)
    if inner is not None:
        return is_public(inner)
    return address.is_global and not (
        address.is_multicast
        or address.is_reserved
        or address.is_unspecified
        or address.is_link_local
        or getattr(address, "is_site_local", False)
    )


def _inner_ipv4(address: Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return None
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host as the system gives them; a literal address gives itself.

    The system bounds its own patience (some tens of seconds): no timeout is taken here.
    """
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in addresses))


@dataclass(frozen=True)
class Network:
    """How hosts are resolved, and which addresses may be connected to."""

    allowed: Callable[[Address], bool] = is_public
    resolve: Resolve = resolve


class CheckedBackend(httpcore2.NetworkBackend):
    """Connects to checked addresses, and waits for nothing past the deadline."""

    def __init__(self, network: Network, deadline: Deadline) -> None:
        self._network = network
        self._deadline = deadline
        self._below = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first address of the host that answers.

        Raises ForbiddenAddress before any connection if one of them may not be connected to.
        """
        failed: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in self._addresses(host, port):
            try:
                stream = self._below.connect_tcp(
                    str(address),
                    port,
                    self._deadline.within(timeout),
                    local_address,
                    socket_options,
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as refused:
                failed = refused
            else:
                return BoundedStream(stream, self._deadline)
        raise failed

    def _addresses(self, host: str, port: int) -> list[Address]:
        try:
            addresses = [ip_address(text) for text in self._network.resolve(host, port)]
        except OSError as unknown:
            raise httpcore2.ConnectError(unknown) from unknown
        for address in addresses:
            if not self._network.allowed(address):
                raise ForbiddenAddress(host, address)
        return addresses


class BoundedStream(httpcore2.NetworkStream):
    """A connection that stops at the deadline, however slowly the other side drips."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.within(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        """Encrypt; the name checked in the certificate is that of the host, not the address."""
        secured = self._stream.start_tls(
            ssl_context, server_hostname, self._deadline.within(timeout)
        )
        return BoundedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
