"""Feeder of the charging area: what a group of piles and sheds draws together."""

from sensors.kit.tables import HH, H, L, duty, failure, fault, gauge, limit, param
from sensors.kit.words import MAJOR, MINOR, Kind, Text, Type
from sensors.plants.charging_group import ChargingGroup

# Tables: one row a line, which the formatter would break up.
# fmt: off
KIND = Kind(
    "charging_group",
    says=Text("充电区配电", "Charging-area feeder"),
    explains=Text(
        "这里是充电区的总电源。晚上同时充电的车多，系统会看着变压器还剩多少余量，必要时让大家轮流充、慢一点充，保证家里的灯和电"
        "梯不受影响。",
        "This is the feed for the charging area. When many cars charge in the evening the system watches how much transformer "
        "capacity is left and, if needed, makes cars take turns or charge more slowly so that lights and lifts are not "
        "affected.",
    ),
    scope=(
        "One device = the distribution cabinet or feeder that supplies a group of piles and sheds; load-management view."
    ),
    headline=("group_power", "transformer_load_pct", "cable_temp"),
    params=(
        param("feeder_limit_kw", 250, "kW", "回路限额", "Power limit of the group", evidence="J (contract or cable)"),
        param("transformer_kva", 800, "kVA", "变压器容量", "Transformer rating", evidence="J (nameplate)"),
    ),
    points=(
        gauge("group_power", "充电总功率", "Group power", "kW", (0, 1000), (0, 180), 15, step=0.1, noise=0.5),
        gauge("transformer_load_pct", "变压器负载率", "Transformer load", "%", (0, 150), (20, 70), 30, step=0.1, noise=0.4),
        gauge("current_a", "A相电流", "Current L1", "A", (0, 1000), (0, 300), 15, step=0.1, noise=1),
        gauge("current_b", "B相电流", "Current L2", "A", (0, 1000), (0, 300), 15, step=0.1, noise=1),
        gauge("current_c", "C相电流", "Current L3", "A", (0, 1000), (0, 300), 15, step=0.1, noise=1),
        gauge("neutral_current", "中性线电流", "Neutral current", "A", (0, 1000), (0, 60), 15, step=0.1, noise=1),
        gauge("voltage_min", "最低相电压", "Lowest phase voltage", "V", (0, 300), (212, 232), 15, step=0.1, noise=0.6),
        gauge("cable_temp", "电缆/铜排温度", "Cable or busbar temperature", "Cel", (-30, 150), (10, 65), 60, step=0.1,
            noise=0.3),
        gauge("active_sessions", "正在充电数", "Active sessions", "1", (0, 500), (0, 40), 60, step=1, kind=Type.INT),
        gauge("residual_current", "总剩余电流", "Feeder residual current", "mA", (0, 3000), (20, 180), 30, step=1, noise=3),
    ),
    limits=(
        limit("transformer_load_pct", H, 80, MINOR, 900, 900, 3, "start staggered charging"),
        limit("transformer_load_pct", HH, 100, MAJOR, 300, 600, 3, "overload", evidence="K DL/T 572"),
        limit("group_power", H, 250, MAJOR, 60, 300, 5, "over contract/cable", expr="P.feeder_limit_kw"),
        limit("voltage_min", L, 198, MAJOR, 60, 120, 2, expr="220*0.90", evidence="K GB/T 12325-2008"),
        limit("cable_temp", H, 70, MAJOR, 120, 300, 3, "PVC conductor limit 70 C, XLPE 90 C", evidence="K GB/T 16895"),
        limit("residual_current", H, 300, MINOR, 60, 120, 20, "electrical-fire detector setting 300-500 mA; natural leakage "
            "100-200 mA", evidence="S:resid300"),
        limit("residual_current", HH, 500, MAJOR, 30, 120, 30, "upper end of the setting range", evidence="S:resid300"),
    ),
    signatures=(
        failure("CG-01", MAJOR, ("群充超变压器容量", "Group charging overloads the transformer"),
            when="(forecast(transformer_load_pct, 30min) > 95 or for(transformer_load_pct > 100, 5min)) and group_power > 0.20 * "
                "P.transformer_kva * transformer_load_pct / 100",
            hides=("transformer_load_pct.H", "transformer_load_pct.HH", "group_power.H"),
            reference="forecast(transformer_load_pct, 30min) > 95 or for(transformer_load_pct > 100, 5min) with group_power "
                "share > 20 %",
            do=("下发功率限额/排队充电，错峰到23点后。", "Issue a power limit or queue sessions; shift to after 23:00."),
            causes=[("晚高峰同时充电", "evening coincidence"), ("空调负荷叠加", "air-conditioning peak"), ("有序充电未启用",
                "smart charging disabled")],
        ),
        failure("CG-02", MINOR, ("三相不平衡", "Phase imbalance"),
            when="for((max(current_a, current_b, current_c) - min(current_a, current_b, current_c)) / max(current_a, "
                "current_b, current_c) > 0.25 and max(current_a, current_b, current_c) > 80, 30min)",
            reference="for((max(current_a,current_b,current_c) - min(current_a,current_b,current_c)) / "
                "max(current_a,current_b,current_c) > 0.25 and max(current_a,current_b,current_c) > 80, 30min)",
            do=("调整单相桩的相别分配。", "Re-distribute single-phase piles over phases."),
            causes=[("单相桩集中在一相", "single-phase piles on one phase"), ("某相缺失", "phase loss")],
            note="15 % is the limit at the transformer outlet, 25 % of rated for the neutral [S:unbal15].",
        ),
        failure("CG-03", MINOR, ("末端电压跌落", "Voltage sag under charging"),
            when="for(voltage_min < 205 and group_power > 0.6 * P.feeder_limit_kw, 5min) and median(voltage_min while "
                "group_power < 0.3 * P.feeder_limit_kw, 24h) > voltage_min + 8",
            reference="for(voltage_min < 205 and group_power > 0.6*P.feeder_limit_kw, 5min) and voltage_min recovers > 8 V "
                "when group_power halves",
            rewritten="That the voltage recovers when the load halves is taken from the past day's hours of low load: the alarm "
                "need not wait for the cars to leave.",
            do=("检查电缆截面和接头，限制功率。", "Check cable size and joints, limit power."),
            causes=[("电缆偏细/过长", "undersized or long cable"), ("接头发热", "hot joint")],
        ),
        failure("CG-04", MAJOR, ("成组离线/跳闸", "Group offline or tripped"),
            when="group_power < 0.5 and rose(for(group_power < 0.5, 60s) and max(group_power, 3min) > 5 and active_sessions > "
                "0, 12h)",
            hides=("voltage_min.L",), explains=("DQ-01*", "EV-08", "voltage*"),
            reference="for(group_power < 0.5, 60s) and group_power > 5 within the last 3 min and active_sessions > 0",
            rewritten="Raised at the trip and held while the feeder stays without power, 12 h at most.",
            do=("到箱变查断路器；先断各桩再合闸。", "Go to the cabinet, open pile breakers first, then reclose."),
            causes=[("总开关过载跳闸", "main breaker overload"), ("漏电跳闸", "RCD trip"), ("采集电源丢失",
                "metering supply lost")],
        ),
    ),
    tasks=(
        duty("CG-T1", "配电箱红外测温", "Infrared scan of cabinets", 90, "每季度 quarterly", ("满载时测接头",
            "joints at high load"), "DL/T 664", evidence="K"),
        duty("CG-T2", "负荷曲线复核", "Load profile review", 30, "每月 monthly", ("峰值; 三相; 限额策略",
            "peaks; phases; limits"), "J"),
    ),
    faults=(
        fault("CG-F1", "晚高峰过载", "Evening overload", ("CG-01",),
            "40 simultaneous 7 kW sessions on a hot day: load 70 → 108 %"),
        fault("CG-F2", "单相集中", "One phase crowded", ("CG-02",), "80 % of sessions on phase A"),
        fault("CG-F3", "电缆接头发热", "Hot joint", ("CG-03", "cable_temp.H"),
            "cable_temp coefficient x2, voltage -12 V under load"),
        fault("CG-F4", "总闸跳闸", "Main trip", ("CG-04", "EV-08"), "power to 0 with active sessions, all piles stale"),
    ),
    recipe=(
        "`group_power` = sum of piles and sheds + losses 2 %. Base load of the transformer (800 kVA): 180 kW night, 320 kW "
        "evening, +150 kW on hot days. Split single-phase piles over phases by index mod 3, add random imbalance 10 %. Cable "
        "temp first order to `ambient + 35*(I/Ilimit)^2`, tau 40 min. residual = 40 + 1.2 mA per active pile."
    ),
    plant=ChargingGroup,
)
# fmt: on
