"""The facts of one site: names, zone, IPv6, twins, certificates."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from crawler.facts.model import NetworkFact
from crawler.probes import looking, web_facts
from crawler.probes.dns import Resolver
from crawler.probes.network import look_at_site
from crawler.probes.route import has_ipv6_loopback
from tests.downloader.rude import free_port
from tests.probes.certs import issue, server_context
from tests.probes.nameserver import name_server
from tests.probes.town import LINKS, Answer, Asked, ok, page, redirect, town

pytestmark = pytest.mark.skipif(not has_ipv6_loopback(), reason="no ::1 on this machine")

BOTH = {"www.a.gov.cn A": ["127.0.0.1"], "www.a.gov.cn AAAA": ["::1"]}
ZONE = BOTH | {
    "a.gov.cn NS": ["ns1.a.gov.cn.", "ns2.a.gov.cn."],
    "a.gov.cn SOA": ["ns1.a.gov.cn. host.a.gov.cn. 1 2 3 4 60"],
    "ns1.a.gov.cn AAAA": ["::1"],
    "ns2.a.gov.cn A": ["127.0.0.1"],
}
Facts = dict[tuple[str, str, str], NetworkFact]


def look(
    answer: Answer = lambda asked: ok(),
    records: Mapping[str, Sequence[str]] = ZONE,
    *,
    site: Mapping[str, Any] | None = None,
    v4: bool = True,
    v6: bool = True,
    **options: Any,
) -> Facts:
    async def main() -> list[NetworkFact]:
        async with town(answer, v4=v4, v6=v6) as place, name_server(records) as names:
            resolver = Resolver([names.server], lifetime=1)
            return await look_at_site(place.site(**(site or {})), resolver, **{"staging": True, "gap": 0.05, **options})

    facts = asyncio.run(main())
    json.dumps([fact.data for fact in facts])  # plain JSON values only
    assert all(fact.at is not None for fact in facts)
    return {(fact.probe, fact.host, fact.key): fact for fact in facts}


HOME = ("ipv6", "www.a.gov.cn", "home")
SAME = ("ipv6", "www.a.gov.cn", "same")


def test_a_site_in_order() -> None:
    facts = look()
    for key in ("A", "AAAA", "NS", "SOA", "NS-AAAA"):
        assert facts["dns", "www.a.gov.cn", key].outcome == "ok"
    assert facts["dns", "www.a.gov.cn", "AAAA"].data["public"] == ["::1"]
    assert facts["dns", "www.a.gov.cn", "NS"].data["zone"] == "a.gov.cn"
    assert facts["dns", "www.a.gov.cn", "NS"].data["records"] == ["ns1.a.gov.cn", "ns2.a.gov.cn"]
    assert facts["dns", "www.a.gov.cn", "NS-AAAA"].data["servers"] == {"ns1.a.gov.cn": "ok", "ns2.a.gov.cn": "nodata"}
    assert facts[HOME].outcome == "ok"
    assert facts[HOME].data["address"] == "::1"
    assert facts[HOME].data["first_byte_ms"] > 0
    assert facts[HOME].data["v4"]["address"] == "127.0.0.1"
    assert facts[SAME].data["same"] is True


@pytest.mark.parametrize(
    ("aaaa", "outcome", "words"),
    [
        ([], "nodata", "没有AAAA记录"),
        (["SERVFAIL"], "servfail", "未得到确切答复（域名服务器出错）"),
        (["SILENT"], "timeout", "未得到确切答复（域名服务器超时）"),
        (["fd00::1"], "ok", "AAAA记录不是公网地址"),
        (["64:ff9b::7f00:1"], "ok", "自行合成IPv6地址"),
        (["64:ff9b:1::7f00:1"], "ok", "自行合成IPv6地址"),
        (["2400:dd0d:64::c633:6401"], "ok", "自行合成IPv6地址"),
    ],
)
def test_why_a_home_page_was_not_asked_over_ipv6(aaaa: list[str], outcome: str, words: str) -> None:
    records = {"www.a.gov.cn A": ["127.0.0.1"], "ipv4only.arpa AAAA": ["2400:dd0d:64::c000:aa"]}
    facts = look(records=records | ({"www.a.gov.cn AAAA": aaaa} if aaaa else {}))
    assert facts["dns", "www.a.gov.cn", "AAAA"].outcome == outcome
    assert facts[HOME].outcome == "unchecked"
    assert words in facts[HOME].data["reason_name"]


@pytest.mark.parametrize(("control", "outcome"), [(True, "dead"), (None, "suspect"), (False, "unchecked")])
def test_ipv6_fails_for_certain_only_while_it_works_elsewhere(control: bool | None, outcome: str) -> None:
    async def works() -> bool | None:
        return control

    assert look(v6=False, control=works)[HOME].outcome == outcome


@pytest.mark.parametrize(
    "address",
    [
        "fe80::1", "fc00::1", "fd12:3456::1", "fec0::1", "::", "::ffff:127.0.0.1", "::ffff:1.2.4.8", "64:ff9b::7f00:1",
        "2001:db8::1", "2002:0a00:0001::1", "2002:7f00:0001::1", "ff02::1",
    ],
)  # fmt: skip
def test_an_aaaa_that_nobody_outside_can_use_is_not_public(address: str) -> None:
    facts = look(records={"www.a.gov.cn A": ["127.0.0.1"], "www.a.gov.cn AAAA": [address]})
    assert facts["dns", "www.a.gov.cn", "AAAA"].data["public"] == []


def test_loopback_is_public_in_a_staging_round_only() -> None:
    facts = look(staging=False)
    assert facts["dns", "www.a.gov.cn", "AAAA"].data["public"] == []
    assert facts["dns", "www.a.gov.cn", "NS-AAAA"].data["servers"]["ns1.a.gov.cn"] == "nodata"


def test_refused_over_ipv6_twice_while_ipv4_opens() -> None:
    facts = look(v6=False)
    assert (facts[HOME].outcome, facts[HOME].data["reason"]) == ("dead", "connect-refused")
    assert "IPv6" in facts[HOME].data["reason_name"]
    assert len(facts[HOME].data["tries"]) == 2
    assert facts[HOME].data["v4"]["status"] == 200
    assert SAME not in facts


def test_dropped_over_ipv6() -> None:
    facts = look(lambda asked: None if asked.v6 else ok())
    assert (facts[HOME].outcome, facts[HOME].data["reason"]) == ("dead", "connect-reset")


def test_one_failure_of_two_tries_is_none() -> None:
    tries = iter([None, ok(), ok(), ok()])
    facts = look(lambda asked: next(tries) if asked.v6 else ok())
    assert facts[HOME].outcome == "ok"
    assert [one["reason"] for one in facts[HOME].data["tries"]] == ["connect-reset", "ok"]


def test_a_single_try_accuses_nobody() -> None:
    assert look(v6=False, tries=1)[HOME].outcome == "suspect"


def test_a_site_that_is_down_altogether_is_no_ipv6_fault() -> None:
    facts = look(v4=False, v6=False)
    assert facts[HOME].outcome == "suspect"
    assert facts[HOME].data["v4"]["reason"] == "connect-refused"


def test_silence_over_ipv6_may_be_our_own_line(monkeypatch: pytest.MonkeyPatch) -> None:
    original = looking.open_home

    async def impatient(*args: Any, **options: Any) -> Any:
        return await original(*args, **options | {"seconds": 0.3})

    def answer(asked: Asked) -> bytes | None:
        return b"HTTP/1.1 200" if asked.v6 else ok()

    monkeypatch.setattr(looking, "open_home", impatient)
    facts = look(answer)
    assert (facts[HOME].outcome, facts[HOME].data["reason"]) == ("suspect", "timeout")


def test_a_failed_control_address_judges_nothing() -> None:
    async def down() -> bool:
        return False

    facts = look(v6=False, control=down)
    assert (facts[HOME].outcome, facts[HOME].data["reason"]) == ("unchecked", "own-network")


@pytest.mark.parametrize(("status", "outcome"), [(404, "dead"), (403, "blocked"), (503, "suspect")])
def test_a_status_over_ipv6_only(status: int, outcome: str) -> None:
    bad = b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % status
    assert look(lambda asked: bad if asked.v6 else ok())[HOME].outcome == outcome


def test_a_redirect_that_leaves_ipv6() -> None:
    records = ZONE | {"old.a.gov.cn A": ["127.0.0.1"]}

    async def main() -> None:
        async with name_server(records) as names:
            port = 0

            def answer(asked: Asked) -> bytes:
                return redirect(f"http://old.a.gov.cn:{port}/") if asked.host == "www.a.gov.cn" else ok()

            async with town(answer) as place:
                port = place.port
                facts = await look_at_site(place.site(), Resolver([names.server]), staging=True, gap=0.05)
            home = next(fact for fact in facts if (fact.probe, fact.key) == ("ipv6", "home"))
            assert home.outcome == "dead"
            assert home.data["left_ipv6"] == "old.a.gov.cn"
            assert "没有IPv6地址" in home.data["reason_name"]
            assert not any(asked.v6 and asked.host == "old.a.gov.cn" for asked in place.asked)

    asyncio.run(main())


def test_a_redirect_loop_ends() -> None:
    facts = look(lambda asked: redirect("/a" if asked.path == "/" else "/"))
    assert facts[HOME].data["reason"] == "redirect-loop"


def test_other_content_over_ipv6() -> None:
    other = page("欢迎访问", '<a href="/x.html">默认站点</a>' * 3)
    facts = look(lambda asked: ok(other) if asked.v6 else ok())
    assert facts[SAME].data["same"] is False
    assert facts[SAME].data["difference"] == 1.0
    assert facts[SAME].data["titles"] == ["云岭市人民政府", "欢迎访问"]


def test_small_differences_are_the_same_content() -> None:
    more = page(more=f"<p>{time.time()}</p><a href='/new.html'>刚刚发布的一条</a>")
    facts = look(lambda asked: ok(more) if asked.v6 else ok())
    assert facts[SAME].data["same"] is True
    assert 0 < facts[SAME].data["difference"] < 0.05
    assert facts[SAME].data["only_second"] == ["/new.html"]


def test_without_ipv6_here_nothing_is_said_of_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_facts, "has_ipv6_route", lambda: False)
    monkeypatch.setattr(web_facts, "has_ipv6_loopback", lambda: False)
    facts = look(v6=False)
    told = [fact for fact in facts.values() if fact.probe == "ipv6"]
    assert [(fact.outcome, fact.data["reason"]) for fact in told] == [("unchecked", "no-ipv6-here")]
    assert facts["dns", "www.a.gov.cn", "AAAA"].outcome == "ok"


@pytest.mark.parametrize(
    ("records", "outcome", "zone"),
    [
        ({"www.a.gov.cn NS": ["ns.x.cn."]}, "ok", "www.a.gov.cn"),
        ({"a.gov.cn NS": ["ns.x.cn."]}, "ok", "a.gov.cn"),
        ({"gov.cn NS": ["ns.x.cn."], "cn NS": ["ns.x.cn."]}, "nodata", ""),
        ({"a.gov.cn *": ["SERVFAIL"]}, "servfail", ""),
        (
            {"www.a.gov.cn CNAME": ["cdn.cn."], "cdn.cn NS": ["ns.cdn.cn."], "a.gov.cn NS": ["ns.x.cn."]},
            "ok",
            "a.gov.cn",
        ),
    ],
)
def test_the_zone_of_a_host(records: dict[str, list[str]], outcome: str, zone: str) -> None:
    base = {} if "www.a.gov.cn CNAME" in records else {"www.a.gov.cn A": ["127.0.0.1"]}
    facts = look(records=base | records)
    fact = facts["dns", "www.a.gov.cn", "NS"]
    assert (fact.outcome, fact.data["zone"]) == (outcome, zone)


def test_twins() -> None:
    names = {f"{host} A": ["127.0.0.1"] for host in ("same.cn", "moves.cn", "other.cn", "a.gov.cn", "busy.cn")}
    port = 0

    def answer(asked: Asked) -> bytes:
        if asked.host in ("moves.cn", "a.gov.cn"):
            return redirect(f"http://www.a.gov.cn:{port}/")
        if asked.host == "other.cn":
            return ok(page("别的网站", LINKS.replace("/art/", "/b/")))
        if asked.host == "busy.cn":
            return b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
        return ok()

    async def main() -> Facts:
        nonlocal port
        async with town(answer) as place, name_server(ZONE | names) as server:
            port = place.port
            site = place.site(aliases=["same.cn", "moves.cn", "gone.cn"], own_hosts=["other.cn", "busy.cn"])
            facts = await look_at_site(site, Resolver([server.server]), staging=True, gap=0)
            return {(fact.probe, fact.host, fact.key): fact for fact in facts}

    facts = asyncio.run(main())
    told = {host: fact for (probe, host, _), fact in facts.items() if probe == "twin"}
    assert set(told) == {"same.cn", "moves.cn", "gone.cn", "other.cn", "busy.cn", "a.gov.cn"}
    assert [host for host, fact in told.items() if fact.data["same"]] == ["same.cn"]
    assert told["same.cn"].data["similarity"] == 1.0
    for host in ("moves.cn", "a.gov.cn"):
        assert (told[host].data["redirect"], told[host].data["to_main"]) == (f"http://www.a.gov.cn:{port}/", True)
    assert told["gone.cn"].outcome == "dead"
    assert told["busy.cn"].outcome == "suspect"


def test_two_challenge_pages_are_no_twins() -> None:
    block = b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\nforbidden"
    facts = look(lambda asked: block, ZONE | {"b.cn A": ["127.0.0.1"]}, site={"aliases": ["b.cn"]})
    assert facts["twin", "b.cn", "home"].data["same"] is False


def test_an_https_site_has_its_certificate_told(tmp_path: Path) -> None:
    async def main() -> Facts:
        context = server_context(tmp_path, issue("www.a.gov.cn", days=(-100, -1)))
        async with town(lambda asked: ok(), tls=context) as place, name_server(ZONE) as names:
            site = place.site(scheme="https")
            facts = await look_at_site(site, Resolver([names.server]), staging=True, gap=0)
            return {(fact.probe, fact.host, fact.key): fact for fact in facts}

    facts = asyncio.run(main())
    tls = facts["tls", "www.a.gov.cn", "home"]
    assert (tls.outcome, tls.data["faults"]) == ("ok", ["expired", "self-signed"])
    assert facts[HOME].outcome == "ok"


def test_a_dead_name_server_ends_in_bounded_time_and_accuses_nobody() -> None:
    async def main() -> list[NetworkFact]:
        async with town(lambda asked: ok()) as place:
            resolver = Resolver([("127.0.0.1", free_port())], lifetime=1)
            return await look_at_site(place.site(), resolver, staging=True, gap=0)

    started = time.monotonic()
    facts = asyncio.run(main())
    assert time.monotonic() - started < 8
    assert {fact.outcome for fact in facts if fact.probe == "dns"} <= {"timeout"}
    assert not any(fact.outcome == "dead" for fact in facts)


def test_a_part_that_raises_takes_no_other_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(web_facts, "twin_fact", broken)
    facts = look(site={"aliases": ["b.cn"]})
    assert facts["twin", "www.a.gov.cn", "home"].outcome == "unchecked"
    assert "boom" in facts["twin", "www.a.gov.cn", "home"].data["error"]
    assert facts[HOME].outcome == "ok"


def below(asked: Asked) -> bytes | None:
    """A home page with ten second level links; each has ten third level ones; every second of all is not on IPv6."""
    number = int("".join(filter(str.isdigit, asked.path)) or 0)
    if asked.v6 and asked.path != "/" and number % 2:
        return None
    level = "b" if asked.path == "/" else "c"
    links = "".join(f'<a href="/{level}{number}{n}.html">第{n}条</a>' for n in range(10) if asked.path.count("c") == 0)
    return ok(page("云岭", links + '<a href="http://elsewhere.cn/x.html">外链</a>'))


def test_second_and_third_level_links() -> None:
    facts = look(below, sample=100)
    second, third = facts["ipv6", "www.a.gov.cn", "level2"], facts["ipv6", "www.a.gov.cn", "level3"]
    assert (second.data["of"], second.data["sampled"], second.data["supported"], second.data["rate"]) == (
        10,
        10,
        5,
        0.5,
    )
    assert {one["reason"] for one in second.data["failed"]} == {"connect-reset"}
    assert (third.data["of"], third.data["rate"]) == (50, 0.5), "only what opened over IPv6 is gone into"
    assert "elsewhere.cn" not in str(second.data)


def test_the_sample_is_seeded() -> None:
    def drawn(seed: int) -> str:
        facts = look(below, sample=3, seed=seed)
        data = facts["ipv6", "www.a.gov.cn", "level2"].data
        assert (data["sampled"], data["of"]) == (3, 10)
        return str(sorted(one["url"].split("/")[-1] for one in data["failed"]))

    assert drawn(1) == drawn(1)
    assert len({drawn(seed) for seed in range(5)}) > 1


def test_links_that_ipv4_does_not_open_either_are_untold() -> None:
    data = look(lambda asked: ok() if asked.path == "/" else None)["ipv6", "www.a.gov.cn", "level2"].data
    assert (data["untold"], data["failed"], data["rate"]) == (data["sampled"], [], None)


def test_resources_on_hosts_without_ipv6() -> None:
    hosts = {"six.cn AAAA": ["::1"], "four.cn A": ["127.0.0.1"], "sick.cn *": ["SERVFAIL"]}
    parts = "".join(f'<img src="http://{host}/{n}.png">' for host in ("six.cn", "four.cn", "sick.cn") for n in range(2))
    facts = look(lambda asked: ok(page(more=parts + '<link rel=stylesheet href="/s.css">')), ZONE | hosts)
    data = facts["dns", "www.a.gov.cn", "parts"].data
    assert (data["total"], data["ipv4_only"]) == (7, 2)
    assert {host: told["ipv6"] for host, told in data["hosts"].items()} == {
        "six.cn": True, "four.cn": False, "sick.cn": None, "www.a.gov.cn": True,
    }  # fmt: skip
    assert data["examples"] == ["http://four.cn/0.png", "http://four.cn/1.png"]
    assert data["rate"] == 0.6


def test_links_that_only_a_search_engine_gets() -> None:
    async def main() -> list[NetworkFact]:
        async with town(lambda asked: ok()) as place, name_server(ZONE) as names:

            def answer(asked: Asked) -> bytes:
                changing = f'<a href="http://ad.cn/{len(place.asked)}">每次不同</a>'
                bad = '<div style="display:none"><a href="http://bet.example.com/">彩票</a></div>'
                return ok(page(more=changing + (bad if b"Baiduspider" in place.heads[-1] else "")))

            place.answer = answer
            return await look_at_site(place.site(), Resolver([names.server]), staging=True, gap=0, sample=0)

    facts = asyncio.run(main())
    cloak = next(fact for fact in facts if fact.probe == "cloak")
    assert cloak.data["outside"] == ["http://bet.example.com/"]
    assert look()["cloak", "www.a.gov.cn", "home"].data["outside"] == []


def test_asking_as_a_search_engine_is_one_request_the_last_and_says_who_asks() -> None:
    """Firewalls that know the real spider may shut us out for it: nothing else of the look may depend on that."""

    async def main() -> list[bytes]:
        async with town(lambda asked: ok()) as place, name_server(ZONE) as names:
            ours = {"User-Agent": "Mozilla/5.0 (compatible; xuncha/0.1; +0872-0000000)"}
            site = place.site(aliases=["a.gov.cn"])
            await look_at_site(site, Resolver([names.server], 1), staging=True, headers=ours, gap=0, sample=2)
            return place.heads

    heads = asyncio.run(main())
    asked = [n for n, head in enumerate(heads) if b"Baiduspider" in head]
    assert asked == [len(heads) - 1]
    assert all(b"xuncha/0.1; +0872-0000000" in head for head in heads)


def test_a_site_that_refuses_the_search_engine_is_not_accused() -> None:
    async def main() -> list[NetworkFact]:
        async with town(lambda asked: ok()) as place, name_server(ZONE) as names:
            block = b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\nforbidden"
            place.answer = lambda asked: block if b"Baiduspider" in place.heads[-1] else ok()
            return await look_at_site(place.site(), Resolver([names.server], 1), staging=True, gap=0, sample=0)

    cloak = next(fact for fact in asyncio.run(main()) if fact.probe == "cloak")
    assert (cloak.outcome, cloak.data["outside"]) == ("blocked", [])


def test_what_an_https_page_takes_over_http(tmp_path: Path) -> None:
    async def main() -> list[NetworkFact]:
        context = server_context(tmp_path, issue("www.a.gov.cn"))
        body = page(more='<img src="http://a.cn/1.png"><script src="https://a.cn/2.js"></script><img src="/3.png">')
        async with town(lambda asked: ok(body), tls=context) as place, name_server(ZONE) as names:
            return await look_at_site(
                place.site(scheme="https"), Resolver([names.server]), staging=True, gap=0, sample=0
            )

    mixed = next(fact for fact in asyncio.run(main()) if fact.key == "mixed")
    assert (mixed.data["count"], mixed.data["examples"]) == (1, ["http://a.cn/1.png"])


def test_resolvers_that_disagree_are_told() -> None:
    async def main() -> list[NetworkFact]:
        other = ZONE | {"www.a.gov.cn A": ["127.0.0.9"]}
        async with town(lambda asked: ok()) as place, name_server(ZONE) as one, name_server(other) as two:
            resolver = Resolver([one.server, two.server], lifetime=1)
            return await look_at_site(place.site(), resolver, staging=True, gap=0, sample=0)

    servers = next(fact for fact in asyncio.run(main()) if fact.key == "servers")
    assert servers.data["agree"] is False
    assert sorted(servers.data["answers"].values()) == [["127.0.0.1"], ["127.0.0.9"]]


def test_dnssec_is_unknown_where_the_servers_give_no_signatures() -> None:
    dnssec = look()["dns", "www.a.gov.cn", "DNSSEC"]
    assert (dnssec.outcome, dnssec.data["state"]) == ("timeout", "unknown")


def test_a_site_that_sets_a_cookie_and_sends_one_back_is_no_loop() -> None:
    async def main() -> list[NetworkFact]:
        async with town(lambda asked: ok()) as place, name_server(ZONE) as names:

            def answer(asked: Asked) -> bytes:
                if b"Cookie: seen=1" in place.heads[-1]:
                    return ok()
                return b"HTTP/1.1 302 Found\r\nLocation: /\r\nSet-Cookie: seen=1; Path=/\r\nContent-Length: 0\r\n\r\n"

            place.answer = answer
            return await look_at_site(place.site(), Resolver([names.server]), staging=True, gap=0, sample=0)

    home = next(fact for fact in asyncio.run(main()) if (fact.probe, fact.key) == ("ipv6", "home"))
    assert (home.outcome, home.data["status"]) == ("ok", 200)


@pytest.mark.parametrize("location", ["http://[bad/", "ftp://a.cn/", "http://a b/", "\xff\xfe", "http://"])
def test_a_location_that_leads_nowhere_breaks_nothing(location: str) -> None:
    head = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode("latin-1")
    facts = look(lambda asked: head, sample=0)
    assert facts[HOME].outcome in ("suspect", "unchecked")
    assert not any("error" in fact.data for fact in facts.values())
