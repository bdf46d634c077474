import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { type Api, ApiError } from "../api";
import { inWords, type Notices } from "../desk/notices";
import { newKey } from "../keys";
import type { CallDetail, CallView, DeskConfig, DispositionView, WrapUp } from "../messages.gen";
import type { Resource } from "../resource";
import type { NoteKeeper } from "../ticket/note_keeper";
import { isRequired, offered, pathTo } from "./dispositions";
import { type Job, type JobKind, Outbox } from "./outbox";
import {
  draftOf,
  halfWritten,
  looseCallback,
  looseTask,
  type Missing,
  wrapUpOf,
  writtenIn,
} from "./wrap_body";
import { NOTHING, says, WrapDrafts, WrapKeeper } from "./wrap_draft";

/** What the work is about, as the desk shows it. */
export interface Subject {
  /** The call's id, else the customer's; "" for nothing. */
  readonly key: string;
  readonly callId: string | null;
  readonly partyId: string | null;
  readonly ticketId: string | null;
  readonly queue: string;
  /** Whom it is about, in words. */
  readonly name: string;
  /** What the log holds of the call already. */
  readonly disposition: string | null;
  readonly tags: readonly string[];
  /** Somebody was talked to. */
  readonly answered: boolean;
}

/** What stands in the middle of the work column. */
export const MIDDLES = ["ticket", "script", "callback", "task"] as const;
export type Middle = (typeof MIDDLES)[number];

export interface WorkParts {
  readonly userId: string;
  readonly api: Api;
  readonly notices: Notices;
  readonly note: NoteKeeper;
  readonly config: Resource<DeskConfig>;
  readonly subject: ReadonlySignal<Subject>;
  readonly storage: Storage;
  readonly online: () => boolean;
  /** Whether a call is one of those at the desk now. */
  readonly isHere: (callId: string) => boolean;
  /** A call was saved, perhaps with a ticket opened for it. */
  readonly saved: (callId: string, detail: CallDetail | null) => void;
}

/** Said beside the field it is about. */
export interface Problem {
  readonly key: string;
  readonly where: Missing | "save";
  /** What the server said. */
  readonly error?: ApiError;
}

/** What an agent does with a call besides talking: decide what it was, promise what comes next, save. */
export class Work {
  readonly outbox: Outbox;
  readonly wrap: WrapKeeper;
  /** Why the last save did not go through; gone with the next change. */
  readonly problem = signal<Problem | null>(null);
  /** A script stays open from call to call; a form belongs to one. */
  readonly middle = signal<Middle>("ticket");
  /** The dispositions of the call that is shown. */
  readonly nodes: ReadonlySignal<readonly DispositionView[]>;
  readonly required: ReadonlySignal<boolean>;
  /** The disposition the call has or will have, from the root. */
  readonly chosen: ReadonlySignal<readonly DispositionView[]>;
  readonly tags: ReadonlySignal<readonly string[]>;
  /** There is something a save would bring to the server. */
  readonly unsaved: ReadonlySignal<boolean>;
  /** Calls that this page saved, as the server answered; of those that are gone the log knows it. */
  private readonly done = signal<ReadonlyMap<string, CallDetail>>(new Map());
  private readonly onStorage = ({ key }: StorageEvent) => {
    this.outbox.hear(key);
    this.wrap.hear(key);
  };

  constructor(private readonly parts: WorkParts) {
    const { userId, storage, config, subject } = parts;
    this.wrap = new WrapKeeper(new WrapDrafts(storage, userId));
    this.outbox = new Outbox({
      userId,
      storage,
      locks: navigator.locks ?? null,
      post: (path, body, key) => parts.api.post(path, body, key),
      online: parts.online,
      sent: (job, answer) => this.sent(job, answer),
      now: Date.now,
    });
    this.nodes = computed(() => offered(config.data.value, subject.value.queue));
    this.required = computed(() => isRequired(config.data.value, subject.value.queue));
    this.chosen = computed(() => {
      const { key, disposition } = subject.value;
      const { disposition: typed } = this.wrap.draft.value;
      return pathTo(this.nodes.value, typed ?? this.dispositionOf(key) ?? disposition);
    });
    this.tags = computed(() => {
      const { key, tags } = subject.value;
      const saved = this.onItsWay(key)?.tags ?? this.done.value.get(key)?.tags;
      return this.wrap.draft.value.tags ?? saved ?? tags;
    });
    this.unsaved = computed(
      () => says(this.wrap.draft.value) || this.parts.note.text.value.trim() !== "",
    );
    window.addEventListener("storage", this.onStorage);
  }

  /** Another call, or another customer, is shown. */
  open(key: string): void {
    this.wrap.open(key);
    const done = [...this.done.peek()].filter(([id]) => id === key || this.parts.isHere(id));
    if (done.length < this.done.peek().size) this.done.value = new Map(done);
    if (this.problem.peek()?.key !== key) this.problem.value = null;
    if (this.middle.peek() !== "script") this.middle.value = "ticket";
  }

  /**
   * Saves everything about what is shown. True when nothing is left to save here: it is on the
   * server, or in the outbox until the server is back. False when something is missing or refused,
   * which is said beside the field; nothing of it is lost.
   */
  async save(): Promise<boolean> {
    const subject = this.parts.subject.peek();
    const missing = await this.missing(subject);
    if (missing !== null) {
      this.problem.value = { key: subject.key, where: missing };
      if (missing !== "disposition") this.middle.value = missing;
      return false;
    }
    this.problem.value = null;
    if (!this.unsaved.peek()) return true;
    if (subject.callId === null) return await this.saveLoose(subject);
    if (this.parts.online()) await this.parts.note.flush(); // one writer of the note at a time
    return await this.saveCall(subject, subject.callId);
  }

