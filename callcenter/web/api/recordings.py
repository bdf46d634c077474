"""Recordings: which a call has, their sound (any part of it) and waveform, and their deletion."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from callcenter.services.records import RecordingRow
from callcenter.web.answers import RecordingList
from callcenter.web.api.route import Bytes, Incoming, Route
from callcenter.web.bodies import RecordingDelete
from callcenter.web.ranges import NotThere, wanted

WAV = "audio/wav"
OCTETS = "application/octet-stream"


async def listed(incoming: Incoming[None, None]) -> RecordingList:
    rows = await incoming.context.library.of_call(incoming.actor, incoming.id)
    return RecordingList(tuple(rows))


async def sound(incoming: Incoming[None, None]) -> Bytes:
    return await _sound(incoming, listens=True)


async def sound_head(incoming: Incoming[None, None]) -> Bytes:
    return await _sound(incoming, listens=False)


async def _sound(incoming: Incoming[None, None], *, listens: bool) -> Bytes:
    found = await incoming.context.library.sound(incoming.actor, incoming.id, listens=listens)
    tag = f'"{found.tag}"'
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": tag,
        "Content-Disposition": f'inline; filename="{found.id}.wav"',
    }
    asked = incoming.headers.get("Range") if listens else None  # ranges are for GET
    try:
        part = wanted(asked, incoming.headers.get("If-Range"), found.length, tag)
    except NotThere:
        headers["Content-Range"] = f"bytes */{found.length}"
        return Bytes(WAV, 0, None, 416, headers)
    begin, end = part or (0, found.length)
    if part is not None:
        headers["Content-Range"] = f"bytes {begin}-{end - 1}/{found.length}"
    pieces = found.pieces(begin, end) if listens else None
    return Bytes(WAV, end - begin, pieces, 206 if part is not None else 200, headers)


async def peaks(incoming: Incoming[None, None]) -> Bytes:
    data = await incoming.context.library.peaks(incoming.actor, incoming.id)
    return Bytes(OCTETS, len(data), _whole(data))


async def _whole(data: bytes) -> AsyncGenerator[bytes, None]:
    yield data


async def delete(incoming: Incoming[RecordingDelete, None]) -> RecordingRow:
    return await incoming.context.library.delete(incoming.actor, incoming.id, incoming.body.reason)


ROUTES = (
    Route("GET", "/calls/{id}/recordings", listed, "A call's recordings, in the order they began"),
    Route(
        "GET",
        "/recordings/{id}/sound",
        sound,
        "The sound of a recording, or a part of it; that somebody listened is audited",
        media=WAV,
        ranges=True,
    ),
    Route("HEAD", "/recordings/{id}/sound", sound_head, "How long the sound is", media=WAV),
    Route(
        "GET",
        "/recordings/{id}/peaks",
        peaks,
        "The waveform: the largest amplitude in each of some 1,000 slices, a byte each",
        media=OCTETS,
    ),
    Route("DELETE", "/recordings/{id}", delete, "Delete a recording; the audit keeps the proof"),
)
