"""Composes the watch and the web process: a place and a configuration → running parts. Each imports only what it needs."""
# ruff: noqa: PLC0415 - imports stand where they are used, so that neither process loads the other's

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from daemon import processes
from daemon.cli import fail

if TYPE_CHECKING:
    from collections.abc import Callable

    from daemon.core.site import Configuration
    from daemon.processes import Place


def watch(place: Place, configuration: Configuration) -> int:
    """Run the watch until told to stop; its exit code."""
    from daemon import outbox, service
    from daemon.adapters.history import open_history
    from daemon.adapters.mqtt import Intake, Link, Refused, Will
    from daemon.adapters.notify import notifiers
    from daemon.adapters.store import open_store
    from daemon.dialects import open_all

    clock, settings = processes.clock(), configuration.settings
    brokers = place.brokers(configuration)
    processes.prepare(place)
    with processes.broken_in_words():
        store = open_store(settings.database, place.data, digest=configuration.digest)
        history = open_history(place.data, raw_days=settings.raw_days, minute_days=settings.minute_days)

    def link(name: str, **more: Any) -> Link:  # noqa: ANN401 - fields of Link
        return Link(f"atrium-{place.node()}-{name}", settings.keepalive, settings.receive_maximum, **more)

    news = threading.Event()
    ear, will = processes.voice(brokers[0]), Will("atrium-out/heartbeat/watch", b"offline")
    voice = Intake(ear, link("voice", lasting=False, will=will), clock, news=news.set)
    parts = service.Parts(
        configuration=configuration,
        store=store,
        history=history,
        feeds={broker.id: Intake(broker, link(broker.id), clock, news=news.set) for broker in brokers},
        voice=voice,
        dialects=open_all(brokers),
        clock=clock,
        outbox=outbox.Outbox(store, configuration.sites, processes.senders(notifiers()), clock),
        news=news,
    )
    try:
        service.Watch(parts).run(processes.until_told())
    except Refused as refused:
        fail(refused.reason)
    finally:
        history.close()
        store.close()
    return 0


def web(place: Place, configuration: Configuration, create_app: Callable[..., Any]) -> int:
    """Serve the pages of `create_app` until told to stop; its exit code."""
    from daemon.adapters.history import open_history
    from daemon.adapters.live_mqtt import LiveMqtt
    from daemon.adapters.store import open_store

    clock, settings = processes.clock(), configuration.settings
    processes.prepare(place)
    with processes.broken_in_words():
        store = open_store(settings.database, place.data)
        history = open_history(place.data, raw_days=settings.raw_days, minute_days=settings.minute_days)
    broker = place.brokers(configuration)[0]
    live = LiveMqtt(broker, configuration.sites, keepalive=settings.keepalive)
    pages = create_app(
        configuration, store, history, live, clock=clock, photos=place.data / "photos", production=not processes.demonstrating()
    )
    return processes.serve(pages, settings.web_host, place.port or settings.web_port)
