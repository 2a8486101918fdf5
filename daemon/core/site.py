"""One community as the core sees it: frozen nouns that `daemon.config` makes from `config/*.yaml`.

A `Model` is complete: instances expanded, parameters and limits merged, so that nothing downstream has to look back at the kind
to know what to judge. Devices configured alike share one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daemon.core.learned.finding import Settings as Learned
    from daemon.core.source import Source
    from daemon.core.windows import Window
    from sensors.kit.words import Kind, Level, Limit, Point, Severity, Signature, Text


@dataclass(frozen=True, slots=True)
class Channel:
    """One point of one device after instance expansion. `scale` and `offset` turn the source's number into the point's unit."""

    name: str  # expanded: pump1_run
    point: Point  # as declared: pump{i}_run
    instance: int | None = None
    source: str = ""  # the name used in payloads; equals `name` unless mapped
    scale: float = 1.0
    offset: float = 0.0
    absent: bool = False  # declared by the kind, not fitted here: never expected, shown as "not fitted"
    learned: bool = True  # where the site learns what is usual


@dataclass(frozen=True, slots=True)
class LimitRule:
    """One limit of one channel, its threshold computed. `rule` is `{channel}.{level}`, made unique by a suffix
    (`error_code.STATE`, `error_code.STATE-2`) where a point has several of one level."""

    rule: str
    channel: str
    level: Level
    op: str
    value: float | str | tuple[str, ...]
    severity: Severity
    on: float
    off: float
    deadband: float
    when: str  # instance letters already replaced; "" = always
    limit: Limit


@dataclass(frozen=True, slots=True)
class SignatureRule:
    """One signature of one device (and one instance). `rule` is `FP-01` or `FP-07[i=2]`; `hides` are expanded rule names."""

    rule: str
    when: str  # instance letters already replaced
    severity: Severity
    on: float
    off: float
    hides: tuple[str, ...]
    signature: Signature


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """What devices that are configured alike share: one for all of them, across all sites. Its identity is its hash."""

    kind: Kind
    channels: Mapping[str, Channel]
    params: Mapping[str, float]
    limits: tuple[LimitRule, ...] = ()
    signatures: tuple[SignatureRule, ...] = ()
    instances: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Device:
    """One piece of equipment. `code` is the short code of its door QR link `/d/{code}`."""

    id: str
    site: str
    model: Model
    room: str
    name: Text
    gateway: str | None = None
    public: bool = True  # shown on the public page
    code: str = ""
    out_of_service: float | None = None  # since when nobody expects it to work; 0.0: for ever
    fed_by: str = ""  # the device that its power comes through

    @property
    def kind(self) -> Kind:
        """What it is."""
        return self.model.kind

    @property
    def channels(self) -> Mapping[str, Channel]:
        """Its points after expansion, by name."""
        return self.model.channels

    @property
    def params(self) -> Mapping[str, float]:
        """The kind's parameters with the device's overrides."""
        return self.model.params

    @property
    def limits(self) -> tuple[LimitRule, ...]:
        """The limits it is judged by."""
        return self.model.limits

    @property
    def signatures(self) -> tuple[SignatureRule, ...]:
        """The signatures it is judged by."""
        return self.model.signatures

    @property
    def instances(self) -> Mapping[str, tuple[int, ...]]:
        """Which numbers stand for the instance letters."""
        return self.model.instances

    @property
    def is_gateway(self) -> bool:
        """True for the field gateway that other devices report through."""
        return self.model.kind.id == "gateway"


@dataclass(frozen=True, slots=True)
class Room:
    """A place in the community. Only public rooms appear on the public page."""

    id: str
    name: Text
    public: bool = True


@dataclass(frozen=True, slots=True)
class Shift:
    """When a person is on duty: local weekdays (0 = Monday) and minutes since midnight; `end` ≤ `start` runs over midnight."""

    days: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be told and can act. `channels` name entries of `notices.yaml`; `skills` are kind ids or "*"."""

    id: str
    name: str
    team: str
    roles: tuple[str, ...]
    skills: tuple[str, ...] = ("*",)
    shifts: tuple[Shift, ...] = ()
    channels: tuple[str, ...] = ()
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Team:
    """People who share tickets."""

    id: str
    name: Text
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceTerms:
    """The promises of `service.yaml`, seconds from opening, per severity. None: no such promise.

    `working` names the clocks that run only in working time. `repair` is the promise for a simple repair.
    """

    accept: Mapping[str, float]
    on_site: Mapping[str, float]
    repair: Mapping[str, float]
    working: frozenset[tuple[str, str]] = frozenset()  # (severity, clock)
    day_start: int = 8 * 60  # working day, local minutes since midnight
    day_end: int = 18 * 60
    workdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    repeat_within: float = 24 * 3600.0  # a re-raise this soon after closing reopens
    photo_required: frozenset[str] = frozenset({"immediate", "short-term", "long-term"})


