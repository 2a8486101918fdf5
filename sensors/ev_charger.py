"""Charging pile for electric cars, one device per connector."""

from sensors.kit.tables import HH, H, L, choice, counter, duty, failure, fault, gauge, limit, param, remark, state, switch
from sensors.kit.words import CRITICAL, INFO, MAJOR, MINOR, Kind, Text
from sensors.plants.ev_charger import EvCharger

# Tables: one row a line, which the formatter would break up.
# fmt: off
ERROR_CODES = {
    "NoError": ("无故障", "no error"),
    "ConnectorLockFailure": ("枪锁故障", "connector lock failure"),
    "EVCommunicationError": ("车桩通信故障", "vehicle communication error"),
    "GroundFailure": ("接地故障", "ground failure"),
    "HighTemperature": ("温度过高", "high temperature"),
    "InternalError": ("内部错误", "internal error"),
    "LocalListConflict": ("本地名单冲突", "local list conflict"),
    "OverCurrentFailure": ("过流", "overcurrent"),
    "OverVoltage": ("过压", "overvoltage"),
    "PowerMeterFailure": ("电表故障", "power meter failure"),
    "PowerSwitchFailure": ("功率开关故障", "power switch failure"),
    "ReaderFailure": ("读卡器故障", "card reader failure"),
    "ResetFailure": ("复位失败", "reset failure"),
    "UnderVoltage": ("欠压", "undervoltage"),
    "WeakSignal": ("信号弱", "weak signal"),
    "OtherError": ("其他故障", "other error"),
}
KIND = Kind(
    "ev_charger",
    says=Text("电动汽车充电桩", "EV charging pile"),
    explains=Text(
        "这是电动汽车充电桩。正常充电时电流平稳、枪头只是温热；平台随时看着漏电、温度和烟感，一旦超限会自动断电。请勿使用破损的"
        "枪线，充满后及时驶离。",
        "These are the car chargers. During a normal charge the current is steady and the plug is only warm to the touch; "
        "leakage, temperature and smoke are watched all the time and power is cut if they exceed limits. Please do not use a "
        "damaged cable and move the car when it is full.",
    ),
    scope=(
        "One device = one connector (OCPP connectorId >= 1). AC 7 kW single-phase 220 V / 32 A is the default; DC piles add "
        "insulation, SoC and two gun probes."
    ),
    headline=("connector_status", "power", "gun_temp"),
    params=(
        param("rated_current", 32, "A", "额定电流", "Rated output current", evidence="J (nameplate)"),
        param("rated_power", 7, "kW", "额定功率", "Rated power", evidence="J (nameplate)"),
    ),
    points=(
        choice("connector_status", "枪状态", "Connector status", {"Available": ("空闲", "available"),
            "Preparing": ("准备中", "preparing"), "Charging": ("充电中", "charging"),
            "SuspendedEVSE": ("桩侧暂停", "suspended by the pile"), "SuspendedEV": ("车辆暂停", "suspended by the vehicle"),
            "Finishing": ("结束中", "finishing"), "Reserved": ("已预约", "reserved"), "Unavailable": ("不可用", "unavailable"),
            "Faulted": ("故障", "faulted")}, "Available/Charging", 300, note="OCPP 1.6 list"),
        choice("error_code", "故障码", "Error code", ERROR_CODES, "NoError", note="OCPP 1.6 list"),
        remark("vendor_error", "厂家故障码", "Vendor error code"),
        switch("session_active", "订单进行中", "Session active", ("无进行中的订单", "no session"),
            ("订单进行中", "session active"), "0/1", 60),
        remark("session_id", "订单号", "Session id"),
        gauge("session_energy", "本次电量", "Session energy", "kWh", (0, 200), (0, 60), 30, step=0.01, ucum="kW.h"),
        gauge("session_seconds", "本次时长", "Session duration", "s", (0, 172_800), (0, 36000), 30, step=1),
        gauge("voltage", "输出电压", "Voltage", "V", (0, 500), (215, 235), 15, step=0.1, noise=0.6),
        gauge("current", "输出电流", "Current", "A", (0, 63), "0 or 6..32", 15, step=0.01, noise=0.05),
        gauge("power", "有功功率", "Power", "kW", (0, 15), "0 or 1.3..7.0", 15, step=0.001, noise=0.01),
        counter("energy_total", "累计电量", "Energy register", "kWh", 9_999_999, 300, step=0.01, ucum="kW.h",
            note="Energy.Active.Import.Register"),
        gauge("residual_current", "剩余电流", "Residual AC current", "mA", (0, 100), (0.3, 5), 15, step=0.1, noise=0.3),
        gauge("residual_dc", "直流剩余电流", "Residual DC current", "mA", (0, 20), (0, 1.5), 15, step=0.1, noise=0.2),
        gauge("gun_temp", "枪头/触头温度", "Plug contact temperature", "Cel", (-40, 150), (-10, 65), 15, step=0.1, noise=0.3),
        gauge("internal_temp", "桩内温度", "Internal temperature", "Cel", (-40, 120), (-10, 60), 30, step=0.1, noise=0.3),
        gauge("ambient_temp", "环境温度", "Ambient temperature", "Cel", (-40, 60), (-15, 38), 300, step=0.1, noise=0.1),
        switch("contactor_cmd", "接触器指令", "Contactor command", ("接触器指令为断开", "contactor commanded open"),
            ("接触器指令为闭合", "contactor commanded closed"), "0/1"),
        switch("contactor_closed", "接触器反馈", "Contactor feedback", ("接触器反馈断开", "contactor reports open"),
            ("接触器反馈闭合", "contactor reports closed"), "0/1", 60),
        switch("pe_ok", "接地连续性", "Protective earth continuity", ("保护接地中断", "protective earth lost"),
            ("保护接地正常", "protective earth sound"), "1", 300),
        switch("estop", "急停按下", "Emergency stop pressed", ("急停未按下", "emergency stop not pressed"),
            ("急停已按下", "emergency stop pressed"), "0", 300),
        switch("door_open", "桩门打开", "Cabinet door open", ("桩门关闭", "cabinet door closed"),
            ("桩门打开", "cabinet door open"), "0", 300),
        switch("tilt", "倾斜/撞击", "Tilt or impact", ("桩体无倾斜", "pile upright"),
            ("桩体倾斜或受撞击", "pile tilted or struck"), "0", 300),
        switch("smoke", "烟感", "Smoke", ("无烟", "no smoke"), ("烟感报警", "smoke detected"), "0", 300,
            note="pile or bay detector"),
        gauge("rssi", "信号强度", "Signal strength", "dBm", (-120, 0), (-95, -60), 300, step=1, noise=2, ucum="{dBm}"),
        gauge("soc", "车辆电量", "Vehicle SoC", "%", (0, 100), (10, 100), 30, step=1, note="DC only"),
        gauge("insulation_kohm", "绝缘电阻", "Insulation resistance", "kOhm", (0, 10000), (500, 10000), 30, step=1, noise=20,
            note="DC only, before start"),
        switch("work_order_active", "有在办工单", "Authorised work in progress", ("无在办工单", "no authorised work"),
            ("有在办工单", "authorised work in progress"), "0"),
    ),
    limits=(
        limit("voltage", L, 198, MAJOR, 30, 60, 2, "single phase +7 %/-10 %", expr="220*0.90", evidence="K GB/T 12325-2008"),
        limit("voltage", H, 235.4, MAJOR, 30, 60, 2, "single phase +7 %/-10 %", expr="220*1.07", evidence="K GB/T 12325-2008"),
        limit("current", H, 35.2, MAJOR, 10, 30, 0.5, "overcurrent", expr="1.10*P.rated_current"),
        limit("residual_current", H, 15, MINOR, 10, 60, 2, "half of the trip value: early warning"),
        limit("residual_current", HH, 30, CRITICAL, 0, 60, 3, "30 mA AC protection", evidence="S:rcd-6ma"),
        limit("residual_dc", HH, 6, CRITICAL, 0, 60, 0.5, "6 mA smooth DC (IEC 62955)", evidence="S:rcd-6ma"),
        limit("gun_temp", H, 75, MAJOR, 30, 120, 3, "derate", when="session_active"),
        limit("gun_temp", HH, 90, CRITICAL, 5, 120, 5, "stop the session (makers use 85-95)"),
        limit("internal_temp", H, 65, MINOR, 120, 300, 3),
        limit("internal_temp", HH, 80, MAJOR, 30, 300, 5),
        state("pe_ok", "==", 0, CRITICAL, 3, 30, "loss of protective earth", evidence="K GB/T 18487.1"),
        state("estop", "==", 1, MAJOR, 1, 10),
        state("smoke", "==", 1, CRITICAL, 2, 60, "cut supply, call 119 if confirmed"),
        state("door_open", "==", 1, MAJOR, 30, 10, when="not work_order_active"),
        state("tilt", "==", 1, MAJOR, 5, 30, "struck by a vehicle"),
        limit("insulation_kohm", L, 100, CRITICAL, 3, 30, 20, "100 ohm/V lower bound, 500 ohm/V warning; 0.1 kOhm/V at 1000 V",
            evidence="K GB/T 18487.1"),
        state("error_code", "in", ("GroundFailure", "HighTemperature", "OverCurrentFailure", "PowerSwitchFailure"), MAJOR, 0, 30,
            "safety-related OCPP codes", evidence="S:ocpp-beckhoff"),
        state("error_code", "in", ("ConnectorLockFailure", "EVCommunicationError", "InternalError", "PowerMeterFailure",
            "ReaderFailure", "ResetFailure", "OverVoltage", "UnderVoltage", "OtherError"), MINOR, 60, 30, "service codes",
            evidence="S:ocpp-beckhoff"),
        state("error_code", "in", ("WeakSignal", "LocalListConflict"), INFO, 600, 60, evidence="S:ocpp-beckhoff"),
    ),
    signatures=(
        failure("EV-01", CRITICAL, ("接触器粘连", "Contactor welded"),
            when="for(contactor_cmd == 0 and (contactor_closed == 1 or current > 0.5), 3s)",
            hides=("error_code.STATE",),
            reference="for(contactor_cmd == 0 and (contactor_closed == 1 or current > 0.5), 3s)",
            do=("断开上级断路器并挂牌，禁止使用该枪，更换接触器。",
                "Open the upstream breaker, tag out, replace the contactor."),
            causes=[("带载分断烧结", "contacts welded by load switching"), ("短路冲击", "short-circuit damage"), ("反馈触点故障",
                "auxiliary contact failure (current stays 0)")],
        ),
        failure("EV-02", MAJOR, ("无订单有功率", "Power without a session"),
            when="for(power > 0.1 and session_active == 0 and connector_status not in (Charging, SuspendedEV, SuspendedEVSE), "
                "60s)",
            reference="for(power > 0.1 and session_active == 0 and connector_status not in (Charging, SuspendedEV, "
                "SuspendedEVSE), 60s)",
            do=("现场核对是否有车在充；查接触器与计费平台订单。", ("See whether a car is charging; check contactor and billing "
                "records.")),
            causes=[("接触器粘连", "welded contactor"), ("离线启动订单未上传", "offline session not uploaded"), ("私接用电",
                "tapped supply")],
        ),
        failure("EV-03", MINOR, ("有订单无功率", "Session without power"),
            when="for(connector_status == Charging and power < 0.05, 10min) and (missing(soc) or soc < 95)",
            reference="for(connector_status == Charging and power < 0.05, 10min) and (soc missing or soc < 95)",
            do=("让车主重新插枪；查接触器、CP信号、车端预约充电。", ("Ask the driver to re-plug; check contactor, control "
                "pilot and delayed charging in the car.")),
            causes=[("车端预约/已充满未报", "car delays or is full but does not say so"), ("接触器未吸合",
                "contactor did not close"), ("计量芯片故障", "meter chip failure")],
        ),
        failure("EV-04", MAJOR, ("接触不良发热", "Poor contact heating"),
            when="let r = (gun_temp - ambient_temp) / max(current, 6)^2; let steady = current > 16 and range(current, 20min) "
                "< 2; for(steady and r > 1.5 * median(r while steady, 30d), 5min) or for(gun_temp - ambient_temp > 45 and "
                "current > 16, 5min)",
            hides=("gun_temp.H",),
            reference="r = (gun_temp - ambient_temp) / max(current,6)^2; for(r > 1.5*median(r,30d) and current > 16, 5min) or "
                "for(gun_temp - ambient_temp > 45 and current > 16, 5min)",
            rewritten="The plug follows its current within some 12 min: r is taken only after 20 min of steady current, or every "
                "taper would look like a bad contact.",
            do=("降流至16A或停用，检查插头插座磨损、端子力矩。", ("Limit to 16 A or take out of use; check plug wear and "
                "terminal torque.")),
            causes=[("枪头插孔磨损氧化", "worn or oxidised contacts"), ("端子松动", "loose terminal"), ("劣质插头/拉弧",
                "damaged plug, arcing")],
        ),
        failure("EV-05", MINOR, ("散热失效", "Cooling failure"),
            when="let rise = internal_temp - ambient_temp; for(internal_temp > 65 and power < 0.5 * P.rated_power, 10min) or "
                "for(rise > baseline(rise, by=power) + 15, 30min)",
            hides=("internal_temp.H",),
            reference="for(internal_temp > 65 and power < 0.5*P.rated_power, 10min) or for(internal_temp - ambient_temp > "
                "baseline + 15, 30min)",
            do=("清理滤网，检查风扇；暴晒位置加遮阳。", "Clean filters, check fan; shade the pile."),
            causes=[("风扇停转", "fan stopped"), ("滤网堵塞", "filter blocked"), ("阳光直晒", "direct sun")],
        ),
        failure("EV-06", MINOR, ("漏电上升趋势", "Residual current rising"),
            when="let wet = for(avg(residual_current, 10min) > 12, 30min); minor: wet; "
                "major: wet and count_rise(error_code == GroundFailure, 24h) >= 2",
            hides=("residual_current.H",),
            reference='avg(residual_current, 10min) > 12 for 30min ; "weather" if >= 30 % of the group rises within 1h of '
                'rain, else "this pile"   [minor (major if GroundFailure count >= 2 in 24h)]',
            rewritten="Weather or this pile is left to the technician: no point tells rain.",
            do=("单桩：断电测绝缘；群发：检查防水、雨后复测。", ("Single pile: isolate and test insulation; many piles: check "
                "sealing, retest when dry.")),
            causes=[("电缆护套破损", "damaged cable"), ("进水受潮", "moisture ingress"), ("车载充电机漏电",
                "vehicle on-board charger leakage")],
        ),
        failure("EV-07", MINOR, ("电量计量不一致", "Energy mismatch"),
            when="let metered = total(energy_total, 24h); for(abs(total(session_energy, 24h) - metered) > max(1, 0.03 * "
                "metered), 15min)",
            reference="abs(sum(session_energy, 1d) - delta(energy_total, 1d)) > max(1.0, 0.03*delta(energy_total,1d))",
            rewritten="The energy of an order begins at 0: its growth over the day, restarts bridged, is the sum of its "
                "orders. It must last, because the register comes every 5 min only.",
            do=("核对订单，校验电表。", "Reconcile orders, verify the meter."),
            causes=[("丢单", "lost orders"), ("计量误差", "meter error"), ("绕表用电", "supply taken around the meter")],
        ),
        failure("EV-08", MINOR, ("充电中离线", "Went offline while charging"),
            when="let lost = missing(power) and age(power) > 180s and was(session_active, 4min); minor: lost; "
                "major: lost and share(missing(power), group(ev_charger, same=feeder)) >= 0.5",
            reference="session_active == 1 and age(power) > 180s ; group event if >= 50 % of the piles of one group go stale "
                "within 60s   [minor (group: major)]",
            rewritten="A silent pile no longer tells of its session: the session is that of 4 min ago. Where a backlog comes in, "
                "late readings are no silence: the power must be missing, too. Of the group those count "
                "that have no present value, whenever they lost it.",
            do=("单桩查SIM/信号；成组离线先查箱变/网关供电。",
                "Single: SIM or signal; whole group: feeder or gateway power first."),
            causes=[("通信中断", "communication loss"), ("配电箱跳闸", "feeder tripped"), ("平台连接异常",
                "platform connection problem")],
        ),
    ),
    tasks=(
        duty("EV-T1", "充电场所巡查", "Charging-area patrol", 1, "每日 daily", ("枪线破损; 异味温度; 消防器材; 占位",
            "cables; smell, heat; extinguishers; blocked bays"), "operator rules"),
        duty("EV-T2", "剩余电流保护试验", "RCD test", 30, "每月 monthly", ("试验按钮动作", "press test button"), "GB/T 13955",
            evidence="K"),
        duty("EV-T3", "紧固与红外测温", "Torque and infrared check", 90, "每季度 quarterly", ("端子力矩; 满载测温",
            "torque; IR at load"), "DL/T 664 practice", evidence="K"),
        duty("EV-T4", "计量检定", "Meter verification", 1095, "三年内 within 3 years", ("JJG 1148/1149 周期检定",
            "statutory meter check"), "JJG 1148", evidence="K"),
    ),
    faults=(
        fault("EV-F1", "接触器粘连", "Welded contactor", ("EV-01", "EV-02"),
            "after stop: contactor_cmd 0, current stays 6-32 A or output live"),
        fault("EV-F2", "接触不良", "Poor contact", ("EV-04",), "thermal coefficient 0.024 → 0.06 over 20 days"),
        fault("EV-F3", "受潮漏电", "Moisture", ("EV-06",), "residual 2 → 22 mA with rain on 30 % of piles, two trips"),
        fault("EV-F4", "风扇故障", "Fan failure", ("EV-05",), "internal coefficient 18 → 45 K"),
        fault("EV-F5", "有单无功率", "Session without power", ("EV-03",), "Charging status, power 0 for 30 min"),
        fault("EV-F6", "离线", "Offline", ("EV-08", "EV-07"), "stop publishing during a session, energy jumps on return"),
    ),
    recipe=(
        "Arrivals per pile: inhomogeneous Poisson, peak 18-22 h (0.12 /h), night 0.02 /h, 80 piles → about 70-100 "
        "sessions/day. Energy need ~ lognormal(mean 22 kWh, sd 10). Current = 32 A (or 16 A for 20 % of cars) constant, taper "
        "in the last 5 % to 6 A over 15 min, then SuspendedEV. Voltage = 228 - 0.06*group_current - evening dip 4 V + noise "
        "0.6. gun_temp: first order to `ambient + 0.024*I^2` K (25 K at 32 A), tau 12 min. internal: ambient + 18*P/Prated, "
        "tau 30 min. residual_current 1 + 0.02*I + rain*3 mA. energy_total integrates power."
    ),
    plant=EvCharger,
)
# fmt: on
