"""What the walk keeps of pages' words: bodies, masked numbers, attachments searched; and what it drops again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from crawler.facts import Readable, schema
from crawler.facts.bodies import MAX_BODY, salt_of
from crawler.facts.read import StoredRound, StoredSite
from crawler.facts.store import latest_run
from crawler.walk.answer import Answer
from crawler.walk.files import AttachmentReader
from tests.attachments.make import archive, docx, xlsx
from tests.house.stores import store_in
from tests.pages.test_personal import identity
from tests.walk.drive import Drive, html, inventory

HOME = "http://www.yl.gov.cn/"
NUMBER = identity()
LONG = "<p>云岭市人民政府今天公布有关事项，请各单位遵照执行，并及时反馈办理情况。</p>" * 8


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = store_in(tmp_path)
    yield made
    made.dispose()


def site(engine: Engine) -> StoredSite:
    run = latest_run(engine, "2026-11", states=("walked",))
    assert run is not None
    return next(StoredRound(engine, run).sites())


def pages(**more: Answer | str) -> dict[str, Answer | str]:
    home = html(f'<a href="/a.html">关于公布名单的公示</a><a href="/n.xlsx">附件</a>{LONG}', "门户")
    return {HOME: home, f"{HOME}a.html": html(f"<h1>公示</h1>{LONG}<p>张某，身份证号{NUMBER}。</p>", "公示"), **more}


def walked(engine: Engine, served: dict[str, Answer | str], *, attachments: bool = False, keep: str = "") -> Drive:
    drive = Drive(engine, inventory(), dict(served))
    drive.open()
    salt = salt_of(engine, drive.run.id)
    drive.walk.reader.salt = salt
    if keep:
        drive.walk.reader.keep = frozenset(keep.split(","))
    if attachments:
        drive.walk.attachments = AttachmentReader(drive.run.id, salt, drive.writer.put)
        while drive.step():
            pass
        drive.walk.attachments.close()
    drive.finish()
    return drive


def rows(engine: Engine, table: sa.Table) -> list[dict[str, object]]:
    with engine.connect() as db:
        return [dict(row._mapping) for row in db.execute(sa.select(table))]


def test_bodies_are_given_back(engine: Engine) -> None:
    walked(engine, pages())
    kept = site(engine)
    assert isinstance(kept, Readable)
    body, text, reading = kept.body(HOME), kept.text(HOME), kept.reading(f"{HOME}a.html")
    assert body is not None and "<title>门户</title>" in body
    assert text is not None and "遵照执行" in text and "<p>" not in text
    assert reading is not None and reading.page.title == "公示" and not reading.cut
    assert kept.body(f"{HOME}nowhere.html") is None


def test_a_personal_number_is_nowhere_in_the_store(engine: Engine, tmp_path: Path) -> None:
    served = pages()
    served[HOME] = str(served[HOME]).replace("关于公布名单的公示", f"来信：本人身份证号{NUMBER}，请予办理")
    walked(engine, served)
    row, on_home = sorted(rows(engine, schema.personal), key=lambda row: row["id"] == 1)
    assert (row["kind"], row["masked"], row["count"]) == ("identity", f"532901{'*' * 10}{NUMBER[-2:]}", 1)
    everything = json.dumps([rows(engine, table) for table in schema.metadata.sorted_tables], default=str)
    assert NUMBER not in everything and "532901**********" in (site(engine).body(f"{HOME}a.html") or "")
    assert on_home["digest"] == row["digest"]
    facts = site(engine).personal_numbers()
    assert [(fact.url, fact.holder) for fact in facts] == [(HOME, None), (f"{HOME}a.html", None)]


def test_the_secret_of_the_digests_is_forgotten(engine: Engine) -> None:
    drive = Drive(engine, inventory(), dict(pages()))
    drive.open()
    assert salt_of(engine, drive.run.id) == salt_of(engine, drive.run.id)
    drive.finish()
    assert [row["name"] for row in rows(engine, schema.meta)] == ["schema"]


@pytest.mark.parametrize(("keep", "count"), [("home", 1), ("home,article,other", 2), ("column", 0)])
def test_only_the_wanted_classes_are_kept(engine: Engine, keep: str, count: int) -> None:
    walked(engine, pages(), keep=keep)
    assert len(rows(engine, schema.body)) == count and len(rows(engine, schema.page)) == 2


def test_a_long_page_is_cut(engine: Engine) -> None:
    long = html(LONG + "<!--" + "x" * MAX_BODY + "-->", "门户")
    walked(engine, {HOME: long})
    reading = site(engine).reading(HOME)
    assert reading is not None and reading.cut and len(reading.markup) == MAX_BODY


def test_a_new_run_of_the_round_drops_the_bodies_of_the_old(engine: Engine) -> None:
    walked(engine, pages())
    second = walked(engine, pages())
    assert {row["run"] for row in rows(engine, schema.body)} == {second.run.id}
    assert {row["run"] for row in rows(engine, schema.page)} == {1, second.run.id}


def test_the_round_before(engine: Engine) -> None:
    old = walked(engine, {HOME: html(LONG, "从前的门户")})
    with engine.begin() as db:
        db.execute(schema.run.update().values(round="2026-10", as_of="2026-10-20T10:00:00+08:00"))
    walked(engine, pages())
    before = site(engine).before(HOME)
    assert before is not None and before.page.title == "从前的门户"
    assert site(engine).before(f"{HOME}a.html") is None and old.run.id == 1


def attachment(body: bytes) -> Answer:
    return Answer(status=200, headers={"content-type": "application/octet-stream"}, body=body)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (xlsx(("张某", NUMBER)), "工作表“名单”"),
        (archive(a__docx=docx(f"身份证号{NUMBER}")), "压缩包内a.docx"),
    ],
    ids=["xlsx", "zip under another name"],
)
def test_attachments_are_searched_when_asked(engine: Engine, body: bytes, place: str) -> None:
    served = pages(**{f"{HOME}n.xlsx": attachment(body)})
    walked(engine, served, attachments=True)
    found = {fact.url: fact for fact in site(engine).personal_numbers()}
    fact = found[f"{HOME}n.xlsx"]
    assert (fact.place, fact.holder) == (place, HOME)
    assert fact.digest == found[f"{HOME}a.html"].digest  # the same person in both


def test_attachments_are_left_alone_by_default(engine: Engine) -> None:
    walked(engine, pages(**{f"{HOME}n.xlsx": attachment(xlsx(("张某", NUMBER)))}))
    assert {fact.url for fact in site(engine).personal_numbers()} == {f"{HOME}a.html"}


def test_a_bomb_is_told_as_a_note_and_the_link_stays_fine(engine: Engine) -> None:
    served = pages(**{f"{HOME}n.xlsx": attachment(archive(a__txt=b"0" * (40 << 20)))})
    walked(engine, served, attachments=True)
    assert any("压缩炸弹" in note for note in site(engine).coverage.notes)
    run = latest_run(engine, "2026-11", states=("walked",))
    assert run is not None
    address = StoredRound(engine, run).address(f"{HOME}n.xlsx")
    assert address is not None and address.outcome == "ok"
