"""What is written for an Asterisk. That a real one accepts it is shown in tests/integration."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from telephony.pbx.config import SNIPPETS, fill, render, write_snippets
from telephony.pbx.plan import FRONT_PRIORITY, BadPlan, PbxPlan, PhonePlan, QueuePlan

PLAN = PbxPlan(
    "callcenter",
    "s3cret",
    phones=(PhonePlan("1001", "pw-1001", 'Ann "A" Lee'), PhonePlan("2001", "pw", webrtc=False)),
)


def test_every_blank_is_filled() -> None:
    for name, text in render(PLAN).items():
        assert "{{" not in text, name
        assert text.endswith("\n"), name


def test_a_value_nobody_gave_is_an_error() -> None:
    assert fill("a {{b}} ${C}", {"b": "x"}) == "a x ${C}"
    with pytest.raises(KeyError, match="c"):
        fill("{{c}}", {"b": "x"})


def test_a_phone_dials_outside_only_under_the_allowed_prefixes() -> None:
    assert (
        "crm-trunk" not in render(PLAN)["extensions.conf"].split("[crm-outside]")[1].split("[")[0]
    )
    text = render(replace(PLAN, allowed_prefixes=("+86", "95588")))["extensions.conf"]
    for prefix in ("+86", "95588"):
        assert re.search(rf"_{re.escape(prefix)}!,1,GotoIf\(.*\?crm-trunk,\${{EXTEN}},1\)\n", text)
    assert "_+!,1" in render(replace(PLAN, allowed_prefixes=("+",)))["extensions.conf"]
    with pytest.raises(BadPlan, match=r"86\.!"):
        replace(PLAN, allowed_prefixes=("86.!",))


def test_a_phone_does_not_dial_refused_prefixes_whatever_is_allowed() -> None:
    plan = replace(PLAN, allowed_prefixes=("+86", "+8610690"), refused_prefixes=("+861069",))
    text = render(plan)["extensions.conf"]
    assert "exten => _+861069!,1,Hangup(21)\n" in text
    assert "_+8610690!" not in text  # it would be the more exact one, and count
    with pytest.raises(BadPlan, match="X"):
        replace(PLAN, refused_prefixes=("X",))


def test_the_manager_user_has_the_least_rights() -> None:
    text = render(PLAN)["manager.conf"]
    rights = {
        word
        for line in re.findall(r"^(?:read|write) = (.*)$", text, re.MULTILINE)
        for word in line.split(",")
    }
    assert rights == {"system", "call", "agent", "user", "originate", "reporting"}
    assert "writetimeout = 10000" in text
    assert "timestampevents = yes" in text
    assert "name(AgentCalled)" in text
    assert "name(VarSet)" not in text


def test_browsers_and_desk_phones() -> None:
    text = render(PLAN)["pjsip.conf"]
    assert "[1001](crm-webrtc)" in text
    assert "[2001](crm-desk)" in text
    assert 'callerid = "Ann A Lee" <1001>' in text
    assert "password = pw-1001" in text


@pytest.mark.parametrize(
    ("trunk", "dialled"),
    [
        ("PJSIP/carrier", "Dial(PJSIP/${CRM_NUMBER}@carrier,60,${IF(${CRM_AGENT}?T)})"),
        ("DAHDI/g1", "Dial(DAHDI/g1/${CRM_NUMBER},60,${IF(${CRM_AGENT}?T)})"),
        ("IAX2/provider", "Dial(IAX2/provider/${CRM_NUMBER},60,${IF(${CRM_AGENT}?T)})"),
    ],
)
def test_outgoing_calls_take_the_trunk(trunk: str, dialled: str) -> None:
    text = render(replace(PLAN, trunk=trunk, outbound_caller_id="4008001234"))["extensions.conf"]
    assert dialled in text
    assert "Set(CALLERID(num)=4008001234)" in text


def test_freepbx_keeps_its_own_outbound_routes() -> None:
    text = render(PLAN, freepbx=True)["extensions.conf"]
    assert "Goto(from-internal,${CRM_NUMBER},1)" in text
    assert "@carrier" not in text


@pytest.mark.parametrize("freepbx", [False, True])
def test_files_are_written_for_us_only_and_explained(tmp_path: Path, freepbx: bool) -> None:
    files = write_snippets(PLAN, tmp_path / "new", freepbx=freepbx)
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    readme = (tmp_path / "new/README.txt").read_text()
    for file in files:
        assert file.name == "README.txt" or file.name in readme
    assert len(files) == (9 if freepbx else len(SNIPPETS) + 1)


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"ami_user": "call]center"}, "AMI user"),
        ({"ami_secret": "a\n[admin]\nsecret=x"}, "control characters"),
        ({"default_queue": "nowhere"}, "nowhere"),
        ({"queues": (QueuePlan("sup port"),)}, "sup port"),
        ({"phones": (PhonePlan("1001;", "x"),)}, "extension"),
        ({"phones": (PhonePlan("1001", "x", "a\r\nb"),)}, "control characters"),
        ({"trunk": "carrier"}, "trunk"),
        ({"trunk": "PJSIP/a,b"}, "trunk"),
    ],
)
def test_a_value_that_a_conf_file_cannot_hold_is_refused(
    change: dict[str, object], names: str
) -> None:
    with pytest.raises(BadPlan, match=names):
        replace(PLAN, **change)  # type: ignore[arg-type]  # a table of single fields


def test_only_keys_that_no_telephone_has_are_orders() -> None:
    text = render(PLAN)["features.conf"]
    orders = re.findall(r"^(atxfer\w*|blindxfer) = ?([A-Z]*)$", text, re.MULTILINE)
    keys = dict(orders)
    assert keys == {
        "atxfer": "A",
        "atxferabort": "BA",
        "atxfercomplete": "BB",
        "atxferswap": "C",
        "atxferthreeway": "D",
        "blindxfer": "",
    }


def test_freepbx_includes_the_orders_inside_its_own_sections(tmp_path: Path) -> None:
    write_snippets(PLAN, tmp_path, freepbx=True)
    general = (tmp_path / "features_general_custom.conf").read_text()
    assert general.startswith("atxferabort = BA\n")
    featuremap = (tmp_path / "features_featuremap_custom.conf").read_text()
    assert featuremap.startswith("atxfer = A\n")
    assert "[" not in general + featuremap


def test_an_agent_who_vanished_is_rung_again_and_then_the_queue_s_front() -> None:
    plan = replace(PLAN, return_s=9, rtp_timeout_s=30)
    texts = render(plan)
    assert "Set(CRM_BACK_UNTIL=$[${EPOCH}+9])" in texts["extensions.conf"]
    assert f"Set(QUEUE_PRIO={FRONT_PRIORITY})" in texts["extensions.conf"]
    webrtc, _, desk = texts["pjsip.conf"].partition("[crm-desk]")
    assert "\nrtp_timeout = 30\n" in webrtc
    assert "rtp_timeout =" not in desk, "a desk phone may suppress silence"
