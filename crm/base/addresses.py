"""Whose request it is: the client's network address, seen through the proxies that we know."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address


@lru_cache(maxsize=1024)
def address_of(text: str) -> Address | None:
    """Return the address in ``text``; None when there is none."""
    try:
        # Without the interface (fe80::1%eth0), which only means something to the sender.
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    # A socket for both versions shows IPv4 addresses as ::ffff:192.0.2.1.
    return getattr(address, "ipv4_mapped", None) or address


def is_proxy(address: Address | None) -> bool:
    """Tell whether ``address`` is one of the configured proxies."""
    return address is not None and any(address in network for network in settings.TRUSTED_PROXIES)


def client_address(request: HttpRequest) -> str:
    """Return the client's address; ``X-Forwarded-For`` counts only from configured proxies.

    Read from the right: the last address that is not one of ours is the client (RFC 7239, 7.4).
    """
    remote: str = request.META.get("REMOTE_ADDR", "")
    hops = [remote]
    if settings.TRUSTED_PROXIES:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
        hops = [*(hop.strip() for hop in forwarded.split(",") if hop.strip()), remote]
    for hop in reversed(hops):
        address = address_of(hop)
        if address is None:
            break
        remote = str(address)
        if not is_proxy(address):
            break
    return remote
