"""Where figures marked [S] were seen: key → what it is, and its address."""

# A table of texts.
# fmt: off
SOURCES: dict[str, tuple[str, str]] = {
    "gb50974-14-911": (
        "GB 50974-2014 chapter 14 maintenance clauses, reproduced by a pump maker",
        "http://www.911pump.cn/news/689.html",
    ),
    "gb50974-14-spw": (
        "GB 50974-2014 14.0.4 maintenance of pumps and jockeys, reproduced",
        "http://spwater.cn/4g/pro_article.aspx?id=52",
    ),
    "gb50974-11-khp": (
        "GB 50974-2014 11.0.3 (2 min automatic start) and 11.0.12, excerpts",
        "http://www.khp-rus.com/show-21-1368.html",
    ),
    "gb50974-11-lan": ("GB 50974-2014 11.0.7, 11.0.9, 11.0.12 with commentary", "http://www.lantuxf.com/news/detail-356.html"),
    "gb50974-11-auto": (
        "GB 50974-2014 11.0.1 controller in automatic-start state, with commentary",
        "http://www.lanshengbeng.com/view/468.html",
    ),
    "gb50974-11-nhud": (
        "GB 50974-2014 11.0.4 start signals, fire-testing company Q&A",
        "http://nhud.cn/xiaofangwenda/398.html",
    ),
    "jockey-cn": (
        (
            "Jockey pump rules (1-3 % and not under 1 L/s, +0.07-0.10 MPa), spun copy of GB 50974 5.3; the flow rule is "
            "repeated at https://www.chaxiaohao.com/read-1752175374l6711113.html"
        ),
        "http://topmall.cc/ktws/news_board.php?new_id=388241",
    ),
    "gb55036": (
        "GB 55036-2022 3.0.2-3.0.4 excerpt (mains working pressure 0.14 MPa)",
        "https://b.1190119.com/m/article-6329.htm",
    ),
    "nfpa25-form": (
        "Guide to the NFPA 25 weekly fire-pump form (10 / 30 min, valves open)",
        "https://legalclarity.org/how-to-complete-the-nfpa-25-fire-pump-weekly-test-form/",
    ),
    "nfpa25-keyes": ("Weekly versus monthly churn tests by NFPA 25 edition", "http://keyeslifesafety.com/category/fire-pump/"),
    "nfpa25-att4": (
        "A US federal fire-pump inspection attachment with NFPA 25 table 8.1.1.2 and a 5 % rule",
        "https://studylib.net/doc/18482106/attachment-4",
    ),
    "nfpa20-aspe": (
        "ASPE on NFPA 20: 100 / 150 / 65 / 140 % pump requirements",
        "https://aspe.org/pipeline/engineering-considerations-for-stationary-fire-pump-installations/",
    ),
    "nfpa20-signals": (
        "Remote signals of NFPA 20 10.4.7",
        (
            "https://www.jfahern.com/blog/2018/02/05/electric-fire-pump-assemblies-controllers-alarms-and-signals-remote-"
            "controller"
        ),
    ),
    "nfpa-annex": ("Weekly observation list for electric and diesel pumps", "http://annexsecurity.com/fire-pump.html"),
    "nema": (
        "Motor voltage and current unbalance (NEMA MG-1 1 %, do not run over 5 %, current 6-10 times): ecmweb",
        "https://ecmweb.com/maintenance-repair-operations/motors/article/20899778/unbalanced-current",
    ),
    "gb5749-cl": (
        "GB 5749-2022 disinfectant limits (free chlorine 0.3 / 0.05 / 2 mg/L), instrument maker",
        "https://www.hxw5.com/news/645.html",
    ),
    "gb5749-misc": (
        "Secondary summary: turbidity 1, pH 6.5-8.5, chlorine 0.05 at the tap",
        "https://m.gzjll.com/3/5975368.html",
    ),
    "gb50015": (
        "GB 50015-2003 (2009) table 3.1.9 domestic quotas and hourly factors",
        "https://www.xiaomilidoc.com/p-12296611.html",
    ),
    "tank-clean": (
        "Secondary supply: clean and disinfect at least half-yearly, test quarterly, publish",
        "http://pm-servicecenter.com/gsxw/111.html",
    ),
    "tank-lock": ("Tank must be covered and locked, air gap for overflow", "http://clean6.com/product.php?name=20190531103122"),
    "mnf-bentley": (
        "Minimum night flow 02-05 h, night use 10-30 % of it",
        (
            "https://communities.bentley.com/products/hydraulics___hydrology/w/hydraulics_and_hydrology__wiki/57769/water"
            "sight---estimating-night-consumption"
        ),
    ),
    "ukwir": (
        "Leakage from night flow: rolling 7-day 20th percentile",
        "https://ukwir.org/reports/99-WM-08-21/67018/Leakage-Estimation-from-Night-Flow-Analysis",
    ),
    "chlor-bulk": (
        "First-order kinetics reasonable for bulk chlorine decay (200+ samples)",
        "https://acnpsearch.tweb-dev.unibo.it/singlejournalindex/67732445",
    ),
    "csd1-burnham": (
        "Boiler maker periodic testing check list (daily / weekly / half-year / year)",
        "https://manualsdump.com/en/manuals/burnham-fm01fd00b/45819/71",
    ),
    "nb-lwco": (
        "National Board violations report: low-water cut-offs",
        "https://achrnews.com/articles/158207-the-national-board-violation-tracking-report",
    ),
    "boiler-flame-cn": (
        "Flame-failure sequence 5 s / 10 s and 20-30 s purge",
        "https://yuandaguolu9.b2b168.com/shop/supply/164450119.html",
    ),
    "boiler-nick": ("Hot-water boilers in high-rise: up to 7 MW each, outlet up to 95 C", "http://nickmagic.cn/1345.html"),
    "boiler-hcydhy": ("Safety valve sent for verification every year", "http://hcydhy.com/news/1/1470.html"),
    "flue-fm": (
        "20 C over optimum flue temperature = 1 % fuel",
        (
            "http://www.forbesmarshall.com/Knowledge/Energy-Conservation-Tips/Steam-Generation/Monitoring-flue-gas-temper"
            "ature-gives-a-good-indication-of-the-boiler-operating-conditions"
        ),
    ),
    "flue-40f": (
        '"Stack Temp" note: 40 F per 1 % (Scribd 544127914)',
        "https://www.scribd.com/document/544127914/Stack-Temp-0211",
    ),
    "flue-75f": (
        "ABMA advice: clean tubes when stack is 75 F up",
        "https://www.civilengineeringhandbook.tk/energy-management/85.html",
    ),
    "gasdet": (
        "Boiler-room gas alarm levels 10-15 / 20-40 / 60 % LEL",
        "https://en.gazdetect.com/blog/boiler-room-gas-detection-systems",
    ),
    "ocpp-beckhoff": (
        "OCPP 1.6 ChargePointErrorCode list with meanings",
        "https://infosys.beckhoff.com/content/1033/tf6771_tc3_iot_ocpp/16225420683.html",
    ),
    "rcd-6ma": (
        "30 mA AC and 6 mA DC (IEC 62955) in a charger",
        "https://nexblue.com/es/apps/hc/nexblue-point/residual-current-protection",
    ),
    "gbt42236": (
        "GB/T 42236.1-2022 scope and status (recommended, in force 2023-07-01)",
        "http://codeofchina.com/standard/GBT42236.1-2022.html",
    ),
    "ebike-ewtx": (
        "10-outlet e-bike charging post: 6.6 kW total, 2.2 kW per outlet, protections",
        "http://ewtx.cc/view.aspx?CID=491",
    ),
    "gbt18920-2002": ("GB/T 18920-2002 table (superseded edition)", "http://eissee.com/jszl/jszl0624.html"),
    "mbr-site": (
        "MBR operating parameters: flux 10-150 LMH, permeability",
        "http://www.thembrsite.com/about-mbrs/operation-and-maintenance/",
    ),
    "dry-tr-a": (
        "Dry transformer controller: fan 110/90, alarm 155, trip 170",
        "http://m.dunya.com.cn/gongying/7193-1867801.html",
    ),
    "dry-tr-b": (
        "Dry transformer factory setting: fan 90, alarm 120, trip 160",
        "https://quality-supplier.cn/info/dry-transformers-normal-temperature-79757417.html",
    ),
    "oil-tr": ("Oil transformers: top oil 85 usual, 95 maximum; fans 55/45", "https://cn.topoilpurifier.com/news-p17.html"),
    "oil-fan": ("Operating rule: fans 55/45, oil settings 75/85, winding 85/95", "https://sokaoti.com/c/s35706/sNoZuIW6.html"),
    "unbal15": ("Three-phase load imbalance limit 15 %, neutral 25 %", "https://m.docduoduo.com/p-8014036.html"),
    "resid300": (
        "GB 50116 9.2.3 commentary: detector 300-500 mA, natural leakage 100-200 mA",
        "http://m.jianbiaoku.com/webarbs/book/377/980611.shtml",
    ),
    "hv-room40": ("HV room ambient up to 40 C", "https://www.62l.net/l/1887947854414901908.html"),
    "sf6-1000": ("GIS room SF6 limit 1000 uL/L, ventilate 15 min", "http://destinyresearchinstitute.com/n83920.htm"),
    "gb50174": ("GB 50174-2017 5.1 with commentary: 18-27 C", "https://gf.cabr-fire.com/article-27978.htm"),
    "gb50174-jx": ("GB 50174 60 % RH versus ASHRAE 2021 rate limits", "http://www.jxolb.cn/article/524.html"),
    "ups-kebo": (
        "VRLA batteries: 20-25 C, life versus temperature, 2.25-2.3 V float",
        (
            "https://www.kebopower.com/valve-control-type-sealed-lead-acid-battery-in-the-use-and-maintenance-should-pay-"
            "attention-to-what"
        ),
    ),
    "ups-pk": (
        "Float 2.23 V; months to thermal runaway at 2.30-2.35 V",
        (
            "https://www.powerkingdom.com.cn/question-what-happens-if-the-ups-battery-does-not-float-according-to-the-reg"
            "ulations"
        ),
    ),
    "lift15": (
        "15-day maintenance rule (Special Equipment Regulation art. 31, TSG T5002-2017)",
        "https://xinmidianti.com/content/18655.html",
    ),
    "lift-tsg": ("TSG T5002-2017 table of contents and foreword", "https://docx.baby/p/20788146896327.html"),
    "lift-iot": (
        "GB/T 24476-2023 replaces 2017, in force 2023-12-01",
        "https://www.chinesestandard.net/PDF.aspx/GBT24476-2023",
    ),
    "lift-peters": (
        "GB/T 24476-2017 explained",
        (
            "https://peters-research.com/index.php/papers/understanding-gb-t-24476-2017-chinas-technical-specifications-f"
            "or-internet-of-things-for-lifts-escalators-and-moving-walks/"
        ),
    ),
    "lift-room40": (
        "Lift machine room not over 40 C (company rule)",
        "http://www.shangujixie.com/fanwen/html/fanwen_20250313095459_4122001.html",
    ),
    "light-rate": ("Lit-lamp targets 97 % / 95 %", "http://59.110.66.7/thesis/view/936538"),
    "qartod": ("QARTOD flags and tests", "https://github.com/IanTBlack/python3-crlx"),
    "qartod-wq": (
        "QARTOD tests applied to water sondes: gap, spike, flat line, rate of change, gross range",
        "https://water-quality.reservoircenter.org/resources/how-to-trust-data",
    ),
}
# fmt: on