  /** Something is written about this, and not about what was shown just before. Reads signals. */
  hasBegun(key: string): boolean {
    const hasNote = this.parts.note.text.value.trim() !== "" && this.parts.note.isAbout(key);
    return hasNote || (says(this.wrap.draft.value) && this.wrap.isAbout(key));
  }

  /** A call that is over and not done with: something is written for it, or still needed. */
  isUnfinished({ id, queue, answered_at }: CallView): boolean {
    if (says(this.wrap.of(id))) return true;
    const needed = answered_at !== null && isRequired(this.parts.config.data.peek(), queue);
    return needed && this.dispositionOf(id) === null;
  }

  /** What was said about a call since the page was loaded, on the server or on its way there. */
  private dispositionOf(callId: string): string | null {
    const waiting = this.onItsWay(callId)?.disposition_id;
    return waiting ?? this.done.value.get(callId)?.disposition_id ?? null;
  }

  private onItsWay(callId: string): WrapUp | undefined {
    return this.outbox.jobs.value.findLast((job) => job.kind === "wrap_up" && job.callId === callId)
      ?.body;
  }

  /** What was refused later is written again where it was. */
  restore({ callId, body }: Job): string {
    if (callId !== null) this.wrap.put(callId, draftOf(body));
    return writtenIn(body);
  }

  /** What keeps the call from being saved; null for nothing. */
  private async missing({ callId, answered }: Subject): Promise<Missing | null> {
    const half = halfWritten(this.wrap.draft.peek());
    if (callId === null || half !== null) return half;
    if (!answered || !this.required.peek() || this.chosen.peek().length > 0) return null;
    return (await this.isDisposed(callId)) ? null : "disposition";
  }

  /** It may have been said before the page was loaded anew, or in another window. */
  private async isDisposed(callId: string): Promise<boolean> {
    if (!this.parts.online()) return false;
    try {
      const detail = await this.parts.api.call(callId);
      if (detail.disposition_id !== null) this.keep(callId, detail);
      return detail.disposition_id !== null;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return false;
    }
  }

  private async saveCall(subject: Subject, callId: string): Promise<boolean> {
    const { note } = this.parts;
    const text = note.text.peek().trim();
    const draft = this.wrap.draft.peek();
    const ticket =
      subject.partyId === null || draft.without_ticket
        ? (subject.ticketId ?? "none")
        : subject.ticketId;
    const body = wrapUpOf({ draft, note: note.whole(), ticket, subject: firstLine(text) });
    const outcome = await this.submit("wrap_up", `/calls/${callId}/wrap-up`, body, subject);
    if (outcome instanceof ApiError) {
      this.problem.value = { key: subject.key, where: whereOf(outcome), error: outcome };
      return false;
    }
    if (this.parts.subject.peek().key === subject.key) note.handOver(text);
    this.wrap.put(callId, NOTHING);
    return true;
  }

  /** A callback or a task for a customer who is shown without a call. */
  private async saveLoose(subject: Subject): Promise<boolean> {
    const { callback, task } = this.wrap.draft.peek();
    const { partyId, ticketId } = subject;
    if (partyId === null) return true;
    let ok = true;
    if (callback !== null) {
      const body = looseCallback(callback, partyId);
      ok = await this.saveOne("callback", "/callbacks", body, subject);
      if (ok) this.wrap.change({ callback: null });
    }
    if (ok && task !== null) {
      ok = await this.saveOne("task", "/tasks", looseTask(task, partyId, ticketId), subject);
      if (ok) this.wrap.change({ task: null });
    }
    return ok;
  }

  /** A line about the customer. True when it is safe. */
  noteAbout(partyId: string, name: string, body: string): Promise<boolean> {
    const subject = { key: partyId, callId: null, name };
    return this.saveOne("note", `/customers/${partyId}/notes`, { body }, subject);
  }

  private async saveOne(
    kind: JobKind,
    path: string,
    body: object,
    about: Pick<Subject, "key" | "callId" | "name">,
  ): Promise<boolean> {
    const outcome = await this.submit(kind, path, body, about);
    if (!(outcome instanceof ApiError)) return true;
    if (kind === "note") this.parts.notices.say(inWords(outcome));
    else
      this.problem.value = {
        key: about.key,
        where: kind === "task" ? "task" : "callback",
        error: outcome,
      };
    return false;
  }

  /** What is refused at once stays where it was written, and leaves the outbox. */
  private async submit(
    kind: JobKind,
    path: string,
    body: object,
    { callId, name }: Pick<Subject, "callId" | "name">,
  ) {
    const key = newKey();
    const outcome = await this.outbox.submit({
      key,
      kind,
      at: Date.now(),
      path,
      body,
      name,
      callId,
    });
    if (outcome instanceof ApiError) this.outbox.remove(key);
    return outcome;
  }

  private sent(job: Job, answer: unknown): void {
    if (job.kind !== "wrap_up" || job.callId === null) return;
    const detail = answer === null ? null : (answer as CallDetail);
    if (detail !== null) this.keep(job.callId, detail);
    this.parts.saved(job.callId, detail);
  }

  private keep(callId: string, detail: CallDetail): void {
    this.done.value = new Map(this.done.peek()).set(callId, detail);
  }

  /** Before signing out: what was saved goes to the server. True when nothing stays behind. */
  async leave(): Promise<boolean> {
    await this.outbox.send();
    return this.outbox.jobs.peek().length === 0;
  }

  tick(now: number): void {
    this.outbox.tick(now);
  }

  stop(): void {
    window.removeEventListener("storage", this.onStorage);
  }
}

function whereOf({ code }: ApiError): Problem["where"] {
  return code === "disposition_required" ? "disposition" : "save";
}

export function firstLine(text: string): string {
  const line = text.split("\n", 1)[0] ?? "";
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
