"""Files are whole or untouched: unwritable folders, full disks, names that Windows refuses."""

from __future__ import annotations

import errno
import io
import os
import resource
import signal
import zipfile
from pathlib import Path

import pytest

from reports import files
from reports.documents import write_documents
from reports.files import OutputError, bounded, check_writable, safe_name, same_zip, write_atomic, xml_text
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


def test_no_document_is_touched_when_one_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now, city = build.judgement(), build.inventory()
    before = {p: p.read_bytes() for p in write_documents(now, city, tmp_path) if p.is_file()}
    monkeypatch.setattr("reports.documents.build_dashboard", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_documents(now.model_copy(update={"findings": []}), city, tmp_path)
    assert {p: p.read_bytes() for p in before} == before


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
