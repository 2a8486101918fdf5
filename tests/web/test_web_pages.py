from __future__ import annotations

import json
import re
from string import Formatter

import pytest

from dashboards import language
from dashboards.pages import assets

PUBLIC = ("/", "/zh", "/en", "/rooms/fire-pump", "/rooms/ev-01", "/tickets", "/d/unknown", "/nowhere", "/login")
EVERY_KEY = {
    "site", "state", "sentence", "as_of", "rooms", "dealing_with", "planned", "device", "name", "colour", "why", "public_id",
    "title", "steps", "step", "label", "at", "next_word_by", "begins", "ends", "zh", "en", "items", "next",
}  # fmt: skip


def text_of(html: str) -> str:
    """What a reader sees, roughly."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"<(script|style|svg).*?</\1>", "", html, flags=re.DOTALL)))


def test_both_catalogues_have_the_same_keys_and_the_same_places_for_values():
    zh, en = language.read("zh"), language.read("en")
    assert zh.keys() == en.keys()
    for key, said in zh.items():
        places = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (said, en[key])]
        assert places[0] == places[1], key
        assert said, key
        assert en[key], key


@pytest.mark.parametrize("path", PUBLIC)
def test_a_page_in_english_has_no_chinese_but_the_switch_and_the_other_way_round(pages, path):
    for lang, foreign, switch in (("en", r"[\u4e00-\u9fff]+", "中文"), ("zh", r"[A-Za-z]{3,}", "English")):
        where = path if path.strip("/") not in ("zh", "en") else f"/{lang}"
        html = pages.client.get(where, params={"lang": lang}, headers={"accept-language": "fr"}).text
        rest = text_of(html).replace(switch, "").replace("JSON", "").replace("MPa", "")
        rest = re.sub(r"[0-9A-Z]{4}-[0-9A-Z]{4}|[0-9A-Z]{8}", "", rest)
        assert not re.findall(foreign, rest), (lang, re.findall(foreign, rest))
        assert f'lang="{language.say(lang, "language")}"' in html


@pytest.mark.parametrize(
    ("path", "cookie", "header", "spoken"),
    [
        ("/", "", "en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("/", "", "fr, zh-CN;q=0.5", "zh"),
        ("/", "", "", "zh"),
        ("/", "en", "zh", "en"),
        ("/zh", "en", "en", "zh"),
        ("/zh?lang=en", "", "", "en"),
        ("/?lang=xx", "", "en;q=nonsense, zh", "zh"),
    ],
)
def test_the_language_follows_address_then_choice_then_browser(pages, path, cookie, header, spoken):
    if cookie:
        pages.client.cookies.set("lang", cookie)
    answer = pages.client.get(path, headers={"accept-language": header})
    assert answer.headers["content-language"] == language.say(spoken, "language")


def test_a_choice_of_language_and_size_is_kept_without_javascript(pages):
    pages.client.get("/?lang=en&big=1")
    html = pages.client.get("/rooms/fire-pump").text
    assert '<html lang="en" class="big">' in html
    assert 'class="big"' not in pages.client.get("/?big=0").text


def test_the_public_page_says_what_is_wrong_where_and_since_when(pages):
    seen = text_of(pages.client.get("/zh").text)
    assert re.search(r"\d 处停用", seen)
    assert "停用：消防泵房 · 消防泵站：低压主泵未启动" in seen
    assert "待接单" in seen
    assert re.search(r"下次说明不晚于 1\d:\d\d", seen)
    assert "数据更新于 15:0" in seen or "数据更新于 15:1" in seen


def test_a_page_that_has_heard_nothing_for_five_minutes_says_so(pages):
    pages.clock.at += 301
    html = pages.client.get("/zh").text
    assert "数据暂停更新，最后 15:" in text_of(html)
    assert 'class="now s-grey"' in html
    pages.board.take_frame("hongshan", {"at": pages.clock.at, "full": True, "values": {}})
    assert "还没有收到设备数据" in text_of(pages.client.get("/zh").text)


def test_public_json_has_no_other_key_and_no_name_number_or_figure(pages):
    job = pages.ticket()
    pages.act(job["id"], "comment", "operator", note="HUSH 13800000000", version=job["version"])
    for what in ("status", "rooms", "tickets"):
        body = pages.client.get(f"/api/v1/public/{what}").json()
        keys = set(re.findall(r'"(\w+)":', json.dumps(body)))
        assert keys <= EVERY_KEY
    for path in ("/api/v1/public/status", "/zh", "/en", "/rooms/fire-pump", f"/tickets/{job['public_id']}"):
        seen = text_of(pages.client.get(path).text)
        assert "HUSH" not in seen
        assert job["number"] not in seen
        for person in pages.client.app.state.shared.configuration.sites["hongshan"].people.values():
            assert person.name not in seen
            assert not person.phone or person.phone not in seen


def test_a_ticket_is_found_by_its_public_number_only(pages):
    job = pages.ticket()
    code = job["public_id"]
    for written in (code, code.lower(), f"{code[:4]}-{code[4:]}"):
        assert pages.client.get(f"/tickets/{written}").status_code == 200
    for inner in (job["id"], job["number"], "K7Q42MXP"):
        assert pages.client.get(f"/tickets/{inner}").status_code == 404
    asked = pages.client.get("/tickets", params={"number": f" {code.lower()} "})
    assert asked.headers["location"] == f"/tickets/{code}"


def test_a_door_label_leads_to_its_room_and_an_old_one_to_help(pages):
    assert pages.client.get("/d/hsfp1").headers["location"] == "/rooms/fire-pump"
    old = pages.client.get("/d/gone")
    assert old.status_code == 200
    assert "这个标签已更换" in old.text


def test_the_public_page_is_small_and_asks_no_other_host(pages):
    page = pages.client.get("/zh")
    assert len(page.content) < 60_000
    assert (assets.PUBLIC / "public.js").stat().st_size < 3072
    html = page.text.replace("http://www.w3.org/2000/svg", "").replace("http%3A//www.w3.org/2000/svg", "")
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', html)
    assert " style=" not in html
    assert not re.findall(r"<script(?![^>]*src=)", html)
    assert '<noscript><meta http-equiv="refresh" content="120"></noscript>' in html


def test_a_fragment_is_the_part_of_the_page_that_changes(pages):
    whole, part = pages.client.get("/zh").text, pages.client.get("/zh?fragment=1").text
    assert "<html" not in part
    assert re.sub(r"\s+", "", part) in re.sub(r"\s+", "", whole)


def test_the_shell_says_when_the_pages_were_not_built(pages, tmp_path):
    app = pages.client.app
    shared = app.state.shared
    object.__setattr__(shared, "assets", assets.read(tmp_path))
    answer = pages.client.get("/control", headers=pages.sign_in("operator"))
    assert answer.status_code == 503
    assert "页面还没有构建" in answer.text


def test_the_shell_carries_the_first_state_and_cannot_be_broken_out_of(pages, tmp_path):
    wall = {"file": "a/wall.js", "css": ["a/wall.css"], "imports": ["_x"]}
    manifest = {"src/wall/main.ts": wall, "_x": {"file": "x.js", "css": ["a/x.css"]}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    object.__setattr__(pages.client.app.state.shared, "assets", assets.read(tmp_path))
    job = pages.ticket()
    pages.act(job["id"], "comment", "operator", note="</script><script>alert(1)</script>", version=job["version"])
    html = pages.client.get("/control", headers=pages.sign_in("operator")).text
    boot = re.search(r'<script type="application/json" id="boot">(.*?)</script>', html, re.DOTALL)
    state = json.loads(boot[1])
    assert state["wall"]["site"] == state["site"] == "hongshan"
    assert state["csrf"] == "csrf of operator"
    assert state["user"]["label"] == "白昼值班"
    assert any(event["note"].startswith("</script>") for t in state["wall"]["tickets"] for event in t["events"])
    assert re.findall(r'href="/static/([^"]+)"', html) == ["a/x.css", "a/wall.css"]
    assert 'src="/static/a/wall.js"' in html


def test_a_device_that_fell_silent_is_unknown_and_never_well(pages):
    rooms = {one["device"]: one for one in pages.client.get("/api/v1/public/rooms").json()["items"]}
    assert rooms["ebike-03"]["colour"] == "grey"
    assert rooms["ebike-04"]["colour"] == "green"


def test_the_api_is_described_to_staff_only_in_production(pages):
    assert pages.client.get("/openapi.json", headers={"accept": "application/json"}).status_code == 401
    desk = pages.sign_in("operator")
    paths = pages.client.get("/openapi.json", headers=desk).json()["paths"]
    assert "/api/v1/tickets/{ticket_id}/accept" in paths
    assert "/api/v1/live" in pages.client.get("/docs", headers=desk).text
