"""Files a person relies on: written whole or not at all, the same bytes for the same content."""

from __future__ import annotations

import errno
import io
import os
import re
import tempfile
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SAID = {
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EACCES: "没有写入权限",
    errno.EPERM: "没有写入权限",
    errno.EROFS: "所在磁盘为只读",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "同名文件占用了文件夹的位置",
    errno.EISDIR: "同名文件夹占用了文件的位置",
    errno.ENAMETOOLONG: "文件名过长",
}


class OutputError(Exception):
    """A document could not be written; the message is Chinese and names the path and the remedy."""


def said(error: OSError, path: Path) -> OutputError:
    """The error a person reads for an operating system error at `path`."""
    why = _SAID.get(error.errno or 0, error.strerror or "未知原因")
    return OutputError(
        f"无法写入 {path}：{why}。请检查该文件夹的权限和剩余空间，或用 -s OUTPUT_DIR= 另选位置；原有文件未改动。"
    )


def check_writable(folder: Path) -> None:
    """Make `folder` and try a small file in it, so that hours of crawling do not end at a locked door.

    Raises OutputError.
    """
    probe = write_atomic(folder / ".writable", b"\n")
    probe.unlink(missing_ok=True)


def write_atomic(path: Path, content: bytes) -> Path:
    """Write `content` beside `path` and move it into place, so that a reader never meets half a file.

    Raises OutputError when the folder cannot be written or the disk is full; an older file then stays as it was.
    """
    return write_all([(path, content)])[0]


def write_all(files: Iterable[tuple[Path, bytes]]) -> list[Path]:
    """Write several documents in the given order, none of them in memory longer than it is being written.

    Each goes beside its place as it comes. They are moved into place when the last one is there, so what cannot be made
    or finds no room leaves every older file as it was, and nothing behind. Raises OutputError.
    """
    waiting: list[tuple[Path, Path]] = []  # a document's place, and where it is until then
    folders: list[Path] = []
    written = False
    try:
        for path, content in files:
            try:
                folders += _made_folders(path.parent)
                waiting.append((path, _written_beside(path, content)))
            except OSError as error:
                raise said(error, path) from error
        for path, temporary in waiting:
            try:
                temporary.replace(path)
            except OSError as error:
                raise said(error, path) from error
            written = True
    finally:  # Ctrl-C too
        for _, temporary in waiting:
            temporary.unlink(missing_ok=True)
        for folder in () if written else reversed(folders):
            with suppress(OSError):  # somebody else put something there
                folder.rmdir()
    return [path for path, _ in waiting]


def _made_folders(folder: Path) -> list[Path]:
    """Make a folder with those above it; which of them there were not, the outermost first."""
    missing = [one for one in (*reversed(folder.parents), folder) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing


def _written_beside(path: Path, content: bytes) -> Path:
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o644)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def same_zip(content: bytes) -> bytes:
    """The same archive with fixed times, so that one judgement gives one sequence of bytes."""
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        return fixed_zip((entry.filename, [source.read(entry.filename)]) for entry in source.infolist())


def fixed_zip(members: Iterable[tuple[str, Iterable[bytes]]]) -> bytes:
    """An archive of these names with the pieces of each, with fixed times."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name, pieces in members:
            fixed = zipfile.ZipInfo(name, ZIP_EPOCH)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            fixed.external_attr = 0o644 << 16
            with out.open(fixed, "w") as stream:
                for piece in pieces:
                    stream.write(piece)
    return target.getvalue()


def safe_name(text: str, limit: int = 80) -> str:
    """A file name of `text` without the characters that Windows refuses, at most `limit` characters and 200 bytes."""
    name = _UNSAFE.sub("_", xml_text(text)).strip(" .") or "未命名"
    name = name[:limit].rstrip(" .")
    while len(name.encode()) > 200:
        name = name[:-1]
    return name


def xml_text(text: str) -> str:
    """`text` without the characters that XML 1.0 forbids."""
    return _NOT_XML.sub("", text)


def bounded(text: str, limit: int) -> str:
    """`text` for one cell: at most `limit` characters, the cut marked."""
    clean = xml_text(text)
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"
