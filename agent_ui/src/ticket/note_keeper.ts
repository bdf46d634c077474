import { signal } from "@preact/signals";
import type { Drafts } from "./drafts";

/** A pause in typing this long sends what is there. */
const SAVE_AFTER_MS = 800;
const RETRY_AFTER_MS = 4_000;
const ATTEMPTS = 3;

/** "kept": only in this browser so far, because the server did not take it. */
export type NoteStatus = "empty" | "typing" | "saved" | "kept";

/** What the note is about: a call (whose note follows the typing), or a ticket opened by itself. */
export interface NoteSubject {
  readonly key: string;
  readonly callId: string | null;
  /** The call's note as the server told it last. */
  readonly saved: string;
}

export interface NoteOptions {
  drafts: Drafts;
  /** Puts the note on the call, if it still is what it `was`; "changed" when it is not. */
  send: (callId: string, note: string, was: string) => Promise<"done" | "changed">;
  /** The call's note as it is now. */
  latest: (callId: string) => Promise<string>;
  /**
   * Whether an unfinished note may go to the server by itself. It may not while the first save
   * would open a ticket: that is named by the note's first line, which is not written yet.
   */
  mayAutosave: () => boolean;
  now: () => number;
}

/** One note: what is typed (`text`), and the call's note around it. */
interface Writing {
  readonly key: string;
  readonly callId: string | null;
  text: string;
  /** The call's note as we believe it stands on the server. */
  known: string;
  /** How much of `text` stands in it. */
  ours: string;
  /** The rest of it: what was there, and what somebody wrote in another window. */
  before: string;
}

/**
 * The note being written. Every key stroke is in this browser's storage at once and on the call
 * soon after; `commit` says that it now stands in a ticket, and the next note begins.
 *
 * Somebody may write to the same call in another window. Nobody's text is lost: what they wrote
 * becomes part of what ours comes after.
 */
export class NoteKeeper {
  readonly text = signal("");
  readonly status = signal<NoteStatus>("empty");
  /** Raised whenever a draft begins or ends, for lists that mark them. */
  readonly changes = signal(0);
  /** What the call's note holds besides; what is typed comes after it. */
  readonly before = signal("");
  private writing: Writing | null = null;
  private told = "";
  private dirtyAt: number | null = null;
  /** Notes go out one after the other, so that the last typed is the last written. */
  private sent: Promise<void> = Promise.resolve();

  constructor(private readonly options: NoteOptions) {}

  /** Shows the note of this; of the same once more: learns what the server told since. */
  open(subject: NoteSubject | null): void {
    const saved = subject?.saved ?? "";
    const news = saved !== this.told;
    this.told = saved;
    if (subject?.key === this.writing?.key) {
      if (this.writing && news) this.hear(this.writing, saved);
      return;
    }
    void this.flush();
    const draft = subject && this.options.drafts.get(subject.key);
    const text = draft?.text ?? "";
    const ours = draft?.sent ?? "";
    const before = without(saved, ours, text);
    this.writing = subject && {
      key: subject.key,
      callId: subject.callId,
      text,
      known: saved,
      ours,
      before,
    };
    this.before.value = before;
    this.text.value = text;
    this.status.value = draft ? "kept" : "empty";
    this.dirtyAt = draft ? this.options.now() : null;
  }

  isAbout(key: string): boolean {
    return this.writing?.key === key;
  }

  type(text: string): void {
    if (this.writing === null) return;
    this.text.value = text;
    this.writing.text = text;
    this.keep(this.writing);
    this.status.value = text === "" ? "empty" : "typing";
    this.dirtyAt = this.options.now();
    this.changes.value += 1;
  }

  /** Puts the text on the call now. Never throws: what failed is tried again. */
  flush(): Promise<void> {
    const { writing } = this;
    if (writing === null || this.dirtyAt === null) return this.sent;
    this.dirtyAt = null;
    const { text } = writing;
    this.sent = this.sent.then(() => this.put(writing, text));
    return this.sent;
  }

  private async put(writing: Writing, text: string): Promise<void> {
    const ok = await this.write(writing, text);
    if (this.writing !== writing || this.dirtyAt !== null) return;
    if (!ok) this.dirtyAt = this.options.now() + RETRY_AFTER_MS;
    if (text !== "") this.status.value = ok && writing.callId !== null ? "saved" : "kept";
  }

  /** Whether it stands there now. What somebody else wrote meanwhile is taken in first. */
  private async write(writing: Writing, text: string): Promise<boolean> {
    const { callId } = writing;
    if (callId === null) return true;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const was = writing.known;
      const note = joined(writing.before, text);
      writing.known = note.trim(); // the call will tell it: that is no news
      try {
        if ((await this.options.send(callId, note, was)) === "done") {
          writing.ours = text;
          this.keep(writing);
          return true;
        }
        this.learn(writing, await this.options.latest(callId));
      } catch {
        writing.known = was;
        return false; // the draft is in storage, and on the screen: "kept here"
      }
    }
    return false;
  }

  /** The call tells its note: when ours is not in it, it goes there again. */
  private hear(writing: Writing, saved: string): void {
    if (saved === writing.known) return;
    this.learn(writing, saved);
    const { text } = writing;
    if (text !== "" && without(saved, text, text) === saved) this.dirtyAt ??= this.options.now();
  }

  /** The call's note is this now. */
  private learn(writing: Writing, saved: string): void {
    writing.known = saved;
    writing.before = without(saved, writing.ours, writing.text);
    if (this.writing === writing) this.before.value = writing.before;
  }

  /** The note as typed now stands where it belongs; the next one begins. */
  commit(text: string): void {
    const { writing } = this;
    if (writing === null) return;
    writing.before = joined(writing.before, text);
    writing.ours = "";
    this.before.value = writing.before;
    const typed = writing.text.trimStart(); // perhaps more by now
    this.type(typed.startsWith(text) ? typed.slice(text.length).trimStart() : typed);
    this.dirtyAt = writing.callId === null ? null : this.options.now();
  }

  /** The call's note as it is to be with what is typed, and what that is made of; null for nothing. */
  whole(): { readonly note: string; readonly was: string } | null {
    const { writing } = this;
    if (writing === null || writing.callId === null || writing.text.trim() === "") return null;
    return { note: joined(writing.before, writing.text.trim()), was: writing.known };
  }

  /** The whole note is on its way with everything else about the call, or there already. */
  handOver(text: string): void {
    const { writing } = this;
    if (writing === null) return;
    this.commit(text);
    writing.known = writing.before;
    this.dirtyAt = null;
  }

  tick(now: number): void {
    if (this.dirtyAt === null || now - this.dirtyAt < SAVE_AFTER_MS) return;
    if (this.options.mayAutosave()) void this.flush();
    else if (this.text.peek() !== "") this.status.value = "kept";
  }

  private keep({ key, text, ours }: Writing): void {
    this.options.drafts.set(key, { text, sent: ours });
  }
}

function joined(before: string, text: string): string {
  return before && text ? `${before}\n${text}` : before || text;
}

/**
 * The note without what we wrote into it: its last lines when what is typed begins with them, else
 * the lines that we put there, wherever they are by now.
 */
export function without(note: string, ours: string, typed: string): string {
  const lines = note.split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const last = lines.slice(at).join("\n");
    if (last !== "" && typed.startsWith(last)) return lines.slice(0, at).join("\n");
  }
  const put = ours.trim();
  const from = put === "" ? -1 : `\n${note}\n`.indexOf(`\n${put}\n`);
  if (from < 0) return note;
  return joined(note.slice(0, from).trimEnd(), note.slice(from + put.length).trimStart());
}
