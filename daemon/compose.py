"""Composes the watch and the web process: a place and a configuration → running parts. Each imports only what it needs."""
# ruff: noqa: PLC0415 - imports stand where they are used, so that neither process loads the other's

from __future__ import annotations

import gc
import os
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from daemon import processes, supervise
from daemon.cli import WRONG, fail
from daemon.metrics import Metrics
from daemon.pulse import Pulse

if TYPE_CHECKING:
    from collections.abc import Callable

    from daemon.core.site import Configuration
    from daemon.learning import Learning
    from daemon.ports import History, Store
    from daemon.processes import Place
    from daemon.service import Parts


TAKEN_OVER = 75  # exit code: another client has our session; the supervisor tries again, ever slower
STARTS_WITHIN = 900.0  # s to open and recover


def watch(place: Place, configuration: Configuration) -> int:
    """Run the watch until told to stop; its exit code."""
    from daemon import health, recover, service
    from daemon.adapters.history import open_configured
    from daemon.adapters.mqtt import Refused
    from daemon.adapters.store import open_store
    from daemon.dialects import open_all

    pulse, settings = _pulse(), configuration.settings
    processes.prepare(place)
    held = processes.lock(place, "watch")
    with processes.broken_in_words():
        store = open_store(settings.database, place.data, digest=configuration.digest, reserve=settings.reserve_mb << 20)
        brokers = place.brokers(configuration)
        history = open_configured(
            place.data, settings, again=lambda after: recover.recollect(configuration, store, open_all(brokers), after)
        )
    metrics = _metrics("watch", place)
    try:
        parts = _parts(place, configuration, store, history, pulse, metrics)
        gc.enable()
        watching = service.Watch(parts)
        health.offer(settings.metrics_host, settings.metrics_port, metrics, watching.checks)
        pulse.forget("start")
        watching.run(processes.until_told())
    except Refused as refused:
        fail(refused.reason, TAKEN_OVER if refused.taken_over else WRONG)
    finally:
        history.close()
        store.close()
        held.close()
    return 0


def _parts(place: Place, configuration: Configuration, store: Store, history: History, pulse: Pulse, metrics: Metrics) -> Parts:
    """What is open already, and the lines to the brokers, the dialects and the outbox."""
    from daemon.adapters.mqtt import Intake, Link, Will
    from daemon.adapters.notify import notifiers
    from daemon.deadman import DeadMan
    from daemon.dialects import open_all
    from daemon.outbox import Outbox
    from daemon.service import Parts

    clock, settings, news = processes.clock(), configuration.settings, threading.Event()
    brokers = place.brokers(configuration)
    ear, will = processes.voice(brokers[0]), Will("atrium-out/heartbeat/watch", b"offline")
    canary = f"atrium-out/canary/path-{place.node()}"
    brokers[0] = replace(brokers[0], filters=(*brokers[0].filters, canary))

    def link(name: str, **more: Any) -> Link:  # noqa: ANN401 - fields of Link
        return Link(f"atrium-{place.node()}-{name}", settings.keepalive, settings.receive_maximum, **more)

    return Parts(
        configuration=configuration,
        store=store,
        history=history,
        feeds={broker.id: Intake(broker, link(broker.id), clock, news=news.set) for broker in brokers},
        voice=Intake(ear, link("voice", lasting=False, will=will), clock, news=news.set),
        dialects=open_all(brokers),
        clock=clock,
        outbox=Outbox(store, configuration.sites, processes.senders(notifiers()), clock),
        news=news,
        pulse=pulse,
        metrics=metrics,
        data=place.data,
        canary=canary,
        deadman=DeadMan(settings.deadman, _beats(metrics)) if settings.deadman else None,
        learning=_learning(place, configuration, store, clock.now()),
    )


def _learning(place: Place, configuration: Configuration, store: Store, now: float) -> Learning | None:
    """Only where a site learns: numpy and Numba are a second of start-up and 100 MB, and some 20 s once to compile."""
    if not any(site.learned for site in configuration.sites.values()):
        return None
    from daemon import learning

    if not os.access(learning.__file__, os.W_OK):  # a service that may not write beside its program
        os.environ.setdefault("NUMBA_CACHE_DIR", str(place.data / "compiled"))
    from daemon.core.learned.normal import Accepted, Normal, ready

    ready()
    sites = learning.sites(configuration, now)
    return learning.Learning(sites, Normal(sites), store, Accepted, configuration)


def web(place: Place, configuration: Configuration, create_app: Callable[..., Any]) -> int:
    """Serve the pages of `create_app` until told to stop; its exit code."""
    from daemon import health
    from daemon.adapters.history import open_configured
    from daemon.adapters.live_mqtt import LiveMqtt
    from daemon.adapters.store import open_store
    from daemon.clock import Follower
    from daemon.metered import Counted

    pulse, clock, settings = _pulse(), Follower(processes.clock()), configuration.settings
    processes.prepare(place)
    with processes.broken_in_words():
        store = open_store(settings.database, place.data, brief=True)
        history = open_configured(place.data, settings)
    broker = place.brokers(configuration)[0]
    live = LiveMqtt(broker, configuration.sites, keepalive=settings.keepalive)
    pages = create_app(
        configuration,
        store,
        history,
        live,
        clock=clock,
        photos=place.data / "photos",
        production=not processes.demonstrating(),
        restarts=lambda: supervise.read(place.data / processes.RESTARTS),
        heard=clock.hear,
    )
    metrics = _metrics("web", place)
    health.offer(settings.metrics_host, settings.metrics_port and settings.metrics_port + 1, metrics, list)
    pulse.forget("start")
    gc.freeze()
    gc.enable()
    return processes.serve(Counted(pages, metrics), settings.web_host, place.port or settings.web_port, pulse)


def _pulse() -> Pulse:
    """This process shows signs of life from here on, and has a while to start."""
    pulse = Pulse()
    pulse.mind("start", limit=STARTS_WITHIN)
    pulse.start()
    return pulse


def _metrics(part: str, place: Place) -> Metrics:
    def fresh(metrics: Metrics) -> None:
        for name, count in supervise.read(place.data / processes.RESTARTS).get("restarts", {}).items():
            metrics.level("atrium_process_restarts", count, name)

    metrics = Metrics(part, fresh)
    metrics.level("atrium_start_time_seconds", time.time())
    return metrics


def _beats(metrics: Metrics) -> Callable[[bool], None]:
    return lambda taken: metrics.count("atrium_deadman_total", 1, "taken" if taken else "failed")
