/** What was typed and is in no ticket yet: the text, and how much of it stands on the call. */
export interface Draft {
  readonly text: string;
  readonly sent: string;
}

const PREFIX = "note:";

/**
 * Notes being written, kept in this browser until they stand in a ticket, so that no reload, crash
 * or lost server takes them. Only the text is kept, under the call's id.
 */
export class Drafts {
  constructor(readonly storage: Storage) {}

  get(key: string): Draft | null {
    try {
      const stored = this.storage.getItem(PREFIX + key);
      return stored === null ? null : (JSON.parse(stored) as Draft);
    } catch {
      return null; // no storage, or something else wrote there
    }
  }

  has(key: string): boolean {
    return this.get(key) !== null;
  }

  set(key: string, draft: Draft): void {
    try {
      if (draft.text === "") this.storage.removeItem(PREFIX + key);
      else this.storage.setItem(PREFIX + key, JSON.stringify(draft));
    } catch {
      // no storage: the server has the note a second later
    }
  }

  /** Drafts of which every word stands on a call already need not stay on this machine. */
  forgetSent(): void {
    try {
      const keys = Object.keys(this.storage).filter((key) => key.startsWith(PREFIX));
      for (const key of keys) {
        const draft = this.get(key.slice(PREFIX.length));
        if (draft && draft.text.trim() === draft.sent.trim()) this.storage.removeItem(key);
      }
    } catch {
      // no storage: nothing stays
    }
  }
}
