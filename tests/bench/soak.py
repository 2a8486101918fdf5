"""`python -m tests.bench.soak --minutes 20 --rate 3000 [--sites 5]`: a long stream; does memory grow, are messages lost?

Prints one line a minute; at the end the slope of the resident memory over the last half, and what the journal holds. The windows
of rules grow until they hold what they look back for, at most 1,000 samples each: five sites send so often that theirs are full
after four minutes; with thirty it takes 24, and every minute until then about 9 MB.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from pathlib import Path
from statistics import linear_regression
from typing import TYPE_CHECKING

from tests.bench import company, stage
from tests.bench.rig import broker
from tests.bench.stream import Sender, packets, payloads, templates

if TYPE_CHECKING:
    from tests.bench.ear import Ear
    from tests.bench.stage import Running

VALUES = 8
FENCE = "pile-001"  # of the first site: its alarm says that all before it was committed
SAMPLE = 5.0  # s of stream made at once, and between two looks at the memory


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--rate", type=float, default=3000.0)
    parser.add_argument("--sites", type=int, default=5)
    wishes = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # leave no process and no folder behind
    with tempfile.TemporaryDirectory(dir=stage.real_folder(), prefix="atrium-soak-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        config = company.write(folder / "config", wishes.sites)
        with broker(folder) as port, stage.watch(folder / "watch", port, config) as (running, ear):
            sent, memory = soak(port, running, ear, wishes)
        print(f"\nsent {sent:,}, committed {running.saved:,}, lost {sent - running.saved:,}, connections {running.links}")
        print(
            "\n".join(line for line in running.log.read_text(encoding="utf-8").splitlines() if "[warn" in line or "[err" in line)
        )
    settled = memory[len(memory) // 2 :]
    slope = linear_regression([at for at, _ in settled], [size for _, size in settled]).slope
    print(f"memory {memory[0][1]:.1f} → {memory[-1][1]:.1f} MB; slope of the last half {slope * 60.0:+.3f} MB a minute")


def soak(port: int, running: Running, ear: Ear, wishes: argparse.Namespace) -> tuple[int, list[tuple[float, float]]]:
    """(messages sent, (s, resident MB) every few seconds)."""
    some = [one for one in templates(wishes.sites, VALUES) if f"/{FENCE}/" not in one.topic]
    sender, began, memory, each = Sender(port, "soak"), time.time(), [], int(wishes.rate * SAMPLE)
    for number in range(max(1, round(wishes.minutes * 60.0 / SAMPLE))):
        start = time.time() + each * 1.5e-5
        ready = packets(payloads(some, each, start=start, rate=wishes.rate, seed=number))
        time.sleep(max(0.0, start - time.time()))
        sender.publish(ready, rate=wishes.rate, start=start)
        memory.append((time.time() - began, running.memory() / 1e6))
        if number % 12 == 11:
            print(f"{memory[-1][0]:7.0f} s  {memory[-1][1]:8.1f} MB  {running.cpu() / memory[-1][0]:6.2f} cores", flush=True)
    stage.fence(sender, ear, running, (company.name_of(0), FENCE))
    sent = sender.sent
    sender.close()
    return sent, memory


if __name__ == "__main__":
    main()
