"""Objects written in JavaScript, read tolerantly in one pass: bare keys, single quotes, trailing commas, code."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'|//[^\n]*|/\*.*?(?:\*/|\Z)|([{}\[\],:;()])|([\w$.+-]+)|"
    r"[^\s\w\"'{}\[\],:;()]",
    re.S,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.S)
_SIMPLE = {"n": "\n", "t": "\t", "r": "", "b": "", "f": ""}
_DEPTH = 200

Fields = dict[str, object]


def read_objects(text: str) -> list[Fields]:
    """Every `{key: value}` of the text with lower-case keys; inner objects stand in their outer one and in the list."""
    return _Reader().read(text)


class _Reader:
    def __init__(self) -> None:
        self.found: list[Fields] = []
        self.stack: list[Fields | None] = []
        self.keys: list[str] = []
        self.word: str | None = None
        self.key = ""
        self.awaiting = False

    def read(self, text: str) -> list[Fields]:
        for token in _TOKEN.finditer(text):
            double, single, mark, word = token.groups()
            if double is not None or single is not None:
                self.value(_plain(double if double is not None else single))
            elif mark is not None:
                self.punctuation(mark)
            elif word is not None:
                self.value(word, int(word) if word.isdigit() and len(word) < 20 else word)
        return self.found

    def value(self, word: str, value: object | None = None) -> None:
        if self.awaiting:
            target = self.stack[-1] if self.stack else None
            if target is not None and self.key:
                target.setdefault(self.key, word if value is None else value)
            self.awaiting = False
        else:
            self.word = word

    def punctuation(self, mark: str) -> None:
        if mark == ":":
            self.key, self.awaiting = (self.word or "").lower(), bool(self.stack) and self.word is not None
            self.word = None
        elif mark in "{[":
            self.open(mark)
        elif mark in "}]":
            if self.stack:
                self.stack.pop()
                self.key = self.keys.pop()
            self.awaiting = False
        else:
            self.word, self.awaiting = None, False

    def open(self, mark: str) -> None:
        fields: Fields | None = {} if mark == "{" else None
        if fields is not None and len(self.stack) < _DEPTH:
            outer = self.stack[-1] if self.stack else None
            if self.awaiting and outer is not None and self.key:
                outer.setdefault(self.key, fields)
            self.found.append(fields)
        self.stack.append(fields)
        self.keys.append(self.key)
        self.word, self.awaiting = None, False


def _plain(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else _SIMPLE.get(found[2], found[2]), text)
