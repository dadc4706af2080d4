"""The city of words walked by the real command: every planted wording found, nothing that only reads so accused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.compare import compare, table
from tests.staging.rounds import Done, crawled
from tests.staging.words import identity


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Done]:
    yield crawled(tmp_path_factory.mktemp("words"), "words", *("-s", "READ_ATTACHMENTS=1"))


def test_every_wording_is_found_and_nothing_else(done: Done) -> None:
    assert done.status == 0, done.said
    comparison = compare(done.findings, done.truth)
    assert comparison.differences == [], table(comparison)
    assert comparison.planted.total() == 17


def test_no_whole_identity_number_stands_in_any_output_or_in_the_store(done: Done) -> None:
    """In documents, workbooks, pages of the dashboard, the store and what was printed: packed files are unpacked."""
    numbers = [identity(f"00{number}").encode() for number in (1, 2, 3)]
    wide = [number.decode().encode("utf-16-le") for number in numbers]
    places = [path for folder in ("output",) for path in (done.folder / folder).rglob("*") if path.is_file()]
    assert any(path.suffix == ".xlsx" for path in places) and any(path.suffix == ".docx" for path in places)
    for path in places:
        for name, raw in _parts(path):
            assert not any(number in raw for number in (*numbers, *wide)), name
    kept = [raw for (raw,) in done.rows("select markup from body union all select text from body")]
    assert kept and not any(number in _unpacked(raw) for raw in kept for number in numbers)
    assert not any(number in path.read_bytes() for path in done.folder.glob("*.db*") for number in numbers)
    assert not any(number.decode() in done.said for number in numbers)


def _parts(path: Path) -> Iterator[tuple[str, bytes]]:
    import zipfile

    yield str(path), path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from ((f"{path}:{name}", archive.read(name)) for name in archive.namelist())


def _unpacked(raw: bytes) -> bytes:
    import zlib

    return zlib.decompress(raw) if raw else b""
