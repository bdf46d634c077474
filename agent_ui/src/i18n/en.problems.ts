/** Part of the English texts that come on demand: what stands between us and a switch or a file. */
export const enProblems = {
  "banner.switch_of": "{name}: {why}",
  "problem.not_connected_yet": "Not connected yet.",
  "problem.not_set_up": "No switch of this name is set up.",
  "problem.other_owner": "Another process works for {pbx}: {owner}",
  "problem.at": "Asterisk manager at {at}: {why}",
  "problem.silent": "it was silent for {silent_s} s",
  "problem.closed": "the other side closed the connection",
  "problem.closed_early":
    "the other side closed the connection before its greeting: is it the TLS port?",
  "problem.closed_saying": "the other side closed the connection ({said})",
  "problem.closed_here": "we closed it",
  "problem.not_manager": "it greeted with {said} and is not an Asterisk manager",
  "problem.refused":
    "Asterisk manager at {at} refuses connections: is Asterisk running, and enabled=yes in manager.conf?",
  "problem.unreachable": "Asterisk manager at {at} cannot be reached ({said})",
  "problem.no_answer": "Asterisk manager at {at} does not answer (tried for {tried_s} s)",
  "problem.no_answer_tls":
    "Asterisk manager at {at} does not answer (tried for {tried_s} s). If its port does not speak TLS, set switch.tls to false.",
  "problem.no_greeting":
    "Asterisk manager at {at} accepts but sends no greeting: is it the TLS port, or another service?",
  "problem.no_tls":
    "Asterisk manager at {at} does not speak TLS there: set switch.tls to false or use its TLS port.",
  "problem.not_trusted":
    "Asterisk manager at {at} shows a certificate that is not trusted ({said})",
  "problem.login_refused":
    "Asterisk manager at {at} refused the user “{user}”: wrong name or secret, or not permitted from here ({said})",
  "problem.login_unsafe": "switch.username or switch.secret: {said}",
  "problem.no_permission":
    "Asterisk manager at {at}: the user “{user}” lacks write={permissions} in manager.conf.",
  "problem.half_filter": "The switch took half of the event filter: {said}",
  "problem.state_unread": "The switch's state could not be read: {said}",
  "problem.state_not_read_anew": "its state could not be read anew: {said}",
  "problem.internal": "Internal error: {said}",
  "problem.plain": "{said}",
  "problem.no_file":
    "{path}: there is no such file. Is CEL on, has there been a call, and is the folder the switch's own? callcenter pbx check looks.",
  "problem.no_folder": "{path}: there is no such folder",
  "problem.no_right": "{path}: the user that runs the server has no right to it",
  "problem.no_room": "{path}: no space left on the disk",
  "problem.read_only": "{path}: the disk is read-only",
  "problem.not_removable": "{path}: what is taken in cannot be removed there",
  "problem.said": "{path}: {said}",
  "problem.no_table": "There is no table {table} in the database",
  "problem.no_columns":
    "Table {table} has no column {columns}: make it as the snippets of callcenter pbx config say.",
  "problem.no_zone":
    "Column eventtime of table {table} is {kind}, which knows no time zone: make it double precision. cel_pgsql.conf of callcenter pbx config has the statement.",
  "problem.rotated": "{path}: rotated whenever it was read",
  "problem.no_line": "{path}: no line of it can be read: {why}",
  "problem.begins_late": "It begins at {begins}; calls since {since} may be missing in it.",
  "problem.line_columns": "{there} columns where {expected} are expected",
  "problem.line_order":
    "the columns are in an order that is not known here: use the cel_custom.conf that callcenter pbx config writes",
  "problem.line_misfit": "no event, Uniqueid and channel are where they are expected",
  "problem.line_date": "“{text}” is no time in Unix seconds: take dateformat out of cel.conf",
  "problem.line_time": "“{text}” is no likely time",
  "problem.line_json": "its last column is no JSON",
  "problem.line_json_object": "its last column is no JSON object",
  "problem.line_cut": "the line is cut short, or a quote is not closed",
  "problem.line_empty": "it has no event, no Uniqueid or no channel",
  "problem.line_fields":
    "{there} fields where {expected} or more are expected: the line is cut short",
  "problem.line_event": "its fifth field is no event",
  "problem.line_unpacked": "cannot be unpacked to its end: {said}",
  "problem.line_clock": "the clock went back {back_s} s",
  "problem.lines_more": "{more} more",
} as const;
