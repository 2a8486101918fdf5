from __future__ import annotations

import re

import pytest
from starlette.routing import Mount

from dashboards import auth
from dashboards.throttle import Throttle

# Who may have an answer other than 401, 403 or a way to the sign-in. Everything not named here is for all staff.
OPEN = {
    "/", "/zh", "/en", "/rooms/{device}", "/d/{code}", "/tickets", "/tickets/{public_id}", "/login", "/healthz",
    "/readyz", "/api/v1/public/status", "/api/v1/public/rooms", "/api/v1/public/tickets",
}  # fmt: skip
DESK = re.compile(r"/control|/review|/api/v1/(wall|kpi/\w+|review(/.+)?|maintenance/.+|alarms/\{alarm_id\}/\w+)")
TECHNICIAN = {"/technician"}
WHO = ("anonymous", "technician", "operator", "manager")


def routes_of(routes):
    """Every (method, path) of an application, included routers opened up."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            prefix = route.include_context.prefix
            yield from ((method, prefix + path) for method, path in routes_of(inner.routes))
        elif not isinstance(route, Mount):
            yield from ((method, route.path) for method in sorted(route.methods - {"HEAD"}))


def may(who: str, method: str, path: str) -> bool:
    if path in OPEN or (method, path) == ("POST", "/logout"):
        return True
    if DESK.fullmatch(path) or (method, path) == ("POST", "/api/v1/maintenance"):
        return who in ("operator", "manager")
    return who == "technician" if path in TECHNICIAN else who != "anonymous"


def filled(pages, path: str) -> str:
    alarm, job = pages.alarm()["id"], pages.ticket()
    names = {"alarm_id": alarm, "ticket_id": job["id"], "public_id": job["public_id"], "device": "fire-pump", "code": "HSFP1"}
    names |= {
        "device_id": "hongshan.fire-pump",
        "point_id": "hongshan.fire-pump.main_pressure",
        "photo_id": "none",
        "entry_id": "none",
        "work_id": "none",
    }
    return path.format(**names)


@pytest.mark.parametrize("who", WHO)
def test_no_route_answers_somebody_it_is_not_for(pages, who):
    headers = {} if who == "anonymous" else pages.sign_in(who)
    found = set(routes_of(pages.client.app.routes))
    assert len(found) > 40
    for method, path in sorted(found):
        if path == "/api/v1/live" and may(who, method, path):
            continue  # it would not end; see test_web_stream
        answer = pages.client.request(method, filled(pages, path), headers=headers, json={} if method == "POST" else None)
        refused = answer.status_code in (401, 403) or answer.headers.get("location", "").startswith("/login?next=")
        assert refused != may(who, method, path), (who, method, path, answer.status_code)


def test_a_stranger_is_led_to_the_sign_in_and_back(pages):
    pages.store.put_user(auth.User("li", "tech-day", ("technician",), auth.hash_password("a good password")))
    away = pages.client.get("/technician")
    assert (away.status_code, away.headers["location"]) == (303, "/login?next=/technician")
    form = {"username": "li", "password": "a good password", "next": "/technician"}
    back = pages.client.post("/login", data=form)
    assert (back.status_code, back.headers["location"]) == (303, "/technician")
    cookie = back.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert pages.client.get("/login").headers["location"] == "/technician"
    assert pages.client.get("/control").status_code == 403
    assert "没有这个权限" in pages.client.get("/control").text


def test_a_cookie_needs_the_token_of_its_session_to_change_anything(pages):
    pages.sign_in("technician")
    pages.client.cookies.set("atrium", "token of technician")
    job = pages.ticket()
    path, body = f"/api/v1/tickets/{job['id']}/accept", {"version": job["version"]}
    forged = pages.client.post(path, json=body)
    assert (forged.status_code, forged.json()["type"]) == (403, "urn:atrium:problem:csrf")
    assert pages.client.post(path, json=body, headers={"x-csrf-token": "csrf of technician"}).status_code == 200


def test_a_session_ends_at_sign_out_and_with_its_time(pages):
    headers = pages.sign_in("operator")
    assert pages.client.get("/api/v1/wall", headers=headers).status_code == 200
    assert pages.client.post("/logout", headers=headers).status_code == 303
    assert pages.client.get("/api/v1/wall", headers=headers).status_code == 401
    headers = pages.sign_in("operator")
    pages.clock.at += 3601
    assert pages.client.get("/api/v1/wall", headers=headers).status_code == 401


def test_a_program_gets_a_token_that_works_as_bearer(pages):
    pages.store.put_user(auth.User("robot", "", ("manager",), auth.hash_password("a good password")))
    answer = pages.client.post(
        "/login", data={"username": "robot", "password": "a good password"}, headers={"accept": "application/json"}
    )
    pages.client.cookies.clear()
    token = answer.json()["token"]
    assert pages.client.get("/api/v1/wall", headers={"authorization": f"Bearer {token}"}).status_code == 200
    assert token not in str(pages.store.users())


def test_wrong_passwords_are_slowed_down_whether_the_account_exists_or_not(pages):
    pages.store.put_user(auth.User("li", "tech-day", ("technician",), auth.hash_password("right password")))
    for name in ("li", "nobody"):
        said = [pages.client.post("/login", data={"username": name, "password": "wrong"}) for _ in range(6)]
        assert [answer.status_code for answer in said] == [401] * 5 + [429]
        assert "15 分钟" in said[-1].text
    assert pages.client.post("/login", data={"username": "li", "password": "right password"}).status_code == 429
    pages.clock.at += 901
    assert pages.client.post("/login", data={"username": "li", "password": "right password"}).status_code == 303


def test_a_network_is_slowed_down_however_many_names_and_addresses_it_tries():
    throttle = Throttle()
    for number in range(30):
        throttle.fail(f"name-{number}", f"192.0.2.{number}", 100.0)
    assert throttle.wait("another", "192.0.2.200", 160.0) == 840.0
    assert throttle.wait("another", "198.51.100.1", 160.0) == 0.0


@pytest.mark.parametrize("onward", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1", "/\r\nx: y"])
def test_signing_in_never_leads_to_another_site(pages, onward):
    pages.store.put_user(auth.User("li", "tech-day", ("technician",), auth.hash_password("right password")))
    answer = pages.client.post("/login", data={"username": "li", "password": "right password", "next": onward})
    assert answer.headers["location"] == "/technician"


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}])
def test_a_form_on_another_site_signs_nobody_in(pages, headers):
    answer = pages.client.post("/login", data={"username": "a", "password": "b"}, headers=headers)
    assert answer.status_code == 403


def test_a_password_in_the_wrong_field_is_not_echoed(pages):
    for answer in (
        pages.client.post("/login", data={"user": "li", "passwort": "hunter2"}, headers={"accept": "application/json"}),
        pages.act(pages.ticket()["id"], "accept", "technician", version="hunter2"),
    ):
        assert answer.status_code == 422
        assert "hunter2" not in answer.text


def test_every_answer_tells_the_browser_to_be_careful(pages):
    for path in ("/", "/api/v1/public/status", "/nowhere", "/api/v1/wall", "/assets/public.css"):
        headers = pages.client.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert ("immutable" in headers["cache-control"]) == path.startswith("/assets/")


def test_a_body_that_is_too_large_is_refused_announced_or_not(pages):
    headers = pages.sign_in("technician")
    path = f"/api/v1/tickets/{pages.ticket()['id']}/comment"
    assert pages.client.post(path, content=b"x" * 70_000, headers=headers).status_code == 413

    def drip():
        for _ in range(70):
            yield b"x" * 1000

    assert pages.client.post(path, content=drip(), headers=headers).status_code == 413
