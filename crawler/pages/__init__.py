"""Reading one page: pure functions from bytes to what a person would read there."""

from crawler.pages.canonical import canonical
from crawler.pages.columns import column_type_of
from crawler.pages.model import Identity, Item, Link, Page
from crawler.pages.reader import read_css, read_footer, read_list_data, read_page

__all__ = [
    "Identity",
    "Item",
    "Link",
    "Page",
    "canonical",
    "column_type_of",
    "read_css",
    "read_footer",
    "read_list_data",
    "read_page",
]
