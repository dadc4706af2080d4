"""A fictional city: units, sites and columns, with names that are hostile to every format."""

from __future__ import annotations

from datetime import date
from typing import Any

from crawler.inventory import Inventory

AS_OF = date(2026, 11, 20)
HOSTILE = {
    "jyj": "云岭市教育局<script>alert(1)</script>&科技局",
    "swj": "=cmd|' /C calc'!A0",
    "lyj": "云岭市文化和旅游局😀",
    "rsj": "云岭市人力资源和社会保障局暨退役军人事务服务保障中心（云岭市就业创业指导办公室）",
    "mzj": "云岭市瀍垟堃邘鄠镕街道办事处",
}
UNITS = [
    ("zfb", "云岭市人民政府办公室", "government"),
    ("jyj", HOSTILE["jyj"], "department"),
    ("swj", HOSTILE["swj"], "department"),
    ("lyj", HOSTILE["lyj"], "department"),
    ("rsj", HOSTILE["rsj"], "department"),
    ("mzj", HOSTILE["mzj"], "township"),
    ("czj", "云岭市财政局", "department"),
    ("zjj", "云岭市住房和城乡建设局", "department"),
    ("jtj", "云岭市交通运输局", "department"),
    ("nyj", "云岭市农业农村局", "department"),
    ("wjw", "云岭市卫生健康委员会", "department"),
    ("yjj", "云岭市应急管理局", "department"),
    ("tjj", "云岭市统计局", "department"),
    ("slj", "云岭市水务局", "department"),
    ("qtz", "青桐镇人民政府", "township"),
    ("hxz", "河西镇人民政府", "township"),
]
PLAIN_NAMES = {
    "jyj": "云岭市教育局",
    "swj": "云岭市商务局",
    "lyj": "云岭市文化和旅游局",
    "rsj": "云岭市人力资源和社会保障局",
    "mzj": "云岭市民政局",
}
SITE_UNITS = ["zfb", "jyj", "swj", "lyj", "rsj", "mzj", "czj", "zjj", "jtj", "nyj", "wjw", "yjj"]
COLUMN_KINDS = [
    ("要闻动态", "动态要闻", 14),
    ("通知公告", "通知公告", 182),
    ("政策文件", "政策文件", 182),
    ("政策解读", "政策解读", 182),
    ("人事信息", "人事信息", 365),
    ("规划计划", "规划计划", 365),
    ("统计信息", "统计信息", 365),
    ("财政资金", "财政资金", 365),
]
REASONS = [("http-404", 404), ("dns-nxdomain", None), ("connect-refused", None), ("soft-404", 200), ("empty-file", 200)]


def inventory(hostile: bool = True, sites: int = 12, shell: str = "letterhead", **bulletin: Any) -> Inventory:
    """The city: sixteen units, `sites` sites with eight columns each, two media accounts."""
    named = [(i, name if hostile else PLAIN_NAMES.get(i, name), kind) for i, name, kind in UNITS]
    rows = []
    for n in range(sites):
        sid, unit = site_id(n), SITE_UNITS[n % len(SITE_UNITS)]
        rows.append(
            {
                "id": sid,
                "name": site_name(n, {i: x for i, x, _ in named}),
                "kind": "portal" if n == 0 else "department",
                "unit": unit,
                "url": site_url(n),
                "site_code": f"53290100{n:02d}",
                "columns": [
                    {"id": f"c{k}", "name": name, "url": f"/c{k}/", "type": kind, "unit": column_unit(n, k)}
                    for k, (name, kind, _) in enumerate(COLUMN_KINDS)
                ],
            }
        )
    head = {
        "title": "云岭市政府网站与政务公开巡查通报",
        "shell": shell,
        "addressees": ["各乡镇人民政府、街道办事处", "市直各部门"],
        "basis": ["国办发〔2017〕47号", "国办秘函〔2019〕19号"],
        "deadline_workdays": 10,
        "contact": "市政务公开办 0872-0000000",
    }
    return Inventory.model_validate(
        {
            "city": "云岭市",
            "region_code": "532901",
            "issuer": "云岭市人民政府办公室",
            "bulletin": head | bulletin,
            "units": [{"id": i, "name": name, "kind": kind} for i, name, kind in named],
            "sites": rows,
            "media_accounts": [
                {"unit": "jyj", "platform": "微信公众号", "name": "云岭教育", "last_post": "2026-11-18"},
                {"unit": "lyj", "platform": "微博", "name": "云岭文旅", "last_post": "2026-09-01"},
            ],
        }
    )


def site_id(n: int) -> str:
    """Id of the n-th site; the portal first."""
    return "portal" if n == 0 else f"site{n:02d}"


def site_url(n: int) -> str:
    """Home page of the n-th site."""
    return "http://www.yunling.gov.cn/" if n == 0 else f"http://s{n}.yunling.gov.cn/"


def site_name(n: int, units: dict[str, str]) -> str:
    """Name of the n-th site."""
    return (
        "云岭市人民政府门户网站"
        if n == 0
        else f"{units[SITE_UNITS[n % len(SITE_UNITS)]]}网站{n // len(SITE_UNITS) or ''}"
    )


def column_unit(n: int, k: int) -> str:
    """The portal's columns are kept by many units, a department's by itself."""
    return UNITS[(k * 2 + 1) % len(UNITS)][0] if n == 0 else SITE_UNITS[n % len(SITE_UNITS)]
