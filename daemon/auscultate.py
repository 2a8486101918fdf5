"""Turns a broker into findings: does it answer and let us in, deliver, keep our session, keep what waits in it?

Most brokers keep 1,000 waiting messages and drop the rest while they tell the sender that all is well. So it is tried: a private
session is parked, more than that is published, the session comes back and counts. Everything is removed again.
"""

from __future__ import annotations

import time
from dataclasses import replace
from secrets import token_hex
from typing import TYPE_CHECKING

from daemon.adapters.connection import V5
from daemon.adapters.mqtt import Intake, Link, Refused
from daemon.clock import SystemClock
from daemon.core.nouns import RESUME
from daemon.finding import Finding, Level, fine
from sensors.kit.words import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from daemon.core.site import Broker

ANSWER_WITHIN = 10.0  # s
PROBES = 1200  # messages; the usual limit is 1,000
COUNT_WITHIN = 30.0  # s


def auscultate(broker: Broker) -> Iterator[Finding]:
    """Findings about this broker; it ends at the first that makes the others meaningless."""
    name = f"atrium-doctor-{token_hex(4)}"
    ear = replace(broker, filters=(f"atrium-out/doctor/{name}",))
    try:
        met = _meet(ear, Link(name))
        yield met
        if met.level is not Level.FAIL:
            yield from _listen(ear, Link(name))
    except Refused as refused:
        yield Finding("broker", Level.FAIL, Text(f"消息代理拒绝连接：{refused.reason}", refused.reason), _CREDENTIALS)
    finally:
        _forget(ear, Link(name, lasting=False))


def _meet(ear: Broker, link: Link) -> Finding:
    """Connect, subscribe, leave: the session stays behind."""
    intake = _started(ear, link)
    try:
        if not intake.ready(ANSWER_WITHIN):
            return Finding(
                "broker",
                Level.FAIL,
                Text(f"消息代理 {ear.url} 没有回答。", f"No broker answers at {ear.url}."),
                Text("检查地址、端口、网络和防火墙。", "Check address, port, network and firewall."),
            )
        spoken = "5" if intake.version == V5 else "3.1.1"
    finally:
        intake.stop()
    return fine(
        "broker", f"消息代理 {ear.url} 已接受连接（MQTT {spoken}）。", f"The broker at {ear.url} lets us in (MQTT {spoken})."
    )


def _listen(ear: Broker, link: Link) -> Iterator[Finding]:
    """Publish to the parked session, come back, count."""
    if not _say(ear, f"{link.client_id}-out"):
        yield Finding(
            "delivery", Level.FAIL, Text("消息代理不确认收到的消息。", "The broker does not acknowledge what it gets."), _RIGHTS
        )
        return
    intake = _started(ear, link)
    try:
        came, kept = _count(intake, ear.filters[0]), intake.session_present
    finally:
        intake.stop()
    yield _session(kept=kept)
    if kept:
        yield _queue(came)


def _say(ear: Broker, client_id: str) -> bool:
    """Publish the probes with QoS 1; True once the broker has acknowledged all of them."""
    mouth = _started(replace(ear, filters=()), Link(client_id, lasting=False))
    try:
        if not mouth.ready(ANSWER_WITHIN):
            return False
        for number in range(PROBES):
            mouth.publish(ear.filters[0], str(number).encode(), qos=1)
        end = time.monotonic() + COUNT_WITHIN
        while mouth.unsent and time.monotonic() < end:
            time.sleep(0.02)
        return not mouth.unsent
    finally:
        mouth.stop()


def _count(intake: Intake, topic: str) -> int:
    """How many different probes come, up to the canary behind them."""
    came: set[bytes] = set()
    end = time.monotonic() + COUNT_WITHIN
    while time.monotonic() < end:
        batch = intake.take(0.2)
        intake.acknowledge(batch)
        came |= {message.payload for message in batch.messages if message.topic == topic}
        if any(message.topic == RESUME for message in batch.messages):
            break
    return len(came)


def _session(*, kept: bool) -> Finding:
    if kept:
        return fine("session", "消息代理会保留我们的会话。", "The broker keeps our session while we are away.")
    return Finding(
        "session",
        Level.WARN,
        Text(
            "消息代理不保留会话：Atrium 重启期间的消息会丢失。",
            "The broker forgets our session: what comes while Atrium restarts is lost.",
        ),
        Text("允许持久会话（mosquitto:persistence true）。", "Allow persistent sessions (mosquitto: persistence true)."),
    )


def _queue(came: int) -> Finding:
    if came >= PROBES:
        return fine("queue", f"{PROBES:,} 条等待的消息全部送达。", f"All of {PROBES:,} waiting messages were delivered.")
    if not came:
        return Finding("queue", Level.WARN, Text("消息代理没有送来测试消息。", "The broker did not deliver the probes."), _RIGHTS)
    return Finding(
        "queue",
        Level.WARN,
        Text(
            f"{PROBES:,} 条等待的消息丢了 {PROBES - came:,} 条，而发送方得到的答复是成功。",
            f"Of {PROBES:,} waiting messages {PROBES - came:,} were dropped, though the broker told the sender that all is well.",
        ),
        Text(
            "提高队列上限（mosquitto:max_queued_messages 1000000）。",
            "Raise its queue limit (mosquitto: max_queued_messages 1000000; others have a setting like it).",
        ),
    )


def _forget(ear: Broker, link: Link) -> None:
    """Come once more without wanting a session: the broker drops the parked one."""
    intake = _started(ear, link)
    try:
        intake.ready(2.0)
    except Refused:
        return
    finally:
        intake.stop()


def _started(broker: Broker, link: Link) -> Intake:
    intake = Intake(broker, link, SystemClock())
    intake.start()
    return intake


_CREDENTIALS = Text("检查 atrium.yaml 中的用户名和密码。", "Check user name and password in atrium.yaml.")
_RIGHTS = Text("检查访问控制：Atrium 需要读写 atrium-out/#。", "Check its access rules: Atrium reads and writes atrium-out/#.")
