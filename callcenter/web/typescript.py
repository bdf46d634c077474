"""The browser's types, made from the same declarations that validate and serialise here.

`python -m callcenter.web.typescript --out agent_ui/src/messages.gen.ts` writes the file; a test
fails while it is stale. Small on purpose: it knows the JSON schema that pydantic makes of our
dataclasses and models, and refuses anything else.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from callcenter.domain.agents import Rest, State
from callcenter.services import records, views
from callcenter.web import answers, bodies
from callcenter.web.messages import (
    CLOSE_SIGNED_OUT,
    CLOSE_TOO_SLOW,
    COMMANDS,
    FeedMessage,
    Hello,
    Ping,
    ServerMessage,
)
from callcenter.web.schemas import Schema, schemas

ALIASES: dict[str, Any] = {
    "Match": views.Match,
    "AgentState": State,
    "CallState": views.CallState,
    "Rest": Rest,
    "PartyKind": records.PartyKind,
    "PhoneMode": records.PhoneMode,
    "Density": records.Density,
    "TicketStatus": records.TicketStatus,
    "TimelineKind": records.TimelineKind,
    "CallbackStatus": records.CallbackStatus,
    "ArticleKind": records.ArticleKind,
    "MissedReason": records.MissedReason,
    "RecordingState": records.RecordingState,
    "CallbackOwner": bodies.CallbackOwner,
    "Locale": bodies.Locale,
    "Theme": bodies.Theme,
}
"""Literal types that have a name in TypeScript too."""

FEED_MESSAGES: tuple[type, ...] = get_args(FeedMessage)
SERVER_MESSAGES: tuple[type, ...] = get_args(ServerMessage)
ANSWERS: tuple[type, ...] = (
    answers.ErrorBody,
    answers.SignedIn,
    answers.SessionView,
    answers.PracticeView,
    answers.CallList,
    answers.CustomerList,
    answers.TicketList,
    answers.Health,
    records.PhoneAccess,
    records.CallDetail,
    records.CustomerDetail,
    records.TicketDetail,
    answers.TimelineList,
    answers.RecordingList,
    answers.ReconciliationList,
    answers.DifferenceList,
    answers.CallbackList,
    answers.MissedList,
    answers.MissedCleared,
    answers.TaskList,
    answers.ArticleList,
    records.DeskConfig,
    records.FiguresView,
)
REQUESTS: tuple[type[BaseModel], ...] = (
    bodies.SignIn,
    bodies.PrefsPatch,
    bodies.CallPatch,
    bodies.RecordingDelete,
    bodies.CustomerCreate,
    bodies.TicketCreate,
    bodies.TicketPatch,
    bodies.NoteCreate,
    bodies.WrapUp,
    bodies.CallbackCreate,
    bodies.CallbackPatch,
    bodies.MissedClear,
    bodies.CustomerNote,
    bodies.TaskCreate,
    bodies.TaskPatch,
    Hello,
    Ping,
)

HEADER = f"""\
// Made by `python -m callcenter.web.typescript`; do not edit. A test fails while it is stale.

export type Uuid = string;
/** ISO-8601 in UTC. */
export type Iso = string;

/** The gateway's close codes of our own. */
export const CLOSE_TOO_SLOW = {CLOSE_TOO_SLOW};
export const CLOSE_SIGNED_OUT = {CLOSE_SIGNED_OUT};
"""


class Unsupported(ValueError):
    """A schema this generator does not know how to write."""


def _literals() -> dict[frozenset[Any], str]:
    return {frozenset(get_args(literal)): name for name, literal in ALIASES.items()}


def _quote(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)


def type_of(schema: Schema) -> str:
    """One JSON schema as a TypeScript type expression. Raises Unsupported."""
    match schema:
        case {"$ref": reference}:
            written = str(reference).rsplit("/", 1)[-1]
        case {"const": value}:
            written = _quote(value)
        case {"enum": values}:
            name = _literals().get(frozenset(values))
            written = name or " | ".join(_quote(value) for value in values)
        case {"anyOf": options}:
            written = " | ".join(type_of(each) for each in options)
        case {"type": "array", "items": items}:
            inner = type_of(items)
            written = f"({inner})[]" if "|" in inner else f"{inner}[]"
        case {"type": "object"} if not schema.get("properties"):
            written = _record(schema.get("additionalProperties", True))
        case {"type": "string"}:
            written = {"uuid": "Uuid", "date-time": "Iso"}.get(schema.get("format", ""), "string")
        case {"type": "integer" | "number"}:
            written = "number"
        case {"type": "boolean" | "null" as plain}:
            written = str(plain)
        case _:
            raise Unsupported(f"no TypeScript for {schema}")
    return written


def _record(values: bool | Schema) -> str:
    if values is False:
        return "Record<string, never>"
    return f"Record<string, {'unknown' if values is True else type_of(values)}>"


def _interface(name: str, schema: Schema) -> str:
    required = set(schema.get("required", ()))
    lines = [f"export interface {name} {{"]
    for field, inner in schema.get("properties", {}).items():
        optional = "" if field in required else "?"
        lines.append(f"  {field}{optional}: {type_of(inner)};")
    return "\n".join([*lines, "}"])


def _command_args() -> str:
    lines = ["/** The orders a screen may give, and what each takes. */"]
    lines.append("export interface CommandArgs {")
    definitions = schemas(tuple(dict.fromkeys(COMMANDS.values())), "validation")
    for name, model in COMMANDS.items():
        schema = definitions[model.__name__]
        required = set(schema.get("required", ()))
        fields = "; ".join(
            f"{field}{'' if field in required else '?'}: {type_of(inner)}"
            for field, inner in schema.get("properties", {}).items()
        )
        lines.append(f'  "{name}": {f"{{ {fields} }}" if fields else "Record<string, never>"};')
    return "\n".join([*lines, "}"])


def render() -> str:
    """The whole of messages.gen.ts. The same text for the same declarations."""
    parts = [HEADER.rstrip()]
    for name, literal in ALIASES.items():
        options = " | ".join(_quote(value) for value in get_args(literal))
        parts.append(f"export type {name} = {options};")
    outgoing = {
        # What we send is whole, whatever may be left out where it is made.
        name: {**schema, "required": list(schema.get("properties", ()))}
        for name, schema in schemas(SERVER_MESSAGES + ANSWERS, "serialization").items()
    }
    incoming = schemas(REQUESTS, "validation")
    for name, schema in sorted((outgoing | incoming).items()):
        parts.append(_interface(name, schema))
    for union, members in (("FeedMessage", FEED_MESSAGES), ("ServerMessage", SERVER_MESSAGES)):
        parts.append(
            f"export type {union} =\n  | " + "\n  | ".join(each.__name__ for each in members) + ";"
        )
    parts.append(_command_args())
    parts.append("export type CommandName = keyof CommandArgs;")
    parts.append(
        "export interface Command<N extends CommandName = CommandName> {\n"
        '  type: "command";\n  /** The idempotency key. */\n  id: string;\n'
        "  name: N;\n  args: CommandArgs[N];\n}"
    )
    parts.append("export type ClientMessage = Hello | Ping | Command;")
    return "\n\n".join(parts) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="write the browser's message types")
    parser.add_argument("--out", type=Path, required=True)
    out: Path = parser.parse_args().out
    out.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main()
