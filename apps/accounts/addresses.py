"""Which addresses a message may go to: those of the public internet, judged by what a name really leads to."""

import ipaddress
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import SplitResult, urlsplit

import attrs
import httpx
from django.conf import settings

from apps.accounts.errors import DomainError

PORTS = {"https": 443, "http": 80}
TIMEOUT_S = 5.0


class AddressRefused(DomainError):
    """A message must not go to this address."""

    code = "address_refused"


@attrs.frozen(kw_only=True)
class Target:
    """Where to connect: one checked address, and the name to ask for there."""

    ip: str
    host: str
    port: int
    url: str


def target(
    url: str, *, field: str = "url", allows_http: bool = False, may_be_private: bool | None = None
) -> Target:
    """Resolve an address once and check every answer; the connection goes to what was checked, not to the name.

    Parameters
    ----------
    may_be_private : bool, optional
        Whether a private network is allowed; as set for webhooks unless it is given.

    Raises
    ------
    AddressRefused
        If it is not HTTPS (or HTTP, where that is allowed), carries a login, leads nowhere, or leads into a network that
        is not public.
    """
    try:
        return _target(
            url, ("https", "http") if allows_http else ("https",), may_be_private=may_be_private
        )
    except AddressRefused as error:
        raise AddressRefused(error.message, field=field) from None


def _target(url: str, schemes: tuple[str, ...], *, may_be_private: bool | None) -> Target:
    parts = _parts(url, schemes)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    ips = _resolved(host, port)
    private = settings.WEBHOOKS_ALLOW_PRIVATE if may_be_private is None else may_be_private
    if not private and not all(_is_public(ip) for ip in ips):
        msg = f"{host} leads into a network that is not public. Give an address on the public internet."
        raise AddressRefused(msg)
    ip = f"[{ips[0]}]" if ":" in ips[0] else ips[0]
    return Target(
        ip=ips[0], host=host, port=port, url=parts._replace(netloc=f"{ip}:{port}").geturl()
    )


def _parts(url: str, schemes: tuple[str, ...]) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise AddressRefused("It is no address. Write https://…") from None
    if parts.scheme not in schemes or not parts.hostname:
        known = " or ".join(f"{scheme}://" for scheme in schemes)
        msg = f"The address must begin with {known}."
        raise AddressRefused(msg)
    if parts.username or parts.password:
        msg = "An address must not carry a login; the signature tells who is calling."
        raise AddressRefused(msg)
    return parts


def _resolved(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        msg = f"{host} cannot be found. Check how it is spelt."
        raise AddressRefused(msg) from None
    return [str(item[4][0]) for item in found]


def _is_public(text: str) -> bool:
    ip = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return _is_public(str(inner))
        if ip in ipaddress.ip_network(
            "64:ff9b::/96"
        ):  # NAT64: the last 32 bits are an IPv4 address
            return _is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip.is_global and not ip.is_multicast


@contextmanager
def answered(
    method: str, to: Target, *, headers: Mapping[str, str] | None = None, content: str | None = None
) -> Iterator[httpx.Response]:
    """Ask a checked address, without following where it sends on; its answer is read by the caller.

    Raises
    ------
    httpx.HTTPError
        If it cannot be reached.
    """
    is_usual = to.port == PORTS[urlsplit(to.url).scheme]
    named = to.host if is_usual else f"{to.host}:{to.port}"
    verify = ssl.create_default_context(cafile=settings.WEBHOOKS_AUTHORITY or None)
    with (
        httpx.Client(timeout=TIMEOUT_S, trust_env=False, verify=verify) as client,
        client.stream(
            method,
            to.url,
            content=content,
            headers={"Host": named, "User-Agent": "Cradle", **(headers or {})},
            extensions={"sni_hostname": to.host},
        ) as answer,
    ):
        yield answer
