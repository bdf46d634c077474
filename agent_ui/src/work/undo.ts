import { signal } from "@preact/signals";

export const UNDO_MS = 10_000;

export interface Undoable {
  /** The list it stands in. */
  readonly where: string;
  readonly text: string;
  readonly until: number;
  readonly undo: () => Promise<void>;
}

/** The last thing that was done away with: ten seconds long it can be brought back. */
export class Undo {
  readonly last = signal<Undoable | null>(null);

  constructor(private readonly now: () => number) {}

  offer(where: string, text: string, undo: () => Promise<void>): void {
    this.last.value = { where, text, until: this.now() + UNDO_MS, undo };
  }

  /** Takes it back, once. */
  async take(): Promise<void> {
    const last = this.last.peek();
    this.last.value = null;
    await last?.undo();
  }

  tick(now: number): void {
    const last = this.last.peek();
    if (last !== null && last.until <= now) this.last.value = null;
  }
}
