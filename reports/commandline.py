"""What our own commands share. It stands outside `reports/commands`, where Scrapy takes every class for a command."""

from __future__ import annotations

import argparse
import atexit
import gc
from abc import ABC, abstractmethod
from dataclasses import dataclass

from scrapy.commands import ScrapyCommand
from scrapy.settings import BaseSettings


class BadUse(Exception):
    """The command was not typed as it must be; the message is Chinese."""


def hush() -> None:
    """From here on Python's cycle collector looks rarely, and not at all when the process ends.

    Modules, rules and facts are kept to the end: looking at them again and again took a fifth of the time of every
    import, and looking at them once more before the process is gone half a second.
    """
    gc.set_threshold(50_000)  # a large site's facts are more than that: its garbage still goes before the next one's
    atexit.register(gc.freeze)


@dataclass
class Work(ABC):
    """What a command does when it is called. `usage` is its syntax, `exitcode` the status it ends with."""

    settings: BaseSettings
    usage: str
    exitcode: int = 0

    @abstractmethod
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Do it."""


class OfficeCommand(ScrapyCommand):
    """A command of the project that crawls nothing: no crawler process, and no log among what a person reads.

    Scrapy imports every command before it runs one: a command's module holds its words alone, and what it does stands
    in `reports.doing`, with all that it needs.
    """

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012 - as ScrapyCommand declares it

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Called before `run`, and by Scrapy alone."""
        super().process_options(args, opts)
        hush()

    def do(self, kind: type[Work], args: list[str], opts: argparse.Namespace) -> None:
        """Run the work that belongs to this command, and end with its status."""
        assert self.settings is not None
        work = kind(self.settings, self.syntax())
        work.run(args, opts)
        self.exitcode = work.exitcode
