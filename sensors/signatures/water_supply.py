"""Drinking-water booster station: what can fail across its points, by what it is known, and what to do first."""

from sensors.kit.tables import failure
from sensors.kit.words import CRITICAL, MAJOR, MINOR

# Tables: one row a line, which the formatter would break up.
# fmt: off
SIGNATURES = (
    failure("WS-01", MINOR, ("夜间最小流量偏高（管网漏损）", "Minimum night flow above baseline (network leak)"),
        when=(
            "let quiet = min(avg(outlet_flow, 15min) while between(02:00, 05:00), 3h)\n"
            "minor: days(between(05:00, 05:10) and quiet > max(1.5 * P.mnf_base, P.mnf_base + 1.0), 4) >= 3\n"
            "major: days(between(05:00, 05:10) and quiet > 3 * P.mnf_base, 1) >= 1"
        ),
        reference="mnf = min over 02:00-05:00 of avg(outlet_flow, 15min); mnf > max(1.5*P.mnf_base, P.mnf_base + 1.0) on 3 "
            "nights of 4 → minor; mnf > 3*P.mnf_base on 1 night → major   [minor → major]",
        rewritten="A night is looked at once, when it is over.",
        do=("夜间关分区/立管阀测流量差，听漏；先查地下室、绿化和消防补水管。", ("Close risers one by one at night and "
            "watch the flow step, use a listening rod; start with basement, garden and fire-refill lines.")),
        causes=[("埋地管暗漏", "hidden leak in buried pipe"), ("公共部位阀门常流（绿化、补水）",
            "valve left running in common areas"), ("户内大量漏水（马桶）", "many leaking toilets")],
        note="night window 02-05 h; legitimate residential night use is usually 10-30 % of the minimum flow of a zone "
            "[S:mnf-bentley]. Use a rolling low percentile over several nights rather than one reading [S:ukwir].",
    ),
    failure("WS-02", MINOR, ("水箱水量不平衡", "Tank mass balance error"),
        when=(
            "let lost = avg(inlet_flow - outlet_flow, 2h) - sum(P.tank_area * slope(tank{k}_level, 2h))\n"
            "let level = sum(tank{k}_level) / count(tank{k}_level >= 0)\n"
            "minor: for(abs(lost) > max(1.0, 0.08 * avg(outlet_flow, 2h)), 2h) "
            "or any(days(avg(tank{k}_level - level, 24h) > 0.01, 7) >= 7) "
            "or any(days(avg(tank{k}_level - level, 24h) < -0.01, 7) >= 7)\n"
            "major: for(lost > 5, 2h)"
        ),
        reference="e = avg(inlet_flow - outlet_flow, 2h) - sum over k of P.tank_area * slope(tank{k}_level, 2h) ; abs(e) > "
            "max(1.0, 0.08*avg(outlet_flow,2h)) for 2h   [minor (major if e > 5)]",
        rewritten="Connected tanks stand at one level: a gauge whose mean of 24 h is 0.01 m to the same side of all of them on 7 "
            "days drifts (two are then 0.02 m apart, 5 times their noise, as DQ-05 has it); it does not show in the balance.",
        do=("e>0：水不见了——查溢流管、泄水阀、箱体；e<0：进水表少计或有旁通。", ("e>0 means water disappears: look at "
            "overflow, drain, tank body; e<0 means the inlet meter under-reads or a bypass is open.")),
        causes=[("溢流或泄水阀漏", "overflow or drain loss"), ("流量计误差/结垢", "meter error or fouling"), ("液位计漂移",
            "level sensor drift"), ("旁通阀开启", "bypass open")],
    ),
    failure("WS-03", MAJOR, ("浮球阀/进水阀失控溢流", "Float or inlet valve stuck, tank overflowing"),
        when="for(any(tank{k}_level > 2.80) and inlet_flow > 1.0, 60s) or overflow == 1 and inlet_flow > 0.5",
        hides=("tank{k}_level.H", "tank{k}_level.HH", "overflow.STATE"),
        reference="for(tank{k}_level > 2.80 and inlet_flow > 1.0, 60s) or (overflow == 1 and inlet_flow > 0.5)",
        do=("手动关进水阀，检查浮球阀或电动阀；检查集水坑排水。", ("Close the inlet by hand, repair float/motor valve; "
            "make sure the sump pump is working.")),
        causes=[("浮球阀卡阻", "float valve stuck"), ("电动阀故障/限位丢失", "motor valve or limit failure"),
            ("液位计偏低误判", "level sensor reads low")],
    ),
    failure("WS-04", CRITICAL, ("水泵无水干转", "Dry running"),
        when="for(pump{i}_run and pump{i}_freq > 25 and outlet_pressure < pressure_setpoint - 0.20 and pump{i}_current < "
            "0.5 * P.pump_in and (any(tank{k}_level < P.level_min + 0.1) or inlet_pressure < 0.02), 10s)",
        hides=("WS-06", "outlet_pressure.L", "outlet_pressure.LL", "tank{k}_level.L", "tank{k}_level.LL", "inlet_pressure.L",
            "inlet_pressure.LL"),
        reference="for(pump{i}_run and pump{i}_freq > 25 and outlet_pressure < pressure_setpoint - 0.20 and "
            "pump{i}_current < 0.5*P.pump_in and (tank{k}_level < P.level_min + 0.1 or inlet_pressure < 0.02), 10s)",
        do=("立即停泵，恢复水源后排气再启；通知居民。",
            "Stop the pumps, restore source, bleed and restart; tell residents."),
        causes=[("水箱抽空或市政停水", "tank empty or municipal outage"), ("吸水口滤网堵", "suction strainer blocked"),
            ("缺水保护被短接", "low-level protection bypassed")],
    ),
    failure("WS-05", MAJOR, ("水泵汽蚀", "Cavitation"),
        when=(
            "let usual = baseline(pump{i}_vibration while pump{i}_run, by=round(pump{i}_freq))\n"
            "for(pump{i}_run and pump{i}_vibration > 1.8 * usual and std(outlet_pressure, 60s) > 3 * "
            "baseline(std(outlet_pressure, 60s)) and std(pump{i}_current, 60s) > 0.04 * P.pump_in, 60s)"
        ),
        off=1800,
        hides=("pump{i}_vibration.H", "pump{i}_vibration.HH"),
        reference="for(pump{i}_run and pump{i}_vibration > 1.8*baseline(pump{i}_vibration) and std(outlet_pressure,60s) > "
            "3*baseline(std outlet_pressure) and std(pump{i}_current,60s) > 0.04*P.pump_in, 60s)",
        rewritten="The usual vibration is that at the same speed: the pumps take turns, so an hour of the week has none of its "
            "own. It returns after half an hour of calm, for cavitation comes and goes with the flow.",
        do=("降低频率或加开一台泵，查吸水侧滤网、阀门、液位。", ("Reduce speed or share the load with another pump; check "
            "suction strainer, valve, level.")),
        causes=[("吸水压力不足", "suction head too low"), ("滤网/底阀堵塞", "strainer or foot valve blocked"),
            ("单泵超流量运行", "pump running far right of its curve")],
    ),
    failure("WS-06", MAJOR, ("满频压力不足（水泵出力下降）", "Full speed but pressure short"),
        when="for(any(pump{i}_freq >= 49.5) and outlet_pressure < pressure_setpoint - 0.03 and outlet_flow < 0.7 * "
            "P.peak_flow, 5min)",
        hides=("outlet_pressure.L", "outlet_pressure.LL"),
        reference="for(any(pump{i}_freq >= 49.5) and outlet_pressure < pressure_setpoint - 0.03 and outlet_flow < 0.7 * "
            "P.peak_flow, 5min)",
        do=("查备用泵能否投入、止回阀是否倒流、滤网与叶轮。", ("Check whether another pump can join, non-return valves, "
            "strainer, impeller.")),
        causes=[("叶轮磨损/堵塞", "impeller worn or clogged"), ("备用泵止回阀倒流", "back-flow through an idle pump"),
            ("加泵逻辑失效", "staging logic failed")],
    ),
    failure("WS-07", MINOR, ("止回阀倒流", "Non-return valve of an idle pump passing"),
        when=(
            "let speed = sum(pump{i}_freq) / count(pump{i}_run)\n"
            "let effort = speed / baseline(speed, by=round(outlet_flow / count(pump{i}_run)))\n"
            "median(effort while any(pump{i}_run), 24h) > 1.08 and "
            "rose(any(for(not pump{i}_run and pump{i}_vibration > 0.5, 10min)), 24h)"
        ),
        reference="at same (outlet_flow +/-10 %, outlet_pressure +/-0.01): sum(pump{i}_freq) > 1.08 * baseline for 24h and "
            "one pump{i}_run == 0 whose pump{i}_vibration > 0.5",
        rewritten="The same load is the same outlet flow of each running pump, the sum of speeds is their mean then: a pump "
            "joins at a flow that depends on what was before. 'For 24 h' is the median of 24 h, for one draught of water more "
            "would start it anew. The idle pump turned at some time of those 24 h.",
        do=("听/摸停运泵是否反转，关其出口阀观察频率变化。", ("Check whether the idle pump spins backwards; close its "
            "outlet valve and watch speed drop.")),
        causes=[("止回阀卡异物", "debris in check valve"), ("阀瓣磨损", "worn disc")],
    ),
    failure("WS-08", CRITICAL, ("爆管/大流量泄压", "Pipe burst"),
        when="rose(for(delta(outlet_flow, 2min) > 0.5 * P.peak_flow and outlet_pressure < pressure_setpoint - 0.08, 60s), "
            "2h) and outlet_flow > 0.5 * P.peak_flow",
        hides=("outlet_pressure.L", "outlet_pressure.LL"),
        reference="for(delta(outlet_flow, 2min) > 0.5*P.peak_flow and outlet_pressure < pressure_setpoint - 0.08, 60s)",
        do=("关相应立管/分区阀，停泵止水，现场断电防护，通知居民。", ("Close the zone valve, stop pumping, protect "
            "electrical equipment, tell residents.")),
        causes=[("立管或干管爆裂", "riser or main burst"), ("消火栓被撞", "hydrant knocked over"), ("大口径阀误开",
            "large drain opened by mistake")],
    ),
    failure("WS-09", MINOR, ("压力振荡", "Pressure hunting"),
        when="zero_cross(outlet_pressure - pressure_setpoint, 0.03, 10min) > 20",
        reference="zero_cross(outlet_pressure - pressure_setpoint, amplitude > 0.03, 10min) > 20",
        do=("检查气压罐预充压，调低PID增益；查加减泵阈值。", ("Check pressure-vessel pre-charge, reduce PID gain, check "
            "staging thresholds.")),
        causes=[("气压罐失效", "vessel lost its cushion"), ("PID 参数不当", "badly tuned loop"), ("传感器取压点振荡",
            "transmitter tapping in turbulent spot")],
    ),
    failure("WS-10", MINOR, ("余氯衰减预警", "Chlorine decay warning"),
        when=(
            "let decay = 0.03 * 1.08 ^ (water_temp - 20)\n"
            "let predicted = forecast(free_chlorine, 6h) * exp(-decay * P.pipe_volume / max(avg(outlet_flow, 2h), 1))\n"
            "for(predicted < 0.05, 2h)"
        ),
        hides=("free_chlorine.L", "free_chlorine.LL", "water_temp.H"),
        reference="predicted = forecast(free_chlorine, 6h) * exp(-kd * P.pipe_volume / max(avg(outlet_flow,2h), 1)), kd = "
            "0.03 /h at 20 C (x 1.08 per K of water_temp) ; for(predicted < 0.05, 2h)",
        do=("降低水箱运行水位缩短停留时间，或补加氯；取末梢水复测。", ("Lower the operating level to cut residence time or "
            "re-dose; sample at the tap.")),
        causes=[("停留时间过长", "water age too long"), ("来水余氯低", "low chlorine from the utility"), ("水温升高",
            "warm water"), ("箱体生物膜需清洗", "biofilm, tank needs cleaning")],
        note="first-order decay is a reasonable model for free chlorine in bulk water [S:chlor-bulk]; the constant varies "
            "several-fold between waters, so fit kd from the site's own night data.",
    ),
    failure("WS-11", MAJOR, ("浊度突升", "Turbidity spike"),
        when=(
            "let high = for(turbidity > max(3 * median(turbidity, 24h), 0.5), 10min)\n"
            "let hydraulic = rose(abs(delta(inlet_flow, 30min)) > 10 or delta(inlet_pressure, 30min) > 0.08, 1h)\n"
            "minor: high and hydraulic\n"
            "major: high and not hydraulic or for(high, 60min)"
        ),
        hides=("turbidity.H", "turbidity.HH"),
        reference='for(turbidity > max(3*median(turbidity,24h), 0.5), 10min); label "hydraulic" if '
            'abs(delta(inlet_flow,30min)) > 10 or delta(inlet_pressure,30min) > 0.08, else "instrument or contamination" '
            "  [major (minor if label hydraulic and falls within 60 min)]",
        rewritten="Whether it falls within 60 min is known 60 min later: until then it is minor, if the flow or the "
            "pressure moved.",
        do=("现场取样比对；水力扰动则排放冲洗，仪表问题则清洗流通池。", ("Take a grab sample; flush if hydraulic, clean "
            "the flow cell if instrument.")),
        causes=[("市政检修/停水复水带锈", "utility works or supply return stirs up rust"), ("水箱沉积物被扰动",
            "sediment stirred"), ("探头气泡/污染", "bubbles or fouled optics")],
    ),
    failure("WS-12", CRITICAL, ("疑似水质污染", "Suspected contamination"),
        when=(
            "rose(turbidity > 2 * was(turbidity, 30min) and free_chlorine < 0.5 * was(free_chlorine, 30min) and "
            "(abs(delta(conductivity, "
            "30min)) > 0.15 * was(conductivity, 30min) or abs(delta(ph, 30min)) > 0.5), 24h) and (turbidity > 0.5 or "
            "free_chlorine < 0.1)"
        ),
        hides=("WS-10", "WS-11", "turbidity.H", "turbidity.HH", "free_chlorine.L", "free_chlorine.LL"),
        reference="within 30min: turbidity rises > 100 % and free_chlorine falls > 50 % and "
            "(abs(delta(conductivity,30min)) > 15 % or abs(delta(ph,30min)) > 0.5)",
        rewritten="The change is over after 30 min: it stands for a day, as long as the water is not clear and chlorinated "
            "again.",
        do=("立即停止该水箱供水，封存水样，报告卫生与供水部门，启用应急供水。",
            "Stop feeding from this tank, keep samples, report to health and water authorities, use emergency supply."),
        causes=[("污水倒灌/交叉连接", "sewage backflow or cross-connection"), ("人为投入异物", "deliberate contamination"),
            ("多参数仪断样水", "sample flow to the analyser lost (check flow first)")],
    ),
    failure("WS-13", MAJOR, ("市政停水倒计时", "Municipal outage, time to empty"),
        when=(
            "let out = for(inlet_pressure < 0.05 and inlet_flow < 0.2 and inlet_valve_pos > 20, 5min)\n"
            "let left = sum(max(tank{k}_level - P.level_min, 0)) * P.tank_area / max(avg(outlet_flow, 30min), 1) * 1h\n"
            "major: out\n"
            "critical: out and left < 2h"
        ),
        hides=("inlet_pressure.L", "inlet_pressure.LL", "tank{k}_level.L"),
        reference="for(inlet_pressure < 0.05 and inlet_flow < 0.2 and inlet_valve_pos > 20, 5min) ; hours = "
            "sum(max(tank{k}_level - P.level_min, 0))*P.tank_area / max(avg(outlet_flow,30min),1)   [major (critical if "
            "hours < 2)]",
        rewritten="The hours are a time, so that people read them as one.",
        do=("联系自来水公司，按剩余小时数通知居民错峰用水。", "Call the utility and tell residents how many hours remain."),
        causes=[("市政抢修", "utility repair"), ("进水总阀被关", "main valve closed"), ("水表/过滤器堵",
            "meter strainer blocked")],
    ),
    failure("WS-14", MINOR, ("吨水电耗上升", "Energy per cubic metre creeping up"),
        when=(
            "let effort = total(energy_total, 7d) / total(outlet_total, 7d)\n"
            "effort > 1.20 * reference(effort, 60d)"
        ),
        reference="e = delta(energy_total,7d)/delta(outlet_total,7d); e > 1.20 * median of same season (or of first 60 "
            "days)",
        rewritten="Compared with the first 60 days; a season's median needs a year.",
        do=("检查设定压力、止回阀、泵效率、夜间小流量工况。", ("Check set pressure, check valves, pump efficiency and "
            "low-flow running at night.")),
        causes=[("泵效下降", "pump efficiency loss"), ("设定压力被调高", "set pressure raised"), ("小流量长时间运行",
            "prolonged low-flow running")],
    ),
)
# fmt: on
