"""Listens to a broker for some seconds, as a guest without a session, and turns what it hears into findings: retained orphans,
publishers that risk their messages, clocks that are wrong, messages the broker has dropped already.
"""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from daemon.adapters.connection import address, secure
from daemon.core.nouns import Sample
from daemon.finding import Finding, Level, fine, some
from daemon.losses import DROPPED
from sensors.kit.words import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from daemon.core.site import Broker, Configuration
    from daemon.dialects import Dialect

LISTEN = 10.0  # s: equipment speaks every few seconds
ENOUGH = 20_000  # messages
OLD = 86_400.0  # s after which a retained value is a relic
SKEW = 60.0  # s; beyond 120 s ahead, values are not judged any more
BEHIND = 300.0  # s; a gateway may send late, hardly ever this late


class Heard(NamedTuple):
    """One message as a guest hears it."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    at: float


def overhear(broker: Broker, seconds: float = LISTEN) -> list[Heard]:
    """Everything under the broker's filters for that long, retained messages first, and its own count of what it dropped.
    Empty where there is no connection: others tell why."""
    heard: list[Heard] = []
    client = Client(CallbackAPIVersion.VERSION2)
    if broker.username:
        client.username_pw_set(broker.username, broker.password)
    if secure(broker):
        client.tls_set(ca_certs=broker.ca or None)

    def listen(client: Client, *_: object) -> None:
        client.subscribe([*((topic, 1) for topic in broker.filters), (DROPPED, 0)])

    def hear(_client: Client, _data: object, told: Any) -> None:  # noqa: ANN401 - paho's message
        heard.append(Heard(told.topic, told.payload, told.qos, told.retain, time.time()))

    client.on_connect, client.on_message = listen, hear
    try:
        client.connect(*address(broker), keepalive=60)
    except OSError:
        return []
    client.loop_start()
    end = time.monotonic() + seconds
    while time.monotonic() < end and len(heard) < ENOUGH:
        time.sleep(0.05)
    client.disconnect()
    client.loop_stop()
    return heard


def assess(heard: list[Heard], configuration: Configuration, dialect: Dialect) -> Iterator[Finding]:
    """One finding for each thing that was looked for."""
    spoken = [one for one in heard if one.topic != DROPPED]
    yield dropped(heard)
    yield relics([one for one in spoken if one.retain], configuration, dialect)
    live = [one for one in spoken if not one.retain]
    if not live:
        yield fine("equipment", f"{LISTEN:g} 秒内没有设备消息。", f"No equipment spoke within {LISTEN:g} s.")
        return
    yield careless(live)
    yield clocks(live, dialect)


def dropped(heard: list[Heard]) -> Finding:
    """Has the broker thrown messages away since its start? Only it knows."""
    counts = [int(one.payload) for one in heard if one.topic == DROPPED and one.payload.isdigit()]
    if not counts or not counts[-1]:
        return fine("dropped", "消息代理没有报告丢弃消息。", "The broker reports no dropped messages.")
    return Finding(
        "dropped",
        Level.WARN,
        Text(
            f"消息代理启动以来丢弃了 {counts[-1]:,} 条消息。", f"The broker has dropped {counts[-1]:,} messages since its start."
        ),
        Text("提高 max_queued_messages，并查明谁离线。", "Raise max_queued_messages, and find out who was away for so long."),
        Text("发送方得到的答复是成功。", "Whoever sent them was told that all is well."),
    )


def relics(retained: list[Heard], configuration: Configuration, dialect: Dialect) -> Finding:
    """Retained telemetry of devices nobody has configured, or from another day, comes again with each new subscription."""
    found = sorted({one.topic for one in retained if _is_relic(one, configuration, dialect)})
    if not found:
        return fine("retained", "没有过时的保留消息。", "No retained message is left over from another time.")
    return Finding(
        "retained",
        Level.WARN,
        Text(
            f"{len(found)} 条保留消息已过时或不属于任何设备：{some(found)}。",
            f"{len(found)} retained messages are old, or of no device: {some(found)}.",
        ),
        Text(
            "逐条清除：mosquitto_pub -r -n -t 主题;并关闭设备的保留选项。",
            "Clear each (mosquitto_pub -r -n -t TOPIC) and switch off retain at the device.",
        ),
        Text("每次重新订阅都会再来一遍，看起来像新数据。", "They come again with every subscription and look like news."),
    )


def careless(live: list[Heard]) -> Finding:
    """Messages with QoS 0 are lost whenever the line or Atrium is away."""
    found = sorted({one.topic for one in live if one.qos == 0})
    if not found:
        return fine("qos", "设备消息都用 QoS 1。", "All equipment publishes with QoS 1.")
    return Finding(
        "qos",
        Level.WARN,
        Text(f"{len(found)} 个主题用 QoS 0 发布：{some(found)}。", f"{len(found)} topics come with QoS 0: {some(found)}."),
        Text("在网关上改为 QoS 1。", "Set QoS 1 at the gateway."),
        Text("Atrium 重启或断线时它们会丢失。", "They are lost while Atrium restarts or the line is down."),
    )


def clocks(live: list[Heard], dialect: Dialect) -> Finding:
    """Compares the times that equipment sends with ours."""
    offsets: dict[str, float] = {}
    for one in live:
        for sample in dialect(one.topic, one.payload, one.at):
            if isinstance(sample, Sample) and sample.ts is not None:
                offsets[f"{sample.site}/{sample.device}"] = sample.ts - one.at
    wrong = sorted(name for name, offset in offsets.items() if offset > SKEW or offset < -BEHIND)
    if not wrong:
        return fine("clocks", "设备时间与本机一致。", "The equipment's clocks agree with ours.")
    middle = median(offsets.values())
    if len(offsets) > 2 and len(wrong) > len(offsets) / 2:
        return _ours(middle)
    return Finding(
        "clocks",
        Level.WARN,
        Text(f"{len(wrong)} 台设备的时间不对：{some(wrong)}。", f"{len(wrong)} devices have a wrong clock: {some(wrong)}."),
        Text("给设备或网关设置时间同步 (NTP)。", "Set their time, or that of their gateway, by NTP."),
        Text("时间超前两分钟的数值不参与告警判断。", "Values more than two minutes ahead are shown but never judged."),
    )


def _ours(middle: float) -> Finding:
    return Finding(
        "clocks",
        Level.FAIL,
        Text(
            f"多数设备与本机相差 {middle:+.0f} 秒：本机时间可能不对。",
            f"Most equipment is {middle:+.0f} s off: our own clock may be wrong.",
        ),
        Text("校准本机时间（chrony 或 ntp）。", "Set this machine's clock (chrony or ntp)."),
        Text("超出范围的数值不参与告警判断。", "Values out of range are shown but never judged."),
    )


def _is_relic(one: Heard, configuration: Configuration, dialect: Dialect) -> bool:
    samples = [sample for sample in dialect(one.topic, one.payload, one.at) if isinstance(sample, Sample)]
    times = [sample.ts for sample in samples if sample.ts is not None]
    strange = [s for s in samples if s.site not in configuration.sites or s.device not in configuration.sites[s.site].devices]
    return bool(strange) or (bool(times) and max(times) < one.at - OLD)
