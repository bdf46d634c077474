import { signal } from "@preact/signals";
import type { CallbackOwner } from "../messages.gen";

/** A callback as it is typed: the day and the time are the customer's, and may be half written. */
export interface CallbackDraft {
  readonly date: string;
  readonly time: string;
  readonly zone: string;
  /** "" is the number of the call. */
  readonly number: string;
  readonly owner: CallbackOwner;
  readonly note: string;
}

/** What is to be done next, as it is typed: the day and the time are the agent's own. */
export interface TaskDraft {
  readonly body: string;
  readonly date: string;
  readonly time: string;
  readonly owner: CallbackOwner;
}

/** What an agent has decided about one call and not saved yet. The note is kept by itself. */
export interface WrapDraft {
  readonly disposition: string | null;
  /** Null: as they are on the call. */
  readonly tags: readonly string[] | null;
  readonly callback: CallbackDraft | null;
  readonly task: TaskDraft | null;
  /** The ticket is solved with this call. */
  readonly solved: boolean;
  /** Of the ticket to be opened; "" is the note's first line. */
  readonly subject: string;
  /** The note stays with the call: no ticket is opened for it. */
  readonly without_ticket: boolean;
}

export const NOTHING: WrapDraft = {
  disposition: null,
  tags: null,
  callback: null,
  task: null,
  solved: false,
  subject: "",
  without_ticket: false,
};

/** Something a save would bring to the server. (How a ticket is opened is no news by itself.) */
export function says({ disposition, tags, callback, task, solved }: WrapDraft): boolean {
  return disposition !== null || tags !== null || callback !== null || task !== null || solved;
}

function isNothing(draft: WrapDraft): boolean {
  return JSON.stringify(draft) === JSON.stringify(NOTHING);
}

/** The drafts of one user in this browser's storage, under the call's id. */
export class WrapDrafts {
  private readonly prefix: string;

  constructor(
    private readonly storage: Storage,
    userId: string,
  ) {
    this.prefix = `wrap:${userId}:`;
  }

  get(key: string): WrapDraft {
    try {
      const stored = this.storage.getItem(this.prefix + key);
      return stored === null ? NOTHING : { ...NOTHING, ...(JSON.parse(stored) as object) };
    } catch {
      return NOTHING; // no storage, or something else wrote there
    }
  }

  set(key: string, draft: WrapDraft): void {
    try {
      if (isNothing(draft)) {
        this.storage.removeItem(this.prefix + key);
      } else {
        this.storage.setItem(this.prefix + key, JSON.stringify(draft));
      }
    } catch {
      // no storage: it lives as long as the page
    }
  }

  keyOf(stored: string | null): string | null {
    return stored?.startsWith(this.prefix) ? stored.slice(this.prefix.length) : null;
  }
}

/** The draft of what is shown. Every change is in the storage at once. */
export class WrapKeeper {
  readonly draft = signal<WrapDraft>(NOTHING);
  private key = "";
  /** For a browser without storage. */
  private readonly memory = new Map<string, WrapDraft>();

  constructor(private readonly drafts: WrapDrafts) {}

  open(key: string): void {
    if (key === this.key) return;
    this.key = key;
    this.draft.value = this.of(key);
  }

  isAbout(key: string): boolean {
    return key === this.key;
  }

  of(key: string): WrapDraft {
    return key === "" ? NOTHING : (this.memory.get(key) ?? this.drafts.get(key));
  }

  change(changes: Partial<WrapDraft>): void {
    this.put(this.key, { ...this.draft.peek(), ...changes });
  }

  /** What this key's draft is from now on. */
  put(key: string, draft: WrapDraft): void {
    if (isNothing(draft)) this.memory.delete(key);
    else this.memory.set(key, draft);
    this.drafts.set(key, draft);
    if (key === this.key) this.draft.value = draft;
  }

  /** Another window changed the draft that is shown here. */
  hear(stored: string | null): void {
    const key = this.drafts.keyOf(stored);
    if (key === null) return;
    this.memory.delete(key);
    if (key === this.key) this.draft.value = this.drafts.get(key);
  }
}
