"""Word lists: the project's own and an office's beside it, exceptions, and mistakes told before a round."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.inventory import BadInput
from rules.loader import load_ruleset
from rules.wordlists import HERE, WordList, searcher

LEADER = """\
words:
  - {wrong: 李建国县长, right: 李建国市长, severity: 严重, except: [时任李建国县长]}
  - {wrong: 布署, right: 部署（本单位写法）, severity: 一般}
"""


def test_no_word_is_in_its_own_correction_or_listed_twice() -> None:
    words = searcher(()).__dict__["_words"]
    listed = [line for line in (HERE / "wrong.yaml").read_text(encoding="utf-8").split("\n") if "wrong:" in line]
    assert len(words) == len(listed) >= 70
    assert [word.wrong for word in words if word.wrong in word.right] == []
    assert all(word.wrong in longer for word in words for longer in word.except_)


@pytest.mark.parametrize("word", searcher(()).__dict__["_words"], ids=lambda word: word.wrong)
def test_each_word_is_found_its_correction_is_not(word: object) -> None:
    wrong, right = word.wrong, word.right  # type: ignore[attr-defined]
    assert [hit.word.wrong for hit in searcher(()).find(f"会议，{wrong}。")] == [wrong]
    assert list(searcher(()).find(f"会议，{right}。")) == []
    for longer in word.except_:  # type: ignore[attr-defined]
        assert list(searcher(()).find(f"会议，{longer}。")) == []


def test_an_offices_own_list_beside_it(tmp_path: Path) -> None:
    own = tmp_path / "本市.yaml"
    own.write_text(LEADER, encoding="utf-8")
    profile = tmp_path / "own.yaml"
    profile.write_text(
        "name: own\ntitle: 本市\nextends: quarterly\noverrides:\n"
        f"  V1.1: {{params: {{files: ['{own}']}}}}\n  W1-wording: {{params: {{files: ['{own}']}}}}\n",
        encoding="utf-8",
    )
    rule = load_ruleset(profile).rule("V1.1")
    assert rule is not None and rule.params["files"] == [str(own)]
    find = searcher((str(own),)).find
    assert [hit.word.right for hit in find("李建国县长主持会议，布署工作，缅怀烈土。")] == [
        "李建国市长", "部署（本单位写法）", "烈士",
    ]  # fmt: skip
    assert list(find("时任李建国县长到会。")) == []


@pytest.mark.parametrize(
    "text", ["words:\n  - {wrong: 一}\n", "words: []\n", "words:\n  - {wrong: 布署, level: 严重}\n", "word: 1\n"]
)
def test_a_broken_list_stops_the_round_before_it_begins(tmp_path: Path, text: str) -> None:
    own = tmp_path / "bad.yaml"
    own.write_text(text, encoding="utf-8")
    profile = tmp_path / "own.yaml"
    profile.write_text(
        f"name: own\ntitle: 本市\nextends: quarterly\noverrides:\n  V1.1: {{params: {{files: ['{own}']}}}}\n",
        encoding="utf-8",
    )
    with pytest.raises(BadInput, match=r"bad\.yaml"):
        load_ruleset(profile)


def test_the_list_is_a_word_list() -> None:
    assert WordList.model_validate({"words": [{"wrong": "布署"}]}).words[0].severity == "一般"
