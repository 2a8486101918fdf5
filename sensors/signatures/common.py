"""What a gauge can be held against (DQ-05): another gauge of the same quantity, a value worked out from one, or the zero it is
known to show while its machine stands still. One row a gauge; a kind without a row has nothing to compare.

Left out, because a signature judges them already: the balance of a tank (WS-02), boiler supply against return (BO-16), gas while
the burner is off (BO-09). Left out, because both come from one instrument: a meter and its own total, the phases of one meter.
"""

from __future__ import annotations

from sensors.kit.words import Yardstick


def _at_rest(point: str, switch: str) -> Yardstick:
    return Yardstick(point, still=(switch,))


HEAD = 0.00981  # MPa per metre of water

YARDSTICKS: dict[str, tuple[Yardstick, ...]] = {
    "fire_pump": (
        Yardstick("main_pressure", "end_pressure", absolute=False),  # the height of the building between them
        Yardstick("suction_pressure", "tank_level", HEAD, still=("pump{i}_run",), absolute=False),
        *(_at_rest(f"pump{{i}}_current_{phase}", "pump{i}_run") for phase in "abc"),
    ),
    "water_supply": (
        Yardstick("tank{k}_level", "tank{k}_level"),  # connected vessels
        _at_rest("pump{i}_current", "pump{i}_run"),
    ),
    "boiler": (_at_rest("circ_pump{i}_current", "circ_pump{i}_run"),),
    "reclaimed_water": (_at_rest("blower{i}_current", "blower{i}_run"),),
}
