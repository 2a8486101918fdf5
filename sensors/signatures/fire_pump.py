"""Fire pump station: what can fail across its points, by what it is known, and what to do first."""

from sensors.kit.tables import failure
from sensors.kit.words import CRITICAL, MAJOR, MINOR

# Tables: one row a line, which the formatter would break up.
# fmt: off
SIGNATURES = (
    failure("FP-01", CRITICAL, ("低压主泵未启动", "Main pump did not start although pressure is below start setpoint"),
        when="for(main_pressure < P.main_start, 10s) and controller_mode == auto and not any(pump{i}_run)",
        on=20,
        hides=("FP-02", "main_pressure.LL", "main_pressure.L", "end_pressure.L", "end_pressure.LL"),
        reference="for(main_pressure < P.main_start, 10s) and controller_mode == auto and not any(pump{i}_run)   → raise "
            "at 10 s + 20 s grace = 30 s; escalate at 120 s",
        do=("立即派人到泵房：看控制柜是否在“自动”、有无电源和故障灯；若确有火情，用机械应急启泵手柄启动，再查原因。",
            ("Send someone to the room now: check AUTO, power and fault lamps; if there is a fire, use the mechanical "
            "emergency start handle first, diagnose afterwards.")),
        causes=[("压力开关失效或接线断", "pressure switch failed or wiring open"), ("控制柜接触器/二次回路故障",
            "contactor or control-circuit failure"), ("电源缺失或断路器跳闸", "supply missing or breaker open"),
            ("压力变送器误报（阀门被关）", ("transmitter reads low because its isolation valve is shut (compare "
            "pressure_switch)"))],
        note="120 s is the maximum allowed from start signal to normal running [S:gb50974-11-khp]; mechanical start must "
            "work within 5 min of the alarm [S:gb50974-11-lan].",
    ),
    failure("FP-02", CRITICAL, ("有启泵指令无运行反馈", "Start command without run feedback"),
        when="for(not any(pump{i}_run), 15s) and (for(start_command, 15s) or rose(start_command, 30s) and not "
            "rose(start_command, 15s))",
        hides=("main_pressure.LL", "main_pressure.L"),
        reference="rose(start_command, 15s) and not any(pump{i}_run) for 15s",
        do=("在控制柜上手动启动备用泵，核对运行反馈线。", ("Start the standby pump by hand at the controller, then check "
            "the feedback wiring.")),
        causes=[("接触器未吸合", "contactor did not close"), ("热继/断路器断开", "overload relay or breaker open"),
            ("仅反馈回路故障（电流上升即可排除）", "feedback wire only (ruled out if current rose)")],
    ),
    failure("FP-03", MAJOR, ("主泵故障备用泵投入", "Duty pump failed, standby took over"),
        when=(
            "any(pump{i}_run) and rose(any(pump{i}_fault or fell(pump{i}_run, 30s)) and any(rose(pump{i}_run, 30s)) and "
            "main_pressure < P.jockey_start, 12h)"
        ),
        hides=("main_pressure.LL", "main_pressure.L"),
        reference="(pump1_fault == 1 or fell(pump1_run, 30s)) and rose(pump2_run, 30s) and main_pressure < P.jockey_start",
        rewritten="Whichever pump was on duty; it stands as long as the standby runs, at most 12 h.",
        do=("保持备用泵运行，检查主泵故障代码；失去备用即按一级缺陷处理。", ("Keep the standby running; read the duty pump "
            "fault; the station has lost its redundancy.")),
        causes=[("主泵电机过载/缺相", "duty motor overload or phase loss"), ("主泵机械卡阻", "duty pump seized"),
            ("切换逻辑误动", "changeover logic false action")],
    ),
    failure("FP-04", MINOR, ("管网渗漏（稳压泵占空比升高）", "Network leak (jockey duty ratio rising)"),
        when=(
            "let pumped = P.jockey_flow * duty(any(jockey{i}_run), 24h)\n"
            "minor: for(pumped > 3 * median(pumped, 14d) and pumped > 0.05, 24h)\n"
            "major: for(pumped > 0.3, 2h)"
        ),
        reference="q = P.jockey_flow * duty(jockey{i}_run, 24h); q > 3 * median(q, 14d) and q > 0.05 for 24h   (minor);   "
            "q > 0.3 for 2h (major)   [minor → major]",
        do=("夜间关闭各分区检修阀，逐段看压降最快的一段；先查试水阀、泄水阀、屋顶试验栓。",
            ("Isolate risers one by one at night and watch which section decays fastest; start with test/drain valves and "
            "the roof test hydrant.")),
        causes=[("埋地管或接口漏水", "buried pipe or joint leak"), ("泄水阀/末端试水阀未关严",
            "drain or inspector's test valve passing"), ("止回阀倒流", "check valve passing backwards"), ("私接用水",
            "unauthorised tapping")],
        note="In steady cycling pumped volume = leaked volume, so leak = jockey flow x duty ratio, whatever the vessel "
            "size [J, derived and checked by simulation: duty 0.0088 / 0.049 / 0.299 at leaks 0.01 / 0.05 / 0.30 L/s with "
            "Q = 1 L/s].",
    ),
    failure("FP-05", MINOR, ("稳压泵频繁启停（气压罐失效）", "Jockey short-cycling (waterlogged pressure vessel)"),
        when=(
            "let volume = P.jockey_flow * median(run_length(any(jockey{i}_run)), 24h)\n"
            "let starts = count_rise(any(jockey{i}_run), 1h)\n"
            "minor: volume < 0.15 * P.vessel_volume and count_rise(any(jockey{i}_run), 24h) >= 6 or starts > 15 and "
            "duty(any(jockey{i}_run), 1h) < 0.4\n"
            "major: starts > 40"
        ),
        reference="v = P.jockey_flow * median(run_length(jockey{i}_run), 24h) ; v < 0.15 * P.vessel_volume with at least 6 "
            "starts in 24h → minor ; or count_rise(jockey{i}_run, 1h) > 15 and duty(jockey{i}_run, 1h) < 0.4 → minor ; "
            "count_rise(jockey{i}_run, 1h) > 40 → major   [minor → major]",
        do=("检查气压罐预充压力和胶囊，补气或更换；核对启停压差。", ("Check the vessel pre-charge and bladder; recharge or "
            "replace; verify start/stop differential.")),
        causes=[("气压罐胶囊破裂或缺气", "bladder burst or pre-charge lost"), ("启停压差设定过小",
            "start/stop differential too small"), ("止回阀或安全阀内漏", "check or relief valve passing")],
        note="v is the volume pumped per cycle = V*Q/(Q - q), i.e. the vessel's working volume V at small leaks q. With "
            "150 L and a 1 L/s jockey the fastest possible cycle is 4V/Q = 600 s (6 starts/h) at any leak, so more than 15 "
            "starts/h proves the cushion is gone, not merely a leak [J, derived and checked by simulation: 150 L → at most "
            "6.0 starts/h; 4 L → 9, 36, 180 starts/h at 0.01, 0.05, 0.3 L/s]. 15 starts/h is the design ceiling of GB "
            "50974 5.3.4 [K]. Needs run edges with 1-2 s resolution.",
    ),
    failure("FP-06", MAJOR, ("稳压泵连续运行不停", "Jockey runs continuously"),
        when="for(any(jockey{i}_run), 10min) and main_pressure < P.jockey_stop - 0.02",
        hides=("main_pressure.L",),
        reference="for(any(jockey{i}_run), 10min) and main_pressure < P.jockey_stop - 0.02",
        do=("先排除有人用消火栓（看流量开关、液位），再查稳压泵出口压力和大漏点。",
            ("First exclude somebody using a hydrant (flow switch, tank level), then check jockey head and look for a "
            "large leak.")),
        causes=[("漏量大于稳压泵流量", "leak larger than jockey capacity"), ("稳压泵叶轮磨损/进气",
            "jockey impeller worn or air-bound"), ("消火栓被打开", "hydrant opened"), ("停泵压力设定漂移",
            "stop setting drifted above what the pump can reach")],
    ),
    failure("FP-07", CRITICAL, ("水泵干转/未上水", "Dry running or lost prime"),
        when="for(pump{i}_run, 20s) and pump{i}_discharge_pressure - suction_pressure < 0.3 * P.rated_pressure and "
            "avg(pump{i}_current_a, 10s) < 0.55 * P.motor_in",
        hides=("pump{i}_vibration.H", "pump{i}_vibration.HH", "pump{i}_bearing_temp.H", "pump{i}_bearing_temp.HH"),
        reference="for(pump{i}_run, 20s) and (pump{i}_discharge_pressure - suction_pressure) < 0.3 * P.rated_pressure and "
            "avg(pump{i}_current_a, 10s) < 0.55 * P.motor_in",
        do=("立即停该泵换备用泵，查水池水位、吸水阀和排气。", ("Stop this pump, run the standby; check tank level, suction "
            "valve, bleed air.")),
        causes=[("水池无水或吸水阀关闭", "empty tank or suction valve shut"), ("泵体进气未灌满", "air in casing"),
            ("联轴器断开", "coupling broken (current near no-load, vibration low)")],
    ),
    failure("FP-08", CRITICAL, ("电机反转/叶轮脱落", "Reverse rotation or loose impeller"),
        when=(
            "for(pump{i}_run, 20s) and pump{i}_discharge_pressure - suction_pressure < 0.6 * P.rated_pressure and flow < 0.1 * "
            "P.rated_flow and avg(pump{i}_current_a, 10s) >= 0.55 * P.motor_in"
        ),
        hides=("main_pressure.LL", "main_pressure.L"),
        reference="for(pump{i}_run, 20s) and (pump{i}_discharge_pressure - suction_pressure) < 0.6 * P.rated_pressure and "
            "flow < 0.1 * P.rated_flow and avg(pump{i}_current_a, 10s) >= 0.55 * P.motor_in",
        do=("点动看转向，核对相序；换备用泵。", "Jog and look at rotation, check phase sequence; switch to standby."),
        causes=[("检修后相序接反", "phases swapped after maintenance"), ("叶轮键脱落", "impeller key lost"), ("测压阀关闭",
            "gauge valve shut (sensor problem)")],
    ),
    failure("FP-09", MAJOR, ("关阀运行/长时间零流量", "Running against a closed valve (long churn)"),
        when="for(pump{i}_run and flow < 0.05 * P.rated_flow and pump{i}_discharge_pressure > 1.15 * P.rated_pressure, "
            "15min) and not test_mode or for(pump{i}_run and flow < 0.05 * P.rated_flow and pump{i}_discharge_pressure > "
            "1.15 * P.rated_pressure, 35min)",
        hides=("pump{i}_bearing_temp.H", "pump{i}_bearing_temp.HH"),
        reference="for(pump{i}_run and flow < 0.05 * P.rated_flow and pump{i}_discharge_pressure > 1.15 * "
            "P.rated_pressure, 15min) and not test_mode   (with test_mode: 35min)",
        do=("打开试水/回流管泄水降温，确认出水阀全开，无火情则手动停泵。", ("Open the test/return line to cool the casing, "
            "verify the discharge valve, stop by hand if there is no fire.")),
        causes=[("出水阀关闭", "discharge valve closed"), ("误启动无用水", "false start with no demand"),
            ("无自动停泵（消防泵按规定不自动停）", "fire pumps do not stop automatically by rule")],
    ),
    failure("FP-10", MAJOR, ("额定电流下出口压力偏低（水力性能下降）",
        "Low discharge pressure at rated current (hydraulic wear)"),
        when="for(pump{i}_run, 60s) and flow > 0.3 * P.rated_flow and avg(pump{i}_current_a, 60s) > 0.8 * P.motor_in and "
            "pump{i}_discharge_pressure - suction_pressure < 0.90 * P.rated_pressure * (1.30 - 0.30 * (flow / "
            "P.rated_flow) * (flow / P.rated_flow))",
        reference="for(pump{i}_run, 60s) and flow > 0.3*P.rated_flow and pump{i}_discharge_pressure - suction_pressure < "
            "0.90 * curve(flow) and avg(pump{i}_current_a,60s) > 0.8 * P.motor_in ; curve(Q) = P.rated_pressure * (1.30 - "
            "0.30*(Q/P.rated_flow)^2)",
        do=("与上次季度/年度试验曲线对比，检查滤网、口环、叶轮。", ("Compare with the last quarterly/annual test curve; "
            "check strainer, wear rings, impeller.")),
        causes=[("叶轮/口环磨损", "impeller or wear-ring wear"), ("吸水滤网堵", "suction strainer blocked"),
            ("泄压阀/回流管内漏", "relief or recirculation line passing")],
        note="one large owner's rule: investigate a drop of more than 5 % against baseline or last year [S:nfpa25-att4]; "
            "shut-off pressure not over 140 % and 65 % of rated pressure at 150 % flow [S:nfpa20-aspe].",
    ),
    failure("FP-11", CRITICAL, ("缺相或三相不平衡", "Phase loss or imbalance"),
        when=(
            "let amps = unbalance(pump{i}_current_a, pump{i}_current_b, pump{i}_current_c)\n"
            "let volts = unbalance(voltage_ab, voltage_bc, voltage_ca)\n"
            "critical: for(pump{i}_run and amps > 0.30, 5s) or for(not pump{i}_run and volts > 0.05, 10s)\n"
            "minor: for(pump{i}_run and amps > 0.10, 60s) or for(not pump{i}_run and volts > 0.02, 5min)"
        ),
        hides=("pump{i}_current_a.H", "pump{i}_current_b.H", "pump{i}_current_c.H", "pump{i}_bearing_temp.H",
            "pump{i}_bearing_temp.HH"),
        reference="running: for(unbalance(pump{i}_current_a, pump{i}_current_b, pump{i}_current_c) > 0.30, 5s) (critical), "
            "> 0.10 for 60s (minor);  standby: for(unbalance(voltage_ab, voltage_bc, voltage_ca) > 0.05, 10s) (critical), "
            "> 0.02 for 5min (minor)",
        do=("查进线熔断器、接触器触头和母排温度；消防状态下换备用电源或备用泵。",
            "Check incoming fuses, contactor poles and bus temperature; under fire conditions switch source or pump."),
        causes=[("一相熔断/断线", "one phase open"), ("接触器触头烧蚀", "burnt contactor pole"), ("上级配电三相不平衡",
            "upstream imbalance")],
        note="unbalance(x) = max|xi-mean|/mean. 1 % voltage unbalance is the NEMA MG-1 reference, do not run a motor above "
            "5 %; current unbalance is 6-10 times the voltage unbalance [S:nema].",
    ),
    failure("FP-12", CRITICAL, ("控制柜不在自动", "Controller not in AUTO"),
        when="for(controller_mode != auto, 5min) and not test_mode",
        hides=("controller_mode.STATE",),
        reference="for(controller_mode != auto, 5min) and not test_mode",
        do=("到现场恢复“自动”，挂牌说明谁、何时、为何转手动。", "Restore AUTO on site and record who switched it and why."),
        causes=[("维保后忘记恢复", "left in manual after maintenance"), ("因误启动而人为打到手动",
            "switched off to silence nuisance starts (look for FP-05/FP-14 before it)"), ("转换开关损坏",
            "selector switch broken")],
    ),
    failure("FP-13", MAJOR, ("备用电源供电/双电源异常", "Running on backup source or a source missing"),
        when="for(power_source == backup, 5min) or for(not power_backup_ok, 10min)",
        hides=("power_main_ok.STATE",),
        reference="for(power_source == backup, 5min) or for(power_backup_ok == 0, 10min)",
        do=("查双电源切换装置和上级开关，恢复主电。", ("Check the transfer switch and upstream breaker; restore the normal "
            "source.")),
        causes=[("市电停电", "utility outage"), ("双电源切换装置故障", "ATS failure"), ("备用回路被拉闸",
            "backup feeder switched off")],
    ),
    failure("FP-14", MAJOR, ("无需求误启动", "Pump started without demand"),
        when="pump{i}_run and rose(rose(pump{i}_run, 10s) and min(main_pressure, 60s) > P.main_start + 0.03 and "
            "pressure_switch == 0 and flow_switch == 0 and alarm_valve_switch == 0 and not test_mode and start_command == "
            "0, 12h)",
        reference="rose(pump{i}_run, 10s) and min(main_pressure, 60s before) > P.main_start + 0.03 and pressure_switch == "
            "0 and flow_switch == 0 and alarm_valve_switch == 0 and not test_mode and start_command == 0",
        do=("确认无火情后手动停泵；查压力开关设定、水锤和控制线路。", ("Confirm no fire, stop by hand; check switch "
            "setting, water hammer and control wiring.")),
        causes=[("压力开关漂移", "pressure switch drift"), ("水锤瞬时低压", "water-hammer transient"), ("现场手动启动",
            "started by hand on site")],
    ),
    failure("FP-15", CRITICAL, ("火情用水（真实动作）", "Genuine fire-water demand"),
        when="any(pump{i}_run) and (for(flow > 2, 10s) or flow_switch or alarm_valve_switch) and not test_mode",
        hides=("main_pressure.LL", "main_pressure.L"),
        reference="any(pump{i}_run) and (flow > 2 for 10s or flow_switch == 1 or alarm_valve_switch == 1) and not "
            "test_mode   [critical (event, not equipment fault)]",
        do=("通知消防控制室核实火警，启动应急预案；确认压力、水位足够。", ("Tell the fire control room to verify, start "
            "the emergency plan; watch pressure and tank level.")),
        causes=[("火灾扑救", "fire fighting"), ("爆管", "pipe burst (pressure stays low, no fire signal)"),
            ("擅自用水/演练未报", "unauthorised use or unannounced drill")],
    ),
    failure("FP-16", CRITICAL, ("压力仍低时主泵停运", "Main pump stopped while pressure still low"),
        when=(
            "not any(pump{i}_run) and main_pressure < P.jockey_start and rose(any(fell(pump{i}_run, 5s)) and main_pressure < "
            "P.jockey_start and not test_mode, 12h)"
        ),
        hides=("FP-01", "main_pressure.LL", "main_pressure.L"),
        reference="fell(pump{i}_run, 5s) and not any(pump{i}_run) and main_pressure < P.jockey_start and not test_mode",
        rewritten="It stands until a pump runs or the pressure is back, at most 12 h.",
        do=("立即重新启动或启动备用泵；查是谁停泵。", ("Restart at once or start the standby; find out who or what stopped "
            "it.")),
        causes=[("保护跳闸", "protection trip"), ("误设自动停泵", "automatic stop wrongly configured"), ("电源中断",
            "supply interruption")],
    ),
    failure("FP-17", MINOR, ("水池无用水而液位下降", "Fire tank losing water with no use"),
        when=(
            "let losing = slope(tank_level, 6h) < -0.01 and duty(any(pump{i}_run), 6h) == 0 and (missing(flow) or avg(flow, "
            "6h) < 0.2)\n"
            "minor: losing\n"
            "major: losing and time_to(tank_level, P.tank_min, 6h) < 48h"
        ),
        hides=("tank_level.L",),
        reference="slope(tank_level, 6h) < -0.01 /h and not any(pump{i}_run) in 6h and avg(flow, 6h) < 0.2   [minor (major "
            "if time to P.tank_min < 48h)]",
        rewritten="Where no flow meter is fitted the flow is not asked. That no pump ran must have been seen: after more than "
            "18 min in which it was not, 6 h pass first.",
        do=("查池壁、泄水阀、与生活水池连通阀。", ("Check walls, drain valve, and any cross-connection valve to the "
            "domestic tank.")),
        causes=[("泄水阀未关严", "drain valve passing"), ("池体渗漏", "tank leak"), ("被挪作生活/绿化用水",
            "water taken for other uses")],
    ),
    failure("FP-18", MAJOR, ("压力变送器与压力开关不一致", "Transmitter and pressure switch disagree"),
        when=(
            "for(pressure_switch and main_pressure > P.main_start + 0.05, 30s) or for(not pressure_switch and main_pressure < "
            "P.main_start - 0.05, 30s)"
        ),
        reference="for(pressure_switch == 1 and main_pressure > P.main_start + 0.05, 30s) or for(pressure_switch == 0 and "
            "main_pressure < P.main_start - 0.05, 30s)",
        do=("用标准表核对，先按更危险的读数处理。", ("Check against a reference gauge; until then act on the more "
            "dangerous reading.")),
        causes=[("变送器漂移/冻结", "transmitter drift or freeze"), ("开关设定改变", "switch setting changed"),
            ("取压阀关闭", "impulse valve closed")],
    ),
    failure("FP-19", MINOR, ("周期试验缺失", "Periodic run test missed"),
        when=(
            "minor: any(since(pump{i}_run) > 8d)\n"
            "major: any(since(pump{i}_run) > 14d)"
        ),
        reference="age_of_last(rose(pump{i}_run)) > 8 d (weekly automatic) for any i, or no manual run in 35 d   [minor "
            "(major after 14 d)]",
        rewritten="No point tells a run by hand from an automatic one: the monthly run by hand is left to inspection FP-T6. "
            "A run that nobody saw counts as none, for its record is missing as well.",
        do=("安排无流量试泵，电动泵不少于10分钟，记录进出口压力、三相电流。",
            "Schedule a no-flow run, electric at least 10 minutes, record suction/discharge pressure and currents."),
        causes=[("维保漏项", "maintenance missed"), ("自动巡检功能关闭", "auto-inspection disabled"), ("运行反馈点丢失",
            "run feedback lost")],
    ),
)
# fmt: on
