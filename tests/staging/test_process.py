"""The city's process: ports, files, DNS and web answers over real sockets, and its end with its parent."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import dns.message
import dns.query
import dns.rcode
import pytest
import yaml

from tests.staging.process import ROOT, City, CityError, start_city

AS_OF = datetime.fromisoformat("2026-11-20T10:00+08:00")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    with start_city(AS_OF, out_dir=tmp_path_factory.mktemp("city")) as running:
        yield running


def ask(
    city: City, host: str, path: str = "/", method: str = "GET", address: str = "127.0.0.1", **headers: str
) -> tuple[int, bytes, dict[str, str]]:
    connection = http.client.HTTPConnection(address, city.http_port, timeout=5)
    connection.request(
        method,
        path,
        headers={"Host": f"{host}:{city.http_port}", **{k.replace("_", "-"): v for k, v in headers.items()}},
    )
    response = connection.getresponse()
    answer = response.status, response.read(), {k.lower(): v for k, v in response.getheaders()}
    connection.close()
    return answer


def look_up(city: City, name: str, rtype: str, tcp: bool = False) -> dns.message.Message:
    query = dns.message.make_query(name, rtype)
    send = dns.query.tcp if tcp else dns.query.udp
    return send(query, "127.0.0.1", port=city.dns_port, timeout=2)


def gone(pid: int, seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        stat = Path(f"/proc/{pid}/stat")
        if stat.exists() and ") Z " in stat.read_text():
            return True
        time.sleep(0.05)
    return False


def test_files_say_the_ports(city: City) -> None:
    inventory = yaml.safe_load(city.inventory.read_text("utf-8"))
    assert inventory["sites"][0]["url"] == f"http://www.yunling.gov.cn:{city.http_port}/"
    assert yaml.safe_load(city.truth.read_text("utf-8"))["http_port"] == city.http_port


def test_web_answers(city: City) -> None:
    status, body, headers = ask(city, "www.yunling.gov.cn")
    assert status == 200 and "云岭市" in body.decode() and headers["content-type"] == "text/html; charset=utf-8"
    assert ask(city, "www.yunling.gov.cn", If_None_Match=headers["etag"])[0] == 304
    status, nothing, head = ask(city, "www.yunling.gov.cn", method="HEAD")
    assert status == 200 and not nothing and head["content-length"] == str(len(body))
    assert ask(city, "www.yunling.gov.cn", "/no/such/page.html")[0] == 404
    assert ask(city, "unknown.example")[0] == 421
    moved = ask(city, "www.yunling.gov.cn", "/xwzx/yw")
    assert moved[0] == 301 and moved[2]["location"] == "/xwzx/yw/"
    assert "云岭市水利局" in ask(city, "slj.yunling.gov.cn")[1].decode("gbk")
    assert ask(city, "yunling.gov.cn")[2]["location"] == f"http://www.yunling.gov.cn:{city.http_port}/"
    assert ask(city, "www.ylcity.gov.cn")[1] == body
    assert "云岭市教育局" in ask(city, "127.0.0.1")[1].decode()


def test_one_connection_serves_many_requests(city: City) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", city.http_port, timeout=5)
    for path in ("/", "/xwzx/yw/", "/nothing", "/css/gov.css"):
        connection.request("GET", path, headers={"Host": "www.yunling.gov.cn"})
        response = connection.getresponse()
        response.read()
        assert not response.will_close
    connection.close()


def test_ipv6_is_dropped_for_one_host_only(city: City) -> None:
    if not city.ipv6:
        pytest.skip("no ::1 on this machine")
    assert ask(city, "www.yunling.gov.cn", address="::1")[0] == 200
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        ask(city, "kjj.yunling.gov.cn", address="::1")
    assert ask(city, "kjj.yunling.gov.cn")[0] == 200


def test_behaviours(city: City) -> None:
    host = "www.yunling.gov.cn"
    assert ask(city, host, "/xwzx/ywzt/head405.html", "HEAD")[0] == 405
    assert ask(city, host, "/xwzx/ywzt/head405.html")[0] == 200
    assert ask(city, host, "/images/protected/hy.png")[0] == 403
    assert ask(city, host, "/images/protected/hy.png", Referer=f"http://{host}/")[0] == 200
    assert [ask(city, host, "/zdly/zfbz/flaky.html")[0] for _ in range(2)] == [503, 200]
    status, _, headers = ask(city, "data.dianyun.gov.cn")
    assert status == 429 and headers["retry-after"] == "1"
    assert ask(city, "data.dianyun.gov.cn")[0] == 200
    assert ask(city, "credit.dianyun.gov.cn")[0] == 412 and ask(city, "www.dyczt.gov.cn")[0] == 521
    assert ask(city, host, "/user/my.html")[0] == 302 and ask(city, host, "/user/center.html")[0] == 401
    large = ask(city, host, "/zdly/hjbh/fj/report.zip", "HEAD")
    assert large[2]["content-length"] == str(40 * 1024 * 1024)


@pytest.mark.parametrize("tcp", [False, True])
def test_names(city: City, tcp: bool) -> None:
    def values(name: str, rtype: str) -> set[str]:
        return {item.to_text() for rrset in look_up(city, name, rtype, tcp).answer for item in rrset}

    assert values("www.yunling.gov.cn", "A") == {"127.0.0.1"} and values("www.yunling.gov.cn", "AAAA") == {"::1"}
    assert values("yunling.gov.cn", "NS") == {"ns1.yunling.gov.cn.", "ns2.yunling.gov.cn."}
    assert values("ns1.yunling.gov.cn", "AAAA") == {"::1"}
    assert values("nyj.yunling.gov.cn", "NS") == {"ns1.nyjdns.com.", "ns2.nyjdns.com."}
    no_data = look_up(city, "jtj.yunling.gov.cn", "AAAA", tcp)
    assert no_data.rcode() == dns.rcode.NOERROR and not no_data.answer and no_data.authority
    assert look_up(city, "www.example.com", "A", tcp).rcode() == dns.rcode.NXDOMAIN
    assert look_up(city, "www.ylzhaoshang.com.cn", "A", tcp).rcode() == dns.rcode.NXDOMAIN
    assert look_up(city, "yjgl.ylxz2.cn", "A", tcp).rcode() == dns.rcode.SERVFAIL


def test_a_silent_name_gets_no_answer(city: City) -> None:
    with pytest.raises(dns.exception.Timeout):
        dns.query.udp(dns.message.make_query("fengming.ylxz.cn", "A"), "127.0.0.1", port=city.dns_port, timeout=0.3)


def test_nonsense_on_the_wire_harms_nothing(city: City) -> None:
    with socket.create_connection(("127.0.0.1", city.http_port), timeout=5) as sock:
        sock.sendall(b"\x16\x03\x01\x02\x00 nonsense\r\n\r\n")
        assert sock.recv(100) == b""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.sendto(b"\x00\x01nonsense", ("127.0.0.1", city.dns_port))
    assert look_up(city, "www.yunling.gov.cn", "A").answer
    assert ask(city, "www.yunling.gov.cn")[0] == 200


def test_default_ports_taken_others_are_used_but_given_ports_are_an_error(city: City, tmp_path: Path) -> None:
    with start_city(AS_OF) as other:
        assert other.http_port != city.http_port and other.dns_port != city.dns_port
        folder = other.inventory.parent
        with pytest.raises(CityError, match=str(city.http_port)):
            start_city(AS_OF, http_port=city.http_port, dns_port=other.dns_port, out_dir=tmp_path)
    assert not folder.exists()
    ports = other.http_port, other.dns_port
    with start_city(AS_OF, *ports, out_dir=tmp_path) as again:
        assert (again.http_port, again.dns_port) == ports


def test_stop_ends_the_process() -> None:
    city = start_city(AS_OF)
    city.stop()
    city.stop()
    assert gone(city.pid)


def test_city_dies_with_a_parent_that_is_killed() -> None:
    code = (
        "import datetime, time\nfrom tests.staging.process import start_city\n"
        "city = start_city(datetime.datetime(2026, 11, 20, 10))\nprint(city.pid, flush=True)\ntime.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    pid = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert gone(pid)
