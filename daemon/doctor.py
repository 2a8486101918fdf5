"""Turns one installation into findings: what would keep Atrium from starting, and what would lose something silently some day.

Nothing here repairs or changes anything; the broker is asked with a private session that is removed again.
"""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import TYPE_CHECKING

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from daemon import premises
from daemon.adapters import broker as embedded
from daemon.adapters.store.engine import locate, open_reader
from daemon.adapters.store.memory import recall
from daemon.auscultate import auscultate
from daemon.core.site import Broker
from daemon.core.vitals import KEPT_AS, unpack
from daemon.dialects import open_all
from daemon.finding import Finding, Level, fine
from daemon.overhear import assess, overhear
from daemon.projection import disk_use
from sensors.kit.words import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from daemon.core.site import Configuration
    from daemon.core.vitals import Vitals

PACKAGES = ("daemon", "sensors", "dashboards")
OWN = "atrium-facility"
LITTLE, TOO_LITTLE = 5 << 30, 512 << 20  # bytes of free disk
FIRST_YEAR, LAST_YEAR = 2024, 2099  # outside, a clock was never set


@dataclass(frozen=True, slots=True)
class Patient:
    """The installation to look at. `broker` None: Atrium runs one itself on `mqtt_port`."""

    configuration: Configuration
    data: Path
    broker: Broker | None
    mqtt_port: int = 1883
    web_port: int = 8080


def examine(patient: Patient) -> Iterator[Finding]:
    """All findings, one check after the other, the quick ones first."""
    yield data_directory(patient.data)
    yield premises.permissions(patient.data)
    yield disk(patient.data)
    yield disk_use(patient.configuration, patient.data)
    yield database(patient.configuration.settings.database, patient.data)
    yield clock(time.time())
    yield from namesakes()
    yield port(patient.web_port)
    yield premises.connections(last_words(patient.configuration.settings.database, patient.data))
    yield from _broker(patient)


def data_directory(data: Path) -> Finding:
    """May we write where everything is kept?"""
    try:
        data.mkdir(parents=True, exist_ok=True)
        probe = data / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return Finding(
            "data",
            Level.FAIL,
            Text(
                f"数据目录 {data} 不能写入：{error.strerror}。", f"The data directory {data} cannot be written: {error.strerror}."
            ),
            Text("修改目录权限，或用 --data 换一个目录。", "Change its permissions, or choose another with --data."),
        )
    return fine("data", f"数据目录 {data} 可以写入。", f"The data directory {data} can be written.")


def disk(data: Path) -> Finding:
    """Is there room? A full disk stops everything that must be saved."""
    try:
        free = shutil.disk_usage(data if data.exists() else data.absolute().parent).free
    except OSError as error:
        return Finding(
            "disk", Level.FAIL, Text(f"无法读取磁盘：{error.strerror}。", f"The disk cannot be read: {error.strerror}.")
        )
    says = Text(f"磁盘剩余 {free / 2**30:.1f} GB。", f"{free / 2**30:.1f} GB of disk are free.")
    if free >= LITTLE:
        return Finding("disk", Level.OK, says)
    level = Level.WARN if free >= TOO_LITTLE else Level.FAIL
    return Finding("disk", level, says, Text("请腾出至少 5 GB。", "Free at least 5 GB: readings, history and photos need it."))


def database(url: str, data: Path) -> Finding:
    """Does the database open, is it whole, and is it of our schema? It is only read."""
    where = locate(url, data)
    if where.get_backend_name() == "sqlite" and not Path(where.database or "").exists():
        return fine("database", "还没有数据库，第一次启动时会建立。", "There is no database yet; the first start makes one.")
    engine = open_reader(where, 5.0)
    try:
        with engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
            whole = where.get_backend_name() != "sqlite" or connection.execute(text("PRAGMA quick_check(1)")).scalar() == "ok"
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error))
        return Finding(
            "database",
            Level.FAIL,
            Text(f"数据库打不开：{reason}。", f"The database does not open: {reason}."),
            Text("检查地址、密码和文件权限，或从备份恢复。", "Check its address, password and permissions, or restore a backup."),
        )
    finally:
        engine.dispose()
    return _schema(found) if whole else _damaged()


def last_words(url: str, data: Path) -> Vitals | None:
    """What the watch last said of itself, if there is a database and it can be read."""
    where = locate(url, data)
    if where.get_backend_name() == "sqlite" and not Path(where.database or "").exists():
        return None
    engine = open_reader(where, 5.0)
    try:
        with engine.connect() as connection:
            return unpack(recall(connection, KEPT_AS))
    except SQLAlchemyError:
        return None
    finally:
        engine.dispose()


