"""Fire pump station: the points it reports, what is wrong when, and what to do first."""

from sensors.kit.tables import HH, LL, H, L, choice, duty, failure, fault, gauge, limit, param, state, switch
from sensors.kit.words import CRITICAL, MAJOR, MINOR, Kind, Text
from sensors.plants.fire_pump import FirePump

# Tables: one row a line, which the formatter would break up.
# fmt: off
KIND = Kind(
    "fire_pump",
    says=Text("消防泵站", "Fire pump station"),
    explains=Text(
        "这里是小区的消防泵房。平时管网里一直保持约 0.9 兆帕的水压，小稳压泵偶尔转几分钟补压属于正常；一旦着火用水、压力掉到设"
        "定值，大消防泵会自动启动。只要水池满、压力稳、控制柜在“自动”位，关键时刻消火栓和喷淋就有水。",
        "This is the fire pump room. Day to day it simply keeps water in the pipes at about 0.9 MPa, and a small pump running "
        "for a few minutes now and then is normal; if a hydrant or sprinkler opens, the big pump starts by itself. Full tank, "
        "steady pressure and a controller set to AUTO mean there will be water when it matters.",
    ),
    scope=(
        "One station = one pump room: main (duty + standby) fire pumps, jockey (pressure-maintenance) pumps, their controller, "
        "the fire-water tank and the roof tank. `{i}` = 1..2 pumps. Reference plant used for the defaults: rated 1.00 MPa / 40 "
        "L/s, 75 kW, In = 139 A, jockey 1 L/s."
    ),
    headline=("main_pressure", "tank_level", "controller_mode", "rooftank_level"),
    params=(
        param("rated_pressure", 1, "MPa", "额定压力", "Rated pump pressure at rated flow", evidence="J (nameplate)"),
        param("rated_flow", 40, "L/s", "额定流量", "Rated flow", evidence="J (nameplate)"),
        param("motor_in", 139, "A", "电机额定电流", "Motor rated current", evidence="J (nameplate)"),
        param("main_start", 0.8, "MPa", "主泵启泵压力", "Main-pump automatic start pressure at the room",
            evidence="J (site setting)"),
        param("jockey_start", 0.87, "MPa", "稳压泵启泵压力", "Jockey start = main_start + 0.07..0.10 MPa",
            evidence="S:jockey-cn"),
        param("jockey_stop", 0.95, "MPa", "稳压泵停泵压力", "Jockey stop = jockey_start + 0.05..0.08 MPa", evidence="K"),
        param("jockey_flow", 1, "L/s", "稳压泵流量", "Jockey rated flow: 1-3 % of system design flow, not under 1 L/s",
            evidence="S:jockey-cn"),
        param("tank_normal", 3.5, "m", "消防水池正常水位", "Normal level of fire tank"),
        param("tank_min", 3, "m", "消防水池最低有效水位", "Level that still holds the required fire reserve",
            evidence="J (from design volume)"),
        param("roof_min", 1.2, "m", "高位水箱最低有效水位", "Roof tank level holding its reserve (volume: 12 m3 class-2 "
            "high-rise dwelling, 18 m3 class-1, 36 m3 over 100 m)", evidence="K GB 50974 5.2.1"),
        param("pipe_rating", 1.6, "MPa", "管网公称压力", "Pipe pressure rating"),
        param("vessel_volume", 150, "L", "气压罐调节容积", "Working volume of the pressure vessel between stop and start",
            evidence="K GB 50974 5.3.4 (not under 150 L)"),
    ),
    points=(
        gauge("main_pressure", "消防主管压力", "Fire main pressure", "MPa", (0, 1.6), (0.87, 0.95), 10, step=0.001, noise=0.003,
            note="1 s while any pump runs"),
        gauge("suction_pressure", "吸水管压力", "Suction pressure", "MPa", (-0.1, 0.6), (0.02, 0.05), 10, step=0.001,
            noise=0.002, note="= tank head when flooded suction"),
        gauge("pump{i}_discharge_pressure", "泵出口压力", "Pump discharge pressure", "MPa", (0, 2.5), (0, 0.95), 10, step=0.001,
            noise=0.005, of=2, note="before the check valve; 1.0-1.4 while running"),
        gauge("flow", "消防管网流量", "System / test-line flow", "L/s", (0, 60), (0, 0), 10, step=0.1, noise=0.2,
            note="only where a flow meter exists"),
        gauge("end_pressure", "最不利点压力", "Most remote point pressure", "MPa", (0, 1.6), (0.15, 0.45), 300, step=0.001,
            noise=0.004, note="usually battery NB-IoT/LoRa"),
        switch("pressure_switch", "出水干管压力开关", "Outlet-main pressure switch",
            ("压力开关未动作", "pressure switch not acted"), ("压力开关动作", "pressure switch acted"), "0", 300,
            note="1 = below start setpoint"),
        switch("flow_switch", "高位水箱出水流量开关", "Roof-tank outlet flow switch",
            ("流量开关未动作", "flow switch not acted"), ("流量开关动作", "flow switch acted"), "0", 300),
        switch("alarm_valve_switch", "报警阀压力开关", "Alarm-valve pressure switch",
            ("报警阀压力开关未动作", "alarm-valve switch not acted"), ("报警阀压力开关动作", "alarm-valve switch acted"), "0",
            300, note="sprinkler systems"),
        choice("controller_mode", "控制柜状态", "Controller mode", {"auto": ("自动", "automatic"), "manual": ("手动", "manual"),
            "off": ("停用", "off")}, "auto", 60),
        switch("test_mode", "试验/维保状态", "Test or maintenance flag", ("非试验状态", "not under test"),
            ("试验/维保中", "under test or maintenance"), "0", 60,
            note="set by the work order or by the auto-inspection output"),
        switch("start_command", "启泵指令", "Start command", ("无启泵指令", "no start command"),
            ("有启泵指令", "start command given"), "0", note="from control room or controller"),
        switch("pump{i}_run", "消防泵运行", "Pump run feedback", ("{i}号消防泵|未运行", "fire pump {i}| not running"),
            ("{i}号消防泵|运行中", "fire pump {i}| running"), "0", 60, of=2),
        switch("pump{i}_fault", "消防泵故障", "Pump fault", ("{i}号消防泵|无故障", "fire pump {i}| without fault"),
            ("{i}号消防泵|故障", "fire pump {i}| in fault"), "0", 60, of=2),
        gauge("pump{i}_current_a", "A相电流", "Motor current L1", "A", (0, 400), "0 or 97..139", 5, step=0.1, noise=0.8, of=2),
        gauge("pump{i}_current_b", "B相电流", "Motor current L2", "A", (0, 400), "0 or 97..139", 5, step=0.1, noise=0.8, of=2),
        gauge("pump{i}_current_c", "C相电流", "Motor current L3", "A", (0, 400), "0 or 97..139", 5, step=0.1, noise=0.8, of=2),
        switch("jockey{i}_run", "稳压泵运行", "Jockey pump run", ("{i}号稳压泵|未运行", "jockey pump {i}| not running"),
            ("{i}号稳压泵|运行中", "jockey pump {i}| running"), "0/1", 60, of=2,
            note="edge times matter: time-stamp edges to 1-2 s"),
        switch("jockey{i}_fault", "稳压泵故障", "Jockey pump fault", ("{i}号稳压泵|无故障", "jockey pump {i}| without fault"),
            ("{i}号稳压泵|故障", "jockey pump {i}| in fault"), "0", 60, of=2),
        gauge("voltage_ab", "AB线电压", "Line voltage AB", "V", (0, 500), (380, 405), 10, step=0.1, noise=0.8),
        gauge("voltage_bc", "BC线电压", "Line voltage BC", "V", (0, 500), (380, 405), 10, step=0.1, noise=0.8),
        gauge("voltage_ca", "CA线电压", "Line voltage CA", "V", (0, 500), (380, 405), 10, step=0.1, noise=0.8),
        switch("power_main_ok", "主电源正常", "Normal supply healthy", ("主电源失电", "main supply lost"),
            ("主电源正常", "main supply healthy"), "1", 60),
        switch("power_backup_ok", "备用电源正常", "Backup supply healthy", ("备用电源失电", "backup supply lost"),
            ("备用电源正常", "backup supply healthy"), "1", 60),
        choice("power_source", "当前供电电源", "Supply in use", {"main": ("主电源", "main"), "backup": ("备用电源", "backup"),
            "none": ("无电源", "none")}, "main", 60),
        switch("phase_sequence_ok", "相序正常", "Phase sequence correct", ("相序错误", "phase sequence wrong"),
            ("相序正常", "phase sequence correct"), "1", 60),
        gauge("tank_level", "消防水池液位", "Fire tank level", "m", (0, 5), (3.3, 3.6), 60, step=0.001, noise=0.005),
        gauge("rooftank_level", "高位消防水箱液位", "Roof tank level", "m", (0, 3), (1.4, 1.8), 300, step=0.001, noise=0.005),
        switch("outlet_valve_open", "出水阀开启", "Discharge valve fully open",
            ("出水阀未全开", "discharge valve not fully open"), ("出水阀全开", "discharge valve fully open"), "1", 300,
            note="signal butterfly valve"),
        switch("suction_valve_open", "吸水阀开启", "Suction valve fully open", ("吸水阀未全开", "suction valve not fully open"),
            ("吸水阀全开", "suction valve fully open"), "1", 300),
        gauge("pump{i}_bearing_temp", "泵轴承温度", "Pump bearing temperature", "Cel", (-20, 150), (5, 65), 60, step=0.1,
            noise=0.3, of=2),
        gauge("pump{i}_vibration", "泵振动速度有效值", "Pump vibration velocity RMS", "mm/s", (0, 25), (0, 3.5), 60, step=0.01,
            noise=0.15, of=2, note="~0.1 when stopped"),
        gauge("room_temp", "泵房温度", "Pump room temperature", "Cel", (-30, 70), (8, 32), 60, step=0.1, noise=0.1),
        switch("flood", "地面水浸", "Floor water detector", ("地面无水", "floor dry"), ("地面有水", "water on the floor"), "0",
            300),
        gauge("diesel_battery_v", "柴油机蓄电池电压", "Diesel start battery voltage", "V", (0, 32), (25.5, 27.6), 60, step=0.01,
            noise=0.03, note="optional, 24 V system"),
        gauge("diesel_fuel_level", "柴油液位", "Diesel fuel level", "%", (0, 100), (75, 100), 300, step=0.5, noise=0.3,
            note="optional"),
    ),
    limits=(
        limit("main_pressure", L, 0.84, MAJOR, 60, 60, 0.02, "jockey cannot hold its band", expr="P.jockey_start-0.03",
            when="not any(pump{i}_run)"),
        limit("main_pressure", LL, 0.8, CRITICAL, 5, 30, 0.03, "below the automatic start pressure: a pump must start now "
            "(start signals: GB 50974 11.0.4)", expr="P.main_start",
            evidence="S:gb50974-11-nhud (rule); value J (site setting)"),
        limit("main_pressure", H, 1.05, MINOR, 60, 60, 0.02, "jockey does not stop, or thermal pressure build-up",
            expr="P.jockey_stop+0.10", when="not any(pump{i}_run)"),
        limit("main_pressure", HH, 1.5, CRITICAL, 5, 30, 0.03, "close to pipe rating (churn of the reference pump is 1.30 "
            "MPa); relief valve should already be open", expr="0.94*P.pipe_rating"),
        limit("end_pressure", L, 0.15, MAJOR, 600, 600, 0.01, "with a jockey system the standby static pressure at the worst "
            "point must exceed 0.15 MPa", evidence="K GB 50974 5.3.3(3)"),
        limit("end_pressure", LL, 0.07, CRITICAL, 300, 600, 0.01, "lowest roof-tank static pressure allowed for high-rise "
            "dwellings; 0.10 MPa for sprinklers and class-1 public buildings", evidence="K GB 50974 5.2.2"),
        limit("tank_level", L, 3.3, MINOR, 300, 600, 0.05, "refill not keeping up", expr="P.tank_normal-0.20"),
        limit("tank_level", LL, 3, CRITICAL, 60, 300, 0.05, "fire reserve used or lost; control room must show low/high level",
            expr="P.tank_min", evidence="S:gb50974-11-lan; value J"),
        limit("tank_level", H, 3.75, MINOR, 60, 300, 0.05, "overflow, float valve stuck"),
        limit("rooftank_level", LL, 1.2, CRITICAL, 300, 600, 0.03, "roof reserve missing", expr="P.roof_min",
            evidence="S:gb50974-11-lan; value J"),
        limit("room_temp", L, 5, MAJOR, 600, 600, 1, "fire-water room must not fall under 5 C (NFPA: 4.4 C)",
            evidence="S:gb50974-14-911"),
        limit("room_temp", H, 40, MINOR, 600, 600, 2, "motor and controller ambient", evidence="K"),
        limit("voltage_ab", L, 353, MAJOR, 10, 30, 3, "3-phase supply at or under 20 kV: +/-7 %", expr="380*0.93",
            also=("voltage_bc", "voltage_ca"), evidence="K GB/T 12325-2008"),
        limit("voltage_ab", H, 407, MAJOR, 10, 30, 3, "same; widen to +/-10 % (342-418 V) where the local grid runs high",
            expr="380*1.07", also=("voltage_bc", "voltage_ca"), evidence="K GB/T 12325-2008"),
        limit("pump{i}_current_a", H, 153, MAJOR, 10, 30, 5, "overload; fire pumps are not tripped by overload, they only warn",
            expr="1.10*P.motor_in", when="pump{i}_run", also=("pump{i}_current_b", "pump{i}_current_c"), evidence="K"),
        limit("pump{i}_bearing_temp", H, 75, MINOR, 60, 120, 3, "commonly quoted maker limit", when="pump{i}_run"),
        limit("pump{i}_bearing_temp", HH, 85, MAJOR, 30, 120, 3, "grease breaks down", when="pump{i}_run"),
        limit("pump{i}_vibration", H, 4.5, MINOR, 60, 120, 0.3, "ISO 10816-3 / 10816-7 zone B/C region", when="pump{i}_run",
            evidence="K"),
        limit("pump{i}_vibration", HH, 7.1, MAJOR, 30, 120, 0.5, "zone C/D region", when="pump{i}_run", evidence="K"),
        state("controller_mode", "!=", "auto", CRITICAL, 300, 10, "controller must normally be in automatic-start state (GB "
            "50974 11.0.1)", when="not test_mode", evidence="S:gb50974-11-auto; delay J"),
        state("pump{i}_fault", "==", 1, CRITICAL, 3, 10),
        state("jockey{i}_fault", "==", 1, MAJOR, 3, 10),
        state("outlet_valve_open", "==", 0, CRITICAL, 60, 10, "a closed valve silently removes the system; valves open is the "
            "first weekly check in NFPA 25", when="not test_mode", evidence="S:nfpa25-form"),
        state("suction_valve_open", "==", 0, CRITICAL, 60, 10, "same", when="not test_mode", evidence="S:nfpa25-form"),
        state("phase_sequence_ok", "==", 0, CRITICAL, 2, 10, "phase reversal is one of the remote signals of NFPA 20 10.4.7",
            evidence="S:nfpa20-signals"),
        state("power_main_ok", "==", 0, MAJOR, 30, 30, "loss of a supply / phase loss must be signalled",
            evidence="S:nfpa20-signals"),
        state("power_source", "==", "none", CRITICAL, 5, 10, "no supply: pump cannot start", evidence="S:nfpa20-signals"),
        state("flood", "==", 1, MAJOR, 10, 60, "controllers in the pump room are only IP55 [S:gb50974-11-lan]"),
        limit("diesel_battery_v", L, 24.8, MAJOR, 60, 120, 0.3, "daily battery check required for diesel pumps",
            evidence="S:gb50974-14-911; value J"),
        limit("diesel_fuel_level", L, 67, MAJOR, 300, 600, 3, "fuel tank at least two thirds full", evidence="S:nfpa-annex"),
    ),
    signatures=(
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
            reference="(pump1_fault == 1 or fell(pump1_run, 30s)) and rose(pump2_run, 30s) and main_pressure < P.jockey_start",
            do=("保持备用泵运行，检查主泵故障代码；失去备用即按一级缺陷处理。", ("Keep the standby running; read the duty pump "
                "fault; the station has lost its redundancy.")),
            causes=[("主泵电机过载/缺相", "duty motor overload or phase loss"), ("主泵机械卡阻", "duty pump seized"),
                ("切换逻辑误动", "changeover logic false action")],
        ),
        failure("FP-04", MINOR, ("管网渗漏（稳压泵占空比升高）", "Network leak (jockey duty ratio rising)"),
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
            when="for(pump{i}_run and unbalance(pump{i}_current_a, pump{i}_current_b, pump{i}_current_c) > 0.30, 5s)",
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
            reference="any(pump{i}_run) and (flow > 2 for 10s or flow_switch == 1 or alarm_valve_switch == 1) and not "
                "test_mode   [critical (event, not equipment fault)]",
            do=("通知消防控制室核实火警，启动应急预案；确认压力、水位足够。", ("Tell the fire control room to verify, start "
                "the emergency plan; watch pressure and tank level.")),
            causes=[("火灾扑救", "fire fighting"), ("爆管", "pipe burst (pressure stays low, no fire signal)"),
                ("擅自用水/演练未报", "unauthorised use or unannounced drill")],
        ),
        failure("FP-16", CRITICAL, ("压力仍低时主泵停运", "Main pump stopped while pressure still low"),
            reference="fell(pump{i}_run, 5s) and not any(pump{i}_run) and main_pressure < P.jockey_start and not test_mode",
            do=("立即重新启动或启动备用泵；查是谁停泵。", ("Restart at once or start the standby; find out who or what stopped "
                "it.")),
            causes=[("保护跳闸", "protection trip"), ("误设自动停泵", "automatic stop wrongly configured"), ("电源中断",
                "supply interruption")],
        ),
        failure("FP-17", MINOR, ("水池无用水而液位下降", "Fire tank losing water with no use"),
            reference="slope(tank_level, 6h) < -0.01 /h and not any(pump{i}_run) in 6h and avg(flow, 6h) < 0.2   [minor (major "
                "if time to P.tank_min < 48h)]",
            do=("查池壁、泄水阀、与生活水池连通阀。", ("Check walls, drain valve, and any cross-connection valve to the "
                "domestic tank.")),
            causes=[("泄水阀未关严", "drain valve passing"), ("池体渗漏", "tank leak"), ("被挪作生活/绿化用水",
                "water taken for other uses")],
        ),
        failure("FP-18", MAJOR, ("压力变送器与压力开关不一致", "Transmitter and pressure switch disagree"),
            reference="for(pressure_switch == 1 and main_pressure > P.main_start + 0.05, 30s) or for(pressure_switch == 0 and "
                "main_pressure < P.main_start - 0.05, 30s)",
            do=("用标准表核对，先按更危险的读数处理。", ("Check against a reference gauge; until then act on the more "
                "dangerous reading.")),
            causes=[("变送器漂移/冻结", "transmitter drift or freeze"), ("开关设定改变", "switch setting changed"),
                ("取压阀关闭", "impulse valve closed")],
        ),
        failure("FP-19", MINOR, ("周期试验缺失", "Periodic run test missed"),
            reference="age_of_last(rose(pump{i}_run)) > 8 d (weekly automatic) for any i, or no manual run in 35 d   [minor "
                "(major after 14 d)]",
            do=("安排无流量试泵，电动泵不少于10分钟，记录进出口压力、三相电流。",
                "Schedule a no-flow run, electric at least 10 minutes, record suction/discharge pressure and currents."),
            causes=[("维保漏项", "maintenance missed"), ("自动巡检功能关闭", "auto-inspection disabled"), ("运行反馈点丢失",
                "run feedback lost")],
        ),
    ),
    tasks=(
        duty("FP-T1", "稳压泵启停压力与次数检查", "Jockey start/stop pressure and count", 1, "每日 daily",
            ("记录启停压力/次数; 与前7日比较", "read start/stop pressures, starts; compare with 7-day mean"),
            "GB 50974 14.0.4(3)", evidence="S:gb50974-14-911"),
        duty("FP-T2", "冬季室温水温检测", "Winter room and water temperature", 1, "每日（冬季） daily in winter",
            ("室温≥5℃; 水面无结冰", "room at or above 5 C; no ice"), "GB 50974 14.0.3(5)", evidence="S:gb50974-14-911"),
        duty("FP-T3", "柴油机启动电池电量", "Diesel start-battery charge", 1, "每日 daily", ("电压; 充电电流",
            "voltage; charge current"), "GB 50974 14.0.4(4)", evidence="S:gb50974-14-911"),
        duty("FP-T4", "模拟自动启泵", "Simulated automatic start", 7, "每周 weekly",
            ("泄压启泵; 记录启泵压力、启动时间; 自动巡检记录", ("drop pressure to start; record start pressure and time; "
            "auto-inspection log")), "GB 50974 14.0.4(2)", evidence="S:gb50974-14-911"),
        duty("FP-T5", "无流量运转（国外惯例）", "No-flow (churn) run, international practice", 7, "每周或每月 weekly/monthly",
            ("电动≥10min、柴油≥30min; 吸出口压力; 填料滴水; 噪声振动", ("electric 10 min or more, diesel 30; pressures; "
            "packing drip; noise")), "NFPA 25 8.3.1 (weekly for high-rise, vertical turbine, tank suction, limited-service; "
            "otherwise monthly allowed for electric)", evidence="S:nfpa25-keyes"),
        duty("FP-T6", "手动启泵并查电源", "Manual start and power check", 30, "每月 monthly",
            ("手动启动各泵; 主备电切换; 气压罐压力与有效容积; 水池水箱水位; 柴油机运行",
            "start each pump by hand; source changeover; vessel pressure and volume; tank levels; diesel run"),
            "GB 50974 14.0.3(4), 14.0.4(1)(4)(6)", evidence="S:gb50974-14-spw"),
        duty("FP-T7", "出流量和压力试验", "Flow and pressure test", 90, "每季度 quarterly",
            ("试水管测流量压力; 与曲线比较; 市政给水压力", ("measure Q and P on the test line; compare to curve; municipal "
            "pressure")), "GB 50974 14.0.4(5), 14.0.3(1)", evidence="S:gb50974-14-spw"),
        duty("FP-T8", "建筑消防设施年度检测", "Annual test of building fire facilities", 365, "每年 yearly",
            ("全部设施功能检测; 报告存档", "full functional test; file report"),
            "GB 25201-2010 ch.7 (and Fire Protection Law art.16)", evidence="K"),
        duty("FP-T9", "消防设施巡查", "Patrol of fire facilities", 7, "每日（重点单位）/每周（其他） daily for key units, "
            "weekly otherwise", ("控制柜自动位; 阀门常开; 仪表; 无渗漏", "AUTO; valves open; gauges; no leak"),
            "GB 25201-2010 6.1", evidence="K"),
    ),
    faults=(
        fault("FP-F1", "自动失效主泵不启", "Main pump refuses to start", ("FP-01", "FP-06"),
            "Open a 5 L/s demand: pressure falls to main_start within 60-120 s, jockey runs continuously, no pump run, "
            "pressure settles near roof-tank static or keeps falling 0.02 MPa/min"),
        fault("FP-F2", "管网渗漏", "Network leak", ("FP-04",), "Ramp Qleak from 0.01 to 0.4 L/s over 5 days: cycle period "
            "shortens from hours to ~10 min, duty ratio rises linearly, pressure mean unchanged"),
        fault("FP-F3", "气压罐缺气", "Waterlogged vessel", ("FP-05",), "Drop C to 1/40 in a day: starts/h jump to 20-60, each "
            "run < 10 s, duty unchanged"),
        fault("FP-F4", "干转", "Dry run at weekly test", ("FP-07",), "Tank empty or suction shut: discharge rises only "
            "0.05-0.2 MPa, current 45-50 % In, vibration 4-8 mm/s, bearing +1 K/min"),
        fault("FP-F5", "缺相", "Phase loss while running", ("FP-11",), "One current goes to 0, others to 1.6-1.8 In, pressure "
            "-10 %, bearing/winding rising; trip or not within 60 s"),
        fault("FP-F6", "控制柜打到手动", "Left in MANUAL", ("FP-12",), "controller_mode=manual after a work order closes, "
            "everything else normal for days"),
        fault("FP-F7", "叶轮磨损", "Impeller wear", ("FP-10",), "Multiply curve(Q) by 0.998 per week of simulated time to "
            "0.85; visible only in quarterly flow tests"),
        fault("FP-F8", "冻结风险", "Room freezing", ("room_temp.L", "DQ-02"), "room_temp -1 K/h from 8 C to -2 C in a cold "
            "snap; pressure sensor freezes (flat) below 0 C"),
        fault("FP-F9", "水池泄漏", "Tank drain passing", ("FP-17",),
            "tank_level -0.02 m/h, refill valve cannot keep up, pumps idle"),
        fault("FP-F10", "误启动", "Nuisance start", ("FP-14", "FP-09"), "pressure_switch drifts +0.08 MPa: pump starts at "
            "normal pressure, discharge 1.3 MPa, runs until manual stop"),
    ),
    recipe=(
        "State: network pressure `P` with compliance `C = V_eff/(stop-start)` (150 L / 0.08 MPa = 1875 L/MPa; use 20-60 L/MPa "
        "for a waterlogged vessel). Each second: `dP = (Qjockey*run_j + Qmain - Qdemand - Qleak)/C`. Normal `Qleak` = "
        "0.005-0.02 L/s (one jockey cycle every 2-8 h). Jockey hysteresis from `P.jockey_start/stop`. Add a slow thermal term "
        "(+/-0.01 MPa with room temperature, 24 h).\n"
        "Main pump when running: `dp = curve(Q)`, 2 s ramp; current `I = In*(0.62 + 0.38*Q/Qr)` clipped at 1.1 In, inrush 5-6 "
        "In for 1-3 s (only visible at 1 s sampling); phases x (1 +/- 0.01). Voltage 395 V + 4*sin(24 h) + noise, dips 3 % "
        "during start. Bearing temperature: first order to `T_room + 28 K`, tau 20 min. Vibration 1.6-2.4 mm/s running, 0.08 "
        "stopped.\n"
        "Tank level constant with +/-3 mm ripple, -6 mm/day evaporation, refill by float at -50 mm. Weekly test: Tuesday "
        "10:00, `test_mode`=1, 12 min churn, discharge 1.30 x rated."
    ),
    plant=FirePump,
)
# fmt: on
