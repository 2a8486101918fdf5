"""The nodes that look back in time, a file for each family. Each owns one slot of the memory: plain lists, numbers and None.

`lasting` and `calendar` remember moments, `switched` follows conditions, `window` takes samples into `stores` or `ranks`, `past`
keeps what was in force, `session`, `trend` and `learned` build on samples too. How exact each is stands in its file.
"""

from sensors.kit.windows.calendar import Between, Days
from sensors.kit.windows.lasting import Age, Edge, Lasting, Overdue, Silent, Since
from sensors.kit.windows.learned import Baseline, Bins, Reference
from sensors.kit.windows.past import Delta, Was
from sensors.kit.windows.session import Session
from sensors.kit.windows.switched import Changes, Duty, RunLength
from sensors.kit.windows.trend import TimeTo
from sensors.kit.windows.window import Span, Window

__all__ = [
    "Age", "Baseline", "Between", "Bins", "Changes", "Days", "Delta", "Duty", "Edge", "Lasting", "Overdue", "Reference",
    "RunLength", "Session", "Silent", "Since", "Span", "TimeTo", "Was", "Window",
]  # fmt: skip
