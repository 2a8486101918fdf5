"""Failures of a reclaimed-water plant, told from several points together."""

from sensors.kit.tables import failure
from sensors.kit.words import CRITICAL, MAJOR, MINOR

# Tables: one row a line, which the formatter would break up.
# fmt: off
SIGNATURES = (
    failure("RW-01", MINOR, ("膜污染", "Membrane fouling"),
        when=(
            "let perm = permeate_flow * 1000 / P.membrane_area / tmp_kpa\n"
            "let fouled = median(perm while suction_pump_run, 24h) < 0.5 * reference(perm while suction_pump_run, 7d) or "
            "slope(tmp_kpa while suction_pump_run, 3d) * 24 > 1.5\n"
            "minor: fouled\n"
            "major: fouled and avg(tmp_kpa while suction_pump_run, 10min) > 35"
        ),
        hides=("tmp_kpa.H", "tmp_kpa.HH"),
        reference="perm = permeate_flow*1000/P.membrane_area/tmp_kpa (LMH per kPa, only while suction_pump_run); "
            "median(perm,24h) < 0.5*median(perm, first 7 d after cleaning) or slope(median tmp_kpa, 3d) > 1.5 kPa/d   "
            "[minor (major if tmp_kpa > 35)]",
        rewritten="No point tells of a cleaning: the reference is the first week after commissioning. 1.5 kPa a day is 24 "
            "times the slope, which is per hour. The pump rests 2 min in 10: what it does not suck is not counted.",
        do=("增加维护性清洗，检查曝气均匀性和污泥浓度。", "Add maintenance cleans; check air scouring and solids."),
        causes=[("污泥浓度过高", "solids too high"), ("曝气不均/管堵", "uneven scouring air"),
            ("清洗周期过长", "cleaning overdue")],
    ),
    failure("RW-02", MAJOR, ("膜破损", "Membrane breach"),
        when=(
            "let worn = avg(tmp_kpa while suction_pump_run, 20min) < 0.85 * median(tmp_kpa while suction_pump_run, 24h)\n"
            "for(permeate_turbidity > 3 * median(permeate_turbidity, 7d) and permeate_turbidity > 1.0, 20min) and worn"
        ),
        hides=("permeate_turbidity.H", "permeate_turbidity.HH"),
        reference="for(permeate_turbidity > 3*median(permeate_turbidity,7d) and permeate_turbidity > 1.0, 20min) and "
            "tmp_kpa < 0.85*median(tmp_kpa,24h)",
        rewritten="Between two suctions the pressure is zero: only what is measured while the pump runs is compared.",
        do=("停止该膜组供水，气泡检漏，封堵或更换。", "Take the module off line, bubble-test, plug or replace."),
        causes=[("膜丝断裂", "broken fibres"), ("集水管接头脱落", "permeate joint off")],
    ),
    failure("RW-03", MAJOR, ("鼓风机故障", "Blower failure"),
        when=(
            "major: for(not any(blower{i}_run), 5min) or for(any(blower{i}_run) and blower_pressure < 20, 60s)\n"
            "critical: for(not any(blower{i}_run) or blower_pressure < 20, 4h)"
        ),
        hides=("do_conc.L", "do_conc.LL", "ammonia.H"),
        reference="not any(blower{i}_run) for 5min or for(any(blower{i}_run) and blower_pressure < 20, 60s)   [major "
            "(critical after 4 h without air)]",
        do=("启备用风机，检查皮带/放空阀。", "Start the standby blower; check belt and blow-off valve."),
        causes=[("电机过载跳闸", "motor trip"), ("皮带断", "belt broken"), ("放空阀/安全阀常开", "blow-off valve open")],
    ),
    failure("RW-04", MINOR, ("曝气器堵塞", "Diffusers clogged"),
        when=(
            "let harder = median(blower_pressure - baseline(blower_pressure), 24h) > 6\n"
            "let less = median(air_flow / baseline(air_flow), 24h) < 0.85\n"
            "harder and less and median(do_conc, 24h) < 1.8"
        ),
        hides=("blower_pressure.H", "do_conc.L", "do_conc.LL"),
        reference="blower_pressure > baseline + 6 and air_flow < 0.85*baseline and do_conc < 1.8 for 24h",
        rewritten="'For 24h' is judged by the medians of 24 h: a single sample of a noisy value does not begin the day anew.",
        do=("大气量冲洗或更换曝气盘。", "Air-bump or replace the diffusers."),
        causes=[("钙垢/生物膜", "scale or biofilm"), ("停气后污泥倒灌", "sludge back-flow after an air stop")],
    ),
    failure("RW-05", MINOR, ("溶解氧探头失真", "DO probe fouled"),
        when=(
            "let dead = std(do_conc, 6h) < 0.03 and (std(do_conc, 6h) < 0.005 or abs(corr(do_conc, air_flow, 6h)) < 0.1)\n"
            "any(blower{i}_run) and (dead or for(do_conc > 8 and blower_pressure > 20, 10min))"
        ),
        hides=("do_conc.H",),
        reference="any(blower{i}_run) and std(do_conc,6h) < 0.03 and abs(corr(do_conc, air_flow, 6h)) < 0.1 ; or do_conc > "
            "8 with blowers normal",
        rewritten="A value that never moves has no correlation: below 0.005 it is not asked for. 'Blowers normal' = one "
            "runs and its air has pressure; for 10 min, for one sample is not enough.",
        do=("清洗膜头并两点校准。", "Clean and calibrate."),
        causes=[("膜头污染", "fouled cap"), ("探头露出水面", "probe out of water (8-9 mg/L)")],
    ),
    failure("RW-06", MAJOR, ("进水冲击/有毒", "Influent shock"),
        when=(
            "let acid = for(ph < 6 or ph > 9, 15min)\n"
            "let stalled = delta(do_conc, 2h) > 2 and abs(delta(air_flow, 2h)) < 0.1 * avg(air_flow, 2h)\n"
            "rose(acid or stalled, 24h) and ammonia > 2 * median(ammonia, 7d)"
        ),
        hides=("ph.L", "ph.H", "do_conc.H", "ammonia.H"),
        reference="(ph < 6 or ph > 9 for 15min) or (do_conc rises > 2 mg/L in 2h at constant air_flow) followed by ammonia "
            "> 2*median in 24h",
        rewritten="'Followed by' = within 24 h; twice the median of a week; air counts as constant within 10 %.",
        do=("停进水，稀释，查源头（清洁剂、装修废水）。",
            "Stop the influent, dilute, find the source (detergents, renovation waste)."),
        causes=[("消毒剂/清洁剂大量排入", "disinfectant dumped"), ("装修/餐饮油水", "renovation or kitchen grease")],
    ),
    failure("RW-07", MAJOR, ("消毒失效", "Disinfection failure"),
        when="for(total_chlorine < 0.5 and dosing_run and supply_flow > 0.5, 30min)",
        hides=("total_chlorine.L", "total_chlorine.LL"),
        reference="for(total_chlorine < 0.5 and dosing_run == 1 and supply_flow > 0.5, 30min)",
        do=("查药箱、加药泵气缚、药剂失效；暂停供水改自来水（需空气隔断）。",
            "Check tank, air-locked dosing pump, weak chemical; switch to tap water through the air gap."),
        causes=[("药箱空/药液衰减", "empty or decayed hypochlorite"), ("加药泵气缚", "dosing pump air-locked"),
            ("氨氮高耗氯", "high ammonia consumes chlorine")],
    ),
    failure("RW-08", CRITICAL, ("中水串接自来水风险", "Cross-connection risk with tap water"),
        when=(
            "let over = tap_makeup_open and supply_pressure > tap_pressure + 0.02\n"
            "let asked = min(clear_level since tap_makeup_open) < 0.7\n"
            "critical: for(over and not asked, 30s) or for(not tap_makeup_open and conductivity < 0.6 * "
            "median(conductivity, 7d), 1h)\n"
            "info: for(over, 30s)"
        ),
        reference="(tap_makeup_open == 1 and supply_pressure > tap_pressure + 0.02) for 30s, or (tap_makeup_open == 0 and "
            "conductivity < 0.6*median(conductivity,7d) for 1h)",
        rewritten="The supply is above the mains whenever the plant runs, so the pressures alone would tell of every make-up. A "
            "low clear-water tank asks for one, through its air gap (clear_level L: 0.6 m and its deadband): that is "
            "recorded as information. A valve that is open while nothing asked for water is the danger.",
        do=("立即关闭补水阀并核查空气隔断，取自来水样检测。",
            "Close the make-up valve, check the air gap, sample the tap water."),
        causes=[("补水直接连接无空气隔断", "direct connection without air gap"), ("止回阀失效", "failed check valve"),
            ("误接管道", "wrong pipe connection")],
    ),
    failure("RW-09", CRITICAL, ("有毒气体与通风核查", "Toxic gas and ventilation"),
        when="for(h2s > 7, 30s) or for(o2_room < 19.5, 10s)",
        hides=("h2s.H", "h2s.HH", "o2_room.L"),
        reference="h2s > 7 for 30s or o2_room < 19.5 for 10s ; escalate if room_fan_run == 0",
        rewritten="It is critical from the first moment: a stopped fan can't make it worse.",
        do=("禁止进入，先通风检测，双人监护佩戴呼吸器。",
            "Do not enter; ventilate and measure; two-person entry with breathing apparatus."),
        causes=[("污泥厌氧", "anaerobic sludge"), ("风机停", "fan stopped"), ("盖板打开扰动", "sludge disturbed")],
    ),
    failure("RW-10", MAJOR, ("抽吸有压差无产水", "Suction without permeate"),
        when="for(suction_pump_run and permeate_flow < 0.3 * median(permeate_flow while suction_pump_run, 24h), 60s)",
        reference="for(suction_pump_run == 1 and permeate_flow < 0.3*median(permeate_flow,24h), 60s)",
        rewritten="The median is of the time in which the pump runs: over the whole day it could be zero.",
        do=("TMP高：堵膜；TMP低：泵进气或管漏。", "High TMP: blocked membrane; low TMP: air in the suction line."),
        causes=[("吸水管漏气", "air leak on suction"), ("产水阀未开", "permeate valve shut"), ("泵气蚀", "pump cavitating")],
    ),
    failure("RW-11", MINOR, ("水量不平衡", "Water balance"),
        when=(
            "let supplied = integral(supply_flow, 24h)\n"
            "let left = integral(permeate_flow, 24h) - supplied - 4 * P.design_flow * delta(clear_level, 24h)\n"
            "duty(tap_makeup_open, 24h) == 0 and abs(left) > 0.10 * supplied"
        ),
        reference="abs(sum(permeate_flow,24h) + makeup - sum(supply_flow,24h) - area*delta(clear_level,24h)) > 10 % of "
            "sum(supply_flow,24h)",
        rewritten="The area of the clear-water tank is no parameter: a metre of it holds four hours of the design flow, 20 "
            "m3 in the reference plant. What is made up with tap water is not metered: such a day is not judged.",
        do=("查清水池溢流、管网漏失、流量计。", "Check overflow, network loss, meters."),
        causes=[("清水池溢流", "clear tank overflow"), ("管网漏损", "network leak")],
    ),
)
# fmt: on
