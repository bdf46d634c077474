"""One SIP message, and the small parts that messages are made of."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

Address = tuple[str, int]
SDP = (
    "v=0\r\no=- 1 {version} IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\n"
    "m=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na={direction}\r\n"
)


@dataclass
class Message:
    """One SIP message: its first line, headers by lower-case name (Via kept whole), body."""

    start: str
    headers: dict[str, str]
    body: str = ""

    @classmethod
    def parse(cls, data: bytes) -> Message:
        head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
        start, *lines = head.split("\r\n")
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            key = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact"}.get(
                name.strip().lower(), name.strip().lower()
            )
            headers[key] = f"{headers[key]},{value.strip()}" if key in headers else value.strip()
        return cls(start, headers, body)

    @property
    def method(self) -> str:
        """The request's method; for a response that of its CSeq."""
        return self.headers["cseq"].split()[1]

    @property
    def status(self) -> int:
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0") else 0


def content(body: str) -> str:
    kind = "Content-Type: application/sdp\r\n" if body else ""
    return f"{kind}Content-Length: {len(body)}\r\n\r\n{body}"


def media_of(sdp: str) -> Address:
    host = re.search(r"c=IN IP4 (\S+)", sdp)
    port = re.search(r"m=audio (\d+)", sdp)
    return (host[1], int(port[1])) if host and port else ("", 0)


def tag_of(value: str) -> str:
    match = re.search(r";tag=([^;\s]+)", value)
    return match[1] if match else ""


def new_branch() -> str:
    return "z9hG4bK" + token()


def token() -> str:
    return secrets.token_hex(8)


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def authorization(challenged: Message, user: str, password: str, method: str, uri: str) -> str:
    """The header that answers a 401 (RFC 2617, qop=auth)."""
    challenge = challenged.headers["www-authenticate"].partition(" ")[2]
    fields = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))
    cnonce = token()
    secret = md5(f"{user}:{fields['realm']}:{password}")
    proof = md5(f"{secret}:{fields['nonce']}:00000001:{cnonce}:auth:{md5(f'{method}:{uri}')}")
    opaque = f', opaque="{fields["opaque"]}"' if "opaque" in fields else ""
    return (
        f'Authorization: Digest username="{user}", realm="{fields["realm"]}", '
        f'nonce="{fields["nonce"]}", uri="{uri}", response="{proof}", cnonce="{cnonce}", '
        f"nc=00000001, qop=auth, algorithm=MD5{opaque}\r\n"
    )
