"""The orders a screen may give, dispatched to services; a repeated id is one effect."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import structlog
from pydantic import ValidationError

from callcenter.domain.permissions import Actor
from callcenter.services.auth import Session
from callcenter.services.errors import ServiceError
from callcenter.services.journal import LineQuality
from callcenter.web.answers import ErrorInfo
from callcenter.web.context import WebContext
from callcenter.web.errors import fields_of
from callcenter.web.messages import COMMANDS, CommandDone, CommandFailed, CommandFrame

log = structlog.get_logger(__name__)

REMEMBERED = 20_000
_Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Giver:
    """Who gave the order, and at which of their screens."""

    session: Session
    screen: str

    @property
    def id(self) -> UUID:
        return self.session.user.id

    @property
    def actor(self) -> Actor:
        return self.session.actor


_Order = Callable[[WebContext, Giver, Any], Awaitable[_Data | None]]


async def _dial(context: WebContext, who: Giver, args: Any) -> _Data:
    return {"call_id": str(await context.phones.dial(who.id, args.number))}


async def _echo_test(context: WebContext, who: Giver, _: Any) -> _Data:
    return {"call_id": str(await context.phones.echo_test(who.id))}


async def _claim(context: WebContext, who: Giver, _: Any) -> _Data:
    """`now` is false while a call lasts: the screen gets the telephone after it."""
    return {"now": context.holders.claim(who.id, who.screen)}


async def _quality(context: WebContext, who: Giver, args: Any) -> None:
    heard = LineQuality(args.loss, args.jitter_ms, args.rtt_ms, args.mos)
    context.quality.report(who.id, args.call_id, heard)


_ORDERS: dict[str, _Order] = {
    "agent.ready": lambda c, who, _: c.agents.ready(who.id),
    "agent.not_ready": lambda c, who, args: c.agents.not_ready(who.id, args.reason),
    "agent.finish_wrap_up": lambda c, who, _: c.agents.finish_wrap_up(who.id),
    "agent.extend_wrap_up": lambda c, who, _: c.agents.extend_wrap_up(who.id),
    "phone.answer": lambda c, who, args: c.phones.answer(who.id, args.call_id, who.screen),
    "phone.reject": lambda c, who, args: c.phones.reject(who.id, args.call_id),
    "phone.hangup": lambda c, who, args: c.phones.hangup(who.id, args.call_id),
    "phone.hold": lambda c, who, args: c.phones.hold(who.id, args.call_id, who.screen),
    "phone.resume": lambda c, who, args: c.phones.resume(who.id, args.call_id, who.screen),
    "phone.mute": lambda c, who, args: c.phones.mute(who.id, args.call_id, args.on, who.screen),
    "phone.muted": lambda c, who, args: c.phones.muted(who.id, args.call_id, args.on),
    "phone.tones": lambda c, who, args: c.phones.tones(
        who.id, args.call_id, args.digits, who.screen
    ),
    "phone.dial": _dial,
    "phone.echo_test": _echo_test,
    "phone.claim": _claim,
    "phone.transfer": lambda c, who, args: c.consults.transfer(who.id, args.call_id, args.target),
    "phone.consult": lambda c, who, args: c.consults.consult(who.id, args.call_id, args.target),
    "phone.swap": lambda c, who, args: c.consults.swap(who.id, args.call_id),
    "phone.complete": lambda c, who, args: c.consults.complete(who.id, args.call_id),
    "phone.cancel_consult": lambda c, who, args: c.consults.cancel(who.id, args.call_id),
    "phone.three_way": lambda c, who, args: c.consults.three_way(who.id, args.call_id),
    "phone.record": lambda c, who, args: c.recordings.order(who.id, args.call_id, args.on),
    "phone.quality": _quality,
    "health.watch": lambda c, who, args: c.health.watch(who.actor, who.screen, args.on),
    "call.choose_customer": lambda c, who, args: c.calls.choose_customer(
        who.actor, args.call_id, args.party_id
    ),
    "call.note": lambda c, who, args: c.calls.set_note(
        who.actor, args.call_id, args.note, args.was
    ),
}
_LASTING = frozenset({"phone.dial", "phone.echo_test", "phone.transfer", "phone.consult"})
"""Orders that ring somebody may not happen twice even when we were restarted in between: their ids
are kept in the database. The others say what shall be, so that doing them again changes nothing, or
(swap, tones) are told from each other by a memory of this process: they may not wait for a disk
while somebody listens."""


class Commands:
    def __init__(self, context: WebContext) -> None:
        self._context = context
        self._given: OrderedDict[tuple[UUID, str], tuple[CommandFrame, asyncio.Task[bytes]]] = (
            OrderedDict()
        )
        self.failed = 0

    async def run(self, session: Session, frame: CommandFrame, screen: str = "") -> bytes:
        """The result message, encoded. The same id gets the same result; never raises. `screen`
        is where the order was given."""
        slot = (session.user.id, frame.id)
        given, task = self._given.get(slot, (frame, None))
        if given != frame:
            return _failed(frame.id, "key_reused", "This id was used for another command.")
        if task is None:
            task = asyncio.create_task(self._do(Giver(session, screen), frame))
            self._given[slot] = (frame, task)
            if len(self._given) > REMEMBERED:
                self._given.popitem(last=False)
        # A screen that goes away does not undo what it ordered.
        return await asyncio.shield(task)

    def refuse(self, frame: CommandFrame) -> bytes:
        """The result of a command that was not even looked at; it may be sent again."""
        self.failed += 1
        return _failed(frame.id, "too_many_orders", "Too much is under way; try again in a moment.")

    async def _do(self, who: Giver, frame: CommandFrame) -> bytes:
        model = COMMANDS.get(frame.name)
        if model is None:
            return _failed(frame.id, "unknown_command", "This command is not known.")
        try:
            args = model.model_validate(frame.args)
        except ValidationError as error:
            return _failed(
                frame.id, "bad_request", "The command has wrong fields.", fields_of(error)
            )
        try:
            data = await self._order(who, frame, args)
        except ServiceError as error:
            self.failed += 1
            return _failed(frame.id, error.code, error.message, error.fields)
        except Exception:  # a bug of ours: log it whole, tell the screen nothing of it
            self.failed += 1
            log.exception("command_failed", command=frame.name, user=who.session.user.login)
            return _failed(
                frame.id, "internal", "Something went wrong on our side; it has been logged."
            )
        return orjson.dumps(CommandDone("result", frame.id, True, data))

    async def _order(self, who: Giver, frame: CommandFrame, args: Any) -> _Data:
        async def effect() -> _Data:
            return await _ORDERS[frame.name](self._context, who, args) or {}

        if frame.name not in _LASTING:
            return await effect()
        what = orjson.dumps([frame.name, frame.args], option=orjson.OPT_SORT_KEYS).decode()
        return await self._context.once.run(who.id, frame.id, what, effect)


def _failed(id_: str, code: str, message: str, fields: dict[str, str] | None = None) -> bytes:
    return orjson.dumps(CommandFailed("result", id_, False, ErrorInfo(code, message, fields or {})))
