"""Control room: the points it and the watch itself report, what is wrong when, and what to do first."""

from sensors.kit.tables import HH, H, L, choice, duty, failure, fault, gauge, limit, param, state, switch
from sensors.kit.words import CRITICAL, MAJOR, MINOR, Kind, Text, Type
from sensors.plants.control_room import ControlRoom

# Tables: one row a line, which the formatter would break up.
# fmt: off
KIND = Kind(
    "control_room",
    says=Text("中控室/数据监控室", "Control and data-monitoring room"),
    explains=Text(
        "这里是小区的“大脑”，所有机房的数据都汇到这里，有人24小时值守。室温 18–27℃、UPS 在线、网关全部在线就是正常；即使停电"
        "，UPS 也能再撑半小时以上。",
        "This is the community's nerve centre: data from every equipment room arrives here and someone is on duty day and "
        "night. A room at 18-27 C, UPS on line and all gateways connected is normal; in a power cut the UPS keeps "
        "everything alive for at least half an hour.",
    ),
    scope=(
        "One device = the room with racks, UPS, air conditioner, fire-alarm panel, and the IT health points of the "
        "monitoring system itself. It is where people sit, so it also watches the watcher."
    ),
    headline=("rack_inlet_temp", "ups_mode", "gateways_online", "fire_panel_state"),
    params=(
        param("ups_cells", 192, "1", "电池串单体数", "Cells in the UPS string (32 x 12 V blocks)", evidence="J (nameplate)"),
        param("rack_temp_set", 24, "Cel", "空调设定", "Cooling setpoint"),
    ),
    points=(
        gauge("rack_inlet_temp", "机柜进风温度", "Rack inlet temperature", "Cel", (-20, 80), (20, 25), 60, step=0.1,
            noise=0.1),
        gauge("room_temp", "室温", "Room temperature", "Cel", (-20, 80), (20, 27), 60, step=0.1, noise=0.1),
        gauge("room_humidity", "相对湿度", "Relative humidity", "%", (0, 100), (35, 60), 60, step=0.1, noise=0.5),
        switch("ac{i}_run", "空调运行", "Air conditioner run", ("{i}号空调|停机", "air conditioner {i}| stopped"),
            ("{i}号空调|运行", "air conditioner {i}| running"), "1", 60, of=2, note="i = 1..2"),
        gauge("ac{i}_supply_temp", "空调送风温度", "AC supply-air temperature", "Cel", (-10, 50), (12, 18), 60, step=0.1,
            noise=0.3, of=2),
        switch("leak_rope", "漏水检测绳", "Leak rope", ("未测到漏水", "no leak"), ("测到漏水", "leak detected"), "0", 300),
        switch("smoke", "烟感", "Smoke", ("未见烟雾", "no smoke"), ("有烟雾", "smoke detected"), "0", 300),
        switch("door_open", "门状态", "Door open", ("门关闭", "door closed"), ("门打开", "door open"), "0", 300),
        choice("ups_mode", "UPS状态", "UPS mode", {"online": ("在线", "on line"), "battery": ("电池供电", "on battery"),
            "bypass": ("旁路", "bypass"), "fault": ("故障", "fault"), "off": ("关机", "off")}, "online", 60),
        gauge("ups_input_v", "UPS输入电压", "UPS input voltage", "V", (0, 300), (215, 235), 30, step=0.1, noise=0.6),
        gauge("ups_output_v", "UPS输出电压", "UPS output voltage", "V", (0, 300), (218, 222), 30, step=0.1, noise=0.2),
        gauge("ups_load_pct", "UPS负载率", "UPS load", "%", (0, 150), (15, 55), 30, step=0.1, noise=0.4),
        gauge("ups_battery_v", "电池组电压", "Battery string voltage", "V", (0, 600), (428, 442), 30, step=0.1, noise=0.3,
            note="float 2.23-2.30 V per cell"),
        gauge("ups_battery_temp", "电池温度", "Battery temperature", "Cel", (-20, 80), (18, 28), 60, step=0.1, noise=0.1),
        gauge("ups_runtime_min", "后备时间", "Runtime left", "min", (0, 600), (30, 180), 60, step=1, noise=2),
        choice("fire_panel_state", "火灾报警主机状态", "Fire panel state", {"normal": ("正常", "normal"),
            "alarm": ("火警", "alarm"), "fault": ("故障", "fault"), "shielded": ("屏蔽", "shielded"),
            "offline": ("离线", "offline")}, "normal", 300),
        gauge("fire_panel_shield_count", "屏蔽点数", "Shielded points", "1", (0, 2000), (0, 2), 300, step=1, kind=Type.INT),
        gauge("gateways_online", "在线网关数", "Gateways online", "1", (0, 500), "all", 60, step=1, kind=Type.INT),
        gauge("gateways_total", "网关总数", "Gateways registered", "1", (0, 500), None, 3600, step=1, kind=Type.INT),
        switch("wan_ok", "外网通", "WAN reachable", ("外网中断", "WAN not reachable"), ("外网通", "WAN reachable"), "1",
            every=60),
        gauge("wan_latency_ms", "外网时延", "WAN latency", "ms", (0, 5000), (5, 60), 60, step=1, noise=5),
        switch("broker_connected", "MQTT 连接", "Broker connected", ("MQTT 未连接", "broker not connected"),
            ("MQTT 已连接", "broker connected"), "1", every=30),
        gauge("msg_rate", "消息速率", "Message rate", "1/s", (0, 10000), (3, 15), 60, step=0.1, noise=0.4, ucum="/s"),
        gauge("ntp_offset_ms", "时钟偏差", "Clock offset", "ms", (-3600000, 3600000), (-50, 50), 300, step=1, noise=5),
        gauge("disk_used_pct", "磁盘使用率", "Disk used", "%", (0, 100), (10, 70), 300, step=0.1),
        gauge("cameras_online_pct", "摄像机在线率", "Cameras online", "%", (0, 100), (98, 100), 300, step=0.1, noise=0.3),
        gauge("operator_ack_s", "告警响应时间", "Time to acknowledge", "s", (0, 86400), (10, 180), None, step=1),
    ),
    limits=(
        limit("rack_inlet_temp", H, 27, MINOR, 600, 600, 0.5, "recommended 18-27 C", evidence="S:gb50174"),
        limit("rack_inlet_temp", HH, 32, CRITICAL, 120, 600, 1, "shut-down risk (allowed band 15-32)",
            evidence="K GB 50174-2017 app. A / ASHRAE A1"),
        limit("rack_inlet_temp", L, 18, MINOR, 1800, 1800, 0.5, "recommended band", evidence="S:gb50174"),
        limit("room_humidity", H, 60, MINOR, 1800, 1800, 3, "60 % upper limit", evidence="S:gb50174-jx"),
        limit("room_humidity", L, 20, MINOR, 3600, 3600, 3, "static", evidence="K"),
        state("ups_mode", "==", "battery", MAJOR, 10, 10),
        state("ups_mode", "in", ("bypass", "fault", "off"), CRITICAL, 30, 10, "unprotected load"),
        limit("ups_load_pct", H, 80, MINOR, 600, 600, 3),
        limit("ups_runtime_min", L, 15, CRITICAL, 30, 60, 2, when="ups_mode == battery"),
        limit("ups_battery_temp", H, 30, MINOR, 1800, 1800, 1, "life falls fast over 25 C [S:ups-kebo]"),
        limit("ups_battery_temp", HH, 40, CRITICAL, 300, 1800, 2, "thermal runaway risk"),
        limit("ups_battery_v", H, 442, MAJOR, 600, 600, 2, "long charging at 2.30 V/cell leads to thermal runaway in months",
            expr="2.30*P.ups_cells", when="ups_mode == online", evidence="S:ups-pk"),
        state("leak_rope", "==", 1, CRITICAL, 5, 60),
        state("smoke", "==", 1, CRITICAL, 2, 60),
        state("fire_panel_state", "==", "alarm", CRITICAL, 0, 10, "confirm on site at once",
            evidence="K GB 25506 / GB 50116"),
        state("fire_panel_state", "in", ("fault", "offline"), MAJOR, 300, 30, evidence="K"),
        limit("fire_panel_shield_count", H, 5, MAJOR, 600, 600, 0, "shielded detectors are blind spots"),
        state("wan_ok", "==", 0, MINOR, 180, 60),
        state("broker_connected", "==", 0, CRITICAL, 60, 30, "the system is blind"),
        limit("ntp_offset_ms", H, 1000, MINOR, 600, 600, 200, transform="abs"),
        limit("ntp_offset_ms", HH, 5000, MAJOR, 300, 600, 500, "rule durations become wrong", transform="abs"),
        limit("disk_used_pct", H, 85, MINOR, 600, 600, 2),
        limit("disk_used_pct", HH, 95, CRITICAL, 300, 600, 1, "history stops"),
        limit("cameras_online_pct", L, 95, MINOR, 1800, 1800, 1),
    ),
    signatures=(
        failure("CR-01", MAJOR, ("空调失效升温", "Cooling failure"),
            when=(
                "let lost = not any(ac{i}_run) or for(all(ac{i}_supply_temp > room_temp - 3), 10min)\n"
                "major: lost and (slope(rack_inlet_temp, 10min) > 6 or rack_inlet_temp > 27)\n"
                "critical: lost and (forecast(rack_inlet_temp, 30min) > 32 or rack_inlet_temp > 32)"
            ),
            hides=("rack_inlet_temp.H", "rack_inlet_temp.HH", "ups_battery_temp.H"),
            reference="slope(rack_inlet_temp, 10min) > 6 /h (1 K in 10 min) and (not any(ac{i}_run) or "
                "for(ac{i}_supply_temp > room_temp - 3, 10min))   [major (critical if forecast(rack_inlet_temp,30min) > "
                "32)]",
            rewritten="No unit cools: of all units, for one may stand by. A room that is hot already warms more slowly; "
                "above 27 C lost cooling is the failure whatever the slope.",
            do=("开备用空调、开门加风扇、关非必要设备。",
                "Start the standby unit, open doors with fans, shut down non-essential equipment."),
            causes=[("压缩机/氟利昂故障", "compressor or refrigerant fault"),
                ("停电后未来电自启", "no auto-restart after power dip"), ("滤网堵塞", "filter blocked")],
        ),
        failure("CR-02", CRITICAL, ("UPS 后备不足", "UPS running out"),
            when=(
                "ups_mode == battery and (ups_runtime_min < 15 or for(ups_mode == battery, 6min) and slope(ups_battery_v, "
                "5min) < -60)"
            ),
            hides=("ups_mode.STATE", "ups_runtime_min.L"),
            reference="ups_mode == battery and (ups_runtime_min < 15 or slope(ups_battery_v, 5min) < -60 /h)",
            rewritten="The slope is looked at when the mains have been gone for 6 min: every string drops by 35 V in the "
                "first seconds.",
            do=("有序关机，接发电机。", "Orderly shutdown; connect a generator."),
            causes=[("市电长时间中断", "long outage"), ("电池衰减", "worn battery"), ("负载过大", "overload")],
        ),
        failure("CR-03", MAJOR, ("电池性能下降", "Battery weak"),
            when=(
                "let sagged = delta(ups_battery_v, 90s) < -0.10 * 2.27 * P.ups_cells and ups_load_pct < 60\n"
                "rose(rose(ups_mode == battery, 2min) and sagged, 1d)"
            ),
            reference="on transition online→battery: ups_battery_v drop in 60s > 0.10*float at ups_load_pct < 60 ; or "
                "runtime at test < 0.6 * previous test",
            rewritten="Float is 2.27 V per cell. Sampled every 30 s, the drop of the first 60 s is seen within 90 s. The "
                "verdict of that moment stands for a day. Two discharge tests are compared by task CR-T3: no point tells a "
                "test from an outage.",
            do=("测单体内阻，更换落后电池。", "Measure cell impedance, replace weak blocks."),
            causes=[("电池老化（3-5年）", "end of life"), ("高温加速老化", "heat"), ("连接松动", "loose link")],
        ),
        failure("CR-04", CRITICAL, ("监控系统失明", "Monitoring blind"),
            when=(
                "for(not broker_connected, 60s) or for(msg_rate < 0.3 * baseline(msg_rate), 5min) or for(gateways_online < "
                "0.7 * gateways_total, 5min)"
            ),
            hides=("broker_connected.STATE",),
            reference="broker_connected == 0 for 60s or for(msg_rate < 0.3*baseline(msg_rate, hour-of-week), 5min) or "
                "gateways_online < 0.7*gateways_total for 5min",
            do=("先恢复网络和网关，期间改人工巡检关键机房。",
                "Restore network and gateways; meanwhile patrol critical rooms by hand."),
            causes=[("交换机/运营商故障", "switch or carrier failure"), ("服务进程停止", "service stopped"),
                ("机房停电", "room power loss")],
        ),
        failure("CR-05", MAJOR, ("时钟偏差", "Clock fault"),
            when="for(abs(ntp_offset_ms) > 5000, 5min) or rose(abs(delta(ntp_offset_ms, 5min)) > 30000, 1h)",
            hides=("ntp_offset_ms.H", "ntp_offset_ms.HH"),
            reference="abs(ntp_offset_ms) > 5000 for 5min or jump > 30 s between samples ; exactly -8 h / +8 h flagged as "
                "time-zone error",
            rewritten="A jump is over with the next sample: it stands for an hour. 8 h lie beyond the point's range of 1 "
                "h, at whose end they are shown: a time-zone error cannot be told apart.",
            do=("修复NTP，回看受影响时段的规则结果。", "Fix NTP; review rules in the affected period."),
            causes=[("NTP 不通", "NTP blocked"), ("时区设置错误", "time zone wrong"), ("主板电池没电", "RTC battery")],
        ),
        failure("CR-06", MAJOR, ("火警主机长期屏蔽", "Fire panel shielded or faulty for long"),
            when="for(fire_panel_shield_count > 0, 24h) or for(fire_panel_state in (fault, offline), 30min)",
            hides=("fire_panel_shield_count.H", "fire_panel_state.STATE-2"),
            reference="for(fire_panel_shield_count > 0, 24h) and no open work order ; or for(fire_panel_state in (fault, "
                "offline), 30min)",
            rewritten="Work in progress is the desk's knowledge: its maintenance window suppresses the rule.",
            do=("逐点恢复，无法恢复的补充人工巡查。", "Restore each point; patrol those that cannot be restored."),
            causes=[("探测器污染误报后被屏蔽", "dirty detectors shielded"), ("回路板/线路故障", "loop card or wiring")],
        ),
        failure("CR-07", CRITICAL, ("漏水与空调相关", "Water leak"),
            when=(
                "critical: for(leak_rope, 5s)\n"
                "info: for(leak_rope, 5s) and any(ac{i}_run) and delta(room_humidity, 30min) > 3"
            ),
            hides=("leak_rope.STATE", "room_humidity.H"),
            reference='leak_rope == 1 for 5s ; label "AC" if any(ac{i}_run) and room_humidity rising, else "roof or pipe"',
            rewritten="'AC' is a clause of its own, which adds its sentence to the reason: humidity up by more than 3 % in "
                "30 min; without it: roof or pipe.",
            do=("先断地板下强电，再找漏点。", "Isolate under-floor power, then find the leak."),
            causes=[("空调冷凝水堵", "condensate drain blocked"), ("屋面/管道漏", "roof or pipe leak")],
        ),
        failure("CR-08", CRITICAL, ("告警无人响应", "Alarm not acknowledged"),
            when="operator_ack_s > 180 or operator_ack_s > 120 and not between(22:00, 06:00)",
            reference="any critical alarm unacknowledged for 120s (day) / 180s (night); escalate to next person each 120s",
            rewritten="The point tells how long the oldest critical alarm has waited, 0 when none does. Night is from "
                "22:00 to 06:00. Calling the next person is the escalation of the desk.",
            do=("按升级表逐级电话。", "Escalate by phone down the roster."),
            causes=[("值班离岗", "operator away"), ("告警风暴淹没", "alarm flood")],
        ),
    ),
    tasks=(
        duty("CR-T1", "交接班检查", "Shift hand-over", 1, "每班（8-12h） each shift",
            ("未处理告警; 屏蔽清单; 钥匙", "open alarms; shield list; keys"),
            "GB 25506-2010; fire control room staffed 24 h by 2 certified people", evidence="K"),
        duty("CR-T2", "空调滤网与冷凝水", "AC filter and drain", 30, "每月 monthly", ("清洗; 通水", "clean; flush"), "maker"),
        duty("CR-T3", "UPS 放电测试", "UPS discharge test", 90, "每季/每年 quarterly/yearly",
            ("30%放电; 年度满容量", "30 % discharge; yearly full"), "YD/T 1970; maker", evidence="K"),
        duty("CR-T4", "备份恢复演练", "Backup restore drill", 90, "每季度 quarterly",
            ("恢复数据库; 校验", "restore and verify"), "J"),
        duty("CR-T5", "告警有效性评审", "Alarm review", 30, "每月 monthly",
            ("前10误报; 阈值调整", "top 10 nuisance alarms; retune"), "ISA-18.2 practice", evidence="K"),
    ),
    faults=(
        fault("CR-F1", "空调停机", "AC stops", ("CR-01",), "rack +1 K/min after 3 min delay"),
        fault("CR-F2", "市电中断", "Mains lost", ("CR-02",), "ups_mode battery, V sags, runtime 40 → 0"),
        fault("CR-F3", "电池衰减", "Weak battery", ("CR-03",), "same but V drops 45 V in 60 s, runtime 8 min"),
        fault("CR-F4", "网关群离线", "Gateways drop", ("CR-04",), "60 % of gateways silent for 20 min"),
        fault("CR-F5", "时钟跳变", "Clock jump", ("CR-05",), "ntp offset +28,800,000 ms (8 h)"),
        fault("CR-F6", "冷凝水漏", "Condensate leak", ("CR-07",), "leak_rope 1, humidity +15 %"),
    ),
    recipe=(
        "Thermal: `C dT/dt = P_it + U*(Tout - T) - Qcool`, C = 240 kJ/K (air + racks), U = 0.15 kW/K, P_it = 4 kW, AC holds "
        "24 C with 1.5 K cycling every 12 min; with cooling lost the room gains about 1 K/min at first, 15 K in 25 min. UPS "
        "string 192 cells: float 435 V; on battery V = 435 → 400 in 10 s, then -0.35 V/min at 40 % load, end at 1.75 V/cell "
        "= 336 V. Gateways: each drops offline for 1-3 min with probability 0.02 /h. msg_rate Poisson around the plant's "
        "rate. ntp offset random walk +/-20 ms."
    ),
    plant=ControlRoom,
)
# fmt: on
