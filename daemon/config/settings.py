"""Turns the words of `atrium.yaml` and `notices.yaml` into settings and channels, with their secrets filled in."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from daemon.config import brokers, history
from daemon.config.clock import minutes
from daemon.config.complaints import Uniques, suggest
from daemon.config.models import AtriumWords, ChannelWords, NoticesWords
from daemon.config.secret import guard_url, reveal
from daemon.core.site import NoticeChannel, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daemon.config.complaints import Place
    from daemon.config.sources import Reach

SCHEMES_OF_APPRISE = ("bark", "dingtalk", "feishu", "form", "json", "jsons", "mailtos", "ntfy", "ntfys", "wecombot")
DATABASES = ("sqlite", "postgresql", "postgresql+psycopg")
USUAL_CHANNELS = NoticesWords(channels=[ChannelWords(id="console", kind="console"), ChannelWords(id="bell", kind="bell")])


def settings(words: AtriumWords | None, place: Place, environ: Mapping[str, str], reach: Reach) -> Settings:
    """What is neither a site nor its people."""
    words = words or AtriumWords()
    return Settings(
        broker=brokers.main(words, place, environ),
        sources=brokers.sources(words, place, environ, reach),
        database=_database(words.database, place.at("database"), environ),
        reserve_mb=words.reserve_mb,
        web_host=words.web.host,
        web_port=words.web.port,
        history=history.server(words.history, place.at("history"), environ),
        raw_days=words.retention.raw_days,
        minute_days=words.retention.minute_days,
        receive_maximum=words.mqtt.receive_maximum,
        keepalive=words.mqtt.keepalive,
        default_language=words.web.language,
        metrics_host=words.metrics.host,
        metrics_port=words.metrics.port,
        deadman=_deadman(words.deadman, place.at("deadman"), environ),
    )


def _database(text: str, place: Place, environ: Mapping[str, str]) -> str:
    guard_url(text, place)
    url = reveal(text, place, environ)
    scheme, found, _ = url.partition("://")
    if url and (not found or scheme not in DATABASES):
        place.complain("the database address has no scheme that is known", f"write one of {', '.join(DATABASES)} before ://")
    return url


def _deadman(text: str, place: Place, environ: Mapping[str, str]) -> str:
    guard_url(text, place)
    url = reveal(text, place, environ)
    if url and urlsplit(url).scheme not in ("http", "https"):
        place.complain("the dead man's switch is no web address", "write http://… or https://…, or deadman: ${NAME}")
    return url


def channels(words: NoticesWords | None, place: Place, environ: Mapping[str, str]) -> dict[str, NoticeChannel]:
    """The ways to reach people: as written, or console and bell."""
    words = words or USUAL_CHANNELS
    found, seen = {}, Uniques("channel", "rename one of the two")
    for channel, here in zip(words.channels, place.each("channels", len(words.channels)), strict=True):
        if seen.check(channel.id, here.at("id")):
            found[channel.id] = _channel(channel, here, environ)
    return found


def _channel(words: ChannelWords, place: Place, environ: Mapping[str, str]) -> NoticeChannel:
    url = reveal(words.url, place.at("url"), environ)
    if words.kind == "apprise":
        _complain_about_apprise(words.url, url, place)
    elif words.url:
        place.at("url").complain(f"a channel of kind {words.kind} has no url", "remove url, or write kind: apprise")
    quiet = None if words.quiet is None else (minutes(words.quiet.start), minutes(words.quiet.end))
    if quiet and quiet[0] == quiet[1]:
        place.at("quiet").complain("quiet hours that end when they start", "write different times, or remove quiet")
    return NoticeChannel(words.id, words.kind, url, quiet)


def _complain_about_apprise(written: str, url: str, place: Place) -> None:
    """Apprise itself is asked whether it can use the address; an address it ignores would lose every notice."""
    if not written:
        place.complain("a channel of kind apprise needs a url", "add url: ${NAME} with an Apprise address in the environment")
    elif "://" not in url:
        if url:
            place.at("url").complain(
                "the channel's address has no scheme", "write it as Apprise does, e.g. mailto://… or json://host/path"
            )
    else:
        scheme = url.partition("://")[0]
        if not _usable(url):
            place.at("url").complain(
                "Apprise cannot use the channel's address",
                suggest(scheme, SCHEMES_OF_APPRISE, none="see the Apprise documentation"),
            )


def _usable(url: str) -> bool:
    from apprise import Apprise  # noqa: PLC0415 - half a second to import, and most sites have no such channel

    log = logging.getLogger("apprise")
    before, log.disabled = log.disabled, True  # it would write the address, which is secret, into the log
    try:
        return bool(Apprise().add(url))
    finally:
        log.disabled = before
