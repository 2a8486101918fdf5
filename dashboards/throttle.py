"""Failed sign-ins → whether another try is allowed: five a quarter of an hour per account and network, thirty per network."""

from __future__ import annotations

import threading
from ipaddress import ip_address, ip_network

WINDOW = 900.0  # s
_ALLOWED = {"account": 5, "network": 30}
_KEPT = 10_000  # keys; a flood of names forgets the oldest ones first


def network(host: str) -> str:
    """The neighbourhood an address belongs to: /24 or /56, since one attacker has many addresses."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(ip_network((address, 24 if address.version == 4 else 56), strict=False))


class Throttle:
    """Counts in memory, per process: a restart forgets, which costs an attacker's time more than it gives."""

    def __init__(self) -> None:
        self._failed: dict[tuple[str, str], list[float]] = {}
        self._lock = threading.Lock()

    def wait(self, account: str, host: str, now: float) -> float:
        """Seconds until the next try is allowed; 0: now."""
        with self._lock:
            return max(self._wait(key, now) for key in _keys(account, host))

    def fail(self, account: str, host: str, now: float) -> None:
        """One more."""
        with self._lock:
            for key in _keys(account, host):
                self._failed[key] = [*self._recent(key, now), now]
            while len(self._failed) > _KEPT:
                self._failed.pop(next(iter(self._failed)))

    def succeed(self, account: str, host: str) -> None:
        """The right password forgives the slips before it."""
        with self._lock:
            self._failed.pop(_keys(account, host)[0], None)

    def _recent(self, key: tuple[str, str], now: float) -> list[float]:
        return [at for at in self._failed.get(key, ()) if now - at < WINDOW]

    def _wait(self, key: tuple[str, str], now: float) -> float:
        recent, allowed = self._recent(key, now), _ALLOWED[key[0]]
        return recent[-allowed] + WINDOW - now if len(recent) >= allowed else 0.0


def _keys(account: str, host: str) -> tuple[tuple[str, str], tuple[str, str]]:
    near = network(host)
    return ("account", f"{account.casefold()}\0{near}"), ("network", near)
