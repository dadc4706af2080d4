"""Recognition marks and tuning as data; see crawler.seeing.marks for how they are read."""
