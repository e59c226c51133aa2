"""Whose guess it was: the address of the connection, or what a configured proxy says of it."""

from ipaddress import ip_network
from typing import Any

import pytest

from accounts.models import User
from accounts.tests.signing_in import guess
from crm.base.models import SecurityEvent

pytestmark = pytest.mark.usefixtures("clock")


@pytest.mark.parametrize(
    ("addresses", "number_of_clients"),
    [
        (["2001:db8::1", "2001:db8::2", "2001:db8::ffff:1:2"], 1),
        (["2001:db8::1", "2001:db8:0:1::1"], 2),
        (["192.0.2.1", "::ffff:192.0.2.1", "::ffff:c000:201"], 1),
        (["192.0.2.1", "192.0.2.2"], 2),
        (["", "garbage", "unix:"], 1),
    ],
)
def test_a_client_is_an_address_or_a_network_of_64_bits(
    sam: User, addresses: list[str], number_of_clients: int
) -> None:
    statuses = [guess(address=addresses[i % len(addresses)]) for i in range(11)]
    assert (statuses[-1] == 429) == (number_of_clients == 1)


SPOOFED = ["1.2.3.4", "1.2.3.5, 1.2.3.6", "garbage", "", ",,,", "::1", "127.0.0.1", "é", "x" * 9000]


def test_a_client_cannot_choose_its_address(sam: User) -> None:
    headers = ["X_FORWARDED_FOR", "FORWARDED", "X_REAL_IP", "CLIENT_IP", "TRUE_CLIENT_IP"]
    sent = [{f"HTTP_{headers[i % 5]}": SPOOFED[i % len(SPOOFED)]} for i in range(11)]
    statuses = [guess(**header) for header in sent]
    assert statuses == [401] * 10 + [429]


@pytest.mark.parametrize(
    ("remote", "forwarded", "client"),
    [
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "2001:db8::1%eth0", "2001:db8::1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "garbage", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9, garbage", "10.0.0.1"),
        ("10.0.0.1", " ,,", "10.0.0.1"),
        ("192.0.2.7", "203.0.113.9", "192.0.2.7"),
    ],
)
def test_a_configured_proxy_is_believed(
    sam: User, settings: Any, remote: str, forwarded: str, client: str
) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    guess(address=remote, HTTP_X_FORWARDED_FOR=forwarded)
    assert SecurityEvent.objects.get().address == client
