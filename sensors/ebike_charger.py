"""Charging post for electric bicycles: a controller box with its outlets, and the shed around it."""

from sensors.kit.tables import HH, H, choice, duty, failure, fault, gauge, limit, param, state, switch
from sensors.kit.words import CRITICAL, INFO, MAJOR, MINOR, Kind, Text
from sensors.plants.ebike_charger import EbikeCharger

# Tables: one row a line, which the formatter would break up.
# fmt: off
KIND = Kind(
    "ebike_charger",
    says=Text("电动自行车充电设施", "E-bike charging post"),
    explains=Text(
        "这里给电动自行车充电，一般 6–8 小时充满，功率会慢慢降下来，到点自动断电。系统盯着每个插口的功率、温度和烟感，发现充满"
        "后功率又升高、温度快速上升会立刻断电报警。请不要把电池带回家充。",
        "E-bikes charge here; a full charge takes 6-8 hours, the power tapers off and is cut automatically. Every outlet's "
        "power, the temperature and smoke are watched: if power rises again after the battery is full, or heat builds quickly, "
        "the outlet is cut and an alarm raised. Please do not charge batteries at home.",
    ),
    scope=(
        "One device = one charging controller box with `{n}` = 01..10 outlets, plus the shed's smoke and temperature. A real "
        "10-outlet product: 6.6 kW in total, 2.2 kW per outlet at most, with over-charge, over-voltage, over-temperature, "
        "standby, short-circuit and leakage protection [S:ebike-ewtx]. The product standard is GB/T 42236.1-2022 (recommended, "
        "in force 2023-07-01; AC charging controllers, battery-swap cabinets, charging cabinets) [S:gbt42236]."
    ),
    headline=("total_power", "shed_temp", "shed_smoke", "residual_current"),
    params=(
        param("port_limit_w", 800, "W", "单口功率上限", "Per-outlet power limit (many local rules 600-1000 W)"),
        param("max_hours", 10, "h", "最长充电时间", "Longest charge time"),
    ),
    points=(
        gauge("voltage", "输入电压", "Supply voltage", "V", (0, 300), (215, 235), 30, step=0.1, noise=0.6),
        gauge("total_power", "总功率", "Total power", "W", (0, 8000), (0, 2500), 30, step=1, noise=3),
        gauge("residual_current", "剩余电流", "Residual current", "mA", (0, 300), (0.5, 8), 30, step=0.1, noise=0.3),
        gauge("cabinet_temp", "箱内温度", "Box temperature", "Cel", (-40, 120), (-10, 50), 60, step=0.1, noise=0.3),
        switch("breaker_closed", "总断路器合闸", "Main breaker closed", ("总断路器断开", "main breaker open"),
            ("总断路器合闸", "main breaker closed"), "1", 300),
        choice("port{n}_state", "插口状态", "Outlet state", {"idle": ("空闲", "idle"), "charging": ("充电中", "charging"),
            "full": ("已充满", "full"), "fault": ("故障", "fault"), "disabled": ("停用", "disabled")}, "idle/charging", 60,
            of=10, digits="02d"),
        gauge("port{n}_power", "插口功率", "Outlet power", "W", (0, 2500), "0 or 15..350", 30, step=0.1, noise=0.5, of=10,
            digits="02d"),
        gauge("port{n}_energy", "本次电量", "Session energy", "kWh", (0, 10), (0, 1.8), 60, step=0.001, of=10, digits="02d",
            ucum="kW.h"),
        gauge("port{n}_minutes", "本次时长", "Session minutes", "min", (0, 1440), (0, 600), 60, step=1, of=10, digits="02d"),
        switch("port{n}_plugged", "插头插入", "Plug inserted", ("{i}号插口|未插入", "outlet {i}| unplugged"),
            ("{i}号插口|已插入", "outlet {i}| plugged in"), "0/1", 300, of=10, digits="02d"),
        gauge("shed_temp", "车棚温度", "Shed temperature", "Cel", (-40, 120), (-10, 42), 60, step=0.1, noise=0.2),
        switch("shed_smoke", "车棚烟感", "Shed smoke", ("车棚无烟", "no smoke in the shed"),
            ("车棚烟感报警", "smoke in the shed"), "0", 300),
        switch("sprinkler_flow", "喷淋水流", "Sprinkler flow", ("喷淋未动作", "sprinkler not flowing"),
            ("喷淋出水", "sprinkler flowing"), "0", 300),
    ),
    limits=(
        limit("residual_current", H, 15, MINOR, 30, 60, 2),
        limit("residual_current", HH, 30, CRITICAL, 0, 60, 3, "personal protection level", evidence="K GB/T 13955"),
        limit("cabinet_temp", H, 60, MINOR, 120, 300, 3),
        limit("cabinet_temp", HH, 75, MAJOR, 30, 300, 5),
        limit("port{n}_power", H, 800, MAJOR, 60, 60, 30, "several chargers on one outlet, or heater", expr="P.port_limit_w"),
        limit("port{n}_minutes", H, 600, MINOR, 0, 0, 0, "cut off; a charge of 6-8 h is normal", expr="60*P.max_hours",
            when="port{n}_state == charging"),
        limit("shed_temp", H, 55, MAJOR, 30, 120, 3),
        limit("shed_temp", HH, 68, CRITICAL, 5, 120, 5, "sprinkler bulb temperature", evidence="K"),
        state("shed_smoke", "==", 1, CRITICAL, 2, 60),
        state("sprinkler_flow", "==", 1, CRITICAL, 5, 60),
        state("breaker_closed", "==", 0, MAJOR, 10, 10),
    ),
    signatures=(
        failure("EB-01", CRITICAL, ("车棚火情", "Fire in the charging shed"),
            when="for(shed_smoke == 1, 2s) or delta(shed_temp, 2min) > 8",
            hides=("shed_smoke.STATE", "shed_temp.H", "shed_temp.HH", "sprinkler_flow.STATE", "cabinet_temp.H",
                "cabinet_temp.HH"),
            reference="shed_smoke == 1 for 2s or slope(shed_temp, 2min) > 240 /h (8 K in 2 min) ; confirmed if both within 60s "
                "or sprinkler_flow == 1",
            rewritten="8 K in 2 min are told as a change. Smoke or heat alone raises it; which of them came, and whether the "
                "sprinkler flows, is told beside it.",
            do=("远程断开全部插口和总闸，通知消控室和119，疏散，查看监控。", ("Cut all outlets and the main breaker remotely, "
                "call the control room and 119, evacuate, look at the camera.")),
            causes=[("电池热失控", "battery thermal runaway"), ("充电器/线路短路", "charger or wiring short circuit"),
                ("烟头等外来火源", "other ignition source")],
        ),
        failure("EB-02", CRITICAL, ("充满后功率回升（电池异常）", "Power rises again after taper"),
            when="let cut = not breaker_closed or port{n}_state == disabled; "
                "let tapered = for(port{n}_power < 0.30 * max(port{n}_power since port{n}_plugged), 10min); (tapered or "
                "fell(tapered, 30min)) and for(port{n}_power > 2 * min(port{n}_power, 30min) and port{n}_power > 60, 3min) and "
                "not (cut or fell(cut, 1h))",
            reference="port{n}_power < 0.30*max(port{n}_power, session) for 10min and then port{n}_power > "
                "2*min(port{n}_power, last 30min) and port{n}_power > 60 for 3min",
            rewritten="A session lasts from plug to plug, so that another bike on the outlet begins anew. `And then`: the taper "
                "goes on, or ended within the last 30 min. For an hour after an outlet was without power nothing is "
                "told: else every charge that goes on when the breaker is closed again would look like a failing battery.",
            do=("立即断该口电，现场查看电池温度，移至空旷处。", ("Cut that outlet, check battery temperature on site, move it "
                "to open ground.")),
            causes=[("电芯内短路", "internal cell short circuit"), ("中途换插另一辆车",
                "another bike plugged in (check plugged edge)"), ("充电器故障", "charger fault")],
        ),
        failure("EB-03", MAJOR, ("长时间不降功率（过充风险）", "No taper (overcharge risk)"),
            when="port{n}_state == charging and port{n}_minutes > 480 and port{n}_power > 0.8 * max(port{n}_power since "
                "port{n}_plugged)",
            hides=("port{n}_minutes.H",),
            reference="port{n}_state == charging and port{n}_minutes > 480 and port{n}_power > 0.8*max(port{n}_power, session)",
            do=("断电并通知车主，建议检测电池。", "Cut off and tell the owner to have the battery tested."),
            causes=[("铅酸电池老化不转灯", "aged lead-acid battery never reaches cut-off"), ("充电器不匹配", "wrong charger")],
        ),
        failure("EB-04", MAJOR, ("单口多用/大功率负载", "Several loads on one outlet"),
            when="let held = was(port{n}_power, 30s); for(port{n}_power > P.port_limit_w, 60s) or "
                "count_rise(held > 30 and port{n}_power - held > 60, 2h) > 2",
            hides=("port{n}_power.H",),
            reference="for(port{n}_power > P.port_limit_w, 60s) or step count > 2 within one session",
            rewritten="A step is a rise by more than 60 W between two readings of a load that was there; two hours stand for one "
                "session.",
            do=("断电，现场劝离插排。", "Cut off; remove the power strip."),
            causes=[("插排一拖多", "power strip"), ("大功率电摩", "high-power scooter charger")],
        ),
        failure("EB-05", MAJOR, ("无订单有功率", "Power without an order"),
            when="for(port{n}_power > 15 and port{n}_state in (idle, disabled, full), 60s)",
            reference="for(port{n}_power > 15 and port{n}_state in (idle, disabled, full), 60s)",
            do=("断总闸检查继电器。", "Isolate the box and check the relay."),
            causes=[("继电器粘连", "welded relay"), ("私接", "illegal tap")],
        ),
        failure("EB-06", INFO, ("有订单无功率", "Order without power"),
            when="for(port{n}_state == charging and port{n}_power < 5, 10min) and port{n}_energy < 0.02",
            reference="for(port{n}_state == charging and port{n}_power < 5, 10min) and port{n}_energy < 0.02",
            do=("提示用户插头未插好；同口一周多次则检修。", ("Tell the user the plug is loose; repair if it repeats on the "
                "same outlet.")),
            causes=[("插头未插好", "plug not in"), ("继电器不吸合", "relay does not close")],
        ),
        failure("EB-07", MINOR, ("总功率与分口之和不符", "Total and outlets do not add up"),
            when="for(abs(total_power - sum(port{n}_power)) > max(60, 0.1 * total_power), 5min)",
            reference="for(abs(total_power - sum(port{n}_power)) > max(60, 0.1*total_power), 5min)",
            do=("检查是否有绕过计量的接线或某口计量失准。", "Look for unmetered wiring or a bad metering channel."),
            causes=[("绕表接线", "wiring around the meter"), ("计量芯片漂移", "metering drift")],
        ),
    ),
    tasks=(
        duty("EB-T1", "充电棚防火巡查", "Fire patrol of sheds", 1, "每日（夜间加查） daily, extra at night",
            ("飞线; 杂物; 烟感喷淋; 门禁监控", "flying leads; clutter; detectors; camera"),
            "fire law duties; local e-bike rules", evidence="K"),
        duty("EB-T2", "漏保试验与插座检查", "RCD test and socket check", 30, "每月 monthly", ("试验按钮; 插座松动烧蚀",
            "test button; loose or burnt sockets"), "GB/T 13955", evidence="K"),
        duty("EB-T3", "烟感喷淋联动测试", "Smoke and sprinkler test", 90, "每季度 quarterly", ("抽测烟感; 末端放水",
            "sample detectors; drain test"), "GB 25201", evidence="K"),
    ),
    faults=(
        fault("EB-F1", "热失控", "Thermal runaway", ("EB-02", "EB-01"),
            "taper, then power x2.5, 6-15 min later smoke=1, shed_temp +10 K/min"),
        fault("EB-F2", "过充", "Overcharge", ("EB-03", "port{n}_minutes.H"), "power stays 90 % for 11 h"),
        fault("EB-F3", "插排", "Power strip", ("EB-04",), "steps 120 → 250 → 480 → 900 W"),
        fault("EB-F4", "继电器粘连", "Welded relay", ("EB-05",), "state full, power 8-120 W continues"),
        fault("EB-F5", "漏电", "Leakage", ("residual_current.HH",), "residual 3 → 35 mA after rain, breaker opens"),
        fault("EB-F6", "绕表", "Unmetered tap", ("EB-07",), "total exceeds sum by 300 W every night"),
    ),
    recipe=(
        "Per outlet: arrivals peak 19-22 h, occupancy 70 % at 23 h, 15 % at 14 h. Charger types: 48 V lead-acid 110-130 W, 60 "
        "V 160-190 W, 72 V 250-300 W, lithium 48 V/5 A 270 W. Profile: constant power t1 = 60-80 % of the charge, then "
        "exponential fall tau 35-50 min to a float of 3-12 W (lithium: 0). Duration 3-9 h. Cabinet = shed + 8 K*(total/2500 "
        "W). Shed = outdoor + 2 K."
    ),
    plant=EbikeCharger,
)
# fmt: on
