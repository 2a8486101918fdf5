"""The words of the configuration files: what may be written, as pydantic models. The JSON Schemas are made from them.

Models hold what was written and nothing else; what the words *mean* (defaults of a kind, references between files) is worked out
in the modules that build `daemon.core.site` from them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from daemon.config.kind_models import KindWords
from daemon.config.learned_models import LearnedWords  # noqa: TC001 - pydantic reads the annotations
from daemon.config.maintenance_models import Instant, MaintenanceWords  # noqa: TC001 - pydantic reads the annotations
from daemon.config.source_models import BrokerWords, SourceWords  # noqa: TC001 - pydantic reads the annotations
from daemon.config.vocabulary import Figure, Id, Seconds, TextWords, Urgency, Words

Time = Annotated[str, StringConstraints(pattern=r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
Duration = Annotated[str, StringConstraints(pattern=r"^[0-9]+(?:\.[0-9]+)? ?(?:s|min|h|d|working hours?|working days?)$")]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Work = Literal["immediate", "short-term", "long-term"]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]

WORK: tuple[Work, ...] = ("immediate", "short-term", "long-term")
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


# --- sites/{site}.yaml ---------------------------------------------------------------------------------------------------------


class RoomWords(Words):
    """A place in the community."""

    id: Id
    name: TextWords
    public: bool = Field(default=True, description="Shown on the public page.")


class LimitWords(Words):
    """Overrides of one limit of the kind. What is not written stays as the kind has it."""

    value: bool | Figure | str | list[str] | None = Field(
        None, description="Threshold in the point's unit, or the state to alarm on."
    )
    on: Seconds | None = Field(None, description="Seconds beyond the limit before the alarm is raised.")
    off: Seconds | None = Field(None, description="Seconds back inside before it returns.")
    deadband: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = Field(
        None, description="Hysteresis in the point's unit."
    )
    severity: Urgency | None = None


class PointWords(Words):
    """How a point of the kind is called and scaled in this device's payloads."""

    source: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = Field(
        None, description="Name in the payload. For a point with an instance letter, the letter in braces stands for the number."
    )
    unit: str | None = Field(None, description="Unit of the payload's number; it is converted to the unit of the point.")
    scale: Figure | None = Field(None, description="Point value = payload value × scale + offset.")
    offset: Figure | None = Field(None, description="In the unit of the point.")
    learned: bool = Field(default=True, description="Where the site learns what is usual: this point, too.")


class DeviceWords(Words):
    """One piece of equipment."""

    id: Id = Field(description="Unique in the site; the {device} of the MQTT topic.")
    kind: str = Field(description="What it is: a file of sensors/, e.g. fire_pump.")
    room: str
    name: TextWords | None = Field(None, description="Default: the kind's name.")
    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{2,12}$")] | None = Field(
        None, description="Short code of the link on the door, /d/{code}. Default: made from site and id."
    )
    public: bool = Field(default=True, description="Shown on the public page, if its room is.")
    gateway: str | None = Field(None, description="The gateway it reports through.")
    instances: dict[str, list[Annotated[int, Field(ge=0, le=999)]]] = Field(
        default_factory=dict, description="Which numbers stand for an instance letter of the kind, e.g. {i: [1, 2]}."
    )
    params: dict[str, Figure] = Field(default_factory=dict, description="Overrides of the kind's parameters.")
    limits: dict[str, LimitWords] = Field(default_factory=dict, description="Overrides of limits, by rule name: main_pressure.L.")
    points: dict[str, PointWords] = Field(default_factory=dict, description="Points whose names or units differ in the payload.")
    absent: list[str] = Field(default_factory=list, description="Points of the kind that are not fitted here.")
    fed_by: str | None = Field(None, description="The device that its power comes through: its failure explains this one's.")
    out_of_service: bool | Instant = Field(default=False, description="true, or since when; nobody is called about it.")


class GatewayWords(Words):
    """A field gateway: a device of kind `gateway`."""

    id: Id
    room: str
    name: TextWords | None = None
    absent: list[str] = Field(default_factory=list, description="Points that this gateway does not report.")


class SiteWords(Words):
    """One community: sites/{site}.yaml."""

    site: Id = Field(description="The same as the file name; the {site} of MQTT topics.")
    name: TextWords
    timezone: str = Field(description="A name of the IANA time zone database, e.g. Asia/Shanghai.")
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,6}$")] | None = Field(None, description="Of ticket numbers.")
    phone: str = Field("", description="The control room's public number.")
    learned: LearnedWords | None = None
    rooms: list[RoomWords] = Field(default_factory=list)
    devices: list[DeviceWords] = Field(default_factory=list)
    gateways: list[GatewayWords] = Field(default_factory=list)
    maintenance: list[MaintenanceWords] = Field(default_factory=list)


# --- people.yaml ---------------------------------------------------------------------------------------------------------------


class ShiftWords(Words):
    """Hours on duty. An end at or before the start is on the next day."""

    days: list[Day] = Field(default_factory=lambda: list(DAYS), description="Days on which it starts. Default: every day.")
    start: Time
    end: Time


class TeamWords(Words):
    """People who share tickets."""

    id: Id
    name: TextWords
    channels: list[str] = Field(default_factory=list, description="Entries of notices.yaml that reach the whole team.")
    sites: list[str] = Field(default_factory=list, description="Sites it serves. Default: all.")


