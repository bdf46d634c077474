"""Every known fault of panoramisk 1.4, guarded (docs/decisions/panoramisk.md lists them)."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from structlog.testing import capture_logs

from telephony.ami import AmiConfig
from telephony.events import CallArrived, SwitchConnected, SwitchLost, TelephonyEvent
from telephony.ports import free_tcp_port
from telephony.switch import Originate, SwitchRefused, SwitchUnavailable, UnsafeValue
from tests.telephony.managers import (
    BANNER,
    Conversation,
    Ear,
    Manager,
    healthy,
    refusing,
    silent,
    switch_to,
    until,
)

ORDER = Originate("me-1.1", "PJSIP/1001", "crm-outbound", "13800138000", "<13800138000>")


def arrival(uniqueid: str, name: str = "Wang Wei") -> bytes:
    """Newchannel of a caller, as bytes."""
    lines = [
        "Event: Newchannel",
        "Privilege: call,all",
        "Timestamp: 1795353753.000000",
        f"Channel: PJSIP/carrier-{uniqueid}",
        "ChannelState: 4",
        "ChannelStateDesc: Ring",
        "CallerIDNum: 13800138000",
        f"CallerIDName: {name}",
        "Context: crm-inbound",
        "Exten: 8000",
        f"Uniqueid: {uniqueid}",
        f"Linkedid: {uniqueid}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


# -- orders ----------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", ["\r\n", "\n", "\r", "\0"])
async def test_line_breaks_are_refused_before_the_wire(sign: str) -> None:
    async with Manager() as manager, switch_to(manager.port) as (switch, ear):
        await ear.next(SwitchConnected)
        before = len(manager.heard)
        with pytest.raises(UnsafeValue):
            await switch.set_global("X", f"1{sign}Action: Originate")
        with pytest.raises(UnsafeValue):
            await switch.queue_add(f"support{sign}", "PJSIP/1001", "Ann", paused=False)
        await switch.set_global("X", "1")
        assert len(manager.heard) == before + 1


async def test_nothing_is_sent_again_after_a_reconnect() -> None:
    async with Manager({"Originate": silent}) as manager, switch_to(manager.port) as (switch, ear):
        await ear.next(SwitchConnected)
        order = asyncio.create_task(switch.originate(ORDER))
        await until(lambda: "Originate" in manager.names())
        manager.cut()
        with pytest.raises(SwitchUnavailable, match="closed by the other side"):
            await order
        await ear.next(SwitchConnected, after=1)
        await switch.set_global("X", "1")
        assert manager.names().count("Originate") == 1


async def test_orders_while_away_are_refused_not_kept() -> None:
    async with switch_to(free_tcp_port()) as (switch, ear):
        await ear.next(SwitchLost)
        with pytest.raises(SwitchUnavailable, match="refuses connections"):
            await switch.originate(ORDER)


async def test_originate_is_always_asynchronous() -> None:
    async with Manager() as manager, switch_to(manager.port) as (switch, ear):
        await ear.next(SwitchConnected)
        await switch.originate(ORDER)
        sent = manager.heard[-1]
        assert (sent["Async"], sent["ChannelId"]) == ("true", "me-1.1")


async def test_an_action_has_a_deadline_and_leaves_nothing_behind() -> None:
    async with Manager({"Setvar": silent}) as manager, switch_to(manager.port) as (switch, ear):
        await ear.next(SwitchConnected)
        with pytest.raises(SwitchUnavailable, match="no answer within"):
            await switch.set_global("X", "1")
        assert waiting(switch) == 0
        assert switch.connected


async def test_a_cancelled_action_leaves_nothing_behind() -> None:
    async with Manager({"Setvar": silent}) as manager, switch_to(manager.port) as (switch, ear):
        await ear.next(SwitchConnected)
        order = asyncio.create_task(switch.set_global("X", "1"))
        await until(lambda: "Setvar" in manager.names())
        order.cancel()
        await asyncio.gather(order, return_exceptions=True)
        assert waiting(switch) == 0


async def test_a_late_answer_is_counted_and_harmless() -> None:
    late: list[tuple[Conversation, dict[str, str]]] = []
    answers = {"Setvar": lambda talk, action: late.append((talk, action))}
    async with Manager(answers) as manager, switch_to(manager.port) as (switch, ear):
        await ear.next(SwitchConnected)
        with pytest.raises(SwitchUnavailable):
            await switch.set_global("X", "1")
        talk, action = late[0]
        talk.reply(action)
        await until(lambda: switch.stats().stray_responses == 1)
        assert switch.connected


async def test_queue_add_resolves_though_panoramisk_takes_its_answer_for_a_list() -> None:
    added = {
        "QueueAdd": lambda talk, action: talk.reply(
            action, "Success", "Message: Added interface to queue"
        )
    }
    async with Manager(added) as manager, switch_to(manager.port) as (switch, ear):
        await ear.next(SwitchConnected)
        await switch.queue_add("support", "PJSIP/1001", "Ann", paused=True)


# -- lists and resynchronisation ---------------------------------------------------------------


def cut_short(conversation: Conversation, action: dict[str, str]) -> None:
    conversation.reply(action, "Success", "EventList: start")


async def test_a_list_cut_midway_has_a_deadline_and_is_tried_again() -> None:
    async with (
        Manager({"QueueStatus": cut_short}) as manager,
        switch_to(manager.port) as (switch, ear),
    ):
        lost = await ear.next(SwitchLost)
        assert "QueueStatus: no answer within" in lost.reason
        manager.answers = {}
        await ear.next(SwitchConnected)
        assert switch.connected


async def test_an_empty_list_may_be_an_error() -> None:
    empty = refusing("No channels")
    async with Manager({"CoreShowChannels": empty}) as manager, switch_to(manager.port) as (_, ear):
        await ear.next(SwitchConnected)


async def test_events_during_the_snapshot_are_told_after_it() -> None:
    def interrupted(conversation: Conversation, action: dict[str, str]) -> None:
        conversation.send(arrival("1.1"))
        healthy(conversation, action)

    async with (
        Manager({"QueueStatus": interrupted}) as manager,
        switch_to(manager.port) as (_, ear),
    ):
        await ear.next(SwitchConnected)
        assert [event.uniqueid for event in ear.all(CallArrived)] == ["1.1"]


# -- bytes -------------------------------------------------------------------------------------


async def test_letters_split_across_chunks_arrive_whole() -> None:
    async with Manager() as manager, switch_to(manager.port) as (_, ear):
        await ear.next(SwitchConnected)
        for number, sign in enumerate(arrival("2.1", "王小明")):
            manager.conversations[-1].send(bytes([sign]))
            if number % 50 == 0:
                await asyncio.sleep(0)
        assert (await ear.next(CallArrived)).caller_name == "王小明"


BAD_FRAMES = {
    "duplicated Event": b"Event: Newchannel\r\nEvent: Newchannel\r\nUniqueid: x\r\n\r\n",
    "duplicated Response": b"Response: Success\r\nResponse: Error\r\nActionID: x\r\n\r\n",
    "duplicated ActionID": b"Response: Success\r\nActionID: x\r\nActionID: y\r\n\r\n",
    "no headers": b"Event: Newchannel\r\n\r\n",
    "nonsense": b"\x00\xff\xfe garbage\r\n\r\n",
    "blank lines": b"\r\n\r\n\r\n\r\n",
    "not UTF-8": b"Event: Newchannel\r\nChannel: \xff\xfe\r\nUniqueid: 9.9\r\n\r\n",
    "oversized": b"Event: Newchannel\r\nChannel: " + b"x" * 70_000 + b"\r\n\r\n",
    "unknown event": b"Event: \xe7\x8e\x8b\r\n\r\n",
}


@pytest.mark.parametrize("frame", BAD_FRAMES.values(), ids=BAD_FRAMES)
async def test_no_frame_ends_the_connection(frame: bytes) -> None:
    async with Manager() as manager, switch_to(manager.port) as (switch, ear):
        await ear.next(SwitchConnected)
        manager.conversations[-1].send(frame + arrival("3.1"))
        await until(lambda: any(event.uniqueid == "3.1" for event in ear.all(CallArrived)))
        await switch.set_global("X", "1")
        assert len(manager.conversations) == 1


async def test_bad_frames_are_counted() -> None:
    async with Manager() as manager, switch_to(manager.port) as (switch, ear):
        await ear.next(SwitchConnected)
        for kind in ("nonsense", "oversized", "not UTF-8"):
            manager.conversations[-1].send(BAD_FRAMES[kind])
        await until(lambda: switch.stats().undecodable == 1)
        troubles = switch.stats().troubles()
        assert (troubles["malformed"], troubles["oversized"]) == (1, 1)


async def test_trouble_is_one_line_at_a_time_and_silence_when_all_is_well() -> None:
    with capture_logs() as lines:
        async with Manager() as manager, switch_to(manager.port, report_every_s=0.05) as (_, ear):
            await ear.next(SwitchConnected)
            for _ in range(3):
                manager.conversations[-1].send(BAD_FRAMES["nonsense"])
            await until(lambda: sum(counted(lines)) == 3)
            said = len(counted(lines))
            await asyncio.sleep(0.12)
    assert len(counted(lines)) == said <= 2


def counted(lines: Sequence[Mapping[str, Any]]) -> list[int]:
    return [line["malformed"] for line in lines if line["event"] == "switch_trouble"]


def test_a_secret_is_not_shown() -> None:
    assert "s3cret" not in repr(AmiConfig("pbx", 5038, "callcenter", "s3cret"))


async def test_a_raising_listener_harms_nobody_and_order_is_kept() -> None:
    def broken(event: TelephonyEvent) -> None:
        raise RuntimeError("listener")

    async with Manager() as manager, switch_to(manager.port) as (switch, first):
        second = Ear()
        switch.subscribe(broken)
        switch.subscribe(second)
        await second.next(SwitchConnected)
        uniqueids = [f"4.{number}" for number in range(50)]
        manager.conversations[-1].send(b"".join(map(arrival, uniqueids)))
        await second.next(CallArrived, after=49)
        assert [event.uniqueid for event in second.all(CallArrived)] == uniqueids
        assert [event.uniqueid for event in first.all(CallArrived)] == uniqueids
        assert switch.stats().listener_errors >= 50
        assert [event.seq for event in first.events] == sorted({e.seq for e in first.events})


# -- connections -------------------------------------------------------------------------------


async def test_a_half_open_connection_is_noticed() -> None:
    async with (
        Manager({"Ping": silent}) as manager,
        switch_to(manager.port, heartbeat_s=0.05, heartbeat_deadline_s=0.1) as (_, ear),
    ):
        await ear.next(SwitchConnected)
        assert "it was silent for 0.1 s" in (await ear.next(SwitchLost)).reason
        await ear.next(SwitchConnected, after=1)


async def test_a_busy_switch_is_not_silent() -> None:
    """A ping's answer may wait behind events; bytes are proof enough."""

    def chatting(conversation: Conversation, action: dict[str, str]) -> None:
        conversation.send(arrival(f"5.{len(conversation.heard)}"))

    async with (
        Manager({"Ping": chatting}) as manager,
        switch_to(manager.port, heartbeat_s=0.02, heartbeat_deadline_s=0.05) as (_, ear),
    ):
        await ear.next(CallArrived, after=3)
        assert ear.all(SwitchLost) == []


