import { signal } from "@preact/signals";

/** How long one measurement of the offset outranks quicker round trips that came before it. */
const MEASUREMENT_AGE_MS = 60_000;

/**
 * The server's clock as this page knows it. All timers count from server times with this clock, so
 * that two screens show the same second whatever the machines' own clocks say.
 */
export class Clock {
  /** Server time in ms, moved on by `tick`. */
  readonly now = signal(Date.now());
  private offset = 0;
  private roundTrip = Number.POSITIVE_INFINITY;
  private measuredAt = 0;

  /** A server time and the local times between which the server wrote it (all ms). */
  observe(server: number, sent: number, received: number): void {
    const roundTrip = received - sent;
    if (roundTrip > this.roundTrip && received - this.measuredAt < MEASUREMENT_AGE_MS) return;
    this.offset = server - (sent + received) / 2;
    this.roundTrip = roundTrip;
    this.measuredAt = received;
    this.tick(received);
  }

  tick(local: number): void {
    this.now.value = local + this.offset;
  }
}
