"""Which bytes a header asks for, by the RFC."""

from __future__ import annotations

import pytest

from callcenter.web.ranges import NotThere, wanted

TAG = '"abc"'


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (None, None),
        ("", None),
        ("bytes=0-", (0, 1000)),
        ("bytes=0-0", (0, 1)),
        ("bytes=10-19", (10, 20)),
        ("bytes=999-5000", (999, 1000)),
        ("bytes=-1", (999, 1000)),
        ("bytes=-5000", (0, 1000)),
        (" Bytes = 3 - 4 ", (3, 5)),
        ("bytes=5-4", None),
        ("bytes=-", None),
        ("bytes=0-1,5-6", None),
        ("lines=1-2", None),
        ("bytes=a-b", None),
        ("bytes=" + "9" * 40 + "-", None),
    ],
)
def test_one_range_or_everything(asked: str | None, found: tuple[int, int] | None) -> None:
    assert wanted(asked, None, 1000, TAG) == found


@pytest.mark.parametrize("asked", ["bytes=1000-", "bytes=5000-6000", "bytes=-0"])
def test_what_is_not_there(asked: str) -> None:
    with pytest.raises(NotThere):
        wanted(asked, None, 1000, TAG)
    with pytest.raises(NotThere):
        wanted("bytes=0-", None, 0, TAG)


def test_who_has_a_part_of_another_file_gets_all_of_this_one() -> None:
    assert wanted("bytes=5-", TAG, 9, TAG) == (5, 9)
    assert wanted("bytes=5-", '"other"', 9, TAG) is None
    assert wanted("bytes=5-", 'W/"abc"', 9, TAG) is None
    assert wanted("bytes=5-", "Mon, 05 Jan 2026 09:00:00 GMT", 9, TAG) is None
