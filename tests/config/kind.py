"""A tiny kind of equipment for the tests of the loader."""

from sensors.kit.words import CRITICAL, MAJOR, MINOR, Kind, Level, Limit, Param, Point, Signature, Text, Type

PUMP = Kind(
    "pump",
    says=Text("水泵", "Pump"),
    explains=Text("一台水泵。", "A pump."),
    params=(Param("start", 0.80, "MPa", Text("启泵", "start")), Param("nominal", 10, "A", Text("额定", "nominal"))),
    points=(
        Point("pressure", Text("压力", "Pressure"), "MPa", span=(0, 1.6), every=10),
        Point("temp", Text("温度", "Temperature"), "Cel", span=(-20, 120), every=10),
        Point("mode", Text("模式", "Mode"), "", Type.ENUM, states=("auto", "manual"), heartbeat=60),
        Point("ok", Text("正常", "OK"), "bool", Type.BOOL, heartbeat=60),
        Point("m{i}_run", Text("运行", "Running"), "bool", Type.BOOL, index="i", instances=2, heartbeat=60),
        Point("m{i}_current", Text("电流", "Current"), "A", span=(0, 300), index="i", instances=2, every=10),
    ),
    limits=(
        Limit("pressure", Level.LL, "<", 0.80, CRITICAL, on=5, off=30, deadband=0.03, expr="P.start"),
        Limit("pressure", Level.L, "<", 0.84, MAJOR, on=60, off=60, deadband=0.02, expr="P.start+0.04"),
        Limit("pressure", Level.H, ">", 1.05, MINOR, on=60, off=60, deadband=0.02, when="not any(m{i}_run)"),
        Limit("pressure", Level.HH, ">", 1.5, CRITICAL, on=5, off=30, deadband=0.03),
        Limit("m{i}_current", Level.H, ">", 11, MAJOR, on=10, off=30, expr="1.1*P.nominal", when="m{i}_run"),
        Limit("mode", Level.STATE, "!=", "auto", CRITICAL, on=300, off=10),
        Limit("ok", Level.STATE, "==", 0, MAJOR, on=3, off=10),
        Limit("ok", Level.STATE, "==", 0, CRITICAL, on=300, off=10, when="mode == manual"),
    ),
    signatures=(
        Signature(
            "PU-01",
            Text("压力低而泵未启动", "Pressure low and no pump started"),
            CRITICAL,
            "for(pressure < P.start, 10s) and mode == auto and not any(m{i}_run)",
            Text("派人到泵房", "Send someone"),
            hides=("pressure.LL", "pressure.L"),
        ),
        Signature(
            "PU-02",
            Text("电流高", "Current high"),
            MAJOR,
            "for(m{i}_run and m{i}_current > P.nominal, 10s)",
            Text("检查", "Check"),
            hides=("m{i}_current.H",),
        ),
        Signature("PU-03", Text("以后", "Later"), MINOR, "", Text("检查", "Check")),
    ),
)
GATEWAY = Kind(
    "gateway",
    says=Text("网关", "Gateway"),
    explains=Text("网关。", "A gateway."),
    points=(Point("gateway_online", Text("在线", "Online"), "bool", Type.BOOL, heartbeat=60),),
)
COMMON = Kind("common", says=Text("通用", "Common"), explains=Text("数据质量。", "Data quality."))
KINDS = {kind.id: kind for kind in (PUMP, GATEWAY, COMMON)}
