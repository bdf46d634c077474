"""A company's colour is legible wherever the desk puts it."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from callcenter.domain.colours import (
    DARK_GROUND,
    LIGHT_GROUND,
    Illegible,
    contrast,
    for_dark,
    for_light,
)

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#123456", "#123456", 1.0)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.005)


@given(COLOURS)
def test_what_is_taken_is_legible_in_both_themes(colour: str) -> None:
    try:
        light = for_light(colour)
    except Illegible:
        assume(False)
    dark = for_dark(colour)
    assert light.colour == colour
    assert contrast(light.colour, LIGHT_GROUND) >= 3
    assert contrast(dark.colour, DARK_GROUND) >= 3
    assert contrast(light.text, light.colour) >= 4.5
    assert contrast(dark.text, dark.colour) >= 4.5


def test_a_colour_that_shows_on_both_stays_as_it_is() -> None:
    assert for_light("#1768C2").colour == "#1768c2"
    assert for_dark("#8a8f99").colour == "#8a8f99"


@pytest.mark.parametrize("colour", ["", "#fff", "red", "#12345g", "#1234567", "#ffee00", "#ffffff"])
def test_what_is_refused(colour: str) -> None:
    with pytest.raises(Illegible, match=r"a (darker )?colour"):
        for_light(colour)
