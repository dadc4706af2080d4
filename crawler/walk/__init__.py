"""The walk: what an answer means for the list of addresses, and the facts it leaves. Knows nothing of Scrapy."""
