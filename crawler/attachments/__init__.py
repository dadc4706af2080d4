"""Attachments: their text, piece by piece and bounded, for the search of personal numbers."""

from crawler.attachments.bounds import Refused
from crawler.attachments.texts import READABLE, Piece, read_attachment

__all__ = ["READABLE", "Piece", "Refused", "read_attachment"]
