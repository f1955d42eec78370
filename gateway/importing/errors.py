"""What makes a file unusable as a whole."""

from __future__ import annotations


class ImportFileError(Exception):
    """The file cannot be imported, or not beyond a line; the texts say where, why, and what to change."""

    def __init__(self, text_en: str, text_az: str) -> None:
        super().__init__(text_en)
        self.text_az = text_az
