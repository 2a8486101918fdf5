"""Lift: what its interface reports, what is wrong when, and what to do first."""

from sensors.kit.tables import HH, LL, H, L, choice, counter, duty, failure, fault, gauge, limit, param, remark, state, switch
from sensors.kit.words import CRITICAL, MAJOR, MINOR, Kind, Text, Type
from sensors.plants.elevator import Elevator

# Tables: one row a line, which the formatter would break up.
# fmt: off
KIND = Kind(
    "elevator",
    says=Text("电梯", "Lift (elevator)"),
    explains=Text(
        "电梯每半个月至少保养一次，您可以在这里看到上次保养是哪一天、谁做的。正常的电梯停得平、门开关顺、没有异响；如果被困，"
        "请按报警按钮，不要扒门，系统已经自动通知救援人员。",
        "The lifts are serviced at least every 15 days and you can see here when that last happened and by whom. A healthy "
        "lift stops level, its doors move smoothly and it is quiet. If you are ever trapped, press the alarm button and do "
        "not force the doors - the rescue team has already been told.",
    ),
    scope=(
        "One device = one traction lift with the national-standard IoT interface (GB/T 24476-2023 replaced the 2017 edition "
        "on 2023-12-01 [S:lift-iot]; the 2017 edition is explained in [S:lift-peters]) or an add-on sensor kit "
        "(accelerometer, door magnet, camera). Maintenance records are as important as readings."
    ),
    headline=("floor", "service_mode", "door_state", "days_since_maint"),
    params=(
        param("rated_speed", 1.75, "m/s", "额定速度", "Rated speed", evidence="J (nameplate)"),
        param("floors", 18, "1", "层站数", "Number of stops"),
        param("maint_days", 15, "d", "维保间隔", "Longest maintenance interval", evidence="S:lift15"),
    ),
    points=(
        gauge("floor", "当前楼层", "Current floor", "1", (-5, 60), None, None, step=1, heartbeat=60, kind=Type.INT),
        choice("direction", "运行方向", "Direction", {"none": ("停止", "standing"), "up": ("上行", "up"),
            "down": ("下行", "down")}, ""),
        gauge("speed", "轿厢速度", "Car speed", "m/s", (-4, 4), (-1.8, 1.8), 1, step=0.01, noise=0.02, rest=60,
            note="while moving; 60 s idle"),
        switch("running", "运行中", "Moving", ("电梯|未运行", "lift| standing"), ("电梯|运行中", "lift| moving"), "0/1", 60),
        choice("door_state", "门状态", "Door state", {"closed": ("关闭", "closed"), "opening": ("正在开门", "opening"),
            "open": ("打开", "open"), "closing": ("正在关门", "closing"), "fault": ("门故障", "door fault")}, "closed"),
        switch("door_zone", "平层区", "In door zone", ("轿厢|不在平层区", "car| between floors"),
            ("轿厢|在平层区", "car| in the door zone"), "1/0", 60),
        choice("service_mode", "运行模式", "Service mode", {"normal": ("正常", "normal"), "inspection": ("检修", "inspection"),
            "fire": ("消防", "fire service"), "independent": ("专用", "independent"), "maintenance": ("维保", "maintenance"),
            "stopped": ("停用", "stopped")}, "normal", 300),
        switch("person_detected", "轿内有人", "Person in car", ("轿内|无人", "nobody| in the car"),
            ("轿内|有人", "somebody| in the car"), "0/1", 30),
        switch("alarm_button", "轿内报警按钮", "Alarm button", ("轿内报警按钮|未按", "alarm button| not pressed"),
            ("轿内报警按钮|按下", "alarm button| pressed"), "0"),
        remark("fault_code", "故障代码", "Fault code"),
        gauge("load_pct", "载荷", "Load", "%", (0, 130), (0, 80), None, step=1, noise=1),
        gauge("level_error", "平层误差", "Levelling error", "mm", (-100, 100), (-6, 6), None, step=0.5, noise=0.8,
            note="per stop"),
        gauge("car_vibration", "轿厢振动峰峰值", "Car vibration peak-to-peak", "milli-g", (0, 200), (5, 18), None, step=0.5,
            noise=1, ucum="m[g]", note="per trip"),
        gauge("motor_current", "曳引机电流", "Motor current", "A", (0, 100), (6, 28), 1, step=0.1, noise=0.2, rest=60),
        gauge("brake_temp", "制动器温度", "Brake temperature", "Cel", (-20, 150), (15, 70), 60, step=0.1, noise=0.3),
        gauge("machine_room_temp", "机房温度", "Machine-room temperature", "Cel", (-20, 80), (10, 36), 60, step=0.1, noise=0.1),
        counter("door_cycles", "门开关次数", "Door cycles", "1", 99_999_999, 3600, step=1),
        counter("trips_total", "累计运行次数", "Trips", "1", 99_999_999, 3600, step=1),
        counter("run_hours", "累计运行时间", "Run hours", "h", 999_999, 3600, step=0.1),
        switch("power_ok", "供电正常", "Supply healthy", ("供电中断", "supply lost"), ("供电正常", "supply healthy"), "1", 60),
        switch("pit_flood", "底坑进水", "Pit water", ("底坑无水", "pit dry"), ("底坑进水", "water in the pit"), "0", 300),
        switch("intercom_ok", "五方对讲正常", "Intercom healthy", ("五方对讲故障", "intercom failed"),
            ("五方对讲正常", "intercom healthy"), "1", 3600),
        gauge("days_since_maint", "距上次维保天数", "Days since maintenance", "d", (0, 365), (0, 15), 3600, step=1,
            kind=Type.INT, note="computed from records"),
        gauge("inspection_days_left", "距检验有效期天数", "Days to inspection expiry", "d", (-365, 365), (31, 365), 3600,
            step=1, kind=Type.INT),
        gauge("rope_wear_days", "钢丝绳启用天数", "Days since rope replaced", "d", (0, 4000), (0, 1800), 86400, step=1,
            kind=Type.INT),
    ),
    limits=(
        limit("machine_room_temp", H, 40, MAJOR, 600, 600, 2, "machine room not over 40 C", evidence="S:lift-room40"),
        limit("level_error", H, 10, MINOR, 0, 0, 0, "+/-10 mm levelling accuracy", transform="abs",
            evidence="K GB/T 7588.1-2020"),
        limit("level_error", HH, 20, MAJOR, 0, 0, 0, "re-levelling 20 mm, trip hazard", transform="abs",
            evidence="K GB/T 7588.1-2020"),
        limit("speed", HH, 2.01, CRITICAL, 0, 10, 0, "governor range starts at 115 %; upwards and downwards alike",
            expr="1.15*P.rated_speed", transform="abs", evidence="K GB/T 7588.1"),
        limit("car_vibration", H, 30, MINOR, 0, 0, 3, "ride comfort", evidence="K GB/T 10058"),
        limit("brake_temp", H, 90, MAJOR, 60, 300, 5, "dragging brake"),
        limit("days_since_maint", H, 15, MAJOR, 0, 0, 0, "at least every 15 days", expr="P.maint_days", evidence="S:lift15"),
        limit("inspection_days_left", L, 30, MAJOR, 0, 0, 0, "apply one month before expiry", evidence="K"),
        limit("inspection_days_left", LL, 0, CRITICAL, 0, 0, 0, "must not be used uninspected", evidence="K"),
        state("pit_flood", "==", 1, CRITICAL, 30, 300),
        state("intercom_ok", "==", 0, MAJOR, 600, 60, "trapped people could not call"),
        state("power_ok", "==", 0, MAJOR, 10, 10),
        state("alarm_button", "==", 1, CRITICAL, 2, 30),
    ),
    signatures=(
        failure("EL-01", CRITICAL, ("困人", "Passenger entrapment"),
            when="for(running == 0 and door_zone == 0 and service_mode == normal, 60s) and (person_detected == 1 or "
                "alarm_button == 1) or for(door_zone == 1 and door_state == closed and person_detected == 1 and alarm_button "
                "== 1, 60s)",
            hides=("alarm_button.STATE", "EL-07"),
            reference="for(running == 0 and door_zone == 0 and service_mode == normal, 60s) and (person_detected == 1 or "
                "alarm_button == 1) ; or for(door_zone == 1 and door_state == closed and person_detected == 1 and alarm_button "
                "== 1, 60s)",
            do=(
                "通过对讲安抚，30分钟内到场，按困人救援规程平层放人。",
                "Reassure through the intercom, arrive within 30 min, release under the rescue procedure.",
            ),
            causes=[("安全回路断开", "safety chain open"), ("停电", "power loss"),
                ("门锁触点/变频器故障", "door lock contact or drive fault")],
        ),
        failure("EL-02", CRITICAL, ("开门走梯", "Car moving with door open"),
            when="for(abs(speed) > 0.15 and door_state in (open, opening) and door_zone == 0, 0.5s) and service_mode == normal",
            off=600,
            reference="for(abs(speed) > 0.15 and door_state in (open, opening) and door_zone == 0, 0.5s) and service_mode == "
                "normal",
            do=("立即停梯断电，禁止使用，通知维保与监察机构。", "Stop and isolate at once; notify maintainer and authority."),
            causes=[("门锁短接", "door lock bypassed"), ("制动器/控制失效（UCM）", "brake or control failure"),
                ("门传感器失效", "door sensor fault (check)")],
        ),
        failure("EL-03", MINOR, ("反复开关门", "Door reopening repeatedly"),
            when="delta(count_rise(door_state == opening, 3min) since not running) >= 3 or count_rise(door_state == fault, 1h) "
                ">= 2",
            off=300,
            reference="count(door_state == opening, at one stop, 3min) >= 4 or count(door_state == fault, 1h) >= 2",
            rewritten="`At one stop` is counted from the moment the lift stands: three openings after the one with which it "
                "arrived.",
            do=("清地坎异物，检查光幕和门机皮带。", "Clear the sill, check light curtain and door belt."),
            causes=[("地坎异物", "debris in sill"), ("光幕脏污", "dirty light curtain"),
                ("门机皮带/挂轮磨损", "worn belt or rollers")],
        ),
        failure("EL-04", MINOR, ("平层精度恶化", "Levelling getting worse"),
            when="median(abs(level_error), 200n) > 8 and median(abs(level_error), 200n) > 2 * reference(abs(level_error), "
                "1000n)",
            hides=("level_error.H", "level_error.HH"),
            reference="median(abs(level_error), 200 stops) > 8 and > 2*median(abs(level_error), first 1000 stops)",
            do=("检查钢丝绳伸长、制动器间隙、平层感应器。", "Check rope stretch, brake gap, levelling sensor."),
            causes=[("钢丝绳打滑/伸长", "rope slip or stretch"), ("制动力下降", "weak brake"),
                ("编码器/感应器偏移", "sensor shifted")],
        ),
        failure("EL-05", MAJOR, ("制动器拖滞", "Brake dragging"),
            when="for(brake_temp > machine_room_temp + 45, 10min) or median(motor_current while running and direction == up "
                "and load_pct < 10, 24h) > 1.25 * reference(motor_current while running and direction == up and load_pct < 10, "
                "7d)",
            hides=("brake_temp.H",),
            reference="for(brake_temp > machine_room_temp + 45, 10min) or motor_current up > 25 % at same load and direction "
                "over 7d",
            rewritten="`Same load and direction` is the empty car going up, every lift's commonest trip: its median current of "
                "a day against that of the first week, so that a brake that tightens over months is seen as well as one that "
                "tightens over 7 d.",
            do=("停梯检查抱闸间隙和线圈。", "Stop the lift; check brake gap and coil."),
            causes=[("抱闸间隙不足", "brake gap too small"), ("线圈/电源故障", "coil or supply fault")],
        ),
        failure("EL-06", MAJOR, ("维保超期", "Maintenance overdue"),
            when="days_since_maint > P.maint_days or for(days_since_maint < 1, 3h) and duty(service_mode in (maintenance, "
                "inspection), 36h) < 20min / 36h",
            hides=("days_since_maint.H",),
            reference="days_since_maint > P.maint_days ; or two visits < 5 days apart followed by > 20 days (paper-filling "
                "pattern) ; or visit duration < 20 min from door/mode records",
            rewritten="Two visits close together and then more than 20 d without one need no clause of their own: more than "
                "P.maint_days have passed by then. A visit too short is a visit on record while the lift was in maintenance or "
                "inspection for less than 20 min of the 36 h around it, judged 3 h after the record, which may be made before "
                "the work.",
            do=(
                "督促维保单位，保存证据；超期停梯风险告知。",
                "Press the maintainer, keep evidence, warn about taking the lift out of use.",
            ),
            causes=[("维保单位漏保", "visit missed"), ("签到造假", "fake sign-in")],
        ),
        failure("EL-07", MAJOR, ("高峰时段停用", "Out of service at peak"),
            when="for((service_mode in (stopped, inspection, maintenance) or count_rise(running, 30min) == 0) and "
                "baseline(count_rise(running, 30min)) > 10, 30min)",
            reference="for(service_mode in (stopped, inspection, maintenance) or trips in last 30min == 0, 30min) while "
                "baseline trips(hour-of-week) > 10",
            rewritten="Trips are counted from `running`: the register of trips comes once an hour only. `While`: all of the 30 "
                "min lie in busy hours, else every lull before a peak would be told at its first minute. The baseline is that "
                "of the trips counted, those in 30 min: of an hour, it reached back into the busier time before. People call "
                "by chance, and a call is two trips: where 10 in an hour are usual, one hour in 150 (exp -5) passes without "
                "any, some twice a month; where 10 in 30 min are, one in 20,000. Outside the peaks a lift that stands is not "
                "told by this.",
            do=(
                "确认是否维保中；两梯楼优先恢复一台。",
                "Check whether maintenance is planned; restore one lift first in a two-lift block.",
            ),
            causes=[("故障停梯", "fault stop"), ("人为停用", "switched off"), ("数据中断", "data loss (check gateway)")],
        ),
        failure("EL-08", MINOR, ("振动异常", "Vibration abnormal"),
            when="quantile(car_vibration, 0.75, 100n) > 1.5 * reference(car_vibration, 1000n)",
            hides=("car_vibration.H",),
            reference="median(car_vibration, 100 trips) > 1.5*median(car_vibration, first 1000 trips) ; localised if > 70 % of "
                "peaks at the same floor ±1",
            rewritten="The upper quartile instead of the median, which it includes: a joint at one floor shakes only the trips "
                "that pass it, and as few as a quarter of them tell. At which floor is for the technician: the vibration is "
                "reported per trip, not per floor.",
            do=("检查导靴、导轨接头（固定楼层）、主机。", "Check guide shoes, rail joints (if at one floor), machine."),
            causes=[("导靴磨损", "worn guide shoes"), ("导轨接头台阶", "rail joint step"), ("曳引机轴承", "machine bearing")],
        ),
    ),
    tasks=(
        duty("EL-T1", "半月维保", "Half-monthly maintenance", 15, "≤15天 every 15 days",
            (
                "机房环境; 手动紧急操作装置; 制动器间隙; 编码器; 限速器; 层门锁; 轿内报警对讲; 平层; 底坑; 急停",
                ("machine room; manual rescue device; brake gap; encoder; governor; door locks; alarm and intercom; "
                "levelling; pit; stop switches"),
            ),
            "TSG T5002-2017 annex A (half-month, quarter, half-year, year lists)", evidence="S:lift15 S:lift-tsg; items K"),
        duty("EL-T2", "季度维保", "Quarterly maintenance", 90, "每季度 quarterly",
            (
                "减速机油; 制动衬; 选层器; 曳引轮槽; 限速器轮槽; 靴衬; 门触点; 缓冲器",
                "oil; brake lining; selector; grooves; shoes; door contacts; buffers",
            ),
            "TSG T5002-2017", evidence="K"),
        duty("EL-T3", "半年维保", "Half-year maintenance", 182, "每半年 every 6 months",
            (
                "联轴器; 轴承; 钢丝绳磨损; 补偿链; 对重缓冲距",
                "coupling; bearings; rope wear; compensation; counterweight run-by",
            ),
            "TSG T5002-2017", evidence="K"),
        duty("EL-T4", "年度维保与自检", "Yearly maintenance and self-inspection", 365, "每年 yearly",
            (
                "接触器; 制动力试验; 限速器安全钳联动; 绝缘; 上行超速",
                "contactors; brake force; governor and safety gear; insulation; ascending overspeed",
            ),
            "TSG T5002-2017", evidence="K"),
        duty("EL-T5", "定期检验/检测", "Statutory inspection or test", 365, "按规定年限 per schedule",
            ("提前1个月报检", "apply a month ahead"), "TSG T7001 / T7008 (2023 split of inspection and testing)", evidence="K"),
        duty("EL-T6", "应急演练", "Rescue drill", 182, "每半年 every 6 months", ("困人救援; 记录", "entrapment rescue; record"),
            "TSG 08-2017", evidence="K"),
    ),
    faults=(
        fault("EL-F1", "困人", "Entrapment", ("EL-01",), "stop between floors, door_zone 0, person 1, alarm after 30-90 s"),
        fault("EL-F2", "门故障", "Door fault", ("EL-03",), "reopen count 5-8 per stop at one floor"),
        fault("EL-F3", "平层漂移", "Levelling drift", ("EL-04",), "median abs error 2 → 12 mm over 60 d"),
        fault("EL-F4", "抱闸拖滞", "Brake drag", ("EL-05",), "brake_temp +50 K, current +30 %"),
        fault("EL-F5", "维保漏做", "Missed maintenance", ("EL-06",), "gap of 23 days"),
        fault("EL-F6", "导轨接头", "Rail joint", ("EL-08",), "vibration peak 45 mg at floor 9 only"),
        fault("EL-F7", "开门走梯", "Open-door movement", ("EL-02",),
            "speed 0.3 m/s with door open outside the zone (injected, never random)"),
    ),
    recipe=(
        "Calls: Poisson with peaks 07-09 (down) and 17-19 (up), 350-450 trips/day, floor distribution 45 % to ground. Motion: "
        "acceleration 0.8 m/s2, 1.75 m/s, 2.9 m per floor; door cycle 8 s. Current = 8 A + 14 A*|load-45 %| balanced at 45 % "
        "load. level_error N(0, 2.5 mm) + rope drift. Vibration 12 +/-2 mg. Brake temp first order to room + 12 K. "
        "Maintenance event every 13-15 days: service_mode=maintenance for 60-90 min."
    ),
    plant=Elevator,
)
# fmt: on
