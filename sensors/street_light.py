"""Street and public lighting: one feeder with its lamps, what is wrong when, and what to do first."""

from sensors.kit.tables import HH, H, L, choice, duty, failure, fault, gauge, limit, param, state, switch
from sensors.kit.words import CRITICAL, MAJOR, MINOR, Kind, Text
from sensors.plants.street_light import StreetLight

# Tables: one row a line, which the formatter would break up.
# fmt: off
KIND = Kind(
    "street_light",
    says=Text("路灯/公共照明", "Street and public lighting"),
    explains=Text(
        "路灯按日出日落自动开关，系统看亮灯率、漏电和电缆是否完好。灯坏了、白天亮灯都会自动派单；看到灯杆门敞开或雨天灯杆附近"
        "积水，请绕行并告诉我们。",
        "Street lights switch with sunset and sunrise; we watch how many are lit, electrical leakage and whether the cable is "
        "intact. A dead lamp or lights on in daytime creates a work order by itself. If you see an open pole door, or "
        "standing water by a pole in the rain, please keep away and tell us.",
    ),
    scope=(
        "One device = one lighting feeder (control cabinet, about 40 lamps) plus optional per-lamp controllers `{n}`."
    ),
    headline=("contactor_closed", "power", "illuminance", "residual_current"),
    params=(
        param("lamps", 40, "1", "灯数", "Lamps on the feeder"),
        param("lamp_watt", 60, "W", "单灯功率", "Lamp power"),
        param("planned_off", 0, "1", "计划熄灯时段", "1 while a planned off period is active"),
        param("sunset_offset_min", 15, "min", "开灯偏移", "Minutes after sunset to switch on"),
    ),
    points=(
        choice("ctrl_mode", "控制方式", "Control mode", {"auto": ("自动", "automatic"), "manual": ("手动", "manual"),
            "off": ("停用", "off")}, "auto", 300),
        switch("contactor_cmd", "开灯指令", "Switch-on command", ("无开灯指令", "no switch-on command"),
            ("有开灯指令", "switch-on command given"), "0/1"),
        switch("contactor_closed", "接触器反馈", "Contactor feedback", ("接触器断开", "contactor open"),
            ("接触器吸合", "contactor closed"), "0/1", 300),
        gauge("voltage_a", "A相电压", "Voltage A", "V", (0, 300), (215, 235), 60, step=0.1, noise=0.6),
        gauge("current_a", "A相电流", "Current A", "A", (0, 100), "0 or 3..5", 60, step=0.01, noise=0.03),
        gauge("current_b", "B相电流", "Current B", "A", (0, 100), "0 or 3..5", 60, step=0.01, noise=0.03),
        gauge("current_c", "C相电流", "Current C", "A", (0, 100), "0 or 3..5", 60, step=0.01, noise=0.03),
        gauge("power", "总功率", "Feeder power", "W", (0, 20000), "0 or 2100..2500", 60, step=1, noise=8),
        gauge("residual_current", "剩余电流", "Residual current", "mA", (0, 1000), (5, 40), 60, step=1, noise=1),
        gauge("illuminance", "环境照度", "Ambient light", "lx", (0, 120_000), (0, 100_000), 60, step=1, share=0.03),
        gauge("end_voltage", "末端电压", "Far-end voltage", "V", (0, 300), (205, 230), 300, step=0.1, noise=0.8,
            note="line-integrity probe"),
        switch("cabinet_door", "箱门", "Cabinet door", ("箱门关闭", "cabinet door closed"), ("箱门打开", "cabinet door open"),
            "0", 300),
        gauge("cabinet_temp", "箱温", "Cabinet temperature", "Cel", (-40, 90), (-15, 50), 300, step=0.1, noise=0.2),
        gauge("lamp{n}_power", "单灯功率", "Lamp power", "W", (0, 250), "0 or 55..65", 900, step=0.1, noise=0.5, of=40,
            digits="02d", note="with single-lamp controllers"),
        switch("lamp{n}_fault", "单灯故障", "Lamp fault", ("{i}号灯|正常", "lamp {i}| healthy"),
            ("{i}号灯|故障", "lamp {i}| failed"), "0", 3600, of=40, digits="02d"),
        switch("sun_up", "日出日落推算", "Sun above horizon", ("太阳已落", "sun below the horizon"),
            ("太阳已出", "sun above the horizon"), "0/1", note="computed from latitude, longitude, date"),
    ),
    limits=(
        limit("voltage_a", L, 198, MINOR, 300, 300, 2, expr="220*0.90", when="contactor_closed", evidence="K GB/T 12325-2008"),
        limit("voltage_a", H, 235.4, MINOR, 300, 300, 2, "shortens lamp life", expr="220*1.07", when="contactor_closed",
            evidence="K GB/T 12325-2008"),
        limit("end_voltage", L, 198, MINOR, 600, 600, 3, "far-end drop", when="contactor_closed", evidence="K CJJ 45"),
        limit("residual_current", H, 100, MAJOR, 60, 120, 10, "outdoor metal poles: shock hazard"),
        limit("residual_current", HH, 300, CRITICAL, 5, 120, 20, "isolate the feeder"),
        limit("cabinet_temp", H, 60, MINOR, 600, 600, 3),
        state("cabinet_door", "==", 1, MAJOR, 60, 10),
        state("ctrl_mode", "==", "manual", MINOR, 43200, 60, "left in manual"),
    ),
    signatures=(
        failure("SL-01", MINOR, ("白天亮灯", "Lights on in daytime"),
            when="for(power > 0.2 * P.lamps * P.lamp_watt and sun_up == 1 and illuminance > 200, 30min)",
            hides=("ctrl_mode.STATE",),
            reference="for(power > 0.2*P.lamps*P.lamp_watt and sun_up == 1 and illuminance > 200, 30min)",
            do=("查时控/光控设置，白天亮灯浪费电。", "Check timer/light sensor; daytime burning wastes power."),
            causes=[("手动后未恢复", "left in manual"), ("光控探头遮挡", "light sensor covered"),
                ("时钟错误/时区错误", "clock or time-zone error")],
        ),
        failure("SL-02", MAJOR, ("夜间未亮", "Dark at night"),
            when="for(power < 0.2 * P.lamps * P.lamp_watt and sun_up == 0 and illuminance < 20, 15min) and P.planned_off == 0",
            hides=("SL-03",),
            reference="for(power < 0.2*P.lamps*P.lamp_watt and sun_up == 0 and illuminance < 20, 15min) and not P.planned_off",
            do=("查电源、接触器、断路器；必要时临时照明。", "Check supply, contactor, breaker; provide temporary light."),
            causes=[("断路器跳闸", "breaker tripped"), ("接触器/时控失效", "contactor or timer failure"), ("停电", "outage")],
        ),
        failure("SL-03", MINOR, ("灭灯比例高", "Too many lamps out"),
            when="let lit = power / (P.lamps * P.lamp_watt); let full = contactor_closed and between(12:00, 23:30); "
                "minor: for(full and lit < 0.95, 2h) or count(lamp{n}_fault) > 0.05 * P.lamps; "
                "major: for(full and lit < 0.85, 2h) or count(lamp{n}_fault) > 0.15 * P.lamps",
            reference="lit = power / (P.lamps*P.lamp_watt*dim); for(lit < 0.95, 2h at full output) → minor; < 0.85 → major ; "
                "with single-lamp data: count(lamp{n}_fault)",
            rewritten="Full output is the evening, from switching on to 23:30: no point tells the dimming, which begins then. "
                "Single-lamp controllers are held to the same shares of lamps.",
            do=(
                "夜巡定位换灯；亮灯率目标98%（各城市95-98%）。",
                "Night patrol and replace; target 98 % lit (cities set 95-98 %).",
            ),
            causes=[("灯具老化", "lamps failed"), ("一相缺失", "one phase lost (a third of lamps)")],
            note="97 % for large and 95 % for medium cities in an older national target [S:light-rate].",
        ),
        failure("SL-04", CRITICAL, ("电缆断线/被盗", "Cable cut or stolen"),
            when="for(contactor_closed, 6min) and for(end_voltage < 20 and voltage_a > 200, 2min) or contactor_closed and "
                "rose(power < 0.7 * was(power, 60s), 90min) and count(rose(missing(lamp{n}_power), 90min)) > 0.2 * P.lamps or "
                "for(not contactor_closed and end_voltage < 20 and voltage_a > 200, 10min) and median(end_voltage while not "
                "contactor_closed, 7d) > 20",
            hides=("end_voltage.L", "SL-03", "SL-02"),
            reference="contactor_closed == 1 and end_voltage < 20 and voltage_a > 200 for 2min ; or power drops > 30 % in one "
                "step with lamps not reporting ; or in daytime with line-test voltage lost",
            rewritten="The far end is asked 6 min after switching on, when its figure, which comes every 5 min, is of the "
                "burning lamps. Lamps that stop reporting are known 45 min later, so that the step in power is remembered for "
                "90 min. By day the line-test voltage is missed only where a week has shown that there is one.",
            do=("通知安保到场，断电防触电，报警。", "Send security, isolate against shock, call police."),
            causes=[("电缆被盗", "theft"), ("施工挖断", "cut by digging"), ("接头烧断", "joint burnt out")],
        ),
        failure("SL-05", MAJOR, ("漏电", "Leakage"),
            when="for(residual_current > 100, 60s)",
            hides=("residual_current.H",),
            reference="for(residual_current > 100, 60s) ; localise by switching branches; correlate with rain",
            do=("断开支路逐段查，优先灯杆接线盒和景观灯。", "Open branches in turn; pole boxes and decorative lights first."),
            causes=[("接线盒进水", "wet junction box"), ("电缆外皮破损", "damaged sheath")],
        ),
        failure("SL-06", MINOR, ("接触器粘连", "Contactor welded"),
            when="for(contactor_cmd == 0 and power > 0.1 * P.lamps * P.lamp_watt, 5min)",
            hides=("SL-01",),
            reference="for(contactor_cmd == 0 and power > 0.1*P.lamps*P.lamp_watt, 5min)",
            do=("断上级开关，更换接触器。", "Open the upstream switch, replace the contactor."),
            causes=[("触头粘连", "welded contacts"), ("手动旁路", "manual bypass")],
        ),
    ),
    tasks=(
        duty("SL-T1", "夜间巡灯", "Night patrol", 7, "每周 weekly",
            ("亮灯率; 灯杆倾斜; 检修门", "lit ratio; tilted poles; access doors"), "CJJ 89-2012", evidence="K"),
        duty("SL-T2", "接地与漏保检测", "Earth and RCD test", 182, "每半年（雨季前） half-yearly, before rainy season",
            ("接地≤4Ω（重复接地≤10Ω）; 漏保动作", "earth up to 4 ohm (10 repeated); RCD trip"), "CJJ 89-2012", evidence="K"),
        duty("SL-T3", "时控/经纬度时钟核对", "Astronomical clock check", 90, "每季度 quarterly", ("开关灯时间", "on/off times"),
            "J"),
    ),
    faults=(
        fault("SL-F1", "白天亮灯", "Daytime burning", ("SL-01",), "contactor stays on 06:00-20:00"),
        fault("SL-F2", "一相缺失", "Phase lost", ("SL-03",), "current_b 0, power -33 %"),
        fault("SL-F3", "电缆被盗", "Theft", ("SL-04",), "end_voltage 0 at 02:00, power -45 %, no residual"),
        fault("SL-F4", "漏电", "Leakage", ("SL-05",), "residual 10 → 180 mA in rain"),
        fault("SL-F5", "接触器粘连", "Welded", ("SL-06",), "power continues after sunrise"),
        fault("SL-F6", "夜间未亮", "Dark", ("SL-02",), "power 0 after sunset"),
    ),
    recipe=(
        "Sun position from latitude 39.9 N, longitude 116.4 E: sunset 17:00 (winter) - 19:45 (summer). On at sunset +15 min, "
        "dim to 50 % 23:30-05:00, off at sunrise -10 min. Power = lamps*60 W*dim*lit; lamp failures Poisson 0.6 %/month. "
        "Residual 8 + rain*15 mA. end_voltage = voltage - 0.6 V per 100 W."
    ),
    plant=StreetLight,
)
# fmt: on
