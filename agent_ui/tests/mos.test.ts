import { describe, expect, test } from "vitest";
import { BAD_MOS, LineQuality, type LineSample, mosOf, sampleOf } from "../src/phone/mos";

describe("mean opinion score", () => {
  test.each([
    // Worked by hand: R = 92.48, 90.62 (Id 1.82, Ie 0.75), 76.70, 55.08 (Id 38.12), 16.54.
    ["a perfect line", 0, 0, 0, 4.39],
    ["an ordinary one", 0.002, 8, 60, 4.35],
    ["one packet in twenty lost", 0.05, 0, 0, 3.89],
    ["a satellite: the delay alone", 0, 0, 800, 2.84],
    ["nothing arrives", 1, 0, 0, 1.16],
  ])("of %s", (_, loss, jitter, rtt, expected) => {
    expect(mosOf(loss, jitter, rtt)).toBeCloseTo(expected, 2);
  });

  test("never leaves its scale, and more of anything bad is never better", () => {
    let last = 5;
    for (let loss = 0; loss <= 1; loss += 0.05) {
      const mos = mosOf(loss, 40, 200);
      expect(mos).toBeLessThanOrEqual(last);
      expect(mos).toBeGreaterThanOrEqual(1);
      last = mos;
    }
    expect(mosOf(1, 5_000, 60_000)).toBe(1);
  });
});

const sample = (at: number, changes: Partial<LineSample> = {}): LineSample => ({
  at: at * 1_000,
  received: at * 50,
  lost: 0,
  jitter_ms: 5,
  rtt_ms: 40,
  theirLoss: 0,
  theirJitter_ms: 5,
  ...changes,
});

describe("a call's line", () => {
  test("is what the last ten seconds were, and the worst ten", () => {
    const line = new LineQuality();
    expect(line.now).toBeNull();
    let lost = 0;
    for (let at = 0; at <= 40; at += 2) {
      if (at > 10 && at <= 20) lost += 10; // of a hundred, for ten seconds
      line.add(sample(at, { lost, received: at * 50 - lost }));
      if (at === 20) expect(line.now?.loss).toBeCloseTo(0.1, 2);
    }
    expect(line.now?.loss).toBe(0);
    expect(line.now?.mos).toBeGreaterThan(4);
    expect(line.worst?.loss).toBeCloseTo(0.1, 2);
    expect(line.worst?.mos).toBeLessThan(BAD_MOS);
  });

  test("a burst of two seconds is weighed over ten", () => {
    const line = new LineQuality();
    for (let at = 0; at <= 20; at += 2) line.add(sample(at, { lost: at >= 12 ? 25 : 0 }));
    expect(line.worst?.loss).toBeCloseTo(25 / 525, 3);
  });

  test("says who suffers", () => {
    const line = new LineQuality();
    for (let at = 0; at <= 10; at += 2) line.add(sample(at, { theirLoss: 0.2 }));
    expect(line.worst).toMatchObject({ worse: "there", rtt_ms: 40 });
    expect(line.worst?.loss).toBeCloseTo(0.2);
  });

  test("a short call is all there is to say", () => {
    const line = new LineQuality();
    line.add(sample(0));
    line.add(sample(2, { lost: 50, received: 50 }));
    expect(line.worst?.loss).toBeCloseTo(0.5);
  });

  test("neither a hold nor counters that begin anew are loss", () => {
    const line = new LineQuality();
    for (let at = 0; at <= 10; at += 2) line.add(sample(at));
    line.pause();
    line.add(sample(60, { lost: 900, received: 600 }));
    line.add(sample(62, { lost: 900, received: 700 }));
    line.add(sample(64, { lost: 0, received: 10 }));
    line.add(sample(66, { lost: 0, received: 110 }));
    expect(line.worst?.loss).toBe(0);
    expect(line.now?.loss).toBe(0);
  });
});

describe("a browser's report", () => {
  const inbound = { type: "inbound-rtp", kind: "audio", packetsReceived: 500, packetsLost: 5 };

  test("is read in milliseconds and shares", () => {
    const report = [
      { type: "codec" },
      { ...inbound, jitter: 0.012 },
      {
        type: "remote-inbound-rtp",
        kind: "audio",
        roundTripTime: 0.08,
        fractionLost: 0.03,
        jitter: 0.004,
      },
      { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.02 },
    ];
    expect(sampleOf(report, 7)).toEqual({
      at: 7,
      received: 500,
      lost: 5,
      jitter_ms: 12,
      rtt_ms: 80,
      theirLoss: 0.03,
      theirJitter_ms: 4,
    });
  });

  test("before the other side has reported, the path's own round trip counts", () => {
    const pair = { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.02 };
    expect(sampleOf([inbound, pair], 0)?.rtt_ms).toBe(20);
  });

  test("without sound there is nothing to say", () => {
    expect(sampleOf([{ type: "transport" }], 0)).toBeNull();
  });
});
