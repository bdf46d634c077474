"""The orders a screen may give, dispatched to services; a repeated id is one effect."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import orjson
import structlog
from pydantic import ValidationError

from callcenter.services.auth import Session
from callcenter.services.errors import ServiceError
from callcenter.web.answers import ErrorInfo
from callcenter.web.context import WebContext
from callcenter.web.errors import fields_of
from callcenter.web.messages import COMMANDS, CommandDone, CommandFailed, CommandFrame

log = structlog.get_logger(__name__)

REMEMBERED = 20_000
_Data = dict[str, Any]
_Order = Callable[[WebContext, Session, Any], Awaitable[_Data | None]]


async def _dial(context: WebContext, who: Session, args: Any) -> _Data:
    return {"call_id": str(await context.phones.dial(who.user.id, args.number))}


_ORDERS: dict[str, _Order] = {
    "agent.ready": lambda c, who, _: c.agents.ready(who.user.id),
    "agent.not_ready": lambda c, who, args: c.agents.not_ready(who.user.id, args.reason),
    "agent.finish_wrap_up": lambda c, who, _: c.agents.finish_wrap_up(who.user.id),
    "phone.answer": lambda c, who, args: c.phones.answer(who.user.id, args.call_id),
    "phone.reject": lambda c, who, args: c.phones.reject(who.user.id, args.call_id),
    "phone.hangup": lambda c, who, args: c.phones.hangup(who.user.id, args.call_id),
    "phone.hold": lambda c, who, args: c.phones.hold(who.user.id, args.call_id),
    "phone.resume": lambda c, who, args: c.phones.resume(who.user.id, args.call_id),
    "phone.mute": lambda c, who, args: c.phones.mute(who.user.id, args.call_id, args.on),
    "phone.dial": _dial,
    "phone.transfer": lambda c, who, args: c.phones.transfer(
        who.user.id, args.call_id, args.target
    ),
    "call.choose_customer": lambda c, who, args: c.calls.choose_customer(
        who.actor, args.call_id, args.party_id
    ),
    "call.note": lambda c, who, args: c.calls.set_note(
        who.actor, args.call_id, args.note, args.was
    ),
}
_LASTING = frozenset({"phone.dial", "phone.transfer"})
"""Orders that may not happen twice even when we were restarted in between: their ids are kept in
the database. The others say what shall be, so that doing them again changes nothing."""


class Commands:
    def __init__(self, context: WebContext) -> None:
        self._context = context
        self._given: OrderedDict[tuple[UUID, str], tuple[CommandFrame, asyncio.Task[bytes]]] = (
            OrderedDict()
        )
        self.failed = 0

    async def run(self, session: Session, frame: CommandFrame) -> bytes:
        """The result message, encoded. The same id gets the same result; never raises."""
        slot = (session.user.id, frame.id)
        given, task = self._given.get(slot, (frame, None))
        if given != frame:
            return _failed(frame.id, "key_reused", "This id was used for another command.")
        if task is None:
            task = asyncio.create_task(self._do(session, frame))
            self._given[slot] = (frame, task)
            if len(self._given) > REMEMBERED:
                self._given.popitem(last=False)
        # A screen that goes away does not undo what it ordered.
        return await asyncio.shield(task)

    def refuse(self, frame: CommandFrame) -> bytes:
        """The result of a command that was not even looked at; it may be sent again."""
        self.failed += 1
        return _failed(frame.id, "too_many_orders", "Too much is under way; try again in a moment.")

    async def _do(self, session: Session, frame: CommandFrame) -> bytes:
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
            data = await self._order(session, frame, args)
        except ServiceError as error:
            self.failed += 1
            return _failed(frame.id, error.code, error.message, error.fields)
        except Exception:  # a bug of ours: log it whole, tell the screen nothing of it
            self.failed += 1
            log.exception("command_failed", command=frame.name, user=session.user.login)
            return _failed(
                frame.id, "internal", "Something went wrong on our side; it has been logged."
            )
        return orjson.dumps(CommandDone("result", frame.id, True, data))

    async def _order(self, session: Session, frame: CommandFrame, args: Any) -> _Data:
        async def effect() -> _Data:
            return await _ORDERS[frame.name](self._context, session, args) or {}

        if frame.name not in _LASTING:
            return await effect()
        what = orjson.dumps([frame.name, frame.args], option=orjson.OPT_SORT_KEYS).decode()
        return await self._context.once.run(session.user.id, frame.id, what, effect)


def _failed(id_: str, code: str, message: str, fields: dict[str, str] | None = None) -> bytes:
    return orjson.dumps(CommandFailed("result", id_, False, ErrorInfo(code, message, fields or {})))
