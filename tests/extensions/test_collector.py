"""The collector is asked less often during a crawl, and as before afterwards."""

import gc

import scrapy
from scrapy.signalmanager import SignalManager

from crawler.extensions.collector import NEW_OBJECTS, QuietCollector


class Holder:
    """What the extension needs of a crawler."""

    def __init__(self) -> None:
        self.signals = SignalManager(self)


def test_thresholds_are_raised_and_put_back() -> None:
    before = gc.get_threshold()
    holder = Holder()
    kept = QuietCollector.from_crawler(holder)  # type: ignore[arg-type]
    assert kept is not None and gc.get_threshold() == before
    holder.signals.send_catch_log(scrapy.signals.spider_opened)
    during = gc.get_threshold()
    frozen = gc.get_freeze_count()
    holder.signals.send_catch_log(scrapy.signals.spider_closed)
    assert during[0] == NEW_OBJECTS and frozen > 0
    assert gc.get_threshold() == before and gc.get_freeze_count() == 0
