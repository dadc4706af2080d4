"""Personal numbers in a text: identity numbers, bank cards, mobile phones (domain 7.7). Pure, linear.

An identity number counts with a division of GB/T 2260 (abolished ones stay on their people's cards), a birth date and
the check digit of GB 11643; with an unknown division only where the words before it say what it is;
a bank card with its check digit and words of banking near it; a mobile phone only where the words near it say that it
is a private person's, since offices publish those of their duty officers on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from crawler.pages.marks import load_marks

_RUN = re.compile(r"(?<![\dA-Za-z.])\d{11,19}[\dXx]?(?![\dA-Za-z])")
_STEP = 11  # digits of the shortest number
_DIGIT = re.compile(r"\d")
_LONG = re.compile(r"\d{11}")
_PROVINCES = frozenset([*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66)])
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_OLD = re.compile(r"身份证|公民身份|证件号")
_BANK = re.compile(r"银行|卡号|存折|一卡通|账号|帐号|账户|信用社|农商行|开户")
_PUBLIC_ACCOUNT = re.compile(r"户\s*名\s*[:：]?\s*\S{0,20}(?:局|委员会|政府|中心|公司|财政|法院|学校|医院)")
_PRIVATE = re.compile(
    r"户主|家长|学生|儿童|幼儿|申请人|申报人|受助|救助|低保|特困|五保|残疾|贫困|危房|补贴|补助|贷款|本人|家庭成员|"
    r"身份证|监护人|业主|承租人|考生|报名|户籍|配偶|村民|购房"
)
_OFFICE = re.compile(r"联系人|联系方式|联系电话|咨询|投诉|举报|监督|值班|服务热线|负责人|经办|办公")
_NEAR = 40


@dataclass(frozen=True, slots=True)
class Personal:
    """A number as it stands in a text. `kind`: identity, card or phone."""

    kind: str
    number: str
    start: int


def find_personal(text: str) -> list[Personal]:
    """Every personal number of a text, in its order."""
    found = []
    for match in _runs(text):
        kind = _kind(match.group(), text, match.start(), match.end())
        if kind is not None:
            found.append(Personal(kind, match.group(), match.start()))
    return found


def _runs(text: str) -> Iterator[re.Match[str]]:
    """Every long number. It covers one of each eleven characters, so a digit is looked for among those alone."""
    for sign in _DIGIT.finditer(text[_STEP - 1 :: _STEP]):
        place = (sign.start() + 1) * _STEP - 1
        start = place
        while start and place - start < _STEP and text[start - 1].isdecimal():
            start -= 1
        match = _RUN.match(text, start) if place - start < _STEP else None  # else it began before the last digit seen
        if match is not None:
            yield match


def _kind(number: str, text: str, start: int, end: int) -> str | None:
    before, after = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
    match len(number):
        case 18 if is_identity(number, known=_OLD.search(before) is None):
            return "identity"
        case 15 if number.isdigit() and _is_old_identity(number) and _OLD.search(before):
            return "identity"
        case 16 | 17 | 18 | 19 if number.isdigit() and number.startswith("62") and luhn(number):
            public = _PUBLIC_ACCOUNT.search(text[max(0, start - 120) : start])
            return "card" if _BANK.search(before) and not public else None
        case 11 if re.fullmatch(r"1[3-9]\d{9}", number):
            private = _PRIVATE.search(before) or _PRIVATE.search(after)
            clause = re.split(r"[\n。；;]", text[max(0, start - 20) : start])[-1]
            return "phone" if private and not _OFFICE.search(clause) else None
    return None


def is_identity(number: str, *, known: bool = True) -> bool:
    """True for 18 characters that are an identity number: division, birth date, check digit (GB 11643-1999).

    `known`: the division must stand in the list of GB/T 2260; without it the form of one is enough.
    """
    if not re.fullmatch(r"\d{17}[\dXx]", number) or not _is_birth(number[6:14]):
        return False
    if not (number[:6] in _divisions() or (not known and _is_division(number[:6]))):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECK[total % 11] == number[17].upper()


def _is_old_identity(number: str) -> bool:
    return _is_division(number[:6]) and _is_birth(f"19{number[6:12]}")


@cache
def _divisions() -> frozenset[str]:
    """Every county code that was in use since 1981, abolished ones among them."""
    found: set[str] = set()
    for prefix, endings in load_marks("divisions.yaml")["divisions"].items():
        for part in endings.split():
            first, _, last = part.partition("-")
            found.update(f"{prefix}{ending:02}" for ending in range(int(first), int(last or first) + 1))
    return frozenset(found)


def _is_division(code: str) -> bool:
    """The form of a county's code: development zones have some that the list of GB/T 2260 has not."""
    if code in _divisions():
        return True
    return int(code[:2]) in _PROVINCES and (1 <= int(code[2:4]) <= 53 or code[2:4] == "90") and code[4:] != "00"


def _is_birth(digits: str) -> bool:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return date(1900, 1, 1) <= day <= date(2100, 1, 1)


def luhn(number: str) -> bool:
    """True when the last digit is the check digit of the others (ISO/IEC 7812)."""
    total = 0
    for place, char in enumerate(reversed(number)):
        digit = int(char) * (2 if place % 2 else 1)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def mask(number: str) -> str:
    """First six and last two of a long number, first three and last two of a phone."""
    head = 3 if len(number) == 11 else 6
    return number[:head] + "*" * (len(number) - head - 2) + number[-2:]


def masked(text: str) -> str:
    """The text with its personal numbers masked; quick for one without long numbers."""
    if len(text) < _STEP or not _LONG.search(text):
        return text
    for one in find_personal(text):
        text = text.replace(one.number, mask(one.number))
    return text


def hide(raw: bytes, found: Sequence[Personal]) -> bytes:
    """The bytes with these numbers masked wherever they stand; empty when one is written so that it cannot be found."""
    for number in {one.number for one in found}:
        plain, masked = number.encode("ascii"), mask(number).encode("ascii")
        if plain not in raw:
            return b""
        raw = raw.replace(plain, masked)
    return raw