async def test_stop_during_back_off_really_closes() -> None:
    async with switch_to(free_tcp_port(), backoff_first_s=0.02) as (switch, ear):
        await ear.next(SwitchLost)
        await switch.stop()
        refused = switch.stats().failed_connects
        await asyncio.sleep(0.1)
        assert switch.stats().failed_connects == refused


async def test_stop_while_connected_really_closes() -> None:
    async with Manager() as manager, switch_to(manager.port) as (switch, ear):
        await ear.next(SwitchConnected)
        await switch.stop()
        await asyncio.sleep(0.05)
        assert len(manager.conversations) == 1
        assert not switch.connected


async def test_a_wrong_secret_is_told_plainly_and_not_hammered() -> None:
    answers = {"Login": refusing("Authentication failed")}
    async with (
        Manager(answers) as manager,
        switch_to(manager.port, backoff_max_s=0.2) as (switch, ear),
    ):
        lost = await ear.next(SwitchLost)
        assert "refused the user 'callcenter': wrong name or secret" in lost.reason
        assert "\n" not in lost.reason
        await asyncio.sleep(0.3)
        assert manager.names().count("Login") <= 3
        manager.answers = {}
        await ear.next(SwitchConnected)
        assert len(ear.all(SwitchLost)) == 1
        assert switch.connected


