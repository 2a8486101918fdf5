"""Turns a data directory and a port into a command line for a broker of our own, on the loopback only.

mosquitto where it is installed: it keeps sessions and waiting messages on disk. Else the wheel `iotcore`, which keeps them in
memory and speaks MQTT 3.1.1.
"""

from __future__ import annotations

import getpass
import importlib.util
import shutil
import socket
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LOOPBACK = "127.0.0.1"
_PLACES = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")  # where packages put mosquitto, outside a user's PATH

# For 2.0.11, which Debian 12 ships. The default queue of 1,000 lost 19,000 of 20,000 messages while publishers saw success; with
# the default half hour between saves a killed broker lost every session. Saving every few changes instead would write the whole
# store each time, which stalls the broker just when a long backlog waits in it. Without set_tcp_nodelay a lone message waits
# 40 ms for the acknowledgement of the one before: publication to ticket took 44 ms instead of 6.
_SETTINGS = """\
listener {port} {loopback}
allow_anonymous true
persistence true
persistence_location {store}/
autosave_interval 5
max_queued_messages 1000000
max_queued_bytes 2000000000
max_inflight_messages 200
max_packet_size 131072
set_tcp_nodelay true
user {user}
log_dest stderr
log_type error
log_type warning
"""


class NoBroker(Exception):  # noqa: N818 - a result, not a bug
    """There is nothing to run, or no port to run it on; the text is one sentence for people."""


def command(data_dir: Path, port: int) -> list[str]:
    """The argv of a broker on 127.0.0.1:`port`, its settings written below `data_dir`. Raises NoBroker."""
    if taken(port):
        raise NoBroker(f"Port {port} is taken by another program; choose another with --mqtt-port.")
    if program := mosquitto():
        return [program, "-c", str(_settle(data_dir, port))]
    if wheel():
        return [sys.executable, "-m", __name__, str(port)]
    raise NoBroker("No MQTT broker is installed; install mosquitto (apt install mosquitto) or the Python package iotcore.")


def mosquitto() -> str | None:
    """The path of the installed mosquitto, None if there is none."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path=":".join(_PLACES))


def wheel() -> bool:
    """True if the Python package iotcore is installed."""
    return importlib.util.find_spec("iotcore") is not None


def taken(port: int) -> bool:
    """True if something listens on the loopback port or it may not be used."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return True
    return False


def ready(port: int, timeout: float) -> bool:
    """Wait until the broker accepts connections; False if it does not within `timeout` seconds."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        try:
            socket.create_connection((LOOPBACK, port), 0.5).close()
        except OSError:
            time.sleep(0.02)
        else:
            return True
    return False


def _settle(data_dir: Path, port: int) -> Path:
    store = data_dir / "broker"
    store.mkdir(parents=True, exist_ok=True)
    settings = store / "mosquitto.conf"
    # Started by root, mosquitto would become the user `mosquitto`, who may not write here.
    text = _SETTINGS.format(port=port, loopback=LOOPBACK, store=store.resolve(), user=getpass.getuser())
    settings.write_text(text, encoding="utf-8")
    return settings


def _serve(port: int) -> None:
    """Run iotcore in this process, for ever."""
    import logging  # noqa: PLC0415 - only this process needs them

    from iotcore import IotCoreBroker  # noqa: PLC0415

    logging.getLogger("rumqttd").setLevel(logging.CRITICAL)  # it would log each packet through Python
    IotCoreBroker(listen=LOOPBACK, port=port, max_payload_size=131072).run_forever()


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
