"""Fire pump station: the points it reports, what is wrong when, and what to do first."""

from sensors.kit.tables import HH, LL, H, L, choice, duty, fault, gauge, limit, param, state, switch
from sensors.kit.words import CRITICAL, MAJOR, MINOR, Kind, Text
from sensors.plants.fire_pump import FirePump
from sensors.signatures.common import YARDSTICKS
from sensors.signatures.fire_pump import SIGNATURES

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
    signatures=SIGNATURES,
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
    yardsticks=YARDSTICKS["fire_pump"],
)
# fmt: on
