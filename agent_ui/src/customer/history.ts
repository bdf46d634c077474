import { signal } from "@preact/signals";
import { type Api, ApiError } from "../api";
import type { TimelineEntry, TimelineKind } from "../messages.gen";

const PAGE = 100;

export type HistoryKind = TimelineKind | "all";

/** Ids are of different tables. */
export function keyOfEntry({ kind, id }: Pick<TimelineEntry, "kind" | "id">): string {
  return `${kind} ${id}`;
}

/**
 * What happened with one customer, all of it or one kind, newest first. It is read page by page; a
 * newer first page goes in front of what was read, so that nothing scrolled to is lost.
 */
export class History {
  /** Null until the first page is there. */
  readonly entries = signal<readonly TimelineEntry[] | null>(null);
  readonly error = signal<ApiError | null>(null);
  private more = true;
  private reading = false;

  constructor(
    private readonly api: Api,
    private readonly partyId: string,
    private readonly kind: HistoryKind,
  ) {}

  /** The newest page as it is now. */
  begin(page: readonly TimelineEntry[], more: boolean): void {
    const known = this.entries.peek() ?? [];
    const fresh = new Set(page.map(keyOfEntry));
    const meets = known.some((entry) => fresh.has(keyOfEntry(entry)));
    if (!meets) this.more = more;
    const older = meets ? known.filter((entry) => !fresh.has(keyOfEntry(entry))) : [];
    this.entries.value = [...page, ...older];
  }

  /** Reads the newest page. */
  async newest(): Promise<void> {
    await this.attempt(async () => {
      const { items, more } = await this.api.timeline(this.partyId, this.query());
      this.begin(items, more);
    });
  }

  /** Reads the page after the last entry, if there is one and it is not on its way. */
  async older(): Promise<void> {
    const last = this.entries.peek()?.at(-1);
    if (!this.more || this.reading || last === undefined) return;
    this.reading = true;
    await this.attempt(async () => {
      const after = { before: last.at, before_id: last.id };
      const { items, more } = await this.api.timeline(this.partyId, { ...this.query(), ...after });
      this.more = more;
      const known = this.entries.peek() ?? [];
      const seen = new Set(known.map(keyOfEntry));
      this.entries.value = [...known, ...items.filter((entry) => !seen.has(keyOfEntry(entry)))];
    });
    this.reading = false;
  }

  private query() {
    return this.kind === "all" ? { limit: PAGE } : { kinds: this.kind, limit: PAGE };
  }

  private async attempt(read: () => Promise<void>): Promise<void> {
    try {
      await read();
      this.error.value = null;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.error.value = error;
    }
  }
}
