"""What a person may choose about a document."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from reports.paper import Shell
from reports.wording import Wording, standard
from reports.workdays import Workdays, official


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
