"""Looks at the machine itself: who may read the data, what a broker here keeps on disk, what the watch last said of itself."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from daemon.adapters.connection import address
from daemon.finding import Finding, Level, fine, some
from sensors.kit.words import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from daemon.core.site import Broker
    from daemon.core.vitals import Vitals

LOCAL = ("127.0.0.1", "localhost", "::1")
OFTEN = 6.0  # connections begun within an hour: more is no accident


def permissions(data: Path) -> Finding:
    """May others on this machine read passwords' hashes, telephone numbers and photos? May we write all of it?"""
    places = [path for path in (data, *sorted(data.glob("*"))) if path.name != "broker"] if data.exists() else []
    closed = [path.name or str(path) for path in places if not _ours(path)]
    if closed:
        return Finding(
            "permissions",
            Level.FAIL,
            Text(f"不能写入：{some(closed)}。", f"These cannot be written: {some(closed)}."),
            Text("把它们交给运行 Atrium 的用户（chown）。", "Give them to the user that runs Atrium (chown)."),
        )
    if data.exists() and data.stat().st_mode & stat.S_IRWXO:
        return Finding(
            "permissions",
            Level.WARN,
            Text(f"本机其他用户可以读取 {data}。", f"Others on this machine may read {data}."),
            Text(f"chmod 700 {data}", f"chmod 700 {data}"),
            Text("里面有电话、照片和登录信息。", "It holds telephone numbers, photos and sign-ins."),
        )
    return fine("permissions", "数据目录的权限合适。", "The data directory is ours alone.")


def keeps(broker: Broker, processes: Path = Path("/proc")) -> Iterator[Finding]:
    """Does a mosquitto on this machine keep sessions and what waits in them across its own restart? Others can't be asked."""
    host, port = address(broker)
    for settings in _settings(processes) if host in LOCAL else ():
        if port not in _ports(settings):
            continue
        if dict(settings).get("persistence") == "true":
            yield fine("persistence", "消息代理重启后会保留会话。", "The broker keeps sessions across its own restart.")
            return
        yield Finding(
            "persistence",
            Level.WARN,
            Text("消息代理重启会丢失所有会话。", "The broker forgets every session when it restarts."),
            Text(
                "mosquitto.conf:persistence true。",
                "In mosquitto.conf: persistence true.",
            ),
            Text("它重启时正在等待的消息全部丢失。", "Everything that waits for Atrium is lost with it."),
        )
        return


def connections(vitals: Vitals | None) -> Finding:
    """A client that is thrown out again and again shares its name with another, or has a bad line."""
    often = vitals.facts.get("connections", 0.0) if vitals else 0.0
    if often < OFTEN:
        return fine("rival", "没有其他程序冒用我们的会话。", "Nobody else uses our session at the broker.")
    return Finding(
        "rival",
        Level.WARN,
        Text(f"一小时内重新连接了 {often:.0f} 次。", f"The watch had to connect {often:.0f} times within an hour."),
        Text("检查是否有第二个 Atrium，或线路不稳。", "Look for a second Atrium on the same session, or a bad line."),
        Text("每次断开都会重复收到消息，报警也会推迟。", "Each time messages come twice and alarms come late."),
    )


def _ours(path: Path) -> bool:
    return os.access(path, os.R_OK | os.W_OK | (os.X_OK if path.is_dir() else 0))


def _settings(processes: Path) -> Iterator[list[tuple[str, str]]]:
    """The settings of each mosquitto that runs here and may be read."""
    for place in processes.glob("[0-9]*/cmdline"):
        try:
            words = place.read_bytes().decode(errors="replace").split("\0")
            if not words[0].endswith("mosquitto"):
                continue
            lines = Path(words[words.index("-c") + 1]).read_text(encoding="utf-8").splitlines() if "-c" in words else []
        except (OSError, IndexError):
            continue  # it ended, or is not ours to read
        pairs = (line.strip().partition(" ") for line in lines if line.strip() and not line.lstrip().startswith("#"))
        yield [(name, value.strip()) for name, _, value in pairs]


def _ports(settings: list[tuple[str, str]]) -> set[int]:
    told = {value.split()[0] for name, value in settings if name in ("listener", "port") and value}
    return {int(one) for one in told if one.isdigit()} or {1883}
