import { signal } from "@preact/signals";
import type { Drafts } from "./drafts";

/** A pause in typing this long sends what is there. */
const SAVE_AFTER_MS = 800;
const RETRY_AFTER_MS = 4_000;

/** "kept": only in this browser so far, because the server did not take it. */
export type NoteStatus = "empty" | "typing" | "saved" | "kept";

/** What the note is about: a call (whose note follows the typing), or a ticket opened by itself. */
export interface NoteSubject {
  readonly key: string;
  readonly callId: string | null;
  /** The call's note as the server has it. */
  readonly saved: string;
}

export interface NoteOptions {
  drafts: Drafts;
  /** Puts the note on the call. */
  send: (callId: string, note: string) => Promise<unknown>;
  /**
   * Whether an unfinished note may go to the server by itself. It may not while the first save
   * would open a ticket: that is named by the note's first line, which is not written yet.
   */
  mayAutosave: () => boolean;
  now: () => number;
}

/**
 * The note being written. Every key stroke is in this browser's storage at once and on the call
 * soon after; `commit` says that it now stands in a ticket, and the next note begins.
 */
export class NoteKeeper {
  readonly text = signal("");
  readonly status = signal<NoteStatus>("empty");
  /** Raised whenever a draft begins or ends, for lists that mark them. */
  readonly changes = signal(0);
  private subject: NoteSubject | null = null;
  /** What the call's note holds already; what is typed comes after it. */
  readonly before = signal("");
  private dirtyAt: number | null = null;
  /** Notes go out one after the other, so that the last typed is the last written. */
  private sent: Promise<void> = Promise.resolve();

  constructor(private readonly options: NoteOptions) {}

  open(subject: NoteSubject | null): void {
    if (subject?.key === this.subject?.key) return;
    void this.flush();
    this.subject = subject;
    const draft = subject && this.options.drafts.get(subject.key);
    const saved = subject?.saved ?? "";
    this.before.value = draft ? saved.slice(0, draft.from) : saved;
    this.text.value = draft?.text ?? "";
    this.status.value = draft ? "kept" : "empty";
    this.dirtyAt = draft ? this.options.now() : null;
  }

  type(text: string): void {
    if (this.subject === null) return;
    this.text.value = text;
    this.options.drafts.set(this.subject.key, { text, from: this.before.peek().length });
    this.status.value = text === "" ? "empty" : "typing";
    this.dirtyAt = this.options.now();
    this.changes.value += 1;
  }

  /** Puts the text on the call now. Never throws: what failed is tried again. */
  flush(): Promise<void> {
    const { subject } = this;
    if (subject === null || this.dirtyAt === null) return this.sent;
    this.dirtyAt = null;
    const text = this.text.peek();
    const note = joined(this.before.peek(), text);
    this.sent = this.sent.then(() => this.put(subject, note, text));
    return this.sent;
  }

  private async put(subject: NoteSubject, note: string, text: string): Promise<void> {
    let ok = true;
    try {
      if (subject.callId !== null) await this.options.send(subject.callId, note);
    } catch {
      ok = false; // the draft is in storage, and on the screen: "kept here"
    }
    if (this.subject !== subject || this.dirtyAt !== null) return;
    if (!ok) this.dirtyAt = this.options.now() + RETRY_AFTER_MS;
    if (text !== "") this.status.value = ok && subject.callId !== null ? "saved" : "kept";
  }

  /** The note as typed now stands where it belongs; the next one begins. */
  commit(text: string): void {
    if (this.subject === null) return;
    this.before.value = joined(this.before.peek(), text);
    const typed = this.text.peek().trimStart(); // perhaps more by now
    this.type(typed.startsWith(text) ? typed.slice(text.length).trimStart() : typed);
    this.dirtyAt = this.subject.callId === null ? null : this.options.now();
  }

  tick(now: number): void {
    if (this.dirtyAt === null || now - this.dirtyAt < SAVE_AFTER_MS) return;
    if (this.options.mayAutosave()) void this.flush();
    else if (this.text.peek() !== "") this.status.value = "kept";
  }
}

function joined(before: string, text: string): string {
  return before && text ? `${before}\n${text}` : before || text;
}
