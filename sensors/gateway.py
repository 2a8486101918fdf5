"""Field gateway: the device that others report through, with the points, limits and inspections that `common` declares for it."""

from sensors import common
from sensors.kit.words import Kind, Text
from sensors.plants.gateway import Gateway

KIND = Kind(
    "gateway",
    says=Text("现场网关", "Field gateway"),
    explains=Text(
        "网关把机房里各个传感器的读数收集起来送到监控中心。它掉线时设备本身通常照常运行，只是我们暂时看不到数据，页面会显示为灰色“未知”。",
        "The gateway gathers the readings of a room's sensors and sends them to the control room. When it is offline the "
        "equipment usually works on; we just cannot see it for a while, and the page shows grey: unknown.",
    ),
    scope="One gateway per room or cabinet. Its points, limits and inspections are those of `common`.",
    params=common.KIND.params,
    points=common.KIND.points,
    limits=common.KIND.limits,
    tasks=common.KIND.tasks,
    recipe=common.KIND.recipe,
    headline=common.KIND.headline,
    plant=Gateway,
)
