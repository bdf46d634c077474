"""What stands between us and a switch or its record: a code that screens translate, and its facts.

The English words are for the log and the command line; a screen has its own for each code.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

ProblemCode = Literal[
    # of a connection
    "not_connected_yet",
    "not_set_up",
    "other_owner",
    "at",
    "silent",
    "closed",
    "closed_early",
    "closed_saying",
    "closed_here",
    "not_manager",
    "refused",
    "unreachable",
    "no_answer",
    "no_answer_tls",
    "no_greeting",
    "no_tls",
    "not_trusted",
    "login_refused",
    "login_unsafe",
    "no_permission",
    "half_filter",
    "state_unread",
    "state_not_read_anew",
    "internal",
    "plain",
    # of a file, a folder or a table
    "no_file",
    "no_folder",
    "no_right",
    "no_room",
    "read_only",
    "not_removable",
    "said",
    "no_table",
    "no_columns",
    "no_zone",
    "rotated",
    "no_line",
    "begins_late",
    # of a line in it
    "line_columns",
    "line_order",
    "line_misfit",
    "line_date",
    "line_time",
    "line_json",
    "line_json_object",
    "line_cut",
    "line_empty",
    "line_fields",
    "line_event",
    "line_unpacked",
    "line_clock",
    "lines_more",
]

ENGLISH: Final[Mapping[ProblemCode, str]] = {
    "not_connected_yet": "Not connected yet.",
    "not_set_up": "No switch of this name is set up.",
    "other_owner": "another process works for {pbx}: {owner}",
    "at": "Asterisk manager at {at}: {why}",
    "silent": "it was silent for {silent_s:g} s",
    "closed": "the connection was closed by the other side",
    "closed_early": "the connection was closed by the other side before its greeting: "
    "is it the TLS port?",
    "closed_saying": "the connection was closed by the other side ({said})",
    "closed_here": "we closed it",
    "not_manager": "it greeted with {said} and is not an Asterisk manager",
    "refused": "Asterisk manager at {at} refuses connections: is Asterisk running, and "
    "enabled=yes in manager.conf?",
    "unreachable": "Asterisk manager at {at} cannot be reached ({said})",
    "no_answer": "Asterisk manager at {at} does not answer (tried for {tried_s:g} s)",
    "no_answer_tls": "Asterisk manager at {at} does not answer (tried for {tried_s:g} s); "
    "if its port does not speak TLS, set switch.tls to false",
    "no_greeting": "Asterisk manager at {at} accepts but sends no greeting: is it the TLS port, "
    "or another service?",
    "no_tls": "Asterisk manager at {at} does not speak TLS there: set switch.tls to false or use "
    "its TLS port",
    "not_trusted": "Asterisk manager at {at} shows a certificate that is not trusted ({said})",
    "login_refused": "Asterisk manager at {at} refused the user {user!r}: wrong name or secret, "
    "or not permitted from here ({said})",
    "login_unsafe": "switch.username or switch.secret: {said}",
    "no_permission": "Asterisk manager at {at}: the user {user!r} lacks write={permissions} in "
    "manager.conf",
    "half_filter": "the switch took half of the event filter: {said}",
    "state_unread": "the switch's state could not be read: {said}",
    "state_not_read_anew": "its state could not be read anew: {said}",
    "internal": "internal error: {said}",
    "plain": "{said}",
    "no_file": "{path}: there is no such file: is CEL on, has there been a call, and is the folder "
    "the switch's own? (`callcenter pbx check` looks)",
    "no_folder": "{path}: there is no such folder",
    "no_right": "{path}: permission denied: give the user that runs us the right to it",
    "no_room": "{path}: no space left on the disk",
    "read_only": "{path}: the disk is read-only",
    "not_removable": "{path}: what is taken in cannot be removed there",
    "said": "{path}: {said}",
    "no_table": "there is no table {table} in the database",
    "no_columns": "table {table} has no column {columns}: make it as the snippets of "
    "`callcenter pbx config` say",
    "no_zone": "column eventtime of table {table} is {kind}, which knows no time zone: make it "
    "double precision (cel_pgsql.conf of `callcenter pbx config` has the statement)",
    "rotated": "{path}: rotated whenever it was read",
    "no_line": "{path}: no line of it can be read: {why}",
    "begins_late": "the record begins at {begins}; calls since {since} may be missing in it",
    "line_columns": "{there} columns where {expected} are expected",
    "line_order": "the columns are in an order that is not known here: use the cel_custom.conf "
    "that `callcenter pbx config` writes",
    "line_misfit": "no event, Uniqueid and channel are where they are expected",
    "line_date": "{text!r} is no time in Unix seconds: take dateformat out of cel.conf",
    "line_time": "{text!r} is no likely time",
    "line_json": "its last column is no JSON",
    "line_json_object": "its last column is no JSON object",
    "line_cut": "the line is cut short, or a quote is not closed",
    "line_empty": "it has no event, no Uniqueid or no channel",
    "line_fields": "{there} fields where {expected} or more are expected: the line is cut short",
    "line_event": "its fifth field is no event",
    "line_unpacked": "cannot be unpacked to its end: {said}",
    "line_clock": "the clock went back {back_s:.1f} s",
    "lines_more": "{more} more",
}

_OF_ERRNO: Final[Mapping[int | None, ProblemCode]] = {
    errno.EACCES: "no_right",
    errno.EPERM: "no_right",
    errno.ENOENT: "no_folder",
    errno.ENOTDIR: "no_folder",
    errno.ENOSPC: "no_room",
    errno.EDQUOT: "no_room",
    errno.EROFS: "read_only",
}


@dataclass(frozen=True, slots=True)
class Problem:
    code: ProblemCode
    values: Mapping[str, str | float] = field(default_factory=dict, hash=False)
    """What the words name; ``…_s`` is in seconds, `said` what another program said. `why` is the
    code of the problem behind this one, whose own values are here too."""

    def __str__(self) -> str:
        return _english(self.code, self.values)

    def within(self, code: ProblemCode, **values: str | float) -> Problem:
        """`code`, because of this one."""
        return Problem(code, {**self.values, **values, "why": self.code})


def _english(code: str, values: Mapping[str, str | float]) -> str:
    said = dict(values)
    if "why" in said:
        rest = {name: value for name, value in values.items() if name != "why"}
        said["why"] = _english(str(said["why"]), rest)
    return ENGLISH[code].format_map(said)  # type: ignore[index]  # by construction one of them


def of_os(error: OSError, path: object) -> Problem:
    """What the machine said of a file or folder, in our words where we have them."""
    code = _OF_ERRNO.get(error.errno, "said")
    said = {"said": error.strerror or str(error)} if code == "said" else {}
    return Problem(code, {"path": str(path), **said})
