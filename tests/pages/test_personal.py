"""Identity numbers, bank cards, phones: what counts, what only looks so, and how they are masked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages.personal import find_personal, hide, is_identity, luhn, mask

GOOD = "532901199001011236"


def check_digit(body: str) -> str:
    """The check digit of GB 11643, worked out from its definition: the sum over 2^(17-i) mod 11."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(body))
    return "0123456789X"[(12 - total % 11) % 11]


def identity(division: str = "532901", born: str = "19900101", serial: str = "123") -> str:
    body = division + born + serial
    return body + check_digit(body)


@pytest.mark.parametrize("number", [identity(), identity("110105", "19491231", "002"), identity("810000", "20000229")])
def test_identity_numbers(number: str) -> None:
    assert is_identity(number) and is_identity(number.lower())


@pytest.mark.parametrize(
    "number",
    [
        identity(born="19900230"),
        identity(born="18991231"),
        identity(born="19901301"),
        identity("992901"),
        identity("000001"),
        identity("539901"),
        identity("530000"),
        identity("530100"),
        identity()[:-1],
        "91532901MA6K12345X",
        "110100000000000000",
    ],
)
def test_no_identity_numbers(number: str) -> None:
    assert not is_identity(number)


@pytest.mark.parametrize("division", ["110103", "441900", "442000", "460400", "513001", "429021", "830000"])
def test_abolished_counties_cities_without_counties_and_residence_permits_count(division: str) -> None:
    assert is_identity(identity(division))


@pytest.mark.parametrize("division", ["532999", "530177", "110155"])
def test_a_division_that_never_was_counts_only_where_the_words_say_what_it_is(division: str) -> None:
    number = identity(division)
    assert not is_identity(number) and find_personal(f"流水号 {number}") == []
    assert [one.kind for one in find_personal(f"身份证号：{number}")] == ["identity"]


@given(st.integers(0, 10), st.sampled_from("0123456789X"))
def test_only_one_of_eleven_check_digits_is_right(serial: int, last: str) -> None:
    number = identity(serial=f"{serial:03d}")
    assert is_identity(number[:-1] + last) is (last == number[-1])


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("身份证号{id}，", ["identity"]),
        ("编号A{id}", []),
        ("网址/{id}.html", ["identity"]),
        ("流水号{id}00", []),
        ("身份证号532901900101123", ["identity"]),
        ("项目编号532901900101123", []),
        ("银行卡号{other}", []),
        ("银行卡号{card}", ["card"]),
        ("批次{card}", []),
        ("户名：云岭市财政局 开户行：云岭银行 账号：{card}", []),
        ("学生张某 13887650001", ["phone"]),
        ("联系人：张某 13887650001，申请人到窗口办理", []),
        ("热线13887650001", []),
        ("学生张某 12887650001", []),
    ],
)
def test_found_in_context(text: str, kinds: list[str]) -> None:
    body = "622202123456789012"
    card = next(body + digit for digit in "0123456789" if luhn(body + digit))
    other = card[:-1] + str((int(card[-1]) + 1) % 10)
    assert [one.kind for one in find_personal(text.format(id=identity(), card=card, other=other))] == kinds


def test_masks_keep_first_six_and_last_two() -> None:
    assert mask(GOOD) == "532901**********36" and mask("13887650001") == "138******01"


@given(st.text(max_size=200))
def test_never_raises_and_hides_what_it_finds(text: str) -> None:
    whole = f"{text}\n身份证号{identity()}\n"
    found = find_personal(whole)
    assert identity() in {one.number for one in found}
    hidden = hide(whole.encode("utf-8", "replace"), found)
    assert identity().encode() not in hidden and mask(identity()).encode() in hidden


def test_markup_that_splits_a_number_is_not_kept_at_all() -> None:
    found = find_personal(f"身份证号{identity()}")
    assert hide(b"532901<b>19900101</b>1236", found) == b""