def clock(now: float) -> Finding:
    """Has the clock been set? Readings are judged by the difference to it."""
    when = datetime.fromtimestamp(now, UTC)
    says = Text(f"系统时间 {when:%Y-%m-%d %H:%M:%S} UTC。", f"The clock says {when:%Y-%m-%d %H:%M:%S} UTC.")
    if FIRST_YEAR <= when.year <= LAST_YEAR:
        return Finding("clock", Level.OK, says)
    return Finding(
        "clock", Level.FAIL, says, Text("请校准时间（例如安装 chrony）。", "Set it, and keep it set (install chrony or ntp).")
    )


def namesakes() -> Iterator[Finding]:
    """Other packages of our names shadow ours, or are overwritten by them: `python-daemon` is one."""
    owners = packages_distributions()
    ours = Path(__file__).resolve().parent.parent
    for name in PACKAGES:
        others = {owner for owner in owners.get(name, ()) if owner != OWN}
        others |= {
            folder
            for folder in sys.path
            if (Path(folder or ".") / name / "__init__.py").exists() and Path(folder or ".").resolve() != ours
        }
        if others:
            who = ", ".join(sorted(others))
            yield Finding(
                "packages",
                Level.FAIL,
                Text(f"另有名为 {name} 的软件包：{who}。", f"There is another package named {name}: {who}."),
                Text("请把 Atrium 装在自己的虚拟环境里。", "Install Atrium in a virtual environment of its own."),
            )
            return
    yield fine("packages", "没有同名的软件包。", "No other package has one of our names.")


def port(number: int) -> Finding:
    """Can the pages be served?"""
    if not embedded.taken(number):
        return fine("port", f"网页端口 {number} 可用。", f"Port {number} for the pages is free.")
    return Finding(
        "port",
        Level.WARN,
        Text(f"端口 {number} 已被占用。", f"Port {number} is taken."),
        Text(
            "如果是 Atrium 自己在运行则无妨，否则请换端口。",
            "That is fine if Atrium is running; else choose another with --port.",
        ),
    )


def _broker(patient: Patient) -> Iterator[Finding]:
    broker = patient.broker
    if broker is None:
        yield _own_broker()
        if embedded.taken(patient.mqtt_port):  # it runs
            broker = Broker("main", f"mqtt://{embedded.LOOPBACK}:{patient.mqtt_port}")
    if broker is not None:
        yield from auscultate(broker)
        yield from premises.keeps(broker)
        if heard := overhear(broker):
            (dialect,) = open_all([broker]).values()
            yield from assess(heard, patient.configuration, dialect)


def _own_broker() -> Finding:
    if embedded.mosquitto():
        return fine("broker", "内置消息代理使用 mosquitto。", "The broker of our own is mosquitto.")
    install = Text("安装 mosquitto(apt install mosquitto)。", "Install mosquitto (apt install mosquitto).")
    if embedded.wheel():
        says = Text(
            "内置消息代理是 iotcore,断电会丢失等待的消息。",
            "The broker of our own is iotcore; what waits in it is lost when it ends.",
        )
        return Finding("broker", Level.WARN, says, install)
    return Finding("broker", Level.FAIL, Text("没有可用的消息代理。", "There is no broker to run."), install)


def _schema(found: str | None) -> Finding:
    script = ScriptDirectory(str(Path(embedded.__file__).parent / "store" / "migrations"))
    if found is None or found in {revision.revision for revision in script.walk_revisions()}:
        newest = script.get_current_head()
        if found == newest:
            return fine("database", f"数据库正常，版本 {found}。", f"The database opens and is whole, schema {found}.")
        return fine(
            "database",
            f"数据库正常，启动时将升级到 {newest}。",
            f"The database opens; the next start brings it to schema {newest}.",
        )
    return Finding(
        "database",
        Level.FAIL,
        Text(f"数据库版本 {found} 比本程序新。", f"The database has schema {found}, of a newer Atrium."),
        Text(
            "请重新安装新版，或恢复升级前的备份。", "Install the newer Atrium again, or restore a backup made before the upgrade."
        ),
    )


def _damaged() -> Finding:
    return Finding(
        "database",
        Level.FAIL,
        Text("数据库文件已损坏。", "The database file is damaged."),
        Text("请从备份恢复。", "Restore it from a backup."),
    )
