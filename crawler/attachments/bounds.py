"""How much of an attachment is read: the sender decides its content, so everything is bounded."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from time import monotonic

MAX_UNPACKED = 32 << 20  # bytes that the members of one archive may give together
MAX_MEMBERS = 500
MAX_RATIO = 200  # unpacked to packed, above a first megabyte: text in an office file reaches some 50
MAX_TEXT = 4_000_000  # characters of one attachment
MAX_SECONDS = 20.0
MAX_DEPTH = 2  # an archive in an archive


class Refused(Exception):
    """An attachment that is not read, or not further; the message is Chinese."""


class Unreadable(Refused):
    """A file of a kind that is not read: a scan, a RAR, a locked one. What stands beside it in an archive still is."""


@dataclass
class Budget:
    """What is left for one attachment. `take` and `pace` raise Refused when it is used up."""

    unpacked: int = MAX_UNPACKED
    members: int = MAX_MEMBERS
    text: int = MAX_TEXT
    seconds: float = MAX_SECONDS

    def __post_init__(self) -> None:
        self._end = monotonic() + self.seconds

    def take(self, text: str) -> str:
        """The text, or as much of it as is left."""
        self.pace()
        kept = text[: self.text]
        self.text -= len(kept)
        return kept

    def pace(self) -> None:
        """Stop when the time is over or the text is enough."""
        if monotonic() > self._end:
            raise Refused("读取超时")
        if self.text <= 0:
            raise Refused("内容过长，只读取了前面部分")


def open_archive(raw: bytes) -> zipfile.ZipFile:
    """A ZIP file. Raises Refused for a broken one."""
    try:
        return zipfile.ZipFile(io.BytesIO(raw))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Refused("压缩格式损坏") from error


def member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> bytes:
    """One member, unpacked no further than the budget, whatever size its header tells. Raises Refused for a bomb."""
    budget.members -= 1
    if budget.members < 0:
        raise Refused("文件过多")
    if info.flag_bits & 1:
        raise Unreadable("文件已加密")
    limit = min(budget.unpacked, max(1 << 20, info.compress_size * MAX_RATIO))
    try:
        with archive.open(info) as source:
            raw = source.read(limit + 1)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        raise Refused("压缩格式损坏") from error
    except Exception as error:  # zlib.error and its like of every packing
        raise Refused("压缩内容损坏") from error
    if len(raw) > limit:
        raise Refused("解压后过大，疑似压缩炸弹")
    budget.unpacked -= len(raw)
    return raw
