"""What a sipp does in a call, as steps in Python that become sipp's XML.

    incoming([ring(), pause(1), answer(), pause(3), refer("q-sales")], media)
    outgoing("13800138000", "王伟", [pause(5), bye()], media)

Times are seconds; `media` is where this party's audio is (an `rtp.RtpParty`, or `SILENT`).
"""

from __future__ import annotations

from dataclasses import dataclass

Media = tuple[str, int]
SILENT: Media = ("[media_ip]", 9)  # the discard port: nothing is sent, what comes is lost


@dataclass(frozen=True, slots=True)
class Step:
    """`{sdp}` in the XML becomes this party's audio with the step's `direction`."""

    xml: str
    direction: str = "sendrecv"


def _send(message: str, *, sdp: bool = False, retransmit: bool = True) -> str:
    timer = ' retrans="500"' if retransmit else ""
    body = "Content-Type: application/sdp\nContent-Length: [len]\n\n{sdp}"
    return (
        f"<send{timer}><![CDATA[\n{message}\n{body if sdp else 'Content-Length: 0'}\n\n]]></send>"
    )


def _response(status: str, *, tag: str = "", cseq: str = "[last_CSeq:]", sdp: bool = False) -> str:
    message = f"""SIP/2.0 {status}
[last_Via:]
[last_From:]
[last_To:]{tag}
[last_Call-ID:]
{cseq}
Contact: <sip:[service]@[local_ip]:[local_port]>"""
    return _send(message, sdp=sdp, retransmit=sdp)


def _request(method: str, *, more: str = "", sdp: bool = False) -> str:
    """Inside the dialog: $us, $them and $target were kept when it began."""
    message = f"""{method} [$target] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From:[$us]
To:[$them]
Call-ID: [call_id]
CSeq: [cseq] {method}
Contact: <sip:[service]@[local_ip]:[local_port]>
Max-Forwards: 70{more}"""
    return _send(message, sdp=sdp, retransmit=method != "ACK")


_TAG = ";tag=[pid]S[call_number]"
_GOT_OK = '<recv response="100" optional="true"/>\n<recv response="200"/>'


def pause(seconds: float) -> Step:
    return Step(f'<pause milliseconds="{round(seconds * 1000)}"/>')


def ring() -> Step:
    return Step(_response("180 Ringing", tag=_TAG))


def answer() -> Step:
    return Step(_response("200 OK", tag=_TAG, sdp=True) + '\n<recv request="ACK"/>')


def refuse(code: int = 486, reason: str = "Busy Here") -> Step:
    return Step(_response(f"{code} {reason}", tag=_TAG) + '\n<recv request="ACK"/>')


def await_cancel() -> Step:
    """Rings until the other side gives up."""
    terminated = _response("487 Request Terminated", tag=_TAG, cseq="CSeq: [$invite] INVITE")
    xml = ['<recv request="CANCEL"/>', _response("200 OK"), terminated, '<recv request="ACK"/>']
    return Step("\n".join(xml))


def _reinvite(direction: str) -> Step:
    return Step("\n".join([_request("INVITE", sdp=True), _GOT_OK, _request("ACK")]), direction)


def hold() -> Step:
    return _reinvite("sendonly")


def resume() -> Step:
    return _reinvite("sendrecv")


def refer(target: str) -> Step:
    """A blind transfer, as a desk phone's transfer key does it: REFER, then BYE."""
    more = f"\nRefer-To: <sip:{target}@127.0.0.1>"
    accepted = '<recv response="202"/>\n<pause milliseconds="200"/>'
    return Step("\n".join([_request("REFER", more=more), accepted, bye().xml]))


def bye() -> Step:
    return Step(_request("BYE") + '\n<recv response="200"/>')


def await_bye() -> Step:
    return Step('<recv request="BYE"/>\n' + _response("200 OK"))


def incoming(steps: list[Step], media: Media = SILENT) -> str:
    """Takes calls; each goes through the steps. A CANCEL or BYE before its step ends the call."""
    begin = """<recv request="INVITE"><action>
<ereg regexp=".*" search_in="hdr" header="From:" assign_to="them"/>
<ereg regexp=".*" search_in="hdr" header="To:" assign_to="to"/>
<ereg regexp="sip:[^>;]*" search_in="hdr" header="Contact:" assign_to="target"/>
<ereg regexp="[0-9]+" search_in="hdr" header="CSeq:" assign_to="invite"/>
<assignstr assign_to="us" value="[$to];tag=[pid]S[call_number]"/>
{peer}</action></recv>"""
    return _scenario([Step(begin), *steps], media, ("them", "to", "target", "invite", "us"))


def outgoing(
    caller: str, name: str, steps: list[Step], media: Media = SILENT, header: str = ""
) -> str:
    """Places calls to the -s user, then goes through the steps once it is answered. `header` is
    one more line of the INVITE."""
    more = f"\n{header}" if header else ""
    shown = f'"{name}" ' if name else ""
    invite = f"""INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: {shown}<sip:{caller}@[local_ip]:[local_port]>;tag=[pid]C[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: [cseq] INVITE
Contact: <sip:{caller}@[local_ip]:[local_port]>
Max-Forwards: 70{more}"""
    answered = """<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="183" optional="true"/>
<recv response="200"><action>
<ereg regexp=".*" search_in="hdr" header="From:" assign_to="us"/>
<ereg regexp=".*" search_in="hdr" header="To:" assign_to="them"/>
<ereg regexp="sip:[^>;]*" search_in="hdr" header="Contact:" assign_to="target"/>
{peer}</action></recv>"""
    begin = "\n".join([_send(invite, sdp=True), answered, _request("ACK")])
    return _scenario([Step(begin), *steps], media, ("us", "them", "target"))


def register(extension: str, secret: str) -> str:
    """One REGISTER, with a digest when asked for it."""
    message = f"""REGISTER sip:[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: <sip:{extension}@[remote_ip]>;tag=[pid]R[call_number]
To: <sip:{extension}@[remote_ip]>
Call-ID: [call_id]
CSeq: [cseq] REGISTER
Contact: <sip:{extension}@[local_ip]:[local_port]>
Expires: 3600
Max-Forwards: 70"""
    xml = [
        _send(message),
        '<recv response="401" auth="true"/>',
        _send(f"{message}\n[authentication username={extension} password={secret}]"),
        '<recv response="200"/>',
    ]
    return _scenario([Step("\n".join(xml))], SILENT, ())


def _scenario(steps: list[Step], media: Media, variables: tuple[str, ...]) -> str:
    body = "\n".join(step.xml.replace("{sdp}", _sdp(media, step.direction)) for step in steps)
    if media == SILENT:
        body = body.replace("{peer}", "")
    else:
        body = body.replace("{peer}", _tell_peer(media))
        variables = (*variables, "line", "peer")
    known = f'<Reference variables="{",".join(variables)}"/>' if variables else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE scenario SYSTEM "sipp.dtd">\n'
        f'<scenario name="steps">\n{body}\n{known}\n</scenario>\n'
    )


def _tell_peer(media: Media) -> str:
    """Only sipp sees the other side's SDP; the party learns by a datagram where to send."""
    host, port = media
    return f"""<ereg regexp="m=audio ([0-9]+)" search_in="body" assign_to="line,peer"/>
<exec command="bash -c 'echo [$peer] > /dev/udp/{host}/{port}'"/>
"""


def _sdp(media: Media, direction: str) -> str:
    host, port = media
    return f"""v=0
o=- 1 [cseq] IN IP4 {host}
s=-
c=IN IP4 {host}
t=0 0
m=audio {port} RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=ptime:20
a={direction}"""
