"""The usual script, as tutorials write it: paho callback, pydantic, one threshold, influxdb-client writing each message at once.

`python -m tests.bench.usual PORT URL`.
"""

from __future__ import annotations

import sys
from typing import Any

from influxdb_client import InfluxDBClient, Point
from influxdb_client.client.write_api import SYNCHRONOUS
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from pydantic import BaseModel


class Telemetry(BaseModel):
    """What a device says."""

    ts: int
    values: dict[str, float]


def main(port: int, url: str) -> None:
    """Hear, check, store, for ever."""
    store = InfluxDBClient(url=url, token="none", org="none")  # noqa: S106 - the store asks for none
    writer = store.write_api(write_options=SYNCHRONOUS)

    def on_connect(client: Client, *_: Any) -> None:
        client.subscribe("atrium/+/+/telemetry", qos=1)

    def on_subscribe(client: Client, *_: Any) -> None:
        client.publish("bench/ready", b"1", retain=True)

    def on_message(client: Client, _: Any, message: Any) -> None:
        telemetry = Telemetry.model_validate_json(message.payload)
        _, site, device, _ = message.topic.split("/")
        point = Point("telemetry").tag("site", site).tag("device", device).time(telemetry.ts, "ms")
        for name, value in telemetry.values.items():
            point.field(name, value)
        writer.write(bucket="bench", record=point)
        if telemetry.values.get("residual_current", 0.0) > 30.0:
            client.publish("bench/alarm", message.payload)

    client = Client(CallbackAPIVersion.VERSION2)
    client.on_connect, client.on_subscribe, client.on_message = on_connect, on_subscribe, on_message
    client.connect("127.0.0.1", port)
    client.loop_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
