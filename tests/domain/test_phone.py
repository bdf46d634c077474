"""Numbers as people type them and networks present them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.domain.phone import SUFFIX_DIGITS, Kind, normalise

MOBILE = ("+8613800138000", "+86 138 0013 8000", "e164")
OFFICE = ("+8657188881234", "+86 571 8888 1234", "e164")


@pytest.mark.parametrize(
    ("raw", "norm", "display", "kind"),
    [
        ("013800138000", *MOBILE),
        ("13800138000", *MOBILE),
        ("008613800138000", *MOBILE),
        ("8613800138000", *MOBILE),
        ("+86 138-0013-8000", *MOBILE),
        ("+86 (138) 0013 8000", *MOBILE),
        ("1795113800138000", *MOBILE),
        ("17951013800138000", *MOBILE),
        ("１３８００１３８０００", *MOBILE),  # full width
        ("+13800138000", *MOBILE),  # a trunk that puts "+" before a national number
        ("٠١٣٨٠٠١٣٨٠٠٠", *MOBILE),  # Arabic digits
        ("sip:+8613800138000@carrier.example;user=phone", *MOBILE),
        ("tel:+86-138-0013-8000", *MOBILE),
        ("<+8613800138000>", *MOBILE),
        ("0571-8888 1234", *OFFICE),
        ("(0571) 88881234", *OFFICE),
        ("4008001234", "+864008001234", "+86 400 800 1234", "e164"),
        ("+44 20 7946 0958", "+442079460958", "+44 20 7946 0958", "e164"),
        ("00442079460958", "+442079460958", "+44 20 7946 0958", "e164"),
        ("95588", "95588", "95588", "digits"),
        ("12345", "12345", "12345", "digits"),
        ("1001", "1001", "1001", "digits"),
        ("+12345", "12345", "12345", "digits"),
        ("anonymous", "", "", "withheld"),
        ("Anonymous", "", "", "withheld"),
        ("sip:anonymous@anonymous.invalid", "", "", "withheld"),
        ("<unknown>", "", "", "withheld"),
        ("Restricted", "", "", "withheld"),
        ("匿名", "", "", "withheld"),
        ("", "", "", "empty"),
        ("   ", "", "", "empty"),
        ("bob7", "", "bob7", "empty"),
        ("1 OR 1=1", "", "1 OR 1=1", "empty"),
        ("+", "", "+", "empty"),
        ("*31#13800138000", "", "*31#13800138000", "empty"),
        ("9" * 33, "", "9" * 33, "empty"),
        ("12\x0034", "", "1234", "empty"),
    ],
)
def test_written_forms(raw: str, norm: str, display: str, kind: Kind) -> None:
    number = normalise(raw, "CN")
    assert (number.norm, number.display, number.kind) == (norm, display, kind)
    assert number.malformed == (kind == "empty" and display != "")


@pytest.mark.parametrize(
    ("raw", "norm", "ext", "display"),
    [
        ("0571-88881234转801", "+8657188881234", "801", "+86 571 8888 1234 ext. 801"),
        ("0571-88881234 分机 801", "+8657188881234", "801", "+86 571 8888 1234 ext. 801"),
        ("+86 571 8888 1234 ext. 801", "+8657188881234", "801", "+86 571 8888 1234 ext. 801"),
        ("0571-88881234 x801", "+8657188881234", "801", "+86 571 8888 1234 ext. 801"),
        ("tel:+8657188881234;ext=801", "+8657188881234", "801", "+86 571 8888 1234 ext. 801"),
        ("95588转1", "95588", "1", "95588 ext. 1"),
        ("转801", "", "801", "转801"),
    ],
)
def test_extensions(raw: str, norm: str, ext: str, display: str) -> None:
    number = normalise(raw, "CN")
    assert (number.norm, number.ext, number.display) == (norm, ext, display)


def test_a_national_number_is_read_in_its_region() -> None:
    assert normalise("030 901820", "DE").norm == "+4930901820"
    assert normalise("(202) 456-1111", "US").norm == "+12024561111"


def test_nine_trailing_digits_are_the_suffix() -> None:
    assert normalise("+8613800138000", "CN").suffix == "000831008"
    assert normalise("95588", "CN").suffix == ""


@given(st.text(max_size=200), st.sampled_from(["CN", "US", "DE", "ZZ", ""]))
def test_nothing_raises_and_the_parts_agree(raw: str, region: str) -> None:
    number = normalise(raw, region)
    assert number.rev == number.digits[::-1]
    assert number.norm.removeprefix("+") == number.digits
    assert number.digits == "" or (number.digits.isascii() and number.digits.isdigit())
    assert (number.norm == "") == (number.kind in {"withheld", "empty"})
    assert number.suffix == "" or len(number.suffix) == SUFFIX_DIGITS


@given(st.from_regex(r"\+?[0-9 ()-]{3,18}", fullmatch=True))
def test_what_is_stored_stays_what_it_is(raw: str) -> None:
    number = normalise(raw, "CN")
    if number.kind == "e164":
        assert normalise(number.norm, "US").norm == number.norm
        assert normalise(number.display, "US").norm == number.norm
