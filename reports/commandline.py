"""What our own commands share. It stands outside `reports/commands`, where Scrapy takes every class for a command."""

from __future__ import annotations

from scrapy.commands import ScrapyCommand


class BadUse(Exception):
    """The command was not typed as it must be; the message is Chinese."""


class OfficeCommand(ScrapyCommand):
    """A command of the project that crawls nothing: no crawler process, and no log among what a person reads."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012 - as ScrapyCommand declares it
