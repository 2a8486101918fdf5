"""Heating boiler room: what can fail across its points, by what it is known, and what to do first."""

from sensors.kit.tables import failure
from sensors.kit.words import CRITICAL, MAJOR, MINOR

# Tables: one row a line, which the formatter would break up.
# fmt: off
SIGNATURES = (
    failure("BO-01", CRITICAL, ("缺水联锁失效", "Low-water interlock failed (burner still firing)"),
        when="for(water_low == 1 and (flame_on == 1 or gas_flow > 5), 2s)",
        hides=("water_low.STATE", "return_pressure.L", "return_pressure.LL"),
        reference="for(water_low == 1 and (flame_on == 1 or gas_flow > 5), 2s)",
        do=("立即手动关燃气总阀停炉，严禁向过热锅炉补冷水，待冷却后检查。", ("Close the gas valve by hand; never feed cold "
            "water into an overheated boiler; inspect after cooling.")),
        causes=[("水位电极/浮球卡阻", "probe fouled or float stuck"), ("联锁回路被短接", "interlock jumpered"), ("信号接反",
            "contact polarity wrong")],
    ),
    failure("BO-02", CRITICAL, ("缺水停炉", "Low-water shutdown"),
        when="for(water_low, 10s) and rose(water_low, 12h) and burner_stage != run and not rose(for(water_low and burner_stage "
            "== run, 10s), 12h)",
        hides=("BO-03", "BO-13", "water_low.STATE", "burner_stage.STATE", "return_pressure.L", "return_pressure.LL"),
        reference="rose(water_low, 10s) and burner_stage != run within 10s",
        rewritten="It stands as long as the water is low, at most 12 h; a burner that went on for 10 s is BO-01's.",
        do=("查补水泵、软水箱、泄漏点；恢复水位并排气后人工复位。", ("Check make-up pump, soft-water tank and leaks; "
            "refill, vent, then reset by hand.")),
        causes=[("系统大量泄漏", "large system leak"), ("补水泵/软水器故障", "make-up pump or softener failure"),
            ("系统存气", "air pocket at the probe")],
    ),
    failure("BO-03", MAJOR, ("点火失败/熄火闭锁", "Ignition failure or flame-out lockout"),
        when=(
            "let failed = burner_stage == lockout and not (water_low or high_temp_switch or high_press_switch or gas_leak > 20)\n"
            "major: failed\n"
            "critical: failed and season_on and outdoor_temp < 0\n"
            "info: failed and count_rise(burner_stage == lockout, 1h) >= 2"
        ),
        hides=("burner_stage.STATE", "flame_signal.L"),
        reference='rose(burner_stage == lockout, 5s); cause = "ignition" if last stage was ignition, "flame-out" if '
            "last stage was run; repeat flag if count >= 2 in 1h   [major (critical if room must be heated and "
            "outdoor_temp < 0)]",
        rewritten="It stands as long as the lockout; one that another protection has caused is that protection's. "
            "Repetition is told in the reason.",
        do=("先看燃气压力和漏气报警，吹扫后最多复位两次，仍失败停止并请燃烧器厂家。",
            "Check gas pressure and leak alarm; after purge reset at most twice; then call the burner service."),
        causes=[("燃气压力低/过滤器堵", "low gas pressure or filter blocked"), ("电极或火检脏污",
            "electrode or scanner dirty"), ("风门/风压开关故障", "damper or air switch fault")],
        note="controls close the gas valve within about 5 s on ignition and 10 s while running, then purge 20-30 s and "
            "stay locked until reset [S:boiler-flame-cn].",
    ),
    failure("BO-04", CRITICAL, ("燃烧时循环中断（汽化风险）", "Circulation lost while firing"),
        when="for(flame_on == 1 and (not any(circ_pump{i}_run) or primary_flow < 0.3 * P.flow_nominal), 10s)",
        hides=("BO-03", "BO-05", "supply_temp.H", "supply_temp.HH", "high_temp_switch.STATE", "burner_stage.STATE"),
        reference="for(flame_on == 1 and (not any(circ_pump{i}_run) or primary_flow < 0.3*P.flow_nominal), 10s)",
        do=("停炉，切换备用循环泵；余热期间保持补水定压，开放气。", ("Stop firing, start the standby pump; keep static "
            "pressure up and vent while heat soaks out.")),
        causes=[("循环泵跳闸", "pump trip"), ("阀门关闭/除污器堵", "valve shut or strainer blocked"), ("系统倒空",
            "system drained")],
    ),
    failure("BO-05", CRITICAL, ("局部过热沸腾", "Local boiling"),
        when="for(supply_temp - return_temp > 35 and primary_flow < 0.6 * P.flow_nominal or slope(supply_temp, 2min) > 180, "
            "60s) and flame_on",
        hides=("supply_temp.H", "supply_temp.HH", "high_temp_switch.STATE"),
        reference="for((supply_temp - return_temp > 35 and primary_flow < 0.6*P.flow_nominal) or slope(supply_temp, 2min) "
            "> 180 /h, 60s) and flame_on == 1",
        do=("降负荷停火，加大循环，查除污器。", "Cut the firing rate, increase circulation, check the strainer."),
        causes=[("流量不足", "low flow"), ("传热面结垢", "scale on heating surface"), ("负荷调节失控",
            "firing-rate control runaway")],
    ),
    failure("BO-06", MINOR, ("排烟温度渐升（结垢/积灰）", "Stack temperature creep"),
        when=(
            "let creep = avg(flue_temp while burner_load >= 60 and burner_load <= 80 and abs(return_temp - "
            "reference(return_temp while burner_load >= 60 and burner_load <= 80, 14d)) < 5, "
            "7d) - P.flue_base\n"
            "minor: creep > 20\n"
            "major: creep > 40"
        ),
        hides=("flue_temp.H",),
        reference="x = avg(flue_temp while 60 <= burner_load <= 80 and abs(return_temp - ref) < 5, 7d); x - P.flue_base > "
            "20 → minor; > 40 → major   [minor → major]",
        rewritten="The return temperature is compared with that of the first 14 days, at the same load.",
        do=("安排清灰/除垢，复核水硬度，记录清洗后新基线。", ("Plan fireside cleaning or descaling, check hardness, record "
            "the new baseline.")),
        causes=[("水侧结垢", "water-side scale"), ("烟侧积灰", "fireside soot"), ("过量空气偏大",
            "excess air too high (check flue_o2)")],
        note="20 K = about 1 % more fuel [S:flue-fm]; 40 F (22 K) per 1 % [S:flue-40f]; clean when 75 F (42 K) up "
            "[S:flue-75f].",
    ),
    failure("BO-07", MAJOR, ("燃烧不完全", "Incomplete combustion"),
        when="for(flue_co > 200 and burner_stage == run, 3min)",
        hides=("flue_co.H", "flue_co.HH", "flue_o2.L", "flue_o2.H"),
        reference="for(flue_co > 200 and burner_stage == run, 3min); low-air if flue_o2 < 2.5, flame-lift if flue_o2 > 7",
        do=("降负荷，检查风门和燃气压力，专业人员调整空燃比；注意室内CO。", ("Reduce load, check damper and gas pressure, "
            "have the ratio tuned; watch room CO.")),
        causes=[("进风不足/百叶堵", "air starved"), ("燃气压力过高", "gas pressure too high"), ("燃烧头损坏",
            "burner head damaged")],
    ),
    failure("BO-08", CRITICAL, ("燃气泄漏联动核查", "Gas leak and interlock check"),
        when=(
            "major: for(gas_leak > 10, 5s)\n"
            "critical: for(gas_leak > 20, 2s) or for(gas_leak > 20, 12s) and (gas_valve_open or not vent_fan_run)"
        ),
        hides=("BO-03", "gas_leak.H", "gas_leak.HH", "burner_stage.STATE", "gas_pressure.L"),
        reference="gas_leak > 10 for 5s → major; gas_leak > 20 for 2s → critical and verify within 10s: gas_valve_open == "
            '0 and vent_fan_run == 1, else escalate "interlock failed"',
        do=("切断总阀、禁止动火和操作电器，通风，浓度<10%LEL后进入检漏，通知燃气公司。",
            "Shut the main valve, no sparks or switching, ventilate; enter below 10 % LEL; call the gas company."),
        causes=[("法兰/阀杆泄漏", "flange or stem leak"), ("点火失败积聚", "gas from failed ignitions"), ("探头中毒/零漂",
            "detector drift (check second detector)")],
    ),
    failure("BO-09", CRITICAL, ("停炉仍有燃气流量", "Gas flow while burner is off"),
        when="for(gas_flow > 1.0 and burner_stage == off and not flame_on, 60s) or for(burner_stage == off, 2h) and "
            "total(gas_total, 1h) > 0.5",
        reference="for(gas_flow > 1.0 and burner_stage == off and flame_on == 0, 60s) or delta(gas_total, 1h while off) > "
            "0.5",
        rewritten="The counter is looked at once the burner has been off for 2 h: it is read every 5 min, and what passed "
            "before the burner stopped is no leak.",
        do=("关手动总阀，检查电磁阀内漏和管路。", ("Close the manual valve; check the safety valves and pipework for "
            "leakage.")),
        causes=[("主电磁阀内漏", "safety shut-off valve leaking through"), ("旁路管路用气/泄漏", "leak downstream of meter"),
            ("流量计零点漂移", "meter zero drift (small constant value)")],
    ),
    failure("BO-10", MINOR, ("系统失水", "Heating system losing water"),
        when=(
            "let added = total(makeup_total, 24h)\n"
            "minor: added > 3 * P.makeup_base and added > 1.5\n"
            "major: added > 10 or added > 5 and delta(return_pressure, 1h) < -0.01"
        ),
        hides=("makeup_flow.H",),
        reference="v = delta(makeup_total, 24h); v > 3*P.makeup_base and v > 1.5 → minor; v > 10 or (v > 5 and "
            "return_pressure falling) → major   [minor → major]",
        rewritten="Falling is more than 0.01 MPa an hour.",
        do=("分区关阀保压找漏，查住户放水。", ("Isolate branches and watch static pressure; look for taps drawing heating "
            "water.")),
        causes=[("地沟管泄漏", "buried pipe leak"), ("用户放水", "residents draining radiators"), ("安全阀/放气阀内漏",
            "relief or vent valve passing"), ("换热器内漏", "heat-exchanger internal leak (secondary pressure rises)")],
    ),
    failure("BO-11", MINOR, ("燃烧器频繁启停", "Burner short-cycling"),
        when="for(count_rise(burner_stage == run, 1h) > 6, 2h)",
        reference="count_rise(burner_stage == run, 1h) > 6 for 2h",
        do=("放宽温控回差、降低最小负荷、改单炉运行。", "Widen hysteresis, lower minimum rate, run fewer boilers."),
        causes=[("锅炉负荷过大", "too much capacity on line"), ("回差太小", "differential too small"), ("二次侧流量被关小",
            "secondary flow throttled")],
    ),
    failure("BO-12", MINOR, ("换热器结垢", "Plate heat-exchanger fouling"),
        when=(
            "let approach = avg(supply_temp - sec_supply_temp while heat_power >= 0.6 * P.rated_power and heat_power <= 0.8 "
            "* P.rated_power, "
            "24h)\n"
            "approach > reference(approach, 14d) + 4"
        ),
        off=86400,
        reference="a = avg(supply_temp - sec_supply_temp while heat_power in 60..80 % , 24h); a > baseline + 4",
        rewritten="The baseline is that of the first 14 days; it returns after a day, for the mean follows the load.",
        do=("反冲洗或拆洗板片。", "Back-flush or open and clean the plates."),
        causes=[("二次侧水垢/泥", "scale or mud on secondary side"), ("一次流量下降", "primary flow down")],
    ),
    failure("BO-13", MAJOR, ("供热曲线跟踪不上", "Heating curve not reached"),
        when=(
            "let target = 20 + P.curve_k * (20 - outdoor_temp) + P.curve_c\n"
            "let short = for(season_on and sec_supply_temp < target - 5, 2h)\n"
            "major: short\n"
            "info: short and (burner_load > 95 or burner_load < 60)"
        ),
        reference="target = 20 + P.curve_k*(20 - outdoor_temp) + P.curve_c; for(sec_supply_temp < target - 5, 2h) ; "
            '"capacity" if burner_load > 95, "control" if burner_load < 60',
        rewritten="The label (capacity at full load, control at low load) is the load in the reason. The 2 h are of "
            "the season.",
        do=("容量不足：投第二台炉；控制问题：查温控与混水阀。", ("Capacity: bring in the second boiler; control: check "
            "controller and mixing valve.")),
        causes=[("气温骤降", "cold snap"), ("燃气压力不足", "gas pressure low"), ("混水阀/温控器失灵",
            "valve or controller failure")],
    ),
    failure("BO-14", MAJOR, ("膨胀/定压失效", "Expansion or pressurisation failure"),
        when=(
            "range(return_pressure, 24h) > 0.15 and corr(return_pressure, supply_temp, 24h) > 0.7 or "
            "count_rise(was(supply_pressure, 60s) > "
            "0.66 and delta(supply_pressure, 60s) < -0.05, 24h) >= 2"
        ),
        hides=("supply_pressure.H", "supply_pressure.HH", "return_pressure.L"),
        reference="range(return_pressure, 24h) > 0.15 with corr(return_pressure, supply_temp, 24h) > 0.7 ; or safety-valve "
            "cycles: supply_pressure > 0.66 then drop > 0.05 in 60s, 2 times in 24h",
        do=("检查膨胀罐预充压、定压补水泵设定。", "Check expansion-vessel pre-charge and pressurisation settings."),
        causes=[("膨胀罐胶囊破裂", "bladder burst"), ("补水压力设定过高", "make-up set too high")],
    ),
    failure("BO-15", CRITICAL, ("停炉防冻", "Freeze protection"),
        when="for(outdoor_temp < 0 and not any(circ_pump{i}_run) and return_temp < 8, 10min)",
        reference="for(outdoor_temp < 0 and not any(circ_pump{i}_run) and return_temp < 8, 10min)",
        do=("启动循环泵，必要时点火或排空。", "Start circulation, fire or drain if needed."),
        causes=[("停电停泵", "power failure"), ("供暖季外寒潮", "cold snap out of season")],
    ),
    failure("BO-16", MINOR, ("温度传感器互校", "Temperature sensor cross-check"),
        when="for(burner_stage == off and any(circ_pump{i}_run), 6h) and abs(supply_temp - return_temp) > 3",
        reference="burner_stage == off and any(circ_pump{i}_run) for 6h and abs(supply_temp - return_temp) > 3",
        do=("用红外或标准温度计核对，更换漂移探头。", "Compare with a reference thermometer; replace the drifting probe."),
        causes=[("探头漂移", "probe drift"), ("探头脱出套管", "probe pulled out of its pocket")],
    ),
)
# fmt: on
