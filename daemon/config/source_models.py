"""The words of `broker:` and `sources:` in `atrium.yaml`: where readings come from, and what the words in them mean."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from daemon.config.vocabulary import Figure, Id, Words

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Address = Annotated[int, Field(ge=0, le=65535)]
Slave = Annotated[int, Field(ge=0, le=255)]
State = bool | Figure | str
Wire = Literal["uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64", "bcd16", "bcd32", "bool"]
Order = Literal["ABCD", "CDAB", "BADC", "DCBA"]


class BrokerWords(Words):
    """An MQTT broker. Secrets are written as ${NAME} and come from the environment, or from the file named by NAME_FILE."""

    url: str = Field(description="mqtt://host:port or mqtts://host:port")
    username: str = ""
    password: str = ""
    ca: str = Field(
        "", description="Of mqtts: the whole path of a PEM file with the authority that signed the broker's certificate."
    )


class RenameWords(Words):
    """What one of their names stands for. `name: point` is short for `name: {point: point}`."""

    point: str | None = Field(None, description="The point of ours. Default: the name as it is.")
    device: Name | None = Field(
        None, description="The device of ours it belongs to, or site/device. Default: the one the message speaks of."
    )
    unit: str | None = Field(None, description="Unit of their number; it is converted to the unit of the point.")
    scale: Figure | None = Field(None, description="Point value = their number × scale + offset. Of integers sent ×10: 0.1.")
    offset: Figure | None = Field(None, description="In the unit of the point.")
    states: dict[str, State] = Field(default_factory=dict, description="What their values mean, e.g. {运行: true, '0': manual}.")


class RegisterWords(RenameWords):
    """One value in the registers of a Modbus answer."""

    address: Address = Field(description="As on the wire, counted from 0 (40001 is address 0 of function 3).")
    slave: Slave = 1
    function: Literal[1, 2, 3, 4] = 3
    type: Wire = "uint16"
    order: Order = Field("ABCD", description="Where the bytes of a value lie on the wire; A is the highest.")
    bit: Annotated[int, Field(ge=0, le=15)] | None = Field(None, description="Only this bit of a register; 0 is the lowest.")


class PollWords(Words):
    """A question that the gateway asks again and again. Without polls an answer begins at the lowest register written here."""

    start: Address
    count: Annotated[int, Field(ge=1, le=2000)] = Field(description="Registers, or coils.")
    slave: Slave = 1
    function: Literal[1, 2, 3, 4] = 3


def _point(written: Any) -> Any:  # noqa: ANN401 - whatever the file holds
    return {"point": written} if isinstance(written, str) else written


def _device(written: Any) -> Any:  # noqa: ANN401 - whatever the file holds
    return {"device": written} if isinstance(written, str) else written


Renames = dict[str, Annotated[RenameWords, BeforeValidator(_point, json_schema_input_type=str | RenameWords)]]


class MappedWords(Words):
    """Which device of ours one of theirs is. `word: device` is short for `word: {device: device}`."""

    device: Name = Field(description="A device of ours, or site/device.")
    points: Renames = Field(default_factory=dict, description="Names that mean something else at this device.")


class MappingWords(Words):
    """What their words mean."""

    devices: dict[str, Annotated[MappedWords, BeforeValidator(_device, json_schema_input_type=str | MappedWords)]] = Field(
        default_factory=dict, description="Their word for a device → ours."
    )
    points: Renames = Field(default_factory=dict, description="Their name of a value → our point, at every device.")
    states: dict[str, State] = Field(default_factory=dict, description="Words for states beyond those that Atrium knows.")
    failures: list[str | Figure] = Field(
        default_factory=list, description="Values that stand for a failed read, beside error, --, null and the like."
    )
    ignore: list[Name] = Field(default_factory=list, description="Names that are no points.")
    registers: list[RegisterWords] = Field(default_factory=list, description="What stands where in Modbus answers.")
    polls: list[PollWords] = Field(default_factory=list, description="Which Modbus questions are asked.")


class SourceWords(BrokerWords):
    """A further broker, or topics in another payload dialect."""

    id: Id
    dialect: str = "atrium"
    topics: list[str] = Field(
        default_factory=list,
        description="Topic filters; a level may be {site}, {device} or {point}. Default: those of the dialect.",
    )
    site: Id | None = Field(None, description="The site of devices that are named without one.")
    device: Id | None = Field(None, description="The device of everything that mapping.devices does not name.")
    field: Name | None = Field(None, description="The member of the payload that names the device, e.g. did or device.id.")
    timezone: str = Field("Asia/Shanghai", description="Of times that are written without one.")
    encoding: Literal["utf-8", "gbk", "gb2312", "gb18030"] | None = Field(
        None, description="Of texts. Default: UTF-8, and GB 18030 where it is none."
    )
    mapping: MappingWords = Field(default_factory=MappingWords)
    options: dict[str, State] = Field(default_factory=dict, description="Words of the dialect's own.")