@dataclass(frozen=True, slots=True)
class NoticeChannel:
    """A way to reach people. `kind` is console, bell or apprise; `url` is secret and never shown."""

    id: str
    kind: str
    url: str = field(default="", repr=False)
    quiet: tuple[int, int] | None = None  # local minutes; critical ignores it


@dataclass(frozen=True, slots=True)
class Site:
    """One community: its rooms, devices (gateways included), people, promises and channels."""

    id: str
    name: Text
    timezone: str
    rooms: Mapping[str, Room]
    devices: Mapping[str, Device]
    people: Mapping[str, Person]
    teams: Mapping[str, Team]
    terms: ServiceTerms
    channels: Mapping[str, NoticeChannel]
    prefix: str = ""  # of ticket numbers: HS
    phone: str = ""  # the control room's public number
    learned: Learned | None = None  # how it learns what is usual; None: not at all
    windows: tuple[Window, ...] = ()  # planned maintenance


@dataclass(frozen=True, slots=True)
class Broker:
    """Where readings come from. `password` is secret."""

    id: str
    url: str  # mqtt://host:port or mqtts://
    username: str = ""
    password: str = field(default="", repr=False)
    dialect: str = "atrium"
    source: Source | None = None  # what its words mean; None: our own words
    filters: tuple[str, ...] = ("atrium/+/+/telemetry", "atrium/+/+/telemetry/+", "atrium/+/+/status")
    ca: str = ""  # PEM file of who signed its certificate; "": the machine's own authorities


@dataclass(frozen=True, slots=True)
class HistoryServer:
    """Where values over time are kept instead of here. `read` is promql (VictoriaMetrics) or influxql (InfluxDB)."""

    url: str
    token: str = field(default="", repr=False)  # InfluxDB 1: user:password
    org: str = ""
    bucket: str = ""  # InfluxDB 2 and 3
    database: str = ""  # InfluxDB 1
    read: str = "promql"
    spool_seconds: float = 86_400.0  # how long readings wait on disk while it is away, and how many bytes of them
    spool_bytes: int = 4 << 30


@dataclass(frozen=True, slots=True)
class Settings:
    """`atrium.yaml`: what is neither a site nor its people. Paths are relative to the data directory."""

    broker: Broker | None  # None: embedded
    sources: tuple[Broker, ...] = ()
    database: str = ""  # SQLAlchemy URL; "" = SQLite in the data directory
    reserve_mb: int = 64  # of disk, kept for the hour when it is full
    web_host: str = "127.0.0.1"
    web_port: int = 8080
    raw_days: float = 30.0
    minute_days: float = 730.0
    receive_maximum: int = 2000
    keepalive: int = 10
    default_language: str = "zh"
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 9470  # of the watch; the pages' process takes the next one; 0: none
    history: HistoryServer | None = None  # None: embedded
    deadman: str = ""  # address of an outside dead man's switch


@dataclass(frozen=True, slots=True)
class Configuration:
    """All of `config/`, checked. `digest` names this configuration and these rules; `kinds` are all that devices may be of."""

    settings: Settings
    sites: Mapping[str, Site]
    digest: str
    kinds: Mapping[str, Kind] = field(default_factory=dict)
