"""The typed outcome of every request: five states, each with one reason of a closed list."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """访问结果. Only `dead` is ever printed as a problem; the others are told as coverage or work list."""

    OK = "ok"
    DEAD = "dead"
    SUSPECT = "suspect"
    BLOCKED = "blocked"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class ReasonInfo:
    """What a reason means to a person.

    `outcome` is what one attempt with this reason shows by itself; only `crawler.seeing.recheck.settled` makes a link
    `dead` of it. `name` and `advice` are printed as they stand. `confirmable`: two failed GETs at least RECHECK_DELAY
    apart in one run make it dead (contract 4). `later`: stays suspect until a check at least six hours later fails
    as well. A reason with neither is never dead by the machine alone.
    """

    outcome: Outcome
    name: str
    advice: str = ""
    confirmable: bool = False
    later: bool = False


class Reason(StrEnum):
    """Why a request ended as it did. Closed: a new reason needs its line in `REASONS`."""

    OK = "ok"
    REDIRECTED = "redirected"
    HTTP_404 = "http-404"
    HTTP_410 = "http-410"
    DNS_NXDOMAIN = "dns-nxdomain"
    CONNECT_REFUSED = "connect-refused"
    SOFT_404 = "soft-404"
    EMPTY_FILE = "empty-file"
    WRONG_TYPE = "wrong-type"
    HTTP_4XX = "http-4xx"
    HTTP_5XX = "http-5xx"
    TIMEOUT = "timeout"
    CONNECT_RESET = "connect-reset"
    CONNECT_FAILED = "connect-failed"
    DNS_FAILURE = "dns-failure"
    REDIRECT_LOOP = "redirect-loop"
    BAD_RESPONSE = "bad-response"
    TRUNCATED = "truncated"
    TLS_HANDSHAKE = "tls-handshake"
    TLS_SM2_ONLY = "tls-sm2-only"
    HOST_DOWN = "host-down"
    CHANGED_OWNER = "changed-owner"
    EMPTY_PAGE = "empty-page"
    VIEWER_PAGE = "viewer-page"
    HTTP_403 = "http-403"
    WAF_RUISHU = "waf-ruishu"
    WAF_JSL = "waf-jsl"
    WAF_OTHER = "waf-other"
    RATE_LIMITED = "rate-limited"
    LOGIN = "login"
    ROBOTS = "robots"
    BUDGET = "budget"
    DEPTH = "depth"
    TRAP = "trap"
    SCHEME = "scheme"
    INTRANET_ADDRESS = "intranet-address"
    BAD_ADDRESS = "bad-address"
    CATCH_ALL = "catch-all"
    NOT_SAVED = "not-saved"
    TOO_LARGE = "too-large"
    OWN_NETWORK = "own-network"
    NO_IPV6_HERE = "no-ipv6-here"
    NOT_REACHED = "not-reached"
    TOOL_ERROR = "tool-error"


_O = Outcome
_ALLOW = "将监测地址列入白名单"
_RUNS = "核实目标系统运行是否正常"
REASONS: dict[Reason, ReasonInfo] = {
    Reason.OK: ReasonInfo(_O.OK, "正常"),
    Reason.REDIRECTED: ReasonInfo(_O.OK, "跳转后正常"),
    Reason.HTTP_404: ReasonInfo(_O.DEAD, "页面不存在（404）", "更正或删除该链接", confirmable=True),
    Reason.HTTP_410: ReasonInfo(_O.DEAD, "页面已删除（410）", "删除该链接", confirmable=True),
    Reason.DNS_NXDOMAIN: ReasonInfo(_O.DEAD, "域名不存在", "核对域名，更正或删除该链接", confirmable=True),
    Reason.CONNECT_REFUSED: ReasonInfo(
        _O.DEAD, "服务器拒绝连接", "核实目标系统是否停用，停用的删除该链接", confirmable=True
    ),
    Reason.SOFT_404: ReasonInfo(
        _O.DEAD, "页面提示内容不存在", "更正或删除该链接，并让服务器对不存在的页面返回404", confirmable=True
    ),
    Reason.EMPTY_FILE: ReasonInfo(_O.DEAD, "附件为空文件", "重新上传附件", confirmable=True),
    Reason.WRONG_TYPE: ReasonInfo(_O.DEAD, "文件内容与格式不符", "重新上传文件", confirmable=True),
    Reason.HTTP_4XX: ReasonInfo(_O.SUSPECT, "服务器返回4xx错误", "人工打开，核实目标页面是否可以访问"),
    Reason.HTTP_5XX: ReasonInfo(_O.SUSPECT, "服务器返回5xx错误", _RUNS, later=True),
    Reason.TIMEOUT: ReasonInfo(_O.SUSPECT, "访问超时", "核实目标系统响应速度", later=True),
    Reason.CONNECT_RESET: ReasonInfo(_O.SUSPECT, "连接被中断", _RUNS, later=True),
    Reason.CONNECT_FAILED: ReasonInfo(_O.SUSPECT, "无法建立连接", "核实目标系统网络是否连通", later=True),
    Reason.DNS_FAILURE: ReasonInfo(_O.SUSPECT, "域名解析失败", "核实域名解析服务是否正常", later=True),
    Reason.REDIRECT_LOOP: ReasonInfo(_O.SUSPECT, "循环跳转", "更正跳转设置", later=True),
    Reason.BAD_RESPONSE: ReasonInfo(_O.SUSPECT, "应答不符合协议", _RUNS, later=True),
    Reason.TRUNCATED: ReasonInfo(_O.SUSPECT, "内容传输不完整", "核实文件能否完整下载", later=True),
    Reason.TLS_HANDSHAKE: ReasonInfo(_O.SUSPECT, "安全连接失败", "核实证书与加密协议", later=True),
    Reason.TLS_SM2_ONLY: ReasonInfo(_O.SUSPECT, "仅支持国密协议", "同时提供国际通用加密协议"),
    Reason.HOST_DOWN: ReasonInfo(_O.SUSPECT, "整个主机访问异常", "核实该站点运行状况及是否限制监测地址"),
    Reason.CHANGED_OWNER: ReasonInfo(_O.SUSPECT, "域名疑似已易主", "人工查看，不是原单位的删除该链接"),
    Reason.EMPTY_PAGE: ReasonInfo(_O.SUSPECT, "页面内容为空", "人工打开，核实页面能否正常显示"),
    Reason.VIEWER_PAGE: ReasonInfo(_O.SUSPECT, "文件地址返回网页", "人工点击，核实文件能否查看或下载"),
    Reason.HTTP_403: ReasonInfo(_O.BLOCKED, "拒绝访问（403）", _ALLOW),
    Reason.WAF_RUISHU: ReasonInfo(_O.BLOCKED, "防护系统拦截（瑞数）", _ALLOW),
    Reason.WAF_JSL: ReasonInfo(_O.BLOCKED, "防护系统拦截（加速乐）", _ALLOW),
    Reason.WAF_OTHER: ReasonInfo(_O.BLOCKED, "防护系统拦截", _ALLOW),
    Reason.RATE_LIMITED: ReasonInfo(_O.BLOCKED, "访问频率受限（429）", "降低监测频率，或" + _ALLOW),
    Reason.LOGIN: ReasonInfo(_O.UNCHECKED, "需登录后访问"),
    Reason.ROBOTS: ReasonInfo(_O.UNCHECKED, "网站声明不允许抓取", "网站主办单位同意后，在清单中写明 robots: ignore"),
    Reason.BUDGET: ReasonInfo(_O.UNCHECKED, "超出本轮检查数量", "需要时提高 PAGES_PER_SITE"),
    Reason.DEPTH: ReasonInfo(_O.UNCHECKED, "超出本轮检查层级", "需要时提高 DEPTH_LIMIT"),
    Reason.TRAP: ReasonInfo(_O.UNCHECKED, "地址无限循环"),
    Reason.SCHEME: ReasonInfo(_O.UNCHECKED, "非网页地址"),
    Reason.INTRANET_ADDRESS: ReasonInfo(_O.UNCHECKED, "内网地址", "公开页面不应链接内网地址，更正或删除该链接"),
    Reason.BAD_ADDRESS: ReasonInfo(_O.UNCHECKED, "地址书写错误", "更正地址书写"),
    Reason.CATCH_ALL: ReasonInfo(_O.UNCHECKED, "该主机对任何地址均返回正常页面", "让服务器对不存在的页面返回404"),
    Reason.NOT_SAVED: ReasonInfo(_O.UNCHECKED, "回放中未保存的页面"),
    Reason.TOO_LARGE: ReasonInfo(_O.UNCHECKED, "内容过大，未读完"),
    Reason.OWN_NETWORK: ReasonInfo(_O.UNCHECKED, "监测端网络异常", "检查监测端网络后重新巡查"),
    Reason.NO_IPV6_HERE: ReasonInfo(_O.UNCHECKED, "监测端无IPv6网络", "在具备IPv6网络的机器上巡查"),
    Reason.NOT_REACHED: ReasonInfo(_O.UNCHECKED, "本轮未检查到"),
    Reason.TOOL_ERROR: ReasonInfo(_O.UNCHECKED, "监测程序出错", "把运行日志交给维护人员"),
}


@dataclass(frozen=True, slots=True)
class Seeing:
    """One attempt's result: `outcome` as this attempt alone shows it, before any recheck."""

    reason: Reason
    status: int | None = None
    detail: str = ""

    @property
    def outcome(self) -> Outcome:
        return REASONS[self.reason].outcome
