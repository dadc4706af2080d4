"""Subjects of a 专项通报: what is typed, what is printed, and the categories of findings that belong to it."""

from collections.abc import Mapping

SUBJECTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "ipv6": ("IPv6支持情况", ("IPv6不支持",)),
    "links": ("网站链接可用性", ("链接不可用",)),
    "columns": ("栏目信息更新情况", ("栏目不更新", "空白栏目", "首页不更新")),
    "domains": ("域名使用情况", ("域名不规范",)),
}
SUBJECT_NAMES = {"IPv6": "ipv6", "链接": "links", "栏目": "columns", "域名": "domains"}
