"""Links beside the engine: through middlewares and handler, told once each, and let come back at the end."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.direct import Direct


class Told:
    """What came of the requests, in order."""

    def __init__(self, answer: Any) -> None:
        self.words: list[str] = []
        engine = SimpleNamespace(
            downloader=SimpleNamespace(
                middleware=SimpleNamespace(download_async=self.through),
                handlers=SimpleNamespace(download_request_async=answer),
            )
        )
        self.direct = Direct(SimpleNamespace(engine=engine), self.seen, self.failed, lambda: self.words.append("ended"))  # type: ignore[arg-type]

    async def through(self, fetch: Any, request: Request) -> Response:
        self.words.append("middlewares")
        return await fetch(request)

    def seen(self, response: Response) -> None:
        self.words.append(f"{response.status} {response.request.url}")

    def failed(self, request: Request, error: Exception) -> None:
        self.words.append(f"{error} {request.url}")


async def slowly(request: Request) -> Response:
    await asyncio.sleep(0.05)
    return Response(request.url, status=404)


def test_an_answer_and_a_failure_are_told_before_the_place_is_free() -> None:
    async def none(request: Request) -> Response:
        raise ConnectionError("refused")

    async def check(answer: Any) -> list[str]:
        told = Told(answer)
        told.direct.send(Request("http://a.cn/x"))
        await told.direct.close()
        return told.words

    assert asyncio.run(check(slowly)) == ["middlewares", "404 http://a.cn/x", "ended"]
    assert asyncio.run(check(none)) == ["middlewares", "refused http://a.cn/x", "ended"]


def test_closing_waits_for_all_that_is_out() -> None:
    async def check() -> list[str]:
        told = Told(slowly)
        for number in range(3):
            told.direct.send(Request(f"http://a.cn/{number}"))
        await told.direct.close()
        return told.words

    assert asyncio.run(check()).count("ended") == 3
