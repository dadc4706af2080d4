"""What a person may choose about a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from reports.paper import Shell
from reports.wording import Wording, standard
from reports.workdays import Workdays, official

SUBJECTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "ipv6": ("IPv6支持情况", ("IPv6不支持",)),
    "links": ("网站链接可用性", ("链接不可用",)),
    "columns": ("栏目信息更新情况", ("栏目不更新", "空白栏目", "首页不更新")),
    "domains": ("域名使用情况", ("域名不规范",)),
}
SUBJECT_NAMES = {"IPv6": "ipv6", "链接": "links", "栏目": "columns", "域名": "domains"}


@dataclass(frozen=True)
class Options:
    """Choices of one bulletin; what is not chosen comes from the inventory or stands as a marked slot.

    `decimals` of rates: 0, 1 or 2. `signed` is 成文日期, by default the monitoring day. `subject` makes a
    专项 bulletin. `issue` is n of 第n期, `doc_no` the typed 发文字号, `remark` the 附注 (此件公开发布).
    """

    signed: date | None = None
    doc_no: str = ""
    issue: int | None = None
    subject: str = ""
    decimals: int = 1
    shell: Shell | None = None
    copies: str = ""
    remark: str = ""
    wording: Wording = field(default_factory=standard)
    workdays: Workdays = field(default_factory=official)
