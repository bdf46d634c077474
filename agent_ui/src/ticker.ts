export type Tick = (now: number) => void;

/** Calls back twice a second, hidden tab or not. One for the whole desk: clocks, heartbeats, watchdogs. */
export class Ticker {
  private readonly ticks = new Set<Tick>();
  private readonly worker: Worker;

  constructor() {
    this.worker = new Worker(new URL("./ticker.worker.ts", import.meta.url), { type: "module" });
    this.worker.onmessage = () => {
      const now = Date.now();
      for (const tick of this.ticks) tick(now);
    };
  }

  /** Returns the function that ends it. */
  add(tick: Tick): () => void {
    this.ticks.add(tick);
    return () => this.ticks.delete(tick);
  }

  stop(): void {
    this.worker.terminate();
    this.ticks.clear();
  }
}