class PersonWords(Words):
    """Somebody who can be told and can act."""

    id: Id
    name: str = Field(min_length=1)
    team: str
    roles: list[Literal["operator", "technician", "manager"]] = Field(min_length=1)
    skills: list[str] = Field(default_factory=lambda: ["*"], description="Kinds of equipment he or she can work on; * for all.")
    shifts: list[ShiftWords] = Field(default_factory=list)
    channels: list[str] = Field(default_factory=list, description="Of notices.yaml, the first to try first. Default: the team's.")
    phone: str = ""


class PeopleWords(Words):
    """Teams and people: people.yaml."""

    teams: list[TeamWords] = Field(default_factory=list)
    people: list[PersonWords] = Field(default_factory=list)


# --- notices.yaml --------------------------------------------------------------------------------------------------------------


class QuietWords(Words):
    """Hours in which only critical notices are sent."""

    start: Time
    end: Time


class ChannelWords(Words):
    """A way to reach people."""

    id: Id
    kind: Literal["console", "bell", "apprise"]
    url: str = Field("", description="Of kind apprise: an Apprise URL. Keep what is secret in it out of the file: ${NAME}.")
    quiet: QuietWords | None = None


class NoticesWords(Words):
    """Ways to reach people: notices.yaml."""

    channels: list[ChannelWords] = Field(default_factory=list)


# --- service.yaml --------------------------------------------------------------------------------------------------------------


class PromiseWords(Words):
    """What is promised for one severity, counted from the opening of the ticket. A clock that is not written is not promised."""

    accept: Duration | None = None
    on_site: Duration | None = None
    repair: Duration | None = None


class WorkingWords(Words):
    """The working day, for clocks in working hours and working days."""

    start: Time = "08:00"
    end: Time = "18:00"
    days: list[Day] = Field(default_factory=lambda: list(DAYS[:5]), min_length=1)


class ServiceWords(Words):
    """The service promises: service.yaml. What is not written keeps Atrium's default."""

    working_day: WorkingWords = Field(default_factory=WorkingWords)
    promises: dict[Literal["critical", "major", "minor"], PromiseWords] = Field(default_factory=dict)
    repeat_within: Duration = Field("24 h", description="A fault that comes back this soon after closing reopens its ticket.")
    photo_required: list[Work] = Field(default_factory=lambda: list(WORK), description="Classes that need a photo to close.")


# --- atrium.yaml ---------------------------------------------------------------------------------------------------------------


def _embedded(written: Any) -> Any:  # noqa: ANN401 - whatever the file holds
    return None if written == "embedded" else written


def _say_embedded(schema: dict[str, Any]) -> None:
    """In the schema: the word `embedded` where pydantic would say null."""
    schema["anyOf"] = [{"const": "embedded"} if one == {"type": "null"} else one for one in schema["anyOf"]]
    schema["default"] = "embedded"


class WebWords(Words):
    """Where the pages are served."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    language: Literal["zh", "en"] = Field("zh", description="Shown to visitors whose browser asks for neither.")


class RetentionWords(Words):
    """How long values are kept."""

    raw_days: Positive = 30.0
    minute_days: Positive = 730.0


class MqttWords(Words):
    """Fine settings of the MQTT connection."""

    receive_maximum: Annotated[int, Field(ge=100, le=65535)] = Field(
        2000, description="Messages in flight before an acknowledgement; twice as many at most are in memory."
    )
    keepalive: Annotated[int, Field(ge=5, le=3600)] = Field(10, description="Seconds.")


class MetricsWords(Words):
    """Where each process shows its figures and its health: the watch on this port, the pages' process on the next one."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65534)] = Field(9470, description="0: nowhere.")


class HistoryWords(Words):
    """Values over time on a server of your own."""

    kind: Literal["influx"]
    url: str = Field(description="http(s)://host:port of InfluxDB or VictoriaMetrics.")
    token: str = Field("", description="Its key as ${NAME}; for InfluxDB 1 user:password.")
    org: str = Field("", description="InfluxDB 2.")
    bucket: str = Field("", description="InfluxDB 2 and 3.")
    database: str = Field("", description="InfluxDB 1.")
    read: Literal["promql", "influxql"] = Field("promql", description="promql: VictoriaMetrics; influxql: InfluxDB.")
    spool_hours: Positive = Field(24.0, description="How long readings wait on disk while it is away.")
    spool_gigabytes: Positive = Field(4.0, description="How much of them.")


class AtriumWords(Words):
    """What is neither a site nor its people: atrium.yaml."""

    broker: Annotated[BrokerWords | None, BeforeValidator(_embedded)] = Field(
        None, description="embedded, or the broker readings come from.", json_schema_extra=_say_embedded
    )
    sources: list[SourceWords] = Field(default_factory=list)
    database: str = Field("", description="SQLAlchemy URL. Default: SQLite in the data directory.")
    reserve_mb: int = Field(64, ge=0, le=65536, description="Disk kept free for the hour when it is full; 0: none.")
    web: WebWords = Field(default_factory=WebWords)
    history: Annotated[HistoryWords | None, BeforeValidator(_embedded)] = Field(
        None, description="embedded, or the server that keeps values over time.", json_schema_extra=_say_embedded
    )
    retention: RetentionWords = Field(default_factory=RetentionWords)
    mqtt: MqttWords = Field(default_factory=MqttWords)
    metrics: MetricsWords = Field(default_factory=MetricsWords)
    deadman: str = Field(
        "", description="http(s) address asked once a minute while all is well: who hears nothing there, calls somebody."
    )


FILES: dict[str, type[Words]] = {
    "atrium": AtriumWords,
    "site": SiteWords,
    "people": PeopleWords,
    "notices": NoticesWords,
    "service": ServiceWords,
    "kind": KindWords,
}
