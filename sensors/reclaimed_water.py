"""Reclaimed-water plant: the points it reports, what is wrong when, and what to do first."""

from sensors.kit.tables import HH, LL, H, L, duty, fault, gauge, limit, param, state, switch
from sensors.kit.words import CRITICAL, MAJOR, MINOR, Kind, Text
from sensors.plants.reclaimed_water import ReclaimedWater
from sensors.signatures.common import YARDSTICKS
from sensors.signatures.reclaimed_water import SIGNATURES

# Tables: one row a line, which the formatter would break up.
# fmt: off
KIND = Kind(
    "reclaimed_water",
    says=Text("中水站", "Reclaimed-water plant"),
    explains=Text(
        "中水站把洗澡水、洗衣水等处理干净，用来冲厕和浇花，不能饮用。正常时出水清澈、略有氯味，曝气池冒细密气泡；我们看着浊"
        "度、余氯和膜的压力，不达标就停供改用自来水。",
        "This plant cleans used bath and laundry water for toilet flushing and watering plants - never for drinking. Normal "
        "means clear water with a faint chlorine smell and fine bubbles in the tank; if turbidity, chlorine or membrane "
        "pressure are out of range the supply is switched back to tap water.",
    ),
    scope=(
        "One device = one small membrane bioreactor (MBR) or contact-oxidation plant treating grey or mixed sewage for "
        "toilet flushing and greening, 50-200 m3/d. Defaults: MBR 100 m3/d, 10 m3/h suction in 8-min-on / 2-min-off cycles, "
        "membrane area 400 m2 (25 litres per m2 and hour; MBRs run at 10-150 LMH depending on type [S:mbr-site])."
    ),
    headline=("permeate_turbidity", "total_chlorine", "tmp_kpa", "clear_level"),
    params=(
        param("design_flow", 5, "m3/h", "平均处理水量", "Average treated flow"),
        param("membrane_area", 400, "m2", "膜面积", "Membrane area"),
        param("tmp_base", 8, "kPa", "跨膜压差基线", "TMP after cleaning", evidence="J (learn)"),
    ),
    points=(
        gauge("inlet_flow", "进水流量", "Influent flow", "m3/h", (0, 30), (0, 10), 60, step=0.01, noise=0.1),
        gauge("eq_level", "调节池液位", "Equalisation tank level", "m", (0, 5), (1, 3.2), 60, step=0.01, noise=0.01),
        gauge("do_conc", "溶解氧", "Dissolved oxygen", "mg/L", (0, 20), (2, 4), 60, step=0.01, noise=0.05),
        gauge("mlss", "污泥浓度", "Mixed-liquor solids", "mg/L", (0, 20000), (6000, 10000), 3600, step=10, noise=80,
            note="online or daily manual"),
        gauge("ph", "生化池pH", "Bioreactor pH", "pH", (0, 14), (6.8, 8), 60, step=0.01, noise=0.03, ucum="[pH]"),
        gauge("water_temp", "水温", "Water temperature", "Cel", (-5, 60), (12, 30), 300, step=0.1, noise=0.1),
        gauge("tmp_kpa", "跨膜压差", "Transmembrane pressure", "kPa", (0, 100), (6, 22), 10, step=0.1, noise=0.4,
            note="absolute value of suction"),
        gauge("permeate_flow", "产水流量", "Permeate flow", "m3/h", (0, 20), "0 or 8..10", 10, step=0.01, noise=0.08),
        gauge("permeate_turbidity", "产水浊度", "Permeate turbidity", "NTU", (0, 20), (0.05, 0.5), 60, step=0.001, noise=0.02,
            ucum="{NTU}"),
        switch("suction_pump_run", "抽吸泵运行", "Suction pump run", ("抽吸泵未运行", "suction pump not running"),
            ("抽吸泵运行", "suction pump running"), "0/1", 60),
        switch("backwash_run", "反洗运行", "Backwash run", ("未在反洗", "not backwashing"), ("反洗运行", "backwashing"),
            "0/1", 60),
        switch("blower{i}_run", "鼓风机运行", "Blower run", ("{i}号鼓风机|未运行", "blower {i}| not running"),
            ("{i}号鼓风机|运行", "blower {i}| running"), "1/0", 60, of=2, note="i = 1..2"),
        gauge("blower{i}_current", "鼓风机电流", "Blower current", "A", (0, 60), (12, 18), 30, step=0.1, noise=0.15, of=2),
        gauge("blower_pressure", "风压", "Air pressure", "kPa", (0, 100), (38, 48), 30, step=0.1, noise=0.4),
        gauge("air_flow", "曝气量", "Air flow", "m3/h", (0, 1000), (250, 400), 30, step=1, noise=4),
        gauge("clear_level", "清水池液位", "Clear-water tank level", "m", (0, 5), (1, 2.8), 60, step=0.01, noise=0.01),
        switch("dosing_run", "加药泵运行", "Dosing pump run", ("加药泵未运行", "dosing pump not running"),
            ("加药泵运行", "dosing pump running"), "0/1", 60),
        gauge("chem_level", "次氯酸钠药箱液位", "Hypochlorite tank level", "%", (0, 100), (20, 100), 300, step=0.5,
            noise=0.5),
        gauge("total_chlorine", "总余氯", "Total chlorine at outlet", "mg/L", (0, 5), (1, 2), 60, step=0.01, noise=0.03),
        gauge("conductivity", "出水电导率", "Outlet conductivity", "uS/cm", (0, 5000), (600, 1200), 60, step=1, noise=5),
        gauge("ammonia", "出水氨氮", "Outlet ammonia-N", "mg/L", (0, 50), (0.1, 3), 900, step=0.01, noise=0.1,
            note="optional"),
        gauge("supply_pressure", "中水供水压力", "Supply pressure", "MPa", (0, 1.6), (0.38, 0.42), 10, step=0.001,
            noise=0.004),
        gauge("supply_flow", "中水供水流量", "Supply flow", "m3/h", (0, 60), (0, 15), 30, step=0.01, noise=0.1),
        switch("tap_makeup_open", "自来水补水阀开", "Tap-water make-up valve open",
            ("自来水补水阀关闭", "tap-water make-up valve shut"), ("自来水补水阀打开", "tap-water make-up valve open"), "0/1",
            300, note="air gap required"),
        gauge("tap_pressure", "自来水侧压力", "Tap-water side pressure", "MPa", (0, 1.6), (0.25, 0.4), 60, step=0.001,
            noise=0.004),
        gauge("h2s", "硫化氢", "H2S in room", "ppm", (0, 100), (0, 1), 30, step=0.1, noise=0.1, ucum="[ppm]"),
        gauge("o2_room", "室内氧气", "Room oxygen", "%", (0, 30), (20.6, 20.9), 30, step=0.1, noise=0.05),
        gauge("ch4_lel", "可燃气体", "Combustible gas", "%LEL", (0, 100), (0, 2), 30, step=0.1, noise=0.4, ucum="%{LEL}"),
        switch("room_fan_run", "排风机运行", "Room fan run", ("排风机停", "room fan stopped"),
            ("排风机运行", "room fan running"), "1", 60),
        switch("flood", "地面水浸", "Floor water", ("地面无水", "floor dry"), ("地面有水", "water on the floor"), "0", 300),
    ),
    limits=(
        limit("permeate_turbidity", H, 2, MINOR, 600, 600, 0.2, "integrity warning for a membrane plant; a plant that sucks for "
            "less than the on-delay at a time needs a shorter one (site file)", when="suction_pump_run"),
        limit("permeate_turbidity", HH, 5, MAJOR, 300, 600, 0.3,
            "toilets and car wash not over 5 NTU (10 for greening/roads)", when="suction_pump_run",
            evidence="S:gbt18920-2002; 2020 edition same for toilets K"),
        limit("total_chlorine", L, 1, MINOR, 900, 900, 0.05,
            "at least 1.0 mg/L after 30 min contact, 0.2 mg/L at the end of the pipe",
            evidence="S:gbt18920-2002; K for 2020"),
        limit("total_chlorine", LL, 0.2, MAJOR, 900, 900, 0.05, "no disinfection", evidence="S:gbt18920-2002"),
        limit("total_chlorine", H, 2.5, MINOR, 1800, 1800, 0.1, "damages plants when used for greening",
            evidence="K GB/T 18920-2020"),
        limit("ph", L, 6, MAJOR, 900, 900, 0.1, "6.0-9.0", evidence="S:gbt18920-2002"),
        limit("ph", H, 9, MAJOR, 900, 900, 0.1, "6.0-9.0", evidence="S:gbt18920-2002"),
        limit("ammonia", H, 5, MINOR, 3600, 3600, 0.5, "toilets and car wash (2002 edition allowed 10)",
            evidence="K GB/T 18920-2020"),
        limit("do_conc", L, 1.5, MINOR, 900, 900, 0.2, when="any(blower{i}_run)"),
        limit("do_conc", LL, 0.8, MAJOR, 900, 900, 0.2, "biology at risk", when="any(blower{i}_run)"),
        limit("do_conc", H, 6, MINOR, 3600, 3600, 0.3, "wasted air or dead sludge"),
        limit("mlss", L, 4000, MINOR, 0, 0, 200),
        limit("mlss", H, 12000, MINOR, 0, 0, 200, "discharge sludge"),
        limit("tmp_kpa", H, 25, MINOR, 600, 600, 2, "maintenance clean; a plant that sucks for less than the on-delay at a time "
            "needs a shorter one (site file)", when="suction_pump_run"),
        limit("tmp_kpa", HH, 35, MAJOR, 300, 600, 2, "recovery clean, most hollow-fibre makers cap at 30-50 kPa",
            when="suction_pump_run", evidence="K"),
        limit("blower_pressure", H, 55, MINOR, 300, 300, 2, "diffusers clogging", when="any(blower{i}_run)"),
        limit("eq_level", H, 3.6, MAJOR, 300, 300, 0.1, "overflow edge"),
        limit("eq_level", L, 0.5, MINOR, 300, 300, 0.1),
        limit("clear_level", L, 0.6, MINOR, 300, 300, 0.1, "make-up will open"),
        limit("chem_level", L, 15, MINOR, 600, 600, 3, "order chemical"),
        limit("h2s", H, 7, MAJOR, 30, 120, 1, "10 mg/m3 ceiling (7 ppm)", evidence="K GBZ 2.1"),
        limit("h2s", HH, 20, CRITICAL, 5, 120, 2, "evacuate"),
        limit("o2_room", L, 19.5, CRITICAL, 10, 120, 0.2, "confined-space limit", evidence="K GB 30871 / GBZ/T 205"),
        limit("ch4_lel", H, 10, CRITICAL, 10, 120, 2, evidence="K"),
        state("flood", "==", 1, MAJOR, 10, 60),
    ),
    signatures=SIGNATURES,
    tasks=(
        duty("RW-T1", "每日巡检与余氯自检", "Daily round and chlorine check", 1, "每日 daily",
            ("液位风压DO; 余氯比色; 气味泡沫; 通风", "levels, air, DO; chlorine kit; smell, foam; ventilation"),
            "GB/T 18920-2020 sampling table", evidence="K"),
        duty("RW-T2", "维护性清洗", "Maintenance clean", 7, "每周 weekly",
            ("次氯酸钠低浓度反洗; 记录TMP", "low-dose hypochlorite backwash; log TMP"), "membrane maker"),
        duty("RW-T3", "恢复性清洗", "Recovery clean", 120, "每3-6个月 every 3-6 months",
            ("离线浸泡酸碱", "soak in acid and alkali"), "membrane maker"),
        duty("RW-T4", "水质送检", "Laboratory test", 30, "每月 monthly",
            ("BOD5 氨氮 浊度 色度 大肠埃希氏菌", "BOD5, ammonia, turbidity, colour, E. coli"), "GB/T 18920-2020",
            evidence="K"),
        duty("RW-T5", "管道标识与误接检查", "Pipe marking and cross-connection check", 365, "每年 yearly",
            ("绿色标识; 取水口上锁; 染色试验", "green marking; locked taps; dye test"), "GB 50336-2018", evidence="K"),
        duty("RW-T6", "有限空间作业审批", "Confined-space permit", 0, "每次 each entry",
            ("通风 检测 监护", "ventilate, test, attend"), "emergency-management rules", evidence="K"),
    ),
    faults=(
        fault("RW-F1", "膜污染", "Fouling", ("RW-01",), "TMP +2.5 kPa/d from day 5, cleans recover only 30 %"),
        fault("RW-F2", "膜破损", "Breach", ("RW-02",), "turbidity 0.2 → 2.5 in 1 h, TMP -25 %"),
        fault("RW-F3", "风机跳闸", "Blower trip", ("RW-03",), "DO 3 → 0.3 in 25 min, air 0, ammonia +3 after 12 h"),
        fault("RW-F4", "曝气堵塞", "Diffuser clog", ("RW-04",), "pressure +0.5 kPa/d, air -1 %/d"),
        fault("RW-F5", "加药断", "Dosing lost", ("RW-07",), "chlorine decays tau 3 h to 0.1, dosing_run=1"),
        fault("RW-F6", "串接", "Cross-connection", ("RW-08",), "supply_pressure 0.42 over tap 0.30 with make-up valve open"),
        fault("RW-F7", "抽吸进气", "Air in suction", ("RW-10",), "permeate 9 → 2 m3/h, TMP -60 %, noise x5"),
        fault("RW-F8", "硫化氢", "H2S", ("RW-09",), "fan off 6 h: h2s 0 → 25 ppm, o2 -0.8 %"),
    ),
    recipe=(
        "Influent = 0.8 x domestic hourly factors (section water supply) lagged 1 h. Equalisation area 20 m2. Suction cycle "
        "8 min on / 2 min off, flow 10 m3/h while on. TMP = base + fouling(t) + 0.6*(flow-9); fouling +0.15 kPa/d, -70 % "
        "after maintenance clean each 7 d, residual +0.03 kPa/d. DO: dC/dt = kLa*(Cs-C) - OUR, OUR diurnal 25-60 mg/L/h, "
        "kLa proportional to air; controller keeps 2-4. Turbidity 0.1-0.3, +0.4 for 2 min after backwash. Chlorine 1.5 "
        "+/-0.2 with dosing duty. Supply flow: flushing pattern peaks 07, 21 h + greening block 05-06 h in summer."
    ),
    plant=ReclaimedWater,
    yardsticks=YARDSTICKS["reclaimed_water"],
)
# fmt: on