async def test_a_missing_permission_is_told_plainly() -> None:
    def weak(conversation: Conversation, action: dict[str, str]) -> None:
        conversation.reply(action, "Success", "CoreSettings: x", "Hangup: x", "DeviceStateList: x")

    async with Manager({"ListCommands": weak}) as manager, switch_to(manager.port) as (_, ear):
        lost = await ear.next(SwitchLost)
        assert "'callcenter' lacks write=originate,agent,system in manager.conf" in lost.reason


async def test_half_a_filter_is_refused() -> None:
    """Events would be missing without a word."""
    asked = 0

    def second_time(conversation: Conversation, action: dict[str, str]) -> None:
        nonlocal asked
        asked += 1
        conversation.reply(action, "Success" if asked == 1 else "Error", "Message: no")

    async with Manager({"Filter": second_time}) as manager, switch_to(manager.port) as (_, ear):
        assert "half of the event filter" in (await ear.next(SwitchLost)).reason


async def test_without_filters_we_filter_here() -> None:
    async with (
        Manager({"Filter": refusing("no")}) as manager,
        switch_to(manager.port) as (switch, ear),
    ):
        await ear.next(SwitchConnected)
        assert manager.names().count("Filter") == 1
        manager.conversations[-1].send(b"Event: VarSet\r\nUniqueid: 6.1\r\n\r\n")
        manager.conversations[-1].send(arrival("6.1"))
        await ear.next(CallArrived)
        assert (switch.stats().events, switch.stats().wanted) == (2, 1)


