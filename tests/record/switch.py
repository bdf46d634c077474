"""The real Asterisk with what some recordings need beside ours: parking, voicemail, AMD.

None of it is part of the product's own switch: an existing Asterisk may well have it.
"""

from __future__ import annotations

from tests.asterisk.server import AsteriskServer
from tests.record.scenarios.table import AMD, LISTEN, PARK, VOICEMAIL

MODULES = """
load = app_amd.so
load = app_voicemail.so
load = res_parking.so
"""
DIALPLAN = f"""
[crm-transfer]
exten => {VOICEMAIL},1,Answer()
 same => n,VoiceMail(2001@default,s)
 same => n,Hangup()
include => parkedcalls
[crm-agents]
exten => {LISTEN},1,Answer()
 same => n,ChanSpy(PJSIP/2001,qE)
 same => n,Hangup()
[recorded-hold]
exten => music,1,MusicOnHold(default)
exten => wait,1,Wait(60)
[recorded-amd]
exten => {AMD},1,AMD(2500,1500,800,5000,100,50,5,256,5000)
 same => n,UserEvent(CrmAmd,Uniqueid: ${{UNIQUEID}},Status: ${{AMDSTATUS}},Cause: ${{AMDCAUSE}})
 same => n,GotoIf($["${{AMDSTATUS}}"="HUMAN"]?person)
 same => n,Hangup()
 same => n(person),Queue(sales,t)
 same => n,Hangup()
"""
# A desk phone that is not heard for 3 s is gone: as a browser's, which has this in the product.
PHONES = """
[2001](+type=endpoint)
rtp_timeout = 3
"""
FILES = {
    "voicemail.conf": "[general]\nformat = wav\n[default]\n2001 => 1234,Phone 2001\n",
    "res_parking.conf": (
        f"[general]\n[default]\nparkext = {PARK}\nparkpos = 7001-7009\ncontext = parkedcalls\n"
        "parkingtime = 5\ncomebacktoorigin = yes\ncomebackdialtime = 10\n"
    ),
    "amd.conf": "[general]\n",
}


class RecordedSwitch(AsteriskServer):
    """`AsteriskServer`, with files that it has no template of."""

    def _write(self) -> None:
        super()._write()
        for name, text in FILES.items():
            (self.home / "etc" / name).write_text(text)
