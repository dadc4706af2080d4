"""What the fork server imports, so that a walking process begins with it: no reactor, no thread, no open connection."""

from __future__ import annotations

import gc


def _preload() -> None:
    gc.disable()  # imports leave next to nothing to collect, and looking for it takes a fifth of their time
    import scrapy.cmdline  # noqa: F401 - the console script imports it again in every process

    import crawler.processes.child  # noqa: F401
    from crawler.pages import column_type_of

    column_type_of("")  # reads its marks
    gc.freeze()  # the collectors of the walking processes look at none of it, and its memory stays shared
    gc.enable()


_preload()
