"""Of a note that two write, nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.notes import merged

WORDS = st.text("ab \n", max_size=6)


@pytest.mark.parametrize(
    ("current", "written", "made_of", "becomes"),
    [
        ("", "mine", None, "mine"),
        ("", "mine", "", "mine"),
        ("old", "new", "old", "new"),
        ("old", "", "old", ""),  # taken out by who saw it
        ("mine", "mine", "old", "mine"),  # sent twice
        ("old\ntheirs", "old and mine", "old", "old and mine\ntheirs"),
        ("theirs", "mine", "", "mine\ntheirs"),
        ("theirs", "", "", "theirs"),
        ("mine\ntheirs", "mine", None, "mine\ntheirs"),
        ("old", "new", None, "new"),  # who does not say what they saw replaces
        ("mine\ntheirs", "mine\ntheirs", "mine", "mine\ntheirs"),
    ],
)
def test_merged(current: str, written: str, made_of: str | None, becomes: str) -> None:
    assert merged(current, written, made_of) == becomes


@given(WORDS, WORDS, WORDS)
def test_what_both_wrote_is_in_it(seen: str, theirs: str, mine: str) -> None:
    """Somebody appended to the note while another one was made of it."""
    after = merged(seen + theirs, mine, seen)
    assert mine in after
    assert theirs.strip() in after


@given(WORDS, WORDS, WORDS)
def test_sent_twice_is_sent_once(seen: str, theirs: str, mine: str) -> None:
    once = merged(seen + theirs, mine, seen)
    assert merged(once, once, once) == once
