import { type Signal, signal } from "@preact/signals";
import { beforeEach, expect, test } from "vitest";
import type { Quality } from "../src/phone";
import { share } from "../src/phone/level";
import { Sound } from "../src/phone/sound";
import type { Leg } from "../src/softphone";
import { settle } from "./helpers";

/** A session whose line loses what it is told to. */
class FakeLine {
  received = 0;
  lost = 0;
  readonly session = {
    connection: {
      getStats: async () =>
        new Map([
          [
            "in",
            {
              type: "inbound-rtp",
              kind: "audio",
              packetsReceived: this.received,
              packetsLost: this.lost,
              jitter: 0.005,
            },
          ],
        ]),
    },
    isEnded: () => false,
  };

  pass(lost: number): void {
    this.received += 100 - lost;
    this.lost += lost;
  }
}

let line: FakeLine;
let leg: Leg;
let legs: Signal<readonly Leg[]>;
let reports: [string, Quality][];
let sound: Sound;
let now: number;

beforeEach(() => {
  line = new FakeLine();
  leg = { callId: "c-1", state: "active", session: line.session } as unknown as Leg;
  legs = signal<readonly Leg[]>([leg]);
  reports = [];
  now = 0;
  sound = new Sound({
    phone: {
      sessionsNow: legs,
      changeMicrophone: async () => undefined,
      prepare: async () => undefined,
    },
    leave: Promise.resolve(null),
    media: Object.assign(new EventTarget(), { enumerateDevices: async () => [] }) as never,
    openMicrophone: async () => new MediaStream(),
    wanted: signal({ microphone: "", speaker: "", ringer: "" }),
    choose: () => undefined,
    sink: () => undefined,
    tell: () => undefined,
    report: (callId, quality) => reports.push([callId, quality]),
  });
});

async function talk(seconds: number, lost: number): Promise<void> {
  for (let at = 0; at < seconds; at += 2) {
    line.pass(lost);
    now += 2_000;
    sound.tick(now);
    await settle();
  }
}

test("a good line is told of once, at the end", async () => {
  await talk(30, 0);
  expect(sound.quality.value?.mos).toBeGreaterThan(4.3);
  expect(reports).toEqual([]);
  legs.value = [];
  expect(reports).toHaveLength(1);
  expect(reports[0]?.[0]).toBe("c-1");
  expect(reports[0]?.[1].loss).toBe(0);
  expect(sound.quality.value).toBeNull();
});

test("a line that gets worse is told of while it does, and not for trifles", async () => {
  await talk(10, 0);
  await talk(20, 15);
  const told = reports.length;
  expect(told).toBeGreaterThan(0);
  const scores = reports.map(([, { mos }]) => mos);
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  await talk(20, 15);
  expect(reports).toHaveLength(told);
  await talk(20, 0);
  expect(sound.quality.value?.loss).toBe(0);
  legs.value = [];
  expect(reports.at(-1)?.[1].loss).toBeCloseTo(0.15, 1);
});

test("it is asked every two seconds, however often the desk ticks", async () => {
  let asked = 0;
  const ask = line.session.connection.getStats;
  line.session.connection.getStats = () => {
    asked += 1;
    return ask();
  };
  for (let at = 1; at <= 20; at += 1) sound.tick(at * 500);
  expect(asked).toBe(5);
});

test("a call that is held is not measured: nothing is meant to arrive", async () => {
  await talk(10, 0);
  (leg as { state: string }).state = "held";
  legs.value = [...legs.value];
  expect(sound.quality.value).toBeNull();
  await talk(10, 100);
  legs.value = [];
  expect(reports[0]?.[1].loss).toBe(0);
});

test("the level goes from a whisper to a loud voice", () => {
  const tone = (amplitude: number) =>
    Float32Array.from({ length: 480 }, (_, at) => amplitude * Math.sin(at / 8));
  expect(share(tone(0))).toBe(0);
  expect(share(tone(0.05))).toBeGreaterThan(0.3);
  expect(share(tone(0.05))).toBeLessThan(0.9);
  expect(share(tone(0.9))).toBe(1);
});
