import { effect } from "@preact/signals";
import { isTalk } from "../phone/desk_calls";
import type { Desk } from "./model";

const REPEAT_MS = 2_400;

/** The sounds are fetched after the desk. */
export interface RingPlayer {
  ringOnce(tone: string, volume: number, device: string): Promise<void>;
  /** A second call, in the ear of somebody who talks. */
  beepOnce(volume: number, device: string): Promise<void>;
  hush(): void;
}

export interface RingerOptions {
  desk: Desk;
  load?: () => Promise<RingPlayer>;
}

/**
 * Lets a ringing call be heard; what the eye sees of it elsewhere is in `attention.ts`. Driven by
 * the desk's ticker: a hidden tab's own timers sleep. Of several screens only the one with the
 * telephone rings.
 */
export class Ringer {
  private readonly disposals: (() => void)[];
  private readonly load: () => Promise<RingPlayer>;
  private player: RingPlayer | null = null;
  private loading = false;
  private rangAt = 0;

  constructor({ desk, load = () => import("../phone/ring_player") }: RingerOptions) {
    this.load = load;
    const prepare = effect(() => {
      if (desk.settled.value) this.ready();
    });
    const ring = effect(() => {
      const { ring_on, ring_volume, ringtone, devices } = desk.prefs.value;
      const rings = desk.ringing.value !== null && ring_on;
      if (!rings || desk.phone.value.line.value === "elsewhere") {
        this.hush();
        return;
      }
      const now = desk.clock.now.value;
      if (now - this.rangAt < REPEAT_MS || !this.ready()) return;
      this.rangAt = now;
      const current = desk.current.value;
      const talking = current !== null && isTalk(current);
      if (talking) void this.player?.beepOnce(ring_volume, devices.speaker);
      else void this.player?.ringOnce(ringtone, ring_volume, devices.ringer);
    });
    this.disposals = [prepare, ring];
  }

  stop(): void {
    for (const dispose of this.disposals) dispose();
    this.hush();
  }

  private hush(): void {
    this.rangAt = 0;
    this.player?.hush();
  }

  /** What cannot be fetched now is tried again with the next tick of a call that rings. */
  private ready(): boolean {
    if (this.player === null && !this.loading) {
      this.loading = true;
      this.load()
        .then(
          (player) => {
            this.player = player;
          },
          () => undefined,
        )
        .finally(() => {
          this.loading = false;
        });
    }
    return this.player !== null;
  }
}
