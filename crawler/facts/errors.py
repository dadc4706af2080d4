"""What can go wrong with the fact store, in words for a person."""

from __future__ import annotations


class StoreError(Exception):
    """The fact store cannot be used; the message is Chinese and says what to do."""


_KNOWN = (  # words of SQLite and PostgreSQL, and what a person does about it
    (("disk is full", "no space left", "disk full"), "磁盘空间不足，请清理后继续"),
    (("attempt to write a readonly", "read-only"), "数据库只能读，不能写，请检查文件权限或数据库服务"),
    (("disk i/o error",), "磁盘读写出错，请检查磁盘"),
    (("malformed", "not a database"), "数据库文件已损坏，请用备份或归档恢复"),
)


def plain(error: BaseException) -> str:
    """What went wrong in a line: in Chinese where the cause is known, with the database's own words, without SQL."""
    original = getattr(error, "orig", None)
    text = str(original or error).strip().splitlines()
    said = text[0] if text else type(error).__name__
    known = next((told for words, told in _KNOWN if any(word in said.lower() for word in words)), "")
    return f"{known}（{said}）" if known else said
