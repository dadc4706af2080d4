"""Files are whole or untouched: unwritable folders, full disks, names that Windows refuses."""

from __future__ import annotations

import errno
import io
import os
import resource
import signal
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from reports import files
from reports.documents import write_documents
from reports.files import OutputError, bounded, check_writable, safe_name, same_zip, write_all, write_atomic, xml_text
from tests.reports import build


def test_replaces_whole_and_leaves_no_part(tmp_path: Path) -> None:
    path = tmp_path / "a" / "通报.docx"
    write_atomic(path, b"old")
    write_atomic(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o644


def test_full_disk_keeps_the_old_file(tmp_path: Path) -> None:
    """A process that may write 64 KiB only stands for a full disk: the kernel refuses in the middle of the file."""
    path = write_atomic(tmp_path / "index.html", b"good")
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
        try:
            write_atomic(path, b"x" * 200_000)
        except OutputError as error:
            os._exit(7 if str(path) in str(error) else 8)
        os._exit(9)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 7
    assert path.read_bytes() == b"good"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("code", "said"),
    [(errno.ENOSPC, "磁盘空间不足"), (errno.EACCES, "没有写入权限"), (errno.EROFS, "只读"), (errno.EDQUOT, "配额")],
)
def test_errors_are_told_in_chinese(code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    path = write_atomic(tmp_path / "x", b"good")
    monkeypatch.setattr(files.os, "fsync", refuse)
    with pytest.raises(OutputError, match=said) as caught:
        write_atomic(path, b"bad")
    assert str(path) in str(caught.value) and "OUTPUT_DIR" in str(caught.value)
    assert path.read_bytes() == b"good" and list(tmp_path.iterdir()) == [path]


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "output").write_text("")
    with pytest.raises(OutputError, match="文件夹"):
        check_writable(tmp_path / "output" / "2026-11")


def test_folder_without_permission(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere: permission is not tested")
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="没有写入权限"):
        check_writable(tmp_path / "2026-11")


def parts(folder: Path) -> list[Path]:
    return sorted(folder.rglob(".*.part"))


def test_documents_wait_on_the_disk_until_the_last_is_there(tmp_path: Path) -> None:
    old = write_atomic(tmp_path / "a.docx", b"old")

    def made() -> Iterator[tuple[Path, bytes]]:
        yield old, b"one"
        assert [p.read_bytes() for p in parts(tmp_path)] == [b"one"] and old.read_bytes() == b"old"
        yield tmp_path / "单" / "b.docx", b"two"
        assert [p.parent for p in parts(tmp_path)] == [tmp_path, tmp_path / "单"] and old.read_bytes() == b"old"

    assert write_all(made()) == [old, tmp_path / "单" / "b.docx"]
    assert old.read_bytes() == b"one" and (tmp_path / "单" / "b.docx").read_bytes() == b"two" and not parts(tmp_path)


def test_documents_are_not_kept_in_memory(tmp_path: Path) -> None:
    size, count = 1 << 20, 20
    tracemalloc.start()
    write_all((tmp_path / f"{number}.docx", bytes(size)) for number in range(count))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * size < count * size  # the one being written, and the next while it is being made


@pytest.mark.parametrize("ends", [RuntimeError, KeyboardInterrupt])
def test_nothing_is_left_of_documents_when_one_cannot_be_made(ends: type[BaseException], tmp_path: Path) -> None:
    def made() -> Iterator[tuple[Path, bytes]]:
        yield tmp_path / "2026-11" / "单" / "a.docx", b"one"
        raise ends

    with pytest.raises(ends):
        write_all(made())
    assert list(tmp_path.iterdir()) == []


def test_a_document_that_is_open_elsewhere_leaves_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows refuses to replace what Word holds open; the documents after it stay as they were."""
    paths = [write_atomic(tmp_path / name, b"old") for name in ("a", "b", "c")]
    replace = Path.replace

    def held(self: Path, target: Path) -> Path:
        if target.name == "b":
            raise PermissionError(errno.EACCES, "held")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(OutputError, match="没有写入权限") as caught:
        write_all((path, b"new") for path in paths)
    assert str(paths[1]) in str(caught.value)
    assert [path.read_bytes() for path in paths] == [b"new", b"old", b"old"] and not parts(tmp_path)


def test_no_document_is_touched_when_one_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now, city = build.judgement(), build.inventory()
    before = {p: p.read_bytes() for p in write_documents(now, city, tmp_path) if p.is_file()}
    monkeypatch.setattr("reports.documents.build_dashboard", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_documents(now.model_copy(update={"findings": []}), city, tmp_path)
    assert {p: p.read_bytes() for p in before} == before
    assert not parts(tmp_path)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ('a/b\\c:d*e?f"g<h>i|j', "a_b_c_d_e_f_g_h_i_j"),
        ("  ..", "未命名"),
        ("局\x00\n名", "局_名"),
        ("瀍垟堃邘鄠镕😀", "瀍垟堃邘鄠镕😀"),
    ],
)
def test_safe_names(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_safe_name_is_short_enough_for_any_file_system() -> None:
    assert len(safe_name("😀" * 100).encode()) <= 200
    assert len(safe_name("长" * 300)) <= 80


def test_text_for_xml() -> None:
    assert xml_text("a\x00b\x0bc\ud800d\ufffee\tf\ng😀") == "abcde\tf\ng😀"
    assert bounded("一二三四五", 3) == "一二…"


def test_same_zip_forgets_times() -> None:
    made = []
    for year in (1999, 2026):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(zipfile.ZipInfo("a.xml", (year, 1, 1, 0, 0, 0)), b"x" * 100)
        made.append(same_zip(buffer.getvalue()))
    assert made[0] == made[1]
    with zipfile.ZipFile(io.BytesIO(made[0])) as archive:
        assert archive.read("a.xml") == b"x" * 100
