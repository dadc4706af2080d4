"""Layout of official documents by GB/T 9704-2012 in DOCX: type area of 22 lines of 28 characters on A4."""

from reports.gbt9704.document import render

__all__ = ["render"]
