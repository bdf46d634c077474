import { computed, type ReadonlySignal } from "@preact/signals";
import type { Api } from "../api";
import type { Clock } from "../clock";
import type { Notices } from "../desk/notices";
import { t } from "../i18n";
import type { CallbackPatch, CallbackRow, ChangedView, MissedRow, TaskRow } from "../messages.gen";
import { Resource } from "../resource";
import { calmly } from "./calmly";
import { Undo } from "./undo";

const ROWS = 200;
const NONE: readonly CallbackRow[] = [];

interface TodoParts {
  readonly api: Api;
  readonly clock: Clock;
  readonly notices: Notices;
}

/**
 * What waits for this agent between calls: callers nobody reached, callbacks that were promised,
 * tasks. Read once, and again when the server says that they changed.
 */
export class Todo {
  readonly missed: Resource<readonly MissedRow[]>;
  /** The next first. */
  readonly callbacks: Resource<readonly CallbackRow[]>;
  readonly tasks: Resource<readonly TaskRow[]>;
  /** Callbacks whose time has come. */
  readonly due: ReadonlySignal<readonly CallbackRow[]>;
  readonly undo = new Undo(Date.now);
  private readonly api: Api;
  private readonly notices: Notices;
  private opened = false;
  private readonly reread: Record<"missed" | "callbacks" | "tasks", () => void>;

  constructor({ api, clock, notices }: TodoParts) {
    this.api = api;
    this.notices = notices;
    this.missed = new Resource(async () => (await api.missed()).items);
    this.callbacks = new Resource(async () => {
      const lists = await Promise.all([api.callbacks("due", ROWS), api.callbacks("mine", ROWS)]);
      const rows = new Map(lists.flatMap(({ items }) => items).map((row) => [row.id, row]));
      return [...rows.values()].sort((a, b) => a.due_at.localeCompare(b.due_at));
    });
    this.tasks = new Resource(async () => (await api.myTasks(ROWS)).items);
    let before: readonly CallbackRow[] = [];
    this.due = computed(() => {
      const rows = this.callbacks.data.value;
      if (rows === null || rows.length === 0) return NONE;
      const now = clock.now.value;
      const due = rows.filter(({ due_at }) => Date.parse(due_at) <= now);
      // The same list while the clock only ticks: nothing is drawn anew for it.
      if (!isSame(due, before)) before = due;
      return before;
    });
    this.reread = {
      missed: calmly(() => void this.missed.refresh()),
      callbacks: calmly(() => void this.callbacks.refresh()),
      tasks: calmly(() => void this.tasks.refresh()),
    };
  }

  /** The server is there: reads everything, the first time and after every cut. */
  refresh(): void {
    for (const list of [this.missed, this.callbacks, this.tasks]) {
      if (this.opened) void list.refresh();
      else list.open("mine");
    }
    this.opened = true;
  }

  hear({ what }: ChangedView): void {
    if (what === "missed" || what === "callbacks" || what === "tasks") this.reread[what]();
  }

  takeBack(): Promise<boolean> {
    return this.notices.attempt(() => this.undo.take());
  }

  /** They were seen, all that are listed now; those that come later are news. */
  clearMissed(): Promise<boolean> {
    return this.notices.attempt(async () => {
      const newest = this.missed.data.peek()?.[0];
      if (newest === undefined) return;
      const { former } = await this.api.clearMissed(newest.at);
      this.undo.offer("missed", t("missed.cleared"), async () => {
        await this.api.clearMissed(former);
        await this.missed.refresh();
      });
      await this.missed.refresh();
    });
  }

  /** A promise that was kept, or is not needed any more. */
  async finish(row: CallbackRow): Promise<boolean> {
    return await this.patch(row, { status: "done" }, async (done) => {
      await this.api.patchCallback(row.id, { status: "pending", version: done.version });
    });
  }

  /** It becomes anybody's in the queue, or mine. */
  async handTo(row: CallbackRow, owner: "me" | "anyone"): Promise<boolean> {
    const back = owner === "me" ? "anyone" : "me";
    return await this.patch(row, { owner }, async (done) => {
      await this.api.patchCallback(row.id, { owner: back, version: done.version });
    });
  }

  async reschedule(row: CallbackRow, due_at: string, zone: string): Promise<boolean> {
    return await this.patch(row, { due_at, zone }, async (done) => {
      const { due_at, zone } = row;
      await this.api.patchCallback(row.id, { due_at, zone, version: done.version });
    });
  }

  async finishTask(row: TaskRow): Promise<boolean> {
    return await this.notices.attempt(async () => {
      await this.api.patchTask(row.id, { done: true });
      this.undo.offer("tasks", t("task.was_done"), async () => {
        await this.api.patchTask(row.id, { done: false });
        await this.tasks.refresh();
      });
      await this.tasks.refresh();
    });
  }

  private async patch(
    row: CallbackRow,
    changes: Omit<CallbackPatch, "version">,
    back: (done: CallbackRow) => Promise<void>,
  ): Promise<boolean> {
    const done = await this.notices.attempt(async () => {
      const made = await this.api.patchCallback(row.id, { ...changes, version: row.version });
      this.undo.offer("callbacks", t("callback.was_changed"), async () => {
        await back(made);
        await this.callbacks.refresh();
      });
    });
    await this.callbacks.refresh(); // also when somebody else was quicker
    return done;
  }
}

function isSame(rows: readonly CallbackRow[], others: readonly CallbackRow[]): boolean {
  return rows.length === others.length && rows.every((row, at) => row === others[at]);
}
