"""Heating boiler room: burner, water and gas, and the interlocks that must never fail."""

from sensors.kit.tables import HH, LL, H, L, choice, counter, duty, fault, gauge, limit, param, state, switch
from sensors.kit.words import CRITICAL, MAJOR, MINOR, Kind, Text
from sensors.plants.boiler import Boiler
from sensors.signatures.boiler import SIGNATURES
from sensors.signatures.common import YARDSTICKS

# Tables: one row a line, which the formatter would break up.
# fmt: off
KIND = Kind(
    "boiler",
    says=Text("供热锅炉房", "Heating boiler room"),
    explains=Text(
        "锅炉房用天然气把水加热，再由循环泵送到各家暖气。室外越冷供水温度调得越高，出水一般在 60–80℃、压力稳定、没有燃气和一氧"
        "化碳报警就是正常。缺水、熄火、漏气都有自动切断，保护装置每周都要试一次。",
        "The boiler room burns natural gas to heat water that pumps carry to every home. The colder it is outside, the hotter "
        "the water; 60-80 C at the boiler, steady pressure and no gas or carbon-monoxide alarm is normal. Low water, lost "
        "flame or a gas leak shut it down automatically, and those protections are tested every week.",
    ),
    scope=(
        "One device = one gas-fired hot-water boiler with its primary loop; the room, the plate heat exchanger and the "
        "secondary loop are in the same device for a small plant. Reference: 2.8 MW pressurised hot-water boiler, 95/70 C "
        "rating, run at 80/60 C, primary flow 100 m3/h, safety valve 0.70 MPa, secondary 50/40 C (floor heating) or 65/50 C "
        "(radiators). Heating season in north China about 15 Nov - 15 Mar; outside it the device is idle and only room safety "
        "points matter. `{i}` = 1..2 circulation pumps."
    ),
    headline=("supply_temp", "return_pressure", "burner_stage", "outdoor_temp"),
    params=(
        param("rated_power", 2800, "kW", "额定热功率", "Rated heat output", evidence="J (nameplate)"),
        param("safety_valve", 0.7, "MPa", "安全阀整定压力", "Safety valve set pressure", evidence="J (nameplate)"),
        param("flow_nominal", 100, "m3/h", "额定循环流量", "Nominal primary flow"),
        param("flue_base", 130, "Cel", "排烟温度基线", "Learned flue temperature at 60-80 % load (non-condensing; 55-75 for "
            "condensing)", evidence="J (learn 14 d after cleaning)"),
        param("makeup_base", 0.8, "m3/d", "补水量基线", "Learned make-up per day"),
        param("curve_k", 1.15, "1", "供热曲线斜率", "Secondary supply temperature = 20 + curve_k*(20 - outdoor_temp) + curve_c"),
        param("curve_c", 10, "K", "供热曲线平移", "Offset of the heating curve"),
    ),
    points=(
        gauge("supply_temp", "锅炉出水温度", "Boiler supply temperature", "Cel", (0, 150), (60, 82), 10, step=0.1, noise=0.15),
        gauge("return_temp", "锅炉回水温度", "Boiler return temperature", "Cel", (0, 150), (42, 62), 10, step=0.1, noise=0.15),
        gauge("supply_pressure", "锅炉出水压力", "Boiler outlet pressure", "MPa", (0, 1.6), (0.35, 0.5), 10, step=0.001,
            noise=0.003),
        gauge("return_pressure", "回水压力（定压点）", "Return (static) pressure", "MPa", (0, 1.6), (0.25, 0.4), 10, step=0.001,
            noise=0.003),
        gauge("primary_flow", "一次循环流量", "Primary circulation flow", "m3/h", (0, 200), (80, 110), 10, step=0.1, noise=0.8),
        switch("water_low", "缺水/低水位开关", "Low-water switch", ("水位正常", "water level normal"),
            ("水位低，低水位开关动作", "low-water switch acted"), "0", 60),
        switch("high_temp_switch", "超温保护开关", "High-temperature limit switch",
            ("超温保护未动作", "high-temperature limit not acted"), ("超温保护动作", "high-temperature limit acted"), "0", 60),
        switch("high_press_switch", "超压保护开关", "High-pressure limit switch",
            ("超压保护未动作", "high-pressure limit not acted"), ("超压保护动作", "high-pressure limit acted"), "0", 60),
        choice("burner_stage", "燃烧器阶段", "Burner stage", {"off": ("停炉", "off"), "prepurge": ("前吹扫", "pre-purge"),
            "ignition": ("点火", "ignition"), "run": ("运行", "running"), "postpurge": ("后吹扫", "post-purge"),
            "lockout": ("闭锁", "lockout")}, "off/run", 30),
        gauge("burner_load", "燃烧负荷", "Firing rate", "%", (0, 100), "0 or 25..90", 10, step=0.5, noise=0.5),
        switch("flame_on", "火焰信号", "Flame detected", ("无火焰", "no flame"), ("有火焰", "flame burning"), "0/1", 10),
        gauge("flame_signal", "火焰强度", "Flame signal", "uA", (0, 30), (4, 12), 10, step=0.1, noise=0.3,
            note="or 0-10 V; scale per detector"),
        gauge("gas_pressure", "燃烧器前燃气压力", "Gas pressure before burner", "kPa", (0, 40), (8, 15), 10, step=0.01,
            noise=0.08),
        gauge("gas_flow", "燃气瞬时流量", "Gas flow", "m3/h", (0, 400), "0 or 70..300", 10, step=0.1, noise=1,
            note="standard m3; 2.8 MW ~ 300"),
        counter("gas_total", "燃气累计量", "Gas total", "m3", 99_999_999, 300, step=0.1, note="monotonic"),
        switch("gas_valve_open", "紧急切断阀开", "Emergency shut-off valve open",
            ("紧急切断阀关闭", "emergency gas valve closed"), ("紧急切断阀打开", "emergency gas valve open"), "1", 60),
        gauge("flue_temp", "排烟温度", "Flue gas temperature", "Cel", (0, 400), (90, 160), 30, step=0.1, noise=0.5),
        gauge("flue_o2", "烟气含氧量", "Flue O2", "%", (0, 25), (3, 6), 30, step=0.1, noise=0.1, note="optional"),
        gauge("flue_co", "烟气一氧化碳", "Flue CO", "ppm", (0, 2000), (0, 80), 30, step=1, noise=3, ucum="[ppm]",
            note="optional"),
        gauge("gas_leak", "可燃气体浓度", "Combustible gas in room", "%LEL", (0, 100), (0, 2), 10, step=0.1, noise=0.4,
            ucum="%{LEL}"),
        gauge("room_co", "室内一氧化碳", "CO in room", "ppm", (0, 500), (0, 5), 10, step=1, noise=1, ucum="[ppm]"),
        switch("vent_fan_run", "事故风机运行", "Ventilation fan running", ("事故风机未运行", "ventilation fan not running"),
            ("事故风机运行中", "ventilation fan running"), "0/1", 60),
        switch("circ_pump{i}_run", "循环泵运行", "Circulation pump run",
            ("{i}号循环泵|未运行", "circulation pump {i}| not running"), ("{i}号循环泵|运行中", "circulation pump {i}| running"),
            "1/0", 60, of=2),
        gauge("circ_pump{i}_current", "循环泵电流", "Circulation pump current", "A", (0, 120), (30, 55), 30, step=0.1, noise=0.3,
            of=2),
        switch("makeup_pump_run", "补水泵运行", "Make-up pump run", ("补水泵未运行", "make-up pump not running"),
            ("补水泵运行中", "make-up pump running"), "0/1", 60),
        gauge("makeup_flow", "补水流量", "Make-up flow", "m3/h", (0, 10), (0, 0.5), 30, step=0.01, noise=0.02),
        counter("makeup_total", "补水累计量", "Make-up total", "m3", 999_999, 300, step=0.01),
        gauge("makeup_tank_level", "软水箱液位", "Soft-water tank level", "m", (0, 3), (0.8, 1.8), 60, step=0.001, noise=0.004),
        gauge("hardness", "给水硬度", "Feed-water hardness", "mmol/L", (0, 10), (0.02, 0.4), 86400, step=0.01, noise=0.02,
            note="manual or online, once a shift/day"),
        gauge("boiler_ph", "锅水pH", "Boiler-water pH", "pH", (0, 14), (9.5, 11.5), 86400, step=0.1, noise=0.1, ucum="[pH]",
            note="manual"),
        gauge("sec_supply_temp", "二次供水温度", "Secondary supply temperature", "Cel", (0, 120), (35, 65), 30, step=0.1,
            noise=0.15),
        gauge("sec_return_temp", "二次回水温度", "Secondary return temperature", "Cel", (0, 120), (28, 50), 30, step=0.1,
            noise=0.15),
        gauge("sec_pressure", "二次回水压力", "Secondary static pressure", "MPa", (0, 1.6), (0.3, 0.55), 30, step=0.001,
            noise=0.003),
        gauge("outdoor_temp", "室外温度", "Outdoor temperature", "Cel", (-40, 50), (-20, 15), 300, step=0.1, noise=0.1),
        gauge("heat_power", "瞬时热功率", "Heat output", "kW", (0, 5000), (0, 2600), 30, step=1, noise=15),
        gauge("room_temp", "锅炉房温度", "Boiler room temperature", "Cel", (-30, 70), (10, 38), 60, step=0.1, noise=0.1),
        switch("season_on", "供暖季运行", "Heating season active", ("非供暖季", "outside the heating season"),
            ("供暖季", "in the heating season"), "0/1", 3600, note="operator flag"),
    ),
    limits=(
        limit("supply_temp", H, 88, MAJOR, 60, 60, 2, "approaching rating", when="season_on"),
        limit("supply_temp", HH, 95, CRITICAL, 10, 60, 3, "outlet not over 95 C for boilers in or beside high-rise buildings; "
            "over-temperature limit must already have tripped", evidence="S:boiler-nick; K TSG 11"),
        limit("supply_pressure", H, 0.6, MAJOR, 30, 60, 0.02),
        limit("supply_pressure", HH, 0.66, CRITICAL, 5, 60, 0.02, "just under safety-valve lift", expr="0.94*P.safety_valve"),
        limit("return_pressure", L, 0.22, MAJOR, 60, 60, 0.01, "static pressure at risk: highest radiators drain, air enters",
            when="season_on"),
        limit("return_pressure", LL, 0.15, CRITICAL, 10, 60, 0.02, "flashing/draining; burner must be off", when="season_on"),
        state("water_low", "==", 1, CRITICAL, 2, 30, "low-water cut-off is the basic device that shuts the boiler down at low "
            "water", evidence="S:nb-lwco"),
        state("high_temp_switch", "==", 1, CRITICAL, 1, 30, "limit acted, manual reset", evidence="K ASME CSD-1 CW-400; TSG 11"),
        state("high_press_switch", "==", 1, CRITICAL, 1, 30, "limit acted, manual reset",
            evidence="K ASME CSD-1 CW-300; TSG 11"),
        state("burner_stage", "==", "lockout", MAJOR, 2, 10, "flame-failure or start failure, manual reset", when="season_on",
            evidence="S:boiler-flame-cn"),
        limit("flame_signal", L, 3, MINOR, 60, 60, 0.5, "weak flame or dirty scanner; read and log weekly",
            when="burner_stage == run", evidence="S:csd1-burnham; value J"),
        limit("gas_pressure", L, 5, MAJOR, 10, 30, 0.5, "low-gas switch level depends on burner", when="burner_stage == run"),
        limit("gas_pressure", H, 18, MAJOR, 10, 30, 0.5, "high-gas switch level depends on burner"),
        limit("flue_temp", H, 160, MINOR, 1800, 1800, 5, "20 K above optimum costs about 1 % fuel [S:flue-fm]",
            expr="P.flue_base+30", when="burner_load > 40"),
        limit("flue_temp", HH, 200, MAJOR, 300, 600, 5, "heavy fouling or baffle failure", expr="P.flue_base+70",
            when="burner_load > 40"),
        limit("flue_o2", L, 2, MAJOR, 300, 300, 0.3, "CO risk", when="burner_stage == run"),
        limit("flue_o2", H, 8, MINOR, 1800, 1800, 0.5, "excess air wastes fuel", when="burner_stage == run"),
        limit("flue_co", H, 200, MAJOR, 180, 300, 20, "incomplete combustion", when="burner_stage == run"),
        limit("flue_co", HH, 400, CRITICAL, 60, 300, 40, "stop and tune", when="burner_stage == run"),
        limit("gas_leak", H, 10, MAJOR, 5, 60, 2, "first threshold 10-15 % LEL", evidence="S:gasdet"),
        limit("gas_leak", HH, 20, CRITICAL, 2, 120, 3, "second threshold 20-40 % LEL: close the manual-reset gas valve",
            evidence="S:gasdet"),
        limit("room_co", H, 26, MAJOR, 60, 120, 5, "30 mg/m3 short-term workplace limit (26 ppm)", evidence="K GBZ 2.1"),
        limit("room_co", HH, 100, CRITICAL, 10, 120, 10, "evacuate"),
        limit("makeup_flow", H, 2, MAJOR, 900, 900, 0.2, "about 2 % of circulation", when="season_on", evidence="K CJJ 34"),
        limit("makeup_tank_level", L, 0.5, MAJOR, 120, 300, 0.05, "no water to hold static pressure", when="season_on"),
        limit("hardness", H, 0.6, MINOR, 0, 0, 0.05, "hot-water boiler with external treatment: hardness not over 0.60 mmol/L",
            when="season_on", evidence="K GB/T 1576-2018"),
        limit("boiler_ph", L, 9, MINOR, 0, 0, 0.1, "hot-water boiler water pH 9.0-12.0", when="season_on",
            evidence="K GB/T 1576-2018"),
        limit("boiler_ph", H, 12, MINOR, 0, 0, 0.1, "same", when="season_on", evidence="K GB/T 1576-2018"),
        limit("room_temp", H, 45, MINOR, 600, 600, 2, "ventilation lost"),
    ),
    signatures=SIGNATURES,
    tasks=(
        duty("BO-T1", "每班巡检", "Shift round", 1, "每日 daily", ("压力温度水位仪表记录; 燃烧状态; 泄漏; 设定值",
            "log gauges; flame; leaks; settings"), "boiler maker's periodic test list, CSD-1 App. D style",
            evidence="S:csd1-burnham"),
        duty("BO-T2", "低水位保护试验", "Low-water cut-off test", 7, "每周 weekly", ("模拟缺水停炉; 记录",
            "simulate and confirm burner stops"), "boiler maker's list: daily/weekly, slow-drain test every half year",
            evidence="S:csd1-burnham"),
        duty("BO-T3", "熄火保护与火焰信号", "Flame-failure test and flame signal", 7, "每周 weekly",
            ("关手阀验证切断时间; 记录火焰电流", "close manual valve, time the shutdown; log flame current"),
            "boiler maker's list: weekly", evidence="S:csd1-burnham"),
        duty("BO-T4", "烟道风门检查", "Damper inspection", 30, "每月 monthly", ("连杆; 动作", "linkage; operation"),
            "boiler maker's list: monthly", evidence="S:csd1-burnham"),
        duty("BO-T5", "燃烧测试调整", "Combustion test", 182, "每半年/每年 6/12 months", ("O2/CO/排烟温度; 阀门检漏",
            "O2, CO, flue temperature; valve leak test yearly"), "boiler maker's list: settings half-yearly, combustion and "
            "valve-leak test yearly", evidence="S:csd1-burnham"),
        duty("BO-T6", "安全阀校验", "Safety valve verification", 365, "每年 yearly", ("送检整定; 手动排放试验（半年）",
            "bench test; lift test half-yearly"), "TSG 11-2020; local inspection body", evidence="S:boiler-hcydhy"),
        duty("BO-T7", "压力表检定", "Pressure gauge verification", 182, "每半年 half-yearly", ("检定合格标志", "label"),
            "TSG 11 / JJG 52", evidence="K"),
        duty("BO-T8", "锅炉外部检验/内部检验", "External / internal statutory inspection", 365, "每年/每两年 1/2 years",
            ("外检每年; 内检每两年; 必要时耐压试验", "external yearly; internal every 2 years; pressure test when required"),
            "TSG 11-2020 ch.9", evidence="K"),
        duty("BO-T9", "水质化验", "Water analysis", 1, "每日/每月 daily/monthly", ("硬度pH; 加药", "hardness, pH; dosing"),
            "GB/T 1576-2018", evidence="K"),
        duty("BO-T10", "可燃气体探测器校准", "Gas detector calibration", 365, "每年 yearly", ("标气; 切断阀联动",
            "test gas; valve interlock"), "JJG 693", evidence="K"),
    ),
    faults=(
        fault("BO-F1", "缺水停炉", "Low-water cut-off", ("BO-02", "BO-10"), "Leak 6 m3/h: return_pressure -0.01 MPa/min, "
            "make-up runs continuously, water_low=1 after 15-25 min, stage → off within 2 s"),
        fault("BO-F2", "联锁失效", "Interlock bypassed", ("BO-01",), "As F1 but flame_on stays 1"),
        fault("BO-F3", "熄火闭锁", "Flame-out lockout", ("BO-03",), "flame_signal decays 8→1 uA over 3 days (dirty scanner), "
            "lockout at random then twice an hour"),
        fault("BO-F4", "循环泵跳闸", "Circulation pump trip", ("BO-04", "BO-05"),
            "primary_flow → 0 in 8 s, Ts rises 4 K/min until limit 95 C trips"),
        fault("BO-F5", "结垢", "Scaling", ("BO-06",), "flue_temp at 70 % load +0.4 K/day; efficiency -0.02 %/day"),
        fault("BO-F6", "燃气泄漏", "Gas leak", ("BO-08",), "gas_leak 0→35 % LEL in 4 min with ventilation off; variant: valve "
            "does not close"),
        fault("BO-F7", "阀门内漏", "Valve passing", ("BO-09",), "2-4 m3/h gas flow while stage=off"),
        fault("BO-F8", "换热器结垢", "Exchanger fouling", ("BO-12",), "approach +0.15 K/day"),
        fault("BO-F9", "膨胀罐失效", "Expansion vessel failed", ("BO-14",), "pressure swing 0.03 → 0.20 MPa per heating cycle, "
            "safety valve sawtooth"),
        fault("BO-F10", "氧量失调", "Combustion drift", ("BO-07",), "O2 4.5 → 1.8 %, CO 40 → 600 ppm over 5 days"),
    ),
    recipe=(
        "Outdoor temperature: seasonal sine (mean 2 C in season, amplitude 8) + daily sine 5 K (min 06:00) + AR(1). Building "
        "load `Q = UA*(20 - Tout)` with UA = 95 kW/K for 100,000 m2 (2.5 MW at -6 C). Secondary target from the heating curve; "
        "firing rate = PI of target, 25-100 %, minimum 25 %, off/on with 6 K hysteresis under it. Boiler: `C dT/dt = Qburn*eta "
        "- m*cp*(Ts-Tr)`, C = 25 MJ/K (about 6 m3 of water), tau of secondary ~20 min. With 100 m3/h, 2.3 MW gives Ts-Tr = 20 "
        "K (1.163 kWh/m3K).\n"
        "Flue (non-condensing) = Tr + 25 + 70*load + fouling; condensing = Tr + 8 + 15*load. O2 = 4.5 - 1.0*load + 0.1 noise; "
        "CO = 20 + lognormal. Gas = Qburn/(9.94 kWh/m3 x 0.93). Pressure = P0 + 0.0025*(Tmean-60) + noise; make-up pulse 0.5 "
        "m3/h for 10 min when return_pressure < 0.26. Burner sequence: prepurge 30 s, ignition 5 s, run, postpurge 20 s; flame "
        "signal 8 +/-0.3 uA."
    ),
    plant=Boiler,
    yardsticks=YARDSTICKS["boiler"],
)
# fmt: on
