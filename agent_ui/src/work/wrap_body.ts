import type {
  CallbackCreate,
  NextTask,
  PromisedCallback,
  TaskCreate,
  WrapUp,
} from "../messages.gen";
import { type CallbackDraft, NOTHING, type TaskDraft, type WrapDraft } from "./wrap_draft";
import { browserZone, knownZone, momentOf, wallTime } from "./zones";

/** What cannot be saved as it is, and where that is said. */
export type Missing = "disposition" | "callback" | "task";

export interface WrapUpParts {
  readonly draft: WrapDraft;
  /** The call's note as it shall be, and what it was made of; null when nothing was written. */
  readonly note: { readonly note: string; readonly was: string } | null;
  /** The ticket being worked; null opens one when there is a note, "none" does not. */
  readonly ticket: string | "none" | null;
  /** What a new ticket is called when it was given no subject. */
  readonly subject: string;
}

/** Everything about a call in one request. */
export function wrapUpOf({ draft, note, ticket, subject }: WrapUpParts): WrapUp {
  const { disposition, tags, callback, task, solved } = draft;
  const body: WrapUp = {};
  if (disposition !== null) body.disposition_id = disposition;
  if (tags !== null) body.tags = [...tags];
  if (note !== null) {
    body.note = note.note;
    body.note_was = note.was;
  }
  if (callback !== null) body.callback = promised(callback);
  if (task !== null) body.task = nextTask(task);
  if (ticket === "none") return body;
  const status = solved ? ({ status: "solved" } as const) : {};
  if (ticket !== null) body.ticket = { id: ticket, ...status };
  else if (note !== null) body.ticket = { subject: draft.subject.trim() || subject, ...status };
  return body;
}

/** The words in a body, for people. */
export function writtenIn(body: object): string {
  const { note, body: text } = body as { note?: string; body?: string };
  return note ?? text ?? "";
}

/** A wrap-up that was not taken, as the draft it was. */
export function draftOf({ disposition_id, tags, callback, task, ticket }: WrapUp): WrapDraft {
  const zone = knownZone(callback?.zone ?? "");
  return {
    ...NOTHING,
    disposition: disposition_id ?? null,
    tags: tags ?? null,
    callback: callback
      ? {
          ...wallTime(Date.parse(callback.due_at), zone),
          zone,
          number: callback.number ?? "",
          owner: callback.owner ?? "me",
          note: callback.note ?? "",
        }
      : null,
    task: task
      ? {
          ...(task.due_at
            ? wallTime(Date.parse(task.due_at), browserZone())
            : { date: "", time: "" }),
          body: task.body,
          owner: task.owner ?? "me",
        }
      : null,
    solved: ticket?.status === "solved",
    subject: ticket?.subject ?? "",
  };
}

/** What of a draft is half written; in the order it stands on the screen. */
export function halfWritten({ callback, task }: WrapDraft): Missing | null {
  if (callback !== null && dueAt(callback) === null) return "callback";
  if (task !== null && task.body.trim() === "") return "task";
  return null;
}

/** The moment of a callback, as the customer's clock has it; null while it is half written. */
export function dueAt({ date, time, zone }: CallbackDraft): string | null {
  const at = momentOf({ date, time }, zone);
  return at === null ? null : new Date(at).toISOString();
}

function promised(draft: CallbackDraft): PromisedCallback {
  const { zone, number, owner, note } = draft;
  return { due_at: dueAt(draft) ?? "", zone, number, owner, note };
}

/** A task without a time is due at the end of its day; without a day it is due when it is done. */
export function nextTask({ body, date, time, owner }: TaskDraft): NextTask {
  const at = date === "" ? null : momentOf({ date, time: time || "18:00" }, browserZone());
  return { body: body.trim(), due_at: at === null ? null : new Date(at).toISOString(), owner };
}

/** A callback for a customer who is shown without a call. */
export function looseCallback(draft: CallbackDraft, partyId: string): CallbackCreate {
  return { ...promised(draft), number: draft.number, party_id: partyId };
}

export function looseTask(draft: TaskDraft, partyId: string, ticketId: string | null): TaskCreate {
  return { ...nextTask(draft), party_id: partyId, ticket_id: ticketId };
}
