"""Queues and numbers that only the recordings have: full, empty, left by a key, and so on.

Where the product's own dialplan can do it, it does: `crm-queue` is where such a caller goes.
"""

from __future__ import annotations

import base64

TO_TINY = "5101"  # one may wait there, a second is not let in
TO_CLOSED = "5102"  # nobody works there, so nobody is let in
TO_LEAVING = "5103"  # who waits leaves with the last agent
TO_SHORT = "5104"  # three seconds are all that one may wait
TO_SHORT_FOREIGN = "5105"  # the same in a dialplan that does not say why Queue() came back
TO_OVERFLOW = "5106"  # two seconds, then the next queue
TO_KEYED = "5107"  # 1 is for a call back, 2 is the way out
TO_EAGER = "5108"  # offers a second caller to an agent who talks
TO_RINGING = "5109"  # never answered
TO_GREETING = "5110"  # a greeting of ten seconds
TO_FIRST = "5111"  # more urgent than the others
TO_RENAMED = "5112"  # the switch gives the caller another name, of unfriendly characters
BOTH_PHONES = "5201"  # one agent, two phones

MODULES = """
load = func_base64.so
"""
_UNFRIENDLY = base64.b64encode(b'A"\r\n\r\nEvent: Hangup\r\nUniqueid: 1\x01\x1b[2J\\').decode()
_QUEUED = "Goto(crm-queue,s,1)"
_LEFT = "UserEvent(CrmQueueLeft,Queue: {queue},Status: ${{QUEUESTATUS}})"

DIALPLAN = f"""
[crm-inbound]
exten => {TO_TINY},1,Set(CRM_QUEUE=tiny)
 same => n,{_QUEUED}
exten => {TO_CLOSED},1,Set(CRM_QUEUE=closed)
 same => n,{_QUEUED}
exten => {TO_LEAVING},1,Set(CRM_QUEUE=leaving)
 same => n,{_QUEUED}
exten => {TO_SHORT},1,Answer()
 same => n,Queue(support,t,,,3)
 same => n,{_LEFT.format(queue="support")}
 same => n,Hangup()
exten => {TO_SHORT_FOREIGN},1,Answer()
 same => n,Queue(support,t,,,3)
 same => n,Hangup()
exten => {TO_OVERFLOW},1,Answer()
 same => n,Queue(support,t,,,2)
 same => n,{_LEFT.format(queue="support")}
 same => n,Set(CRM_QUEUE=sales)
 same => n,{_QUEUED}
exten => {TO_KEYED},1,Set(CRM_QUEUE=keyed)
 same => n,{_QUEUED}
exten => {TO_EAGER},1,Set(CRM_QUEUE=eager)
 same => n,{_QUEUED}
exten => {TO_RINGING},1,Ringing()
 same => n,Wait(20)
exten => {TO_GREETING},1,Answer()
 same => n,Wait(10)
exten => {TO_FIRST},1,Set(CRM_QUEUE=support)
 same => n,Set(QUEUE_PRIO=10)
 same => n,{_QUEUED}
exten => {TO_RENAMED},1,Set(CALLERID(name)=${{BASE64_DECODE({_UNFRIENDLY})}})
 same => n,Set(CRM_QUEUE=support)
 same => n,{_QUEUED}
[recorded-keys]
exten => 1,1,Wait(2)
 same => n,UserEvent(CrmQueueLeft,Queue: keyed,Status: CALLBACK)
 same => n,Hangup()
exten => 2,1,Wait(2)
 same => n,Hangup()
[recorded-between]
exten => s,1,Wait(10)
[crm-agents]
exten => {BOTH_PHONES},1,Dial(PJSIP/2001&PJSIP/2002,30,t)
"""

_QUEUE = """
[{name}]
strategy = leastrecent
timeout = {timeout}
retry = 1
ringinuse = {ringinuse}
maxlen = {maxlen}
joinempty = {joinempty}
leavewhenempty = {leavewhenempty}
context = {context}
autofill = yes
musicclass = default
"""
_USUAL = {
    "timeout": "10",
    "ringinuse": "no",
    "maxlen": "0",
    "joinempty": "yes",
    "leavewhenempty": "no",
    "context": "",
}
_QUEUES: dict[str, dict[str, str]] = {
    "tiny": {"maxlen": "1"},
    "closed": {"joinempty": "no"},
    "leaving": {"leavewhenempty": "yes"},
    "keyed": {"context": "recorded-keys"},
    "eager": {"ringinuse": "yes"},
}
QUEUES = "".join(_QUEUE.format(name=name, **_USUAL | its) for name, its in _QUEUES.items())
