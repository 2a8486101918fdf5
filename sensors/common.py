"""Data quality and gateways: rules that hold for every point of every kind."""

from sensors.kit.tables import H, L, counter, duty, failure, fault, gauge, limit, param, state, switch
from sensors.kit.words import INFO, MAJOR, MINOR, Kind, Text

# Tables: one row a line, which the formatter would break up.
# fmt: off
KIND = Kind(
    "common",
    says=Text("通用（数据质量与网关）", "Common: data quality and gateways"),
    explains=Text(
        "系统先判断“表准不准、数据新不新”，再判断设备好不好；如果是仪表或网络问题，会单独提示，不会误报设备故障。",
        "Before judging the equipment, the system checks whether the readings are fresh and believable; a sensor or network "
        "problem is shown as such and is not reported as an equipment fault.",
    ),
    scope=(
        "Applies to every analogue or digital point. `x` is any point, `x.period` its expected sample period, `x.noise` its "
        "noise sigma, `x.range` its sensor range, `x.step` the largest physically possible change in one period. Quality flags "
        "follow the oceanographic QARTOD convention: 1 pass, 2 not evaluated, 3 suspect, 4 fail [S:qartod], 9 missing [K]; the "
        "usual battery for water instruments is gap, gross range, spike, rate of change and flat line [S:qartod-wq]. Run these "
        "before any limit or signature; a suspect or failed value must not open an equipment ticket, it opens a data-quality "
        "ticket."
    ),
    headline=("gateway_online", "gateway_rssi", "poll_error_pct"),
    params=(
        param("stale_factor", 3, "1", "过期倍数", "A point is stale after this many periods (min 60 s)"),
        param("clock_tol", 120, "s", "时钟容差", "Accepted future or past skew of a timestamp"),
    ),
    points=(
        switch("gateway_online", "网关在线", "Gateway online", ("网关离线", "gateway offline"), ("网关在线", "gateway online"),
            "1", 60, note="from MQTT last-will or heartbeat"),
        gauge("gateway_rssi", "网关信号", "Gateway signal", "dBm", (-120, 0), (-95, -60), 300, step=1, noise=2, ucum="{dBm}"),
        counter("gateway_uptime", "网关运行时间", "Gateway uptime", "s", 999_999_999, 300, step=1, note="falls to 0 on restart"),
        gauge("poll_error_pct", "采集失败率", "Poll error ratio", "%", (0, 100), (0, 2), 300, step=0.1, noise=0.3,
            note="Modbus timeouts"),
        gauge("battery_pct", "电池电量", "Battery level", "%", (0, 100), (20, 100), 3600, step=1, noise=1,
            note="battery sensors"),
    ),
    limits=(
        state("gateway_online", "==", 0, MAJOR, 180, 30, "all its devices become unknown, one ticket not hundreds"),
        limit("poll_error_pct", H, 10, MINOR, 900, 900, 2, "RS-485 wiring or address conflict"),
        limit("battery_pct", L, 20, MINOR, 86400, 3600, 2),
    ),
    signatures=(
        failure("DQ-01", MINOR, ("数据过期", "Stale data"),
            reference="age(x) > max(P.stale_factor * x.period, 60s) ; per device: all points stale → device offline ; per "
                "gateway: >= 80 % of devices stale within 2 periods → gateway offline (suppress children)   [minor (major for "
                "critical points of fire_pump, boiler, power_room)]",
            do=("先查网关供电与SIM卡，再查485线路。", "Gateway power and SIM first, then the RS-485 line."),
            causes=[("网关断电/断网", "gateway power or network lost"), ("485 断线/地址冲突", "bus broken or address conflict"),
                ("变化上报点长期不变", "report-by-exception point with no heartbeat (needs a heartbeat)")],
        ),
        failure("DQ-02", MINOR, ("数据冻结", "Frozen (flat-line) sensor"),
            reference="analogue with x.noise > 0: range(x, W) <= resolution for W = max(30 periods, 30min) while the equipment "
                "is active (a coupled point moved more than 10 noise sigmas) ; suspect at 30 periods, fail at 120",
            do=("现场比对，检查变送器和网关缓存值。", "Compare on site; check transmitter and cached value in the gateway."),
            causes=[("变送器卡死", "transmitter hung"), ("网关重复发送旧值",
                "gateway repeats the last good value after a poll failure"), ("取压管冻结/堵塞",
                "impulse line frozen or blocked")],
            note="legitimate flat lines exist (valve closed, pump off, 0 flow): require a coupled point to move.",
        ),
        failure("DQ-03", INFO, ("尖峰", "Spike"),
            reference="abs(x - (x[-1]+x[+1])/2) > max(8*x.noise, 3*MAD(x,1h), 0.02*span(x.range)) and x[+1] back within "
                "3*x.noise of x[-1]   [info (drop the sample; minor if > 5 per hour)]",
            rewritten="The noise's and the range's share are of one period of the point: where samples come further apart, they "
                "are so many times larger, for in that time equipment goes there and back. The MAD is that of half an hour. "
                "The sample is counted, not dropped: only the next one tells a spike from a step.",
            do=("查屏蔽接地、变频器干扰、气泡（水质仪）。", "Check shielding, VFD interference, bubbles in analysers."),
            causes=[("电磁干扰", "EMI"), ("气泡", "bubbles"), ("通信误码无校验", "corrupted frame")],
        ),
        failure("DQ-04", MINOR, ("单位或倍率突变", "Unit or scale change"),
            reference="ratio = median(x, next 30 samples)/median(x, last 1 d) within 5 % of one of {10, 100, 1000, 0.1, 0.01, "
                "0.001, 0.145, 6.895, 0.0980665, 10.197, 3.6, 0.2778} and no start/stop event",
            do=("核对网关点表倍率与单位。", "Check the gateway point table scale and unit."),
            causes=[("网关模板被改", "gateway template changed"), ("更换仪表单位不同",
                "replacement meter uses another unit (MPa/kPa/bar, L/s / m3/h)")],
        ),
        failure("DQ-05", MINOR, ("漂移", "Drift against a redundant or model value"),
            reference="d = median(x - ref(x), 24h) where ref is a redundant sensor, a mass balance, or the zero known while "
                "idle; abs(d) > 5*x.noise and sign constant for 7 d, or CUSUM(d, k=0.5 sigma, h=8 sigma) trips",
            rewritten="Judged where a reference exists: connected tanks against each other, the most remote and the suction "
                "pressure of a fire pump, motor currents at rest (balances are WS-02's, boiler temperatures BO-16's). d is the "
                "median of a day's hours; the CUSUM goes by days, against the median of the first seven, and no day counts for "
                "more than h.",
            do=("校准或更换，修正历史偏差。", "Calibrate or replace, note the offset in history."),
            causes=[("零点漂移", "zero drift"), ("膜片/电极老化", "ageing membrane or electrode"), ("探头污染", "fouling")],
        ),
        failure("DQ-06", MINOR, ("超量程", "Out of range"),
            reference="x outside x.range, or x equals an end of a 4-20 mA scale (3.6 mA → below 0 %, 21 mA → above 100 %) for "
                "3 samples",
            do=("查断线、短路、量程设置。", "Check open or short loop and range setting."),
            causes=[("断线（低于3.6mA）", "open loop"), ("短路/过载（高于21mA）", "short or overload"), ("量程配置错误",
                "wrong range")],
        ),
        failure("DQ-07", MINOR, ("时间戳错误", "Clock error"),
            reference="ts > now + P.clock_tol or ts < now - 10min on a live (not backfill) channel ; |ts - now| within 120 s "
                "of 8 h → time-zone error ; ts year < 2020 → RTC lost ; unit error if ts*1000 or ts/1000 fits now   [minor "
                "(major if more than 10 % of a device's samples)]",
            do=("网关对时；平台以接收时间落库并保留原始时间。", "Sync the gateway; store receive time and keep the original."),
            causes=[("网关时区设为UTC但发本地时间", "local time sent as UTC (+8 h) or reverse"), ("网关断电丢时",
                "RTC lost after power-off"), ("秒/毫秒混用", "seconds versus milliseconds")],
        ),
        failure("DQ-08", INFO, ("累计量回退/复位", "Counter reset or rollback"),
            reference="counter decreases: to < 1 % of previous → reset (add previous to base) ; by small amount → duplicated "
                "or out-of-order ; near 2^16, 2^31, 2^32, 10^n before → roll-over ; jump > 3*max rate*dt → false jump   [info "
                "(minor when repeated)]",
            do=("记录换表时间与底数。", "Record the meter change and its base reading."),
            causes=[("更换电表/水表", "meter replaced"), ("网关重启清零", "gateway restart"), ("计数溢出", "roll-over")],
        ),
        failure("DQ-09", INFO, ("开关量抖动", "Chattering switch"),
            reference="count_edges(x, 10min) > 20 (or > 6 for points that drive critical alarms)   [info (minor after 1 h)]",
            do=("加延时/防抖，查触点与接线。", "Add delay; check contact and wiring."),
            causes=[("触点接触不良", "bad contact"), ("值在阈值附近", "value sits at the threshold")],
        ),
        failure("DQ-10", INFO, ("无效哨兵值", "Sentinel or error value"),
            reference="x in {-9999, -999, 9999, 32767, -32768, 65535, 65534, 4294967295, 6553.5, 3276.7, 1e38, NaN, null, "
                '"", "N/A", "error", 85.0 from DS18B20, -127} for that sensor type, or payload carries an error code '
                "instead of a value   [info (minor after 10 periods)]",
            do=("按缺失处理，查仪表通信。", "Treat as missing, check the meter link."),
            causes=[("仪表离线由网关填充", "gateway fills failed reads"), ("温度芯片上电值", "power-on value of the chip")],
        ),
        failure("DQ-11", INFO, ("补传风暴", "Backfill burst"),
            reference="message rate of a gateway > 20 x its 1 h median and timestamps older than 5min ; process as history: "
                "update trends and totals, evaluate limits for the record, do not page anyone for conditions that ended more "
                "than 10 min ago",
            do=("无需现场处理，核对断网时段。", "No field action; note the outage window."),
            causes=[("断网恢复后缓存补传", "buffered data after an outage")],
        ),
        failure("DQ-12", MINOR, ("字节序/类型错误", "Byte-order or type error"),
            reference="float values flip between tiny (<1e-30) / huge (>1e30) or NaN and plausible ones, or value equals a "
                "swap of 16-bit words of a plausible one (compare ABCD, CDAB, BADC, DCBA)",
            do=("修改网关寄存器解析顺序。", "Correct the register order in the gateway."),
            causes=[("点表字节序配错", "wrong word order in the point table"), ("有符号/无符号混淆",
                "signed/unsigned mix (-1 shows as 65535)")],
        ),
        failure("DQ-13", MAJOR, ("设备身份重复", "Duplicate identity"),
            reference="two sources publish the same device id with interleaved, inconsistent values (jumping between two "
                "levels) or MQTT session taken over > 5 times per hour",
            rewritten="Each level comes back within 1.5 periods of the point, for two sources send twice as many samples as "
                "one: a single gauge of which every other sample is high shows its equipment (a cavitating pump, a valve that "
                "hunts). Sessions are the broker's to know.",
            do=("核对网关编号和 clientId。", "Check gateway number and client id."),
            causes=[("复制配置未改编号", "cloned configuration"), ("测试设备接到生产", "test unit on the production broker")],
        ),
    ),
    tasks=(
        duty("DQ-T1", "传感器比对", "Sensor comparison", 90, "每季度 quarterly", ("与标准表比对压力温度液位; 记录偏差",
            "compare pressure, temperature, level with a reference; record offset"), "J"),
        duty("DQ-T2", "网关点表核对", "Point-table audit", 182, "每半年 every 6 months", ("点名单位倍率地址; 抽查现场",
            "name, unit, scale, address; spot check"), "J"),
        duty("DQ-T3", "告警链路演练", "Alarm-path drill", 30, "每月 monthly", ("触发一条真实告警到值班手机",
            "trigger one real alarm to the duty phone"), "J"),
    ),
    faults=(
        fault("DQ-F1", "冻结", "Freeze", ("DQ-02",), "one analogue point repeats its value for 2 h while its coupled point "
            "moves"),
        fault("DQ-F2", "尖峰", "Spikes", ("DQ-03",), "6 single-sample spikes of 30 sigma in an hour"),
        fault("DQ-F3", "漂移", "Drift", ("DQ-05",), "+0.5 sigma per hour for 4 days"),
        fault("DQ-F4", "断网补传", "Outage and backfill", ("DQ-01", "DQ-11"), "gateway silent 60 min, then all buffered "
            "samples in 60 s with old timestamps"),
        fault("DQ-F5", "时区错误", "Time-zone error", ("DQ-07",), "timestamps +8 h for one gateway"),
        fault("DQ-F6", "倍率改变", "Scale change", ("DQ-04",), "main_pressure x1000 (MPa to kPa) after a template edit"),
        fault("DQ-F7", "哨兵值", "Sentinel", ("DQ-10",), "65535 for 5 min on Modbus timeout"),
        fault("DQ-F8", "累计清零", "Counter reset", ("DQ-08",), "energy_total to 0 after meter change"),
        fault("DQ-F9", "抖动", "Chatter", ("DQ-09",), "valve switch toggles every 2 s for 15 min"),
    ),
    recipe=(
        "Apply on top of any point generator: stale (stop for T), freeze (repeat last value), spike (one sample +/- 10..100 "
        "sigma), drift (linear +0.1..1 sigma/h), bias step, scale x10/x0.1, clock +8 h, clock reset to 2000-01-01, counter "
        "reset, chatter (toggle every 2 s), sentinel value, out-of-order and duplicate delivery (1-5 %), backfill after 1 h "
        "outage, dropped messages (0.5 %), gateway restart (uptime to 0)."
    ),
)
# fmt: on