async def test_a_refused_port_is_told_plainly() -> None:
    port = free_tcp_port()
    async with switch_to(port) as (_, ear):
        lost = await ear.next(SwitchLost)
        assert lost.reason.startswith(f"Asterisk manager at 127.0.0.1:{port} refuses connections")


async def test_another_service_is_told_plainly() -> None:
    async with (
        Manager(greeting=b"SSH-2.0-OpenSSH_9.2\r\n") as manager,
        switch_to(manager.port) as (_, ear),
    ):
        assert "is not an Asterisk manager" in (await ear.next(SwitchLost)).reason


async def test_a_mute_port_is_told_plainly() -> None:
    """What a TLS port looks like to a plain client."""
    async with Manager(greeting=b"") as manager, switch_to(manager.port) as (_, ear):
        assert "sends no greeting: is it the TLS port" in (await ear.next(SwitchLost)).reason


async def test_tls_to_a_plain_port_is_told_plainly() -> None:
    async with Manager() as manager, switch_to(manager.port, tls=True) as (_, ear):
        assert "set switch.tls to false" in (await ear.next(SwitchLost)).reason


async def test_a_foreign_certificate_is_told_plainly_and_our_own_is_taken(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(BANNER)
        while await reader.read(1000):
            pass
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    async with server:
        async with switch_to(port, tls=True) as (_, ear):
            assert "a certificate that is not trusted" in (await ear.next(SwitchLost)).reason
        async with switch_to(port, tls=True, tls_ca_file=str(certificate)) as (_, ear):
            assert "Login: no answer" in (await ear.next(SwitchLost)).reason


async def test_refusals_carry_the_switch_s_own_words() -> None:
    answers = {"Setvar": refusing("Permission denied")}
    async with Manager(answers) as manager, switch_to(manager.port) as (switch, ear):
        await ear.next(SwitchConnected)
        with pytest.raises(SwitchRefused, match="Setvar: Permission denied"):
            await switch.set_global("X", "1")


def waiting(switch: object) -> int:
    """How many actions panoramisk still keeps for this switch."""
    link = switch._session.link  # type: ignore[attr-defined]  # the leak is inside
    return len(link._protocol.responses)


def self_signed(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(secret)
    return folder / "cert.pem", folder / "key.pem"
