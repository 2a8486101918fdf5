"""Turns the word `history:` of atrium.yaml into the server that keeps values over time, with its secret filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from daemon.config.secret import guard, guard_url, reveal
from daemon.core.site import HistoryServer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daemon.config.complaints import Place
    from daemon.config.models import HistoryWords


def server(words: HistoryWords | None, place: Place, environ: Mapping[str, str]) -> HistoryServer | None:
    """None: values are kept in the data directory."""
    if words is None:
        return None
    guard(words.token, place.at("token"), "token")
    guard_url(words.url, place.at("url"))
    url = reveal(words.url, place.at("url"), environ).rstrip("/")
    _complain_about_url(url, place.at("url"))
    _complain_about_names(words, place)
    return HistoryServer(
        url,
        reveal(words.token, place.at("token"), environ),
        words.org,
        words.bucket,
        words.database,
        words.read,
        words.spool_hours * 3600.0,
        int(words.spool_gigabytes * 2**30),
    )


def _complain_about_url(url: str, place: Place) -> None:
    """The address itself is not repeated: it may hold a password."""
    try:
        parts = urlsplit(url)
        fine = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # the port is not a number
        fine = False
    if not fine:
        place.complain("the history server's address is not one", "write http://host:8428 or https://host:8086")


def _complain_about_names(words: HistoryWords, place: Place) -> None:
    if words.database and words.bucket:
        place.at("bucket").complain(
            "both a database and a bucket are written", "write database for InfluxDB 1, bucket for 2 and 3"
        )
    if words.read == "influxql" and not (words.database or words.bucket):
        place.at("read").complain("InfluxDB needs the name of its database", "add database: (InfluxDB 1) or bucket: (2 and 3)")
    if words.read == "promql" and words.database:
        place.at("database").complain("VictoriaMetrics has no databases", "remove database, or write read: influxql")
