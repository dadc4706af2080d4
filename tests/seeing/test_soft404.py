"""Soft 404: the profile of random addresses, and who must never be taken for an error page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.outcomes import Reason
from crawler.seeing.soft404 import (
    SHAPES,
    Answer,
    HostProfile,
    Probe,
    Signature,
    build_profile,
    folder_of,
    judge,
    looks_missing,
    probe_paths,
    says_missing,
    similarity,
)

HOST = "http://www.yunling.gov.cn"
TEMPLATE = (
    "首页 政务公开 政务服务 互动交流 走进云岭 通知公告 政策文件 领导之窗 机构职能 "
    "主办单位云岭市人民政府办公室 网站标识码"
)
TITLE = "云岭市人民政府门户网站"
HOME = TEMPLATE + "市委常委会召开会议研究部署年末重点工作 全市营商环境大会召开 重点项目集中开工" * 8
ERROR = TEMPLATE + "抱歉，您访问的页面不存在或者已经被删除，五秒后自动返回首页"
ARTICLE = (
    TEMPLATE
    + "关于印发云岭市冬季森林草原防灭火工作方案的通知各乡镇人民政府市直各部门现将方案印发给你们请认真贯彻执行" * 10
)


def sign(path: str, title: str, text: str, name: str = "") -> Signature:
    return Signature(HOST + path, 200, title, text, name=name)


home = sign("/", TITLE, HOME)


def probe_answers(title: str, text: str, to: str | None = None, shapes: tuple[str, ...] = SHAPES) -> list[Answer]:
    """Answers of a host that gives the same page for random addresses of `shapes` and 404 for the others."""
    found = []
    for probe in probe_paths(HOST + "/", 7):
        if probe.shape not in shapes:
            found.append(Answer(probe, Reason.HTTP_404))
            continue
        url = probe.url if to is None else HOST + to.format(name=probe.name)
        said = text.replace("{name}", probe.name)
        found.append(Answer(probe, Reason.OK, Signature(url, 200, title, said, name=probe.name)))
    return found


def profile_of(title: str, text: str, to: str | None = None, shapes: tuple[str, ...] = SHAPES) -> HostProfile:
    return build_profile(probe_answers(title, text, to, shapes), home)


def test_probe_paths_have_three_shapes_and_a_seed() -> None:
    probes = probe_paths(HOST + "/a/b/c/1.html", 7)
    assert [probe.shape for probe in probes] == list(SHAPES)
    assert [probe.url.removeprefix(HOST + "/a/b/" + probe.name) for probe in probes] == ["", "/", ".html"]
    assert probes == probe_paths(HOST + "/a/b/2.html", 7) != probe_paths(HOST + "/a/b/2.html", 8)
    assert len({probe.name for probe in probes + probe_paths(HOST + "/", 7)}) == 6


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("http://a.cn", "http://a.cn/"),
        ("http://a.cn/x.html", "http://a.cn/"),
        ("http://a.cn/b/x.html", "http://a.cn/"),
        ("http://a.cn/b/c/x.html?y=1#z", "http://a.cn/b/c/"),
        ("http://a.cn/b/c/d/e/", "http://a.cn/b/c/"),
        ("https://a.cn:8443//b//c//", "https://a.cn:8443/b/c/"),
    ],
)
def test_folder_of(url: str, folder: str) -> None:
    assert folder_of(url) == folder


def test_an_honest_host_needs_no_profile() -> None:
    profile = build_profile([Answer(probe, Reason.HTTP_404) for probe in probe_paths(HOST + "/", 7)], home)
    assert profile.honest and not profile.catch_all
    assert judge(profile, HOST + "/a.html", sign("/a.html", TITLE, ERROR)) is None


@pytest.mark.parametrize("reason", [Reason.HTTP_403, Reason.TIMEOUT, Reason.WAF_JSL, Reason.LOGIN, Reason.RATE_LIMITED])
def test_refused_probes_say_nothing(reason: Reason) -> None:
    profile = build_profile([Answer(probe, reason) for probe in probe_paths(HOST + "/", 7)], home)
    assert not profile.honest and not profile.catch_all and not profile.missing
    assert judge(profile, HOST + "/a.html", sign("/a.html", TITLE, ERROR)) is None


def test_the_error_page_sent_with_200() -> None:
    profile = profile_of(TITLE, ERROR)
    assert judge(profile, HOST + "/old.html", sign("/old.html", TITLE, ERROR)) is Reason.SOFT_404
    assert judge(profile, HOST + "/old/", sign("/old/", TITLE, ERROR + "12:30:05")) is Reason.SOFT_404


def test_an_error_page_that_repeats_the_address() -> None:
    profile = profile_of("404 {name}", ERROR + "您访问的地址是{name}请核对")
    page = sign("/old.html", "404 old", ERROR + "您访问的地址是old请核对")
    assert judge(profile, HOST + "/old.html", page) is Reason.SOFT_404


def test_a_redirect_to_the_error_page() -> None:
    profile = profile_of("出错了", ERROR, to="/error.html")
    page = sign("/error.html", "出错了", ERROR)
    assert judge(profile, HOST + "/old.html", page, redirected=True) is Reason.SOFT_404
    echoed = profile_of("出错了", ERROR, to="/error.html?url={name}")
    page = sign("/error.html?url=old", "出错了", ERROR)
    assert judge(echoed, HOST + "/old.html", page, redirected=True) is Reason.SOFT_404


def test_a_redirect_to_the_home_page() -> None:
    profile = profile_of(TITLE, HOME, to="/")
    assert not profile.catch_all
    assert judge(profile, HOST + "/zwgk/old.html", home, redirected=True) is Reason.SOFT_404


def test_a_query_that_repeats_the_address_says_nothing_and_any_other_tells_pages_apart() -> None:
    echoed = profile_of(TITLE, HOME, to="/?err={name}")
    assert judge(echoed, HOST + "/old.html", sign("/?err=old", TITLE, HOME), redirected=True) is Reason.SOFT_404
    fixed = profile_of(TITLE, HOME, to="/show.jsp?err=1")
    assert judge(fixed, HOST + "/old.html", sign("/show.jsp?err=1", TITLE, HOME), redirected=True) is Reason.SOFT_404
    assert judge(fixed, HOST + "/old.html", sign("/show.jsp?id=5", TITLE, HOME), redirected=True) is None


def test_the_same_address_with_another_page_is_another_page() -> None:
    profile = profile_of(TITLE, HOME, to="/show.jsp")
    other = sign("/show.jsp", "办事指南", ARTICLE)
    assert judge(profile, HOST + "/old.html", other, redirected=True) is None
    assert judge(profile, HOST + "/old.html", sign("/show.jsp", "另一标题", HOME), redirected=True) is Reason.SOFT_404
    assert judge(profile, HOST + "/old.html", sign("/show.jsp", TITLE, ARTICLE), redirected=True) is None
    assert judge(profile, HOST + "/show.jsp", sign("/show.jsp", TITLE, HOME)) is None  # asked for as it is


@pytest.mark.parametrize("path", ["/", "/index.html", "/index.jsp", "/default.aspx", "/main/", "/web/index.shtml"])
def test_entrances_may_lead_to_the_home_page(path: str) -> None:
    profile = profile_of(TITLE, HOME, to="/")
    assert judge(profile, HOST + path, home, redirected=True) is None


def test_a_site_that_moved_is_no_dead_link() -> None:
    answers = [
        Answer(probe, Reason.REDIRECTED, Signature("http://new.gov.cn/", 200, TITLE, HOME, name=probe.name))
        for probe in probe_paths(HOST + "/", 7)
    ]
    profile = build_profile(answers, home)
    page = Signature("http://new.gov.cn/", 200, TITLE, HOME)
    assert judge(profile, HOST + "/zwgk/old.html", page, redirected=True) is None


def test_a_change_of_scheme_is_no_redirect_elsewhere() -> None:
    answers = [
        Answer(p, Reason.REDIRECTED, Signature(p.url.replace("http:", "https:"), 200, TITLE, ERROR, name=p.name))
        for p in probe_paths(HOST + "/", 7)
    ]
    profile = build_profile(answers, home)
    https = Signature("https://www.yunling.gov.cn/a.html", 200, TITLE, ARTICLE)
    assert judge(profile, HOST + "/a.html", https, redirected=True) is None
    gone = Signature("https://www.yunling.gov.cn/b.html", 200, TITLE, ERROR)
    assert judge(profile, HOST + "/b.html", gone, redirected=True) is Reason.SOFT_404


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (TITLE, ARTICLE),
        (TITLE, ERROR + ARTICLE),  # an article that quotes the error page
        (TITLE, TEMPLATE + "暂无内容"),  # a blank column
        (TITLE, TEMPLATE + "栏目建设中敬请期待"),
        ("领导之窗", TEMPLATE + "市长张某主持市政府全面工作"),
        (
            "关于页面不存在的说明",
            TEMPLATE + "近期网站改版，您访问的页面不存在的，请从首页重新进入，给您带来不便敬请谅解",
        ),
        (TITLE, ""),
    ],
)
def test_innocent_pages_of_a_soft_host(title: str, text: str) -> None:
    assert judge(profile_of(TITLE, ERROR), HOST + "/zwgk/a.html", sign("/zwgk/a.html", title, text)) is None


def test_exempt_whatever_they_look_like() -> None:
    profile, page = profile_of(TITLE, ERROR), sign("/a.html", TITLE, ERROR)
    assert looks_missing(profile, page)
    assert not looks_missing(profile, page, is_home=True)
    assert not looks_missing(profile, page, has_date_and_body=True)


def test_a_phrase_alone_never_decides() -> None:
    page = sign("/a.html", "页面不存在", "您访问的页面不存在")
    assert says_missing(page)
    assert not looks_missing(profile_of(TITLE, TEMPLATE + "系统繁忙请稍后再试谢谢合作"), page)
    assert not looks_missing(HostProfile({}), page)


def test_an_error_page_that_says_nothing_of_its_own_proves_nothing() -> None:
    assert not looks_missing(profile_of(TITLE, TEMPLATE), sign("/a.html", TITLE, TEMPLATE))


def test_without_the_home_page_a_phrase_is_needed_too() -> None:
    silent = build_profile(probe_answers(TITLE, TEMPLATE + "信息已经下线了请返回首页查看其他信息"))
    assert not looks_missing(silent, sign("/a.html", TITLE, TEMPLATE + "信息已经下线了请返回首页查看其他信息"))
    told = build_profile(probe_answers(TITLE, ERROR))
    assert looks_missing(told, sign("/a.html", TITLE, ERROR))


def test_catch_all_by_the_home_page() -> None:
    profile = profile_of(TITLE, HOME)
    assert profile.catch_all and not profile.missing
    assert judge(profile, HOST + "/zwgk/a.html", sign("/zwgk/a.html", TITLE, HOME)) is Reason.CATCH_ALL
    assert judge(profile, HOST + "/", home) is None
    assert judge(profile, HOST + "/b.html", sign("/b.html", "通知", ARTICLE), has_date_and_body=True) is None


def test_catch_all_by_a_page_like_real_ones() -> None:
    real = sign("/real.html", "办事大厅", HOME[::-1])
    profile = build_profile(probe_answers("办事大厅", HOME[::-1]), home, [real])
    assert profile.catch_all


def test_catch_all_by_made_up_pages() -> None:
    texts = ["云岭要闻市政府召开会议部署工作", "教育体育卫生健康文化旅游民政", "招标采购中标公示合同公告更正"]
    answers = [
        Answer(p, Reason.OK, Signature(p.url, 200, p.name, text * 40, name=p.name))
        for p, text in zip(probe_paths(HOST + "/", 7), texts, strict=True)
    ]
    assert build_profile(answers, home).catch_all


def test_a_shape_that_catches_all_beside_an_honest_one() -> None:
    profile = profile_of(TITLE, HOME, shapes=("plain",))
    assert not profile.catch_all and not profile.honest
    assert judge(profile, HOST + "/zwgk", sign("/zwgk", TITLE, HOME)) is Reason.CATCH_ALL
    assert judge(profile, HOST + "/zwgk", sign("/zwgk", "政务公开", ARTICLE)) is None
    assert judge(profile, HOST + "/a.html", sign("/a.html", TITLE, HOME)) is None


def test_similarity() -> None:
    one = sign("/a", "", ERROR)
    assert similarity(one, sign("/b", "", ERROR + "2026-11-23 12:00")) == 1.0
    assert similarity(one, sign("/b", "", ARTICLE)) < 0.6
    assert similarity(sign("/a", "", ""), sign("/b", "", "")) == 1.0
    assert similarity(one, sign("/b", "", "")) == 0.0


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=30))
def test_similarity_is_a_share_and_symmetric(a: str, b: str, title: str) -> None:
    one, other = sign("/a", title, a), sign("/b", title, b)
    assert 0.0 <= similarity(one, other) <= 1.0
    assert similarity(one, other) == similarity(other, one)
    assert similarity(one, one) == 1.0


@given(st.text(max_size=200), st.text(max_size=200), st.booleans(), st.booleans())
def test_dated_articles_are_safe_on_any_host(error: str, text: str, redirected: bool, is_home: bool) -> None:
    profile = profile_of("t", error)
    page = sign("/a.html", "t", text)
    assert (
        judge(profile, HOST + "/a.html", page, has_date_and_body=True, redirected=redirected, is_home=is_home) is None
    )


def test_a_probe_is_plain_data() -> None:
    assert Probe("http://a/x", "plain", "x") == Probe("http://a/x", "plain", "x")
