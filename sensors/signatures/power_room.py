"""Failures of a transformer bay, told from several points together."""

from sensors.kit.tables import failure
from sensors.kit.words import CRITICAL, MAJOR, MINOR

# Tables: one row a line, which the formatter would break up.
# fmt: off
SIGNATURES = (
    failure("PW-01", CRITICAL, ("进线失电备自投未动作", "Incoming supply lost and transfer did not act"),
        when=(
            "let supplied = max(hv_voltage_ab, hv_voltage_bc, hv_voltage_ca) >= 1.0\n"
            "for(not supplied and not bus_tie_closed and lv_voltage_a < 50, 10s) and since(auto_transfer_ready) < "
            "since(supplied) + 60s"
        ),
        hides=("hv_voltage_ab.L", "hv_voltage_bc.L", "hv_voltage_ca.L", "lv_voltage_a.L", "lv_voltage_b.L", "lv_voltage_c.L",
            "frequency.L", "dc_charger_ok.STATE", "auto_transfer_ready.STATE", "PW-09"),
        explains=("CG-04", "DQ-01*", "EV-08", "power_main_ok.STATE", "power_ok.STATE", "voltage*"),
        reference="for(max(hv_voltage_ab, hv_voltage_bc, hv_voltage_ca) < 1.0 and not bus_tie_closed and lv_voltage_a < "
            "50, 10s) and auto_transfer_ready was 1",
        rewritten="'was 1' = ready at some moment after 60 s before the supply went: a device that loses its own supply "
            "with the line may drop the ready signal, and the rule must stand as long as the outage.",
        do=("按预案手动倒闸，保消防、电梯、供水负荷；联系供电公司。",
            "Transfer by hand under the plan, keep fire, lift and water loads; call the utility."),
        causes=[("备自投闭锁/故障", "transfer blocked or failed"), ("对侧电源也失电", "other source also lost"),
            ("保护动作闭锁", "blocked by a protection trip")],
    ),
    failure("PW-02", CRITICAL, ("高压缺相", "HV phase loss"),
        when=(
            "for(min(hv_voltage_ab, hv_voltage_bc, hv_voltage_ca) < 0.75 * max(hv_voltage_ab, hv_voltage_bc, hv_voltage_ca) "
            "and max(hv_voltage_ab, hv_voltage_bc, hv_voltage_ca) > 9.0, 3s)"
        ),
        hides=("hv_voltage_ab.L", "hv_voltage_bc.L", "hv_voltage_ca.L", "lv_voltage_a.L", "lv_voltage_b.L", "lv_voltage_c.L",
            "neutral_current.H", "PW-03", "PW-07"),
        reference="for(min(hv_voltage_ab, hv_voltage_bc, hv_voltage_ca) < 0.75*max(hv_voltage_ab, hv_voltage_bc, "
            "hv_voltage_ca) and max(hv_voltage_ab, hv_voltage_bc, hv_voltage_ca) > 9.0, 3s)",
        do=("断开大电机和电梯，查高压熔断器/PT熔丝，联系供电。",
            "Shed large motors and lifts, check HV fuses and VT fuses, call the utility."),
        causes=[("线路断相", "open phase on the line"), ("PT熔丝熔断", "VT fuse blown (currents stay balanced)"),
            ("高压熔断器一相熔断", "one HV fuse blown")],
    ),
    failure("PW-03", CRITICAL, ("中性线断线/电压漂移", "Broken neutral"),
        when="for(max(lv_voltage_a, lv_voltage_b, lv_voltage_c) - min(lv_voltage_a, lv_voltage_b, lv_voltage_c) > 30, 3s)",
        hides=("lv_voltage_a.L", "lv_voltage_a.H", "lv_voltage_b.L", "lv_voltage_b.H", "lv_voltage_c.L", "lv_voltage_c.H",
            "PW-07"),
        reference="for(max(lv_voltage_a, lv_voltage_b, lv_voltage_c) - min(lv_voltage_a, lv_voltage_b, lv_voltage_c) > 30, "
            "3s)",
        do=("立即断开低压总开关，防止烧坏家电，检查N线。",
            "Open the LV main at once to protect appliances; inspect the neutral."),
        causes=[("N线端子松脱烧断", "neutral loose or burnt"), ("严重单相接地", "solid earth fault")],
    ),
    failure("PW-04", MAJOR, ("风机应启未启", "Cooling fan did not start"),
        when="for(max(winding_temp_a, winding_temp_b, winding_temp_c) > P.fan_on + 3 and not fan_on, 120s)",
        hides=("winding_temp_a.H", "winding_temp_b.H", "winding_temp_c.H"),
        reference="for(max(winding_temp_a, winding_temp_b, winding_temp_c) > P.fan_on + 3 and fan_on == 0, 120s)",
        do=("手动启风机，查温控器和风机电源，降负荷。", "Start the fan by hand, check controller and supply, reduce load."),
        causes=[("温控器故障", "controller failure"), ("风机电机烧毁", "fan motor burnt"),
            ("风机电源跳闸", "fan breaker open")],
    ),
    failure("PW-05", MAJOR, ("低负载高温（散热不良）", "Hot at low load"),
        when=(
            "let expected = room_temp + 80 * (load_pct / 100)^1.6\n"
            "for(max(winding_temp_a, winding_temp_b, winding_temp_c) - expected > 20, 2h)"
        ),
        hides=("winding_temp_a.H", "winding_temp_b.H", "winding_temp_c.H"),
        reference="resid = max(winding_temp_a, winding_temp_b, winding_temp_c) - (room_temp + 80*(load_pct/100)^1.6); "
            "for(resid > 20, 2h)",
        do=("检查通风、滤网、绕组积灰；查匝间短路可能。", "Check ventilation and dust; consider inter-turn fault."),
        causes=[("通风堵塞", "ventilation blocked"), ("绕组积灰", "dust on windings"),
            ("匝间短路", "inter-turn short (one phase only)"), ("谐波附加损耗", "harmonic losses")],
    ),
    failure("PW-06", MAJOR, ("接头过热（相间温差）", "Hot joint (phase-to-phase difference)"),
        when=(
            "let apart = max(contact_temp_a, contact_temp_b, contact_temp_c) - min(contact_temp_a, contact_temp_b, "
            "contact_temp_c)\n"
            "let alike = max(lv_current_a, lv_current_b, lv_current_c) < 1.3 * min(lv_current_a, lv_current_b, "
            "lv_current_c)\n"
            "major: for(apart > 15 and alike, 10min)\n"
            "critical: for(apart > 35 and alike, 10min)"
        ),
        hides=("contact_temp_a.H", "contact_temp_a.HH", "contact_temp_b.H", "contact_temp_b.HH", "contact_temp_c.H",
            "contact_temp_c.HH"),
        reference="for(max(contact_temp_a, contact_temp_b, contact_temp_c) - min(contact_temp_a, contact_temp_b, "
            "contact_temp_c) > 15 and max(lv_current_a, lv_current_b, lv_current_c)/min(lv_current_a, lv_current_b, "
            "lv_current_c) < 1.3, 10min)   [major (critical if difference > 35)]",
        rewritten="The quotient of the currents is written as a product: no current at all is no reason to look.",
        do=("红外复测，降负荷，停电紧固。", "Confirm with infrared, reduce load, tighten during an outage."),
        causes=[("螺栓松动/压接不良", "loose or bad crimp"), ("触头氧化", "oxidised contact"),
            ("传感器脱落", "sensor detached (reads ambient)")],
    ),
    failure("PW-07", MINOR, ("三相负荷不平衡", "Load imbalance"),
        when=(
            "let spread = max(lv_current_a, lv_current_b, lv_current_c) - min(lv_current_a, lv_current_b, lv_current_c)\n"
            "minor: for(spread > 0.25 * max(lv_current_a, lv_current_b, lv_current_c) and load_pct > 30, 1h)\n"
            "info: for(spread > 0.15 * max(lv_current_a, lv_current_b, lv_current_c), 24h)"
        ),
        hides=("neutral_current.H",),
        reference="for((max(lv_current_a,lv_current_b,lv_current_c) - "
            "min(lv_current_a,lv_current_b,lv_current_c))/max(lv_current_a,lv_current_b,lv_current_c) > 0.25 and load_pct "
            "> 30, 1h) ; warn at 0.15 for 24h",
        rewritten="'warn' is judged as info: it is recorded and opens no ticket.",
        do=("调整相别，充电桩按相均分。", "Rebalance phases, spread chargers."),
        causes=[("单相大负荷集中", "single-phase loads on one phase"), ("一相断线", "one phase lost downstream")],
        note="15 % at the transformer outlet, neutral not over 25 % [S:unbal15].",
    ),
    failure("PW-08", MINOR, ("无功补偿不投", "Capacitor bank not switching"),
        when="for(power_factor < 0.90 and cap_steps == 0 and active_power > 100, 30min) or for(reactive_power < -50, 30min)",
        hides=("power_factor.L",),
        reference="for(power_factor < 0.90 and cap_steps == 0 and active_power > 100, 30min) or for(reactive_power < -50, "
            "30min)",
        do=("查补偿控制器、熔断器、电容鼓包。", "Check controller, fuses, swollen capacitors."),
        causes=[("控制器取样错误", "wrong CT sampling"), ("熔丝熔断", "fuses blown"), ("电容失效", "failed capacitors")],
    ),
    failure("PW-09", MAJOR, ("直流系统失充", "DC supply discharging"),
        when=(
            "let failing = for(not dc_charger_ok or slope(dc_voltage, 30min) < -4, 10min)\n"
            "major: failing and dc_voltage < 226\n"
            "critical: failing and dc_voltage < 205"
        ),
        hides=("dc_charger_ok.STATE", "dc_voltage.L", "dc_voltage.LL"),
        reference="for(dc_charger_ok == 0 or slope(dc_voltage, 30min) < -4 /h, 10min) and dc_voltage < 226   [major "
            "(critical if dc_voltage < 205)]",
        do=("恢复充电机交流电源，必要时接应急充电。", "Restore charger AC supply; connect a temporary charger if needed."),
        causes=[("充电模块故障", "charger module failure"), ("蓄电池老化", "aged battery"), ("直流接地", "DC earth fault")],
    ),
    failure("PW-10", MINOR, ("局放与湿度相关上升", "Partial discharge rising with humidity"),
        when=(
            "let rising = slope(pd_tev, 7d) * 24 > 1 and pd_tev > 15\n"
            "minor: rising\n"
            "info: rising and corr(pd_tev, room_humidity, 7d) > 0.6\n"
            "major: rising and (pd_tev > 30 or pd_ultrasonic > 20)"
        ),
        hides=("pd_tev.H", "pd_tev.HH"),
        reference='slope(pd_tev, 7d) > 1 dB/d and pd_tev > 15 ; "moisture" if corr(pd_tev, room_humidity, 7d) > 0.6   '
            '[minor (major if pd_tev > 30 or pd_ultrasonic > 20)]',
        rewritten="1 dB a day is 24 times the slope, which is per hour. The label 'moisture' is a clause of its own, which "
            "adds nothing to the severity and its sentence to the reason.",
        do=("除湿，安排带电检测定位。", "Dehumidify; arrange a live PD survey."),
        causes=[("绝缘受潮", "damp insulation"), ("电缆终端缺陷", "cable termination defect"),
            ("异物/放电间隙", "foreign body")],
    ),
    failure("PW-11", MINOR, ("剩余电流缓升", "Residual current creeping up"),
        when=(
            "minor: median(residual_current, 7d) > 1.5 * median(residual_current, 30d before 7d) and "
            "median(residual_current, 7d) > 200\n"
            "major: rose(delta(residual_current, 5min) > 200, 24h) and residual_current > 200"
        ),
        hides=("residual_current.H", "residual_current.HH"),
        reference="median(residual_current,7d) > 1.5*median(residual_current, previous 30d) and > 200 ; step > 200 in 5min "
            "→ fault on a feeder   [minor (step: major)]",
        rewritten="'> 200' is of the same weekly median. A step is over after 5 min: it stands for a day, as long as more "
            "than 200 mA flow.",
        do=("分回路测漏电，先查户外和充电回路。", "Measure feeder by feeder; outdoor and charging feeders first."),
        causes=[("线路绝缘老化", "insulation ageing"), ("N/PE混接", "neutral-earth mixed"),
            ("雨后户外回路漏电", "wet outdoor circuits")],
    ),
    failure("PW-12", MAJOR, ("无过流跳闸", "Trip without overcurrent"),
        when=(
            "let idle = max(hv_current, 60s before 10s) < 0.8 * P.tr_kva / 17.32 and max(max(lv_current_a, lv_current_b, "
            "lv_current_c), 60s before 10s) < 0.9 * P.lv_in\n"
            "relay_trip and rose(rose(relay_trip, 5s) and idle, 1d)"
        ),
        reference="rose(relay_trip, 5s) and max(hv_current, 60s before) < 0.8*rated and "
            "max(lv_current_a,lv_current_b,lv_current_c, 60s before) < 0.9*P.lv_in",
        rewritten="The rated current is that of the transformer at 10 kV. The minute before ended 10 s before the trip, so "
            "that no sample of the trip itself is in it. The verdict of that moment stands while the trip signal does, for "
            "a day at most.",
        do=("调取保护报文，查超温跳闸、误动、低电压保护。",
            "Read the relay log; look for temperature trip, mal-operation, under-voltage."),
        causes=[("超温跳闸", "temperature trip"), ("二次回路误动", "secondary wiring fault"),
            ("失压脱扣", "under-voltage release")],
    ),
    failure("PW-13", CRITICAL, ("电缆沟进水", "Cable trench flooding"),
        when="for(flood, 10s)",
        hides=("flood.STATE", "room_humidity.H"),
        reference="flood == 1 for 10s ; correlate with rain or water_supply burst in the same building",
        rewritten="Rain and bursts are other devices' facts: they are gathered into one incident, not judged here.",
        do=("排水前先确认带电风险，派泵，必要时停电。", "Judge shock risk before pumping; de-energise if needed."),
        causes=[("雨水倒灌", "rain ingress"), ("管道漏水", "pipe leak"), ("集水坑泵故障", "sump pump failure")],
    ),
)
# fmt: on
