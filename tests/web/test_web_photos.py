from __future__ import annotations

import io
import zlib

import pytest
from PIL import Image


def picture(width=3000, height=1500, kind="JPEG", **more) -> bytes:
    """A picture that tells where it was taken, with what, and a comment."""
    image = Image.effect_noise((width, height), 40).convert("RGB")
    image.putpixel((0, 0), (255, 0, 0))
    exif = Image.Exif()
    exif[0x0112] = 6  # turned: shown upright it is portrait
    exif[0x010F] = "SECRETCAMERA"
    exif.get_ifd(0x8825)[2] = (31.0, 13.0, 48.0)
    out = io.BytesIO()
    image.save(out, kind, exif=exif, comment=b"SECRETCOMMENT", **more) if kind == "JPEG" else image.save(out, kind, exif=exif)
    return out.getvalue()


def bomb(side=13_000) -> bytes:
    """A PNG of 20 KB and 169 million pixels."""

    def chunk(name, body):
        return len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)

    head = side.to_bytes(4) * 2 + bytes([1, 0, 0, 0, 0])
    rows = zlib.compress(bytes((side // 8 + 1) * side), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture
def job(pages):
    """A ticket somebody works on."""
    found = pages.ticket()
    return pages.act(found["id"], "accept", "technician", version=found["version"]).json()


def send(pages, job, raw, kind="after", **headers):
    return pages.client.post(
        f"/api/v1/tickets/{job['id']}/photos",
        files={"file": ("photo.jpg", raw, "image/jpeg")},
        data={"kind": kind},
        headers=pages.sign_in("technician") | headers,
    )


def test_a_photo_is_proof_and_says_nothing_but_the_picture(pages, job):
    answer = send(pages, job, picture())
    assert answer.status_code == 200
    photo = answer.json()["photos"][0]
    assert "照片" not in str(answer.json()["missing"])
    seen = pages.client.get(photo["url"], headers=pages.sign_in("operator"))
    image = Image.open(io.BytesIO(seen.content))
    assert (image.format, image.size) == ("JPEG", (1024, 2048))
    assert not image.getexif()
    assert b"SECRET" not in seen.content
    assert pages.client.get(photo["url"]).status_code == 401


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_pictures_become_jpeg(pages, job, kind):
    photo = send(pages, job, picture(300, 200, kind)).json()["photos"][0]
    assert pages.client.get(photo["url"], headers=pages.sign_in("operator")).content.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GIF89a....", 422),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 422),
        (b"\xff\xd8\xff but no picture", 422),
        (picture(300, 200)[:500], 422),
        (b"", 422),
        (bomb(), 413),
        (b"\xff\xd8\xff" + bytes(10 * 1024 * 1024), 413),
        (b"\xff\xd8\xff" + bytes(11 * 1024 * 1024), 413),
    ],
    ids=["gif", "svg", "only magic", "cut off", "empty", "bomb", "just over", "far over"],
)
def test_what_is_no_usable_picture_is_refused_and_leaves_nothing(pages, job, raw, status):
    assert send(pages, job, raw).status_code == status
    assert not list(pages.photos.rglob("*.*"))
    assert pages.store.attachments(job["id"]) == []


def test_a_photo_sent_twice_is_kept_once(pages, job):
    raw = picture(300, 200)
    first, again = (send(pages, job, raw, **{"idempotency-key": "p1"}).json() for _ in "12")
    assert first == again
    assert len(list(pages.photos.rglob("*.jpg"))) == 1


def test_a_photo_refused_by_the_ticket_leaves_no_file(pages):
    waiting = pages.ticket()
    assert send(pages, waiting, picture(300, 200)).status_code in (403, 409)
    assert not list(pages.photos.rglob("*.*"))


def test_a_before_photo_is_no_proof_of_repair(pages, job):
    answer = send(pages, job, picture(300, 200), kind="before").json()
    assert answer["photos"][0]["kind"] == "before"
    assert "照片" in str(answer["missing"])
    assert send(pages, job, picture(300, 200), kind="between").status_code == 422
