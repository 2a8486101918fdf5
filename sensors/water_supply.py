"""Drinking-water booster station: pressure, tanks and water quality, and how each of them fails."""

from sensors.kit.tables import HH, LL, H, L, choice, counter, duty, fault, gauge, limit, param, state, switch
from sensors.kit.words import CRITICAL, MAJOR, MINOR, Kind, Text
from sensors.plants.water_supply import WaterSupply
from sensors.signatures.common import YARDSTICKS
from sensors.signatures.water_supply import SIGNATURES

# Tables: one row a line, which the formatter would break up.
# fmt: off
KIND = Kind(
    "water_supply",
    says=Text("二次供水泵房", "Drinking-water booster station"),
    explains=Text(
        "这里把自来水加压送到高楼层。您看到的压力应稳在设定值附近（本区约 0.75 兆帕），水箱有水、余氯和浊度在国家标准以内就说明"
        "水量和水质都正常。凌晨用水最少，如果这时流量仍偏高，我们就会去找漏点。",
        "This room boosts tap water to the upper floors. Pressure should sit close to its setpoint (about 0.75 MPa in this "
        "zone), the tank should hold water and chlorine and turbidity should stay inside the national limits. Water use is "
        "lowest before dawn, so if the flow is still high then, we go and look for a leak.",
    ),
    scope=(
        "One device = one pressure zone (variable-speed pump set, `{i}` = 1..3 pumps) plus the shared tank and water-quality "
        "instruments. Reference plant: 1,000 households, 3,200 people, 480 m3/d, high zone set pressure 0.75 MPa, 3 x 11 kW "
        "(In = 22 A), two stainless tanks of 60 m3 (area 24 m2 each, `{k}` = 1..2)."
    ),
    headline=("outlet_pressure", "outlet_flow", "free_chlorine", "turbidity"),
    params=(
        param("set_pressure", 0.75, "MPa", "出水设定压力", "Outlet set pressure of the zone", evidence="J (site setting)"),
        param("pump_in", 22, "A", "水泵额定电流", "Pump rated current", evidence="J (nameplate)"),
        param("tank_area", 24, "m2", "单个水箱底面积", "Plan area of one tank"),
        param("tank_volume", 60, "m3", "单个水箱有效容积", "Volume of one tank"),
        param("level_min", 0.3, "m", "缺水保护液位", "Low-water pump protection level"),
        param("households", 1000, "1", "供水户数", "Households served"),
        param("mnf_base", 2.5, "m3/h", "夜间最小流量基线", "Learned minimum night flow, 02:00-05:00", evidence="J (learn 14 d)"),
        param("peak_flow", 46, "m3/h", "高峰小时流量", "Design peak-hour flow of the zone"),
        param("pipe_volume", 30, "m3", "管网存水量", "Water held in risers and branches"),
        param("inlet_min", 0.14, "MPa", "市政最低服务压力", "Lowest municipal service pressure; many cities set 0.20-0.22 for "
            "direct (pressure-superposed) pumping", evidence="S:gb55036 (0.14 for hydrant mains); rest K"),
    ),
    points=(
        gauge("inlet_pressure", "市政进水压力", "Municipal inlet pressure", "MPa", (0, 1), (0.18, 0.35), 10, step=0.001,
            noise=0.004),
        gauge("outlet_pressure", "出水压力", "Outlet pressure", "MPa", (0, 1.6), (0.73, 0.77), 5, step=0.001, noise=0.004),
        gauge("pressure_setpoint", "设定压力", "Pressure setpoint in force", "MPa", (0, 1.6), "0.75", None, step=0.001,
            heartbeat=300, note="night set-back possible"),
        gauge("inlet_flow", "进水瞬时流量", "Inlet flow", "m3/h", (0, 100), (0, 40), 10, step=0.01, noise=0.15),
        gauge("outlet_flow", "出水瞬时流量", "Outlet flow", "m3/h", (0, 100), (2, 46), 10, step=0.01, noise=0.15),
        counter("inlet_total", "进水累计量", "Inlet total", "m3", 9_999_999, 300, step=0.01, note="monotonic"),
        counter("outlet_total", "出水累计量", "Outlet total", "m3", 9_999_999, 300, step=0.01, note="monotonic"),
        gauge("tank{k}_level", "水箱液位", "Tank level", "m", (0, 3), (1.6, 2.6), 30, step=0.001, noise=0.004, of=2),
        switch("overflow", "溢流信号", "Overflow switch", ("水箱未溢流", "tank not overflowing"),
            ("水箱溢流", "tank overflowing"), "0", 300),
        gauge("inlet_valve_pos", "进水阀开度", "Inlet valve position", "%", (0, 100), (0, 100), 60, step=0.5, noise=0.3),
        switch("pump{i}_run", "水泵运行", "Pump run", ("{i}号水泵|未运行", "pump {i}| not running"),
            ("{i}号水泵|运行中", "pump {i}| running"), "0/1", 60, of=3),
        switch("pump{i}_fault", "水泵/变频故障", "Pump or VFD fault", ("{i}号水泵|无故障", "pump {i}| without fault"),
            ("{i}号水泵|故障", "pump {i}| in fault"), "0", 60, of=3),
        gauge("pump{i}_freq", "变频频率", "VFD frequency", "Hz", (0, 52), (30, 48), 10, step=0.01, noise=0.05, of=3,
            note="0 when stopped"),
        gauge("pump{i}_current", "水泵电流", "Pump current", "A", (0, 60), (9, 21), 10, step=0.1, noise=0.15, of=3),
        gauge("pump{i}_vibration", "水泵振动", "Pump vibration RMS", "mm/s", (0, 25), (0.5, 2.8), 60, step=0.01, noise=0.12,
            of=3),
        choice("control_mode", "控制方式", "Control mode", {"auto": ("自动", "automatic"), "manual": ("手动", "manual"),
            "off": ("停用", "off")}, "auto", 60),
        gauge("voltage_ab", "线电压", "Line voltage", "V", (0, 500), (380, 410), 10, step=0.1, noise=0.8),
        gauge("active_power", "有功功率", "Active power", "kW", (0, 60), (2, 20), 30, step=0.01, noise=0.08),
        counter("energy_total", "累计电量", "Energy", "kWh", 9_999_999, 300, step=0.01, ucum="kW.h"),
        gauge("free_chlorine", "余氯（游离氯）", "Free chlorine", "mg/L", (0, 5), (0.1, 0.5), 60, step=0.01, noise=0.01,
            note="amperometric; T90 ~90 s"),
        gauge("turbidity", "浊度", "Turbidity", "NTU", (0, 20), (0.1, 0.5), 60, step=0.001, noise=0.01, ucum="{NTU}",
            note="bubbles give short positive spikes"),
        gauge("ph", "酸碱度", "pH", "pH", (0, 14), (7, 8.2), 60, step=0.01, noise=0.02, ucum="[pH]"),
        gauge("conductivity", "电导率", "Conductivity", "uS/cm", (0, 2000), (200, 700), 60, step=1, noise=2),
        gauge("water_temp", "水温", "Water temperature", "Cel", (-5, 60), (5, 25), 60, step=0.1, noise=0.05),
        gauge("uv_intensity", "紫外强度", "UV intensity", "%", (0, 120), (75, 100), 60, step=0.5, noise=0.5, note="optional"),
        gauge("room_temp", "泵房温度", "Room temperature", "Cel", (-30, 70), (8, 32), 60, step=0.1, noise=0.1),
        gauge("room_humidity", "泵房湿度", "Room humidity", "%", (0, 100), (35, 80), 60, step=0.1, noise=0.5),
        switch("flood", "地面水浸", "Floor water", ("地面无水", "floor dry"), ("地面有水", "water on the floor"), "0", 300),
        switch("hatch_open", "水箱人孔开启", "Tank hatch open", ("水箱人孔关闭", "tank hatch closed"),
            ("水箱人孔打开", "tank hatch open"), "0", 300),
        switch("door_open", "泵房门开", "Room door open", ("泵房门关闭", "room door closed"), ("泵房门打开", "room door open"),
            "0", 300),
        switch("work_order_active", "有在办工单", "Authorised work in progress", ("无在办工单", "no authorised work"),
            ("有在办工单", "authorised work in progress"), "0", note="from ticket system"),
    ),
    limits=(
        limit("outlet_pressure", L, 0.7, MAJOR, 60, 60, 0.01, "upper floors short of pressure", expr="P.set_pressure-0.05"),
        limit("outlet_pressure", LL, 0.6, CRITICAL, 30, 60, 0.02, "upper floors without water", expr="P.set_pressure-0.15"),
        limit("outlet_pressure", H, 0.8, MINOR, 60, 60, 0.01, "control deviation", expr="P.set_pressure+0.05"),
        limit("outlet_pressure", HH, 0.85, MAJOR, 10, 60, 0.02, "over-pressure at the pump: hoses burst downstream (household "
            "inlet normally not over 0.35 MPa, fixture 0.20 MPa)", expr="P.set_pressure+0.10",
            evidence="J; household figures K GB 50015-2019 3.4"),
        limit("inlet_pressure", L, 0.18, MINOR, 300, 300, 0.01, "municipal side weak"),
        limit("inlet_pressure", LL, 0.14, MAJOR, 60, 120, 0.01, "municipal mains working pressure not under 0.14 MPa",
            expr="P.inlet_min", evidence="S:gb55036"),
        limit("tank{k}_level", LL, 0.3, CRITICAL, 10, 60, 0.05, "dry-run protection must already have stopped the pumps",
            expr="P.level_min"),
        limit("tank{k}_level", L, 0.8, MAJOR, 120, 300, 0.05, "less than about 1 h of supply"),
        limit("tank{k}_level", H, 2.75, MINOR, 30, 60, 0.03),
        limit("tank{k}_level", HH, 2.85, MAJOR, 10, 60, 0.03, "overflow edge"),
        state("overflow", "==", 1, MAJOR, 10, 60, "water loss and flooding"),
        state("pump{i}_fault", "==", 1, MAJOR, 3, 10),
        limit("pump{i}_current", H, 24.2, MINOR, 30, 60, 0.5, "overload", expr="1.10*P.pump_in", when="pump{i}_run",
            evidence="K"),
        limit("pump{i}_vibration", H, 4.5, MINOR, 60, 120, 0.3, "zone B/C", when="pump{i}_run", evidence="K ISO 10816"),
        limit("pump{i}_vibration", HH, 7.1, MAJOR, 30, 120, 0.5, "zone C/D", when="pump{i}_run", evidence="K ISO 10816"),
        limit("free_chlorine", L, 0.1, MINOR, 1800, 1800, 0.02, "margin above the tap limit for decay in risers"),
        limit("free_chlorine", LL, 0.05, MAJOR, 900, 1800, 0.02, "free-chlorine residual at the tap not under 0.05 mg/L",
            evidence="S:gb5749-cl"),
        limit("free_chlorine", H, 1, MINOR, 900, 1800, 0.05, "taste complaints"),
        limit("free_chlorine", HH, 2, CRITICAL, 300, 1800, 0.05, "limit at plant outlet and tap 2 mg/L", evidence="S:gb5749-cl"),
        limit("turbidity", H, 0.5, MINOR, 900, 900, 0.05, "early warning"),
        limit("turbidity", HH, 1, CRITICAL, 600, 900, 0.1, "1 NTU limit",
            evidence="S:gb5749-misc (secondary); K GB 5749-2022 table 1"),
        limit("ph", L, 6.5, MAJOR, 900, 900, 0.1, "6.5-8.5", evidence="S:gb5749-misc"),
        limit("ph", H, 8.5, MAJOR, 900, 900, 0.1, "6.5-8.5", evidence="S:gb5749-misc"),
        limit("water_temp", H, 25, MINOR, 3600, 3600, 0.5, "regrowth risk, chlorine decays faster"),
        limit("uv_intensity", L, 70, MINOR, 600, 600, 3, "lamp aged or sleeve dirty (UV systems)", when="any(pump{i}_run)",
            evidence="K"),
        limit("room_temp", L, 5, MAJOR, 600, 600, 1, "freezing"),
        limit("room_humidity", H, 85, MINOR, 1800, 1800, 5, "condensation in VFD cabinets"),
        state("flood", "==", 1, CRITICAL, 10, 60, "pump room flooding stops supply"),
        state("hatch_open", "==", 1, CRITICAL, 5, 10, "tank must be covered and locked", when="not work_order_active",
            evidence="S:tank-lock; K CJJ 140"),
        state("door_open", "==", 1, MAJOR, 60, 10, "intrusion", when="not work_order_active"),
        state("control_mode", "!=", "auto", MINOR, 1800, 10, when="not work_order_active"),
    ),
    signatures=SIGNATURES,
    tasks=(
        duty("WS-T1", "泵房日巡检", "Daily pump-room round", 1, "每日 daily", ("压力流量液位; 余氯浊度pH; 异响渗漏; 门锁人孔锁",
            "pressure, flow, level; chlorine, turbidity, pH; noise, leaks; locks"), "CJJ 140-2010 ch.11", evidence="K"),
        duty("WS-T2", "主备泵轮换与保养", "Pump rotation and care", 30, "每月 monthly", ("轮换运行; 润滑; 止回阀; 控制柜除尘",
            "rotate; lubricate; check valves; clean cabinet"), "CJJ 140-2010", evidence="K"),
        duty("WS-T3", "水质检测并公示", "Water test, result posted", 90, "每季度 quarterly",
            ("色度浊度臭味肉眼可见物pH菌落总数总大肠菌群余氯", ("colour, turbidity, odour, visible matter, pH, plate count, "
            "coliforms, chlorine")), "local drinking-water hygiene rules (quarterly); item list GB 17051-1997",
            evidence="S:tank-clean; items K"),
        duty("WS-T4", "水箱清洗消毒", "Tank cleaning and disinfection", 182, "每半年 every 6 months",
            ("排空清洗; 消毒; 冲洗; 取样合格后供水; 公示", "drain, clean, disinfect, rinse, sample before use, post notice"),
            "local rules: at least every half year; CJJ 140-2010 the same [K]; GB 17051-1997 at least yearly [K]",
            evidence="S:tank-clean"),
        duty("WS-T5", "在线水质仪校准", "Calibrate analysers", 30, "每月 monthly", ("余氯零点与斜率; 浊度标液; pH两点",
            "chlorine zero/slope; turbidity standard; pH 2-point"), "maker manuals"),
        duty("WS-T6", "压力表与安全阀检定", "Gauge and relief-valve verification", 182, "每半年/每年 6/12 months",
            ("压力表检定; 安全阀校验; 气压罐预充压", "gauges; relief valve; vessel pre-charge"), "JJG 52; CJJ 140",
            evidence="K"),
        duty("WS-T7", "从业人员健康检查", "Health certificate of staff", 365, "每年 yearly", ("直接管水人员体检",
            "staff who touch drinking water"), "GB 17051-1997", evidence="K"),
    ),
    faults=(
        fault("WS-F1", "暗漏", "Hidden leak", ("WS-01",), "Step or 10-day ramp of +4 m3/h at all hours; night flow from 2.5 to "
            "6.5; day peaks barely change"),
        fault("WS-F2", "浮球阀卡死", "Float valve stuck open", ("WS-03", "WS-02"),
            "inflow never closes; level rises at 0.4-0.8 m/h to 2.9 m, overflow=1, inlet total keeps counting"),
        fault("WS-F3", "爆管", "Burst", ("WS-08", "WS-11"), "+40 m3/h in 20 s, pressure -0.15 MPa, all pumps at 50 Hz, level "
            "falls 0.8 m/h, turbidity x3"),
        fault("WS-F4", "干转", "Dry run", ("WS-13", "WS-04"), "inflow 0; level falls to 0.2 m; current drops to 40 % In, "
            "pressure collapses to 0.2 MPa in 30 s"),
        fault("WS-F5", "汽蚀", "Cavitation", ("WS-05",), "suction strainer blocks over 3 days: vibration x2.2, pressure std "
            "x4, current ripple 6 %"),
        fault("WS-F6", "余氯衰减", "Chlorine decay", ("WS-10", "free_chlorine.LL"), "holiday in a heat wave: inflow chlorine "
            "0.08, water 28 C (k = 0.055 /h), demand -60 %: tank chlorine settles at 0.045 within a day (a CSTR gives C = "
            "C0/(1+kV/Q))"),
        fault("WS-F7", "浊度突升", "Turbidity event", ("WS-11", "WS-13"), "After 4 h outage, supply returns: turbidity 3-8 NTU "
            "decaying tau 25 min, inlet pressure step +0.2"),
        fault("WS-F8", "交叉污染", "Cross-connection", ("WS-12",), "15 min ramp: turbidity x4, chlorine -80 %, conductivity "
            "+35 %, pH -0.4"),
        fault("WS-F9", "止回阀倒流", "Check valve passing", ("WS-07", "WS-14"),
            "freq +10 % at same flow, idle pump vibration 1.0, kWh/m3 +15 %"),
        fault("WS-F10", "液位计漂移", "Level sensor drift", ("WS-02", "DQ-05"),
            "tank1_level +0.02 m/day relative to tank2_level (connected vessels)"),
    ),
    recipe=(
        "Demand (m3/h) = daily mean (20) x hourly factor x weekday x season x lognormal(sigma 0.06) AR(1) 0.9 per minute. "
        "Hourly factors 0..23: 0.25 0.18 0.14 0.12 0.14 0.35 0.95 1.75 1.70 1.25 1.10 1.15 1.30 1.10 0.95 0.95 1.05 1.35 1.75 "
        "2.00 1.85 1.55 1.05 0.55 (mean 1.02, so 490 m3/d, peak hour 40, night 2.4-2.8 m3/h; peak 2.0 stays inside the design "
        "hourly factor 2.3-2.8 [S:gb50015]). Weekend: shift morning peak +1.5 h, x1.06. Summer x1.12, winter x0.94. Leakage "
        "adds a constant that scales with sqrt(pressure).\n"
        "Pump set: one VFD pump up to 23 m3/h, then 2, then 3; per-pump curve `H = 1.00*(f/50)^2 - 0.0004*Q1^2` (MPa, m3/h), "
        "so `f = 50*sqrt(Pset + 0.0004*Q1^2)` for Pset in MPa: 43.3 Hz at zero flow, 49.0 Hz at 23 m3/h; stage at 49.5 Hz for "
        "30 s, de-stage at 38 Hz; pressure error AR noise 0.004 MPa, -0.03 MPa dip for 5-10 s at staging. Current = 0.42 In + "
        "0.55 In*(Q1/23)*(f/50)^2. Power = rho*g*Q*H/0.55. Sleep mode at night: pump off, pressure decays 0.75→0.70 in 3-8 min "
        "with the vessel, then restarts.\n"
        "Tank: `dLevel = (inflow - outflow)/area`; inlet valve opens at 2.0 m, closes at 2.6 m, inflow 30-45 m3/h scaled by "
        "sqrt(inlet_pressure). Inlet pressure 0.30 - 0.06*demand factor/2 + night +0.03.\n"
        "Chlorine: inflow 0.35 +/- 0.05 mg/L (diurnal), tank as CSTR with first-order decay k = 0.03 /h at 20 C, x1.08 per K "
        "(steady 0.31 mg/L at 105 m3 held). Turbidity: lognormal median 0.20, x1.5 for 20 min after inlet valve opens, "
        "1-sample bubble spikes 0.5-3 NTU twice a week. pH 7.6 +/-0.1; conductivity 380 +/-15 slow drift; water temp = season "
        "sine 6..24 C."
    ),
    plant=WaterSupply,
    yardsticks=YARDSTICKS["water_supply"],
)
# fmt: on
