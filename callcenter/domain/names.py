"""Names as people search them: folded, and Chinese ones also by pinyin and its initials."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_NAME: Final = 300
_MAX_KEY: Final = 600
_HAN = re.compile(r"[\u3400-\u9fff]")


def fold(text: str) -> str:
    """Case, accents and width do not matter: "Ｊosé  Ruß" → "jose russ"."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())


def name_key(name: str) -> str:
    """What a search looks into: "王小明" → "王小明 wangxiaoming wxm"."""
    folded = fold(name)
    if not _HAN.search(name):
        return folded[:_MAX_KEY]
    from pypinyin import lazy_pinyin  # noqa: PLC0415 (its dictionary takes 0.3 s to load)

    syllables = lazy_pinyin(name, errors="ignore")
    initials = "".join(syllable[0] for syllable in syllables)
    return f"{folded} {''.join(syllables)} {initials}"[:_MAX_KEY]
