import { signal } from "@preact/signals";
import { type Api, ApiError } from "../api";
import type { Notices } from "../desk/notices";
import { t } from "../i18n";
import type { TicketDetail } from "../messages.gen";
import type { Resource } from "../resource";
import { type Clash, MERGED, type MergedField, merge, pick, type TicketChange } from "./merge";

const ATTEMPTS = 4;

/** Fields that two people want to be different; nothing of it is written until one decides. */
export interface Conflict {
  /** The ticket as the other left it. */
  readonly now: TicketDetail;
  readonly clashes: readonly Clash[];
}

interface Parts {
  readonly api: Api;
  readonly notices: Notices;
  readonly ticket: Resource<TicketDetail>;
  readonly saved: () => void;
}

/**
 * Changes of tickets, one after the other. Somebody else may have changed the ticket since it was
 * shown: what touches other fields is merged by itself, the rest becomes a conflict to decide.
 */
export class TicketChanges {
  readonly conflict = signal<Conflict | null>(null);
  private last: Promise<unknown> = Promise.resolve();
  /** Versions that this page made: they are nobody else's change. */
  private readonly own = new Set<string>();

  constructor(private readonly parts: Parts) {}

  /** `base`: the ticket as it was when the change was begun. */
  change(base: TicketDetail, mine: TicketChange): Promise<boolean> {
    const turn = this.last.then(() => this.parts.notices.attempt(() => this.write(base, mine)));
    this.last = turn;
    return turn;
  }

  /** Of each field that is in conflict: mine or theirs. */
  async decide(mine: readonly MergedField[]): Promise<boolean> {
    const conflict = this.conflict.peek();
    this.conflict.value = null;
    if (conflict === null) return true;
    const change = Object.fromEntries(
      conflict.clashes.filter(({ field }) => mine.includes(field)).map((c) => [c.field, c.mine]),
    ) as TicketChange;
    return await this.change(conflict.now, change);
  }

  private async write(base: TicketDetail, mine: TicketChange): Promise<void> {
    let now = this.latest(base);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const merged = this.compare(base, mine, now);
      try {
        const fields = MERGED.filter((field) => merged.rest[field] !== undefined);
        if (fields.length > 0) now = await this.patch(now, pick(mine, fields));
        this.tell(merged, now);
        return;
      } catch (error) {
        const isStale = error instanceof ApiError && error.code === "changed_meanwhile";
        if (!isStale) {
          void this.parts.ticket.refresh(); // what stands there now
          throw error;
        }
        now = await this.parts.api.ticket(base.id);
        this.parts.ticket.set(base.id, now);
      }
    }
    throw new ApiError(409, "changed_meanwhile", "somebody else keeps changing it");
  }

  private compare(base: TicketDetail, mine: TicketChange, now: TicketDetail) {
    // My own change before this one is no conflict with me.
    return merge(this.isMineSince(base, now) ? now : base, mine, now);
  }

  private isMineSince(base: TicketDetail, now: TicketDetail): boolean {
    for (let version = base.version + 1; version <= now.version; version += 1) {
      if (!this.own.has(`${now.id} ${version}`)) return false;
    }
    return true;
  }

  private latest(base: TicketDetail): TicketDetail {
    const shown = this.parts.ticket.data.peek();
    return shown?.id === base.id && shown.version > base.version ? shown : base;
  }

  private async patch(now: TicketDetail, change: TicketChange): Promise<TicketDetail> {
    const made = await this.parts.api.patchTicket(now.id, { ...change, version: now.version });
    this.own.add(`${made.id} ${made.version}`);
    this.parts.ticket.set(made.id, made);
    this.parts.saved();
    return made;
  }

  private tell({ clashes, theirs }: ReturnType<typeof merge>, now: TicketDetail): void {
    if (clashes.length > 0) this.conflict.value = { now, clashes };
    else if (theirs.length > 0)
      this.parts.notices.say(t("merge.kept", { who: now.changed_by || t("merge.somebody") }));
  }
}
