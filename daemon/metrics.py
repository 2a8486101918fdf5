"""Every figure a process shows to Prometheus, in one list; and the object that counts them.

A name that is not in the list cannot be counted, and what is in the list is always shown.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

if TYPE_CHECKING:
    from collections.abc import Callable

    from daemon.health import Page

WATCH, WEB, BOTH = ("watch",), ("web",), ("watch", "web")
COUNT, LEVEL, SPREAD = "counter", "gauge", "histogram"
_SIZES = (1, 3, 10, 30, 100, 300, 1000)
_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Metric(NamedTuple):
    """One figure: where it is shown, under which name, of which kind, what it says, and its labels."""

    parts: tuple[str, ...]
    name: str
    kind: str
    says: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


METRICS = (
    Metric(WATCH, "atrium_messages_total", COUNT, "Messages taken from a broker and saved", ("source",)),
    Metric(WATCH, "atrium_readings_total", COUNT, "Values of channels taken from messages"),
    Metric(WATCH, "atrium_rejected_total", COUNT, "What could not be used, by reason", ("code",)),
    Metric(WATCH, "atrium_duplicates_total", COUNT, "Values received twice"),
    Metric(WATCH, "atrium_late_total", COUNT, "Values older than the newest of their channel"),
    Metric(WATCH, "atrium_batch_messages", SPREAD, "Messages in a transaction", (), _SIZES),
    Metric(WATCH, "atrium_commit_seconds", SPREAD, "One transaction: core, save and commit", (), _QUICK),
    Metric(WATCH, "atrium_lag_seconds", SPREAD, "From receipt of a batch's oldest message to its commit", (), _QUICK),
    Metric(WATCH, "atrium_intake_waiting", LEVEL, "Messages received and not yet taken", ("source",)),
    Metric(WATCH, "atrium_connected", LEVEL, "1 while connected to the broker", ("source",)),
    Metric(WATCH, "atrium_connections_total", COUNT, "Connections begun to the broker", ("source",)),
    Metric(WATCH, "atrium_gaps_total", COUNT, "Reconnects after which the broker had forgotten our session", ("source",)),
    Metric(WATCH, "atrium_dropped_total", COUNT, "Messages that the broker says it dropped, for whomever", ("source",)),
    Metric(
        WATCH, "atrium_outgoing_dropped", LEVEL, "Publications let go while the broker was away, since the start", ("source",)
    ),
    Metric(WATCH, "atrium_alarms_active", LEVEL, "Active alarms that nothing explains away", ("severity",)),
    Metric(WATCH, "atrium_alarm_events_total", COUNT, "Alarms raised and returned", ("event",)),
    Metric(WATCH, "atrium_tickets_open", LEVEL, "Tickets that are not closed"),
    Metric(WATCH, "atrium_ticket_changes_total", COUNT, "Changes of tickets that signals caused"),
    Metric(WATCH, "atrium_notices_total", COUNT, "Notices that were put into the outbox"),
    Metric(WATCH, "atrium_outbox_waiting", LEVEL, "Notices not yet delivered"),
    Metric(WATCH, "atrium_outbox_oldest_seconds", LEVEL, "Age of the oldest notice not yet delivered"),
    Metric(WATCH, "atrium_outbox_untold", LEVEL, "Tickets with critical news that reached nobody"),
    Metric(WATCH, "atrium_history_behind", LEVEL, "Journal positions that are not yet history"),
    Metric(WATCH, "atrium_history_bytes", LEVEL, "Size of the history on disk"),
    Metric(WATCH, "atrium_database_bytes", LEVEL, "Size of the SQLite database and its log on disk"),
    Metric(WATCH, "atrium_disk_free_bytes", LEVEL, "Free space where the data lie"),
    Metric(WATCH, "atrium_clock_drift_seconds", LEVEL, "Wall clock minus the watch's clock"),
    Metric(WATCH, "atrium_clock_moves_total", COUNT, "Times the watch's clock was moved after the wall clock"),
    Metric(WATCH, "atrium_canary_age_seconds", LEVEL, "Since the last canary came through the whole path"),
    Metric(WATCH, "atrium_canary_seconds", LEVEL, "How long the last canary took"),
    Metric(WATCH, "atrium_deadman_total", COUNT, "Beats of the outside dead man's switch", ("result",)),
    Metric(WATCH, "atrium_ready", LEVEL, "1 if this check is fine", ("check",)),
    Metric(WEB, "atrium_http_requests_total", COUNT, "Requests answered, by class of status", ("status",)),
    Metric(WEB, "atrium_http_seconds", SPREAD, "Time to the head of an answer", (), _QUICK),
    Metric(BOTH, "atrium_process_restarts", LEVEL, "Restarts by the supervisor", ("process",)),
    Metric(BOTH, "atrium_resident_bytes", LEVEL, "Memory of this process"),
    Metric(BOTH, "atrium_start_time_seconds", LEVEL, "When this process started, epoch seconds"),
)
_MAKE: dict[str, Any] = {COUNT: Counter, LEVEL: Gauge, SPREAD: Histogram}
disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """The figures of one process. `part`: watch or web. `fresh` is asked before each look."""

    def __init__(self, part: str, fresh: Callable[[Metrics], None] | None = None) -> None:
        self.registry = CollectorRegistry()
        self.fresh = fresh
        self._found = {metric.name: _make(metric, self.registry) for metric in METRICS if part in metric.parts}

    def count(self, name: str, by: float = 1, *labels: str) -> None:
        """So many more."""
        self._of(name, labels).inc(by)

    def level(self, name: str, value: float, *labels: str) -> None:
        """It is so high now."""
        self._of(name, labels).set(value)

    def spread(self, name: str, value: float) -> None:
        """One more of this size."""
        self._found[name].observe(value)

    def page(self) -> Page:
        """What Prometheus reads."""
        self.level("atrium_resident_bytes", resident())
        if self.fresh:
            self.fresh(self)
        return 200, CONTENT_TYPE_PLAIN_0_0_4, generate_latest(self.registry)

    def _of(self, name: str, labels: tuple[str, ...]) -> Any:  # noqa: ANN401 - a metric of prometheus_client
        found = self._found[name]
        return found.labels(*labels) if labels else found


def resident() -> int:
    """Bytes of memory this process has in use."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0  # not Linux


def table() -> str:
    """The list as Markdown, for the documentation."""
    rows = [f"| `{m.name}` | {', '.join(m.parts)} | {m.kind} | {', '.join(m.labels)} | {m.says} |" for m in METRICS]
    return "\n".join(["| name | process | kind | labels | says |", "|---|---|---|---|---|", *rows])


def _make(metric: Metric, registry: CollectorRegistry) -> Any:  # noqa: ANN401 - a metric of prometheus_client
    more = {"buckets": metric.buckets} if metric.buckets else {}
    return _MAKE[metric.kind](metric.name, metric.says, metric.labels, registry=registry, **more)
