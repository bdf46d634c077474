import type { Quality } from "../phone";

/** What a browser has counted of one call so far (getStats), in both directions. */
export interface LineSample {
  /** Milliseconds, of any steady clock. */
  readonly at: number;
  readonly received: number;
  readonly lost: number;
  readonly jitter_ms: number;
  readonly rtt_ms: number;
  /** What the other side reports of what we send: share lost since its last report, its jitter. */
  readonly theirLoss: number;
  readonly theirJitter_ms: number;
}

/** The windows that are compared are this long, give or take a sample. */
const WINDOW_MS = 10_000;
const WHOLE_MS = 7_500;
/** Under this many listeners begin to be "dissatisfied" (G.107: R = 70). */
export const BAD_MOS = 3.6;
/** Coding, packing (20 ms) and the look-ahead of both. */
const CODEC_DELAY_MS = 30;
/** A jitter buffer holds about twice the jitter. */
const BUFFER_PER_JITTER = 2;
/** Robustness to random loss, G.711 with concealment (ITU-T G.113, Appendix I). */
const LOSS_ROBUSTNESS = 25.1;

/**
 * Mean opinion score, 1 … 4.41, as ITU-T G.107 (E-model) estimates it with its default values:
 * R = 93.2 − Id − Ie,eff, where Id = 0.024 d + 0.11 (d − 177.3) for d > 177.3 ms (the delay
 * impairment as simplified by Cole and Rosenbluth, 2001) and Ie,eff = 95 · Ppl / (Ppl + Bpl)
 * (G.107 7-29 for Ie = 0 and random loss); MOS = 1 + 0.035 R + R (R − 60)(100 − R) · 7·10⁻⁶.
 * `loss` is a share (0 … 1); the delays are in milliseconds.
 */
export function mosOf(loss: number, jitter_ms: number, rtt_ms: number): number {
  const delay = rtt_ms / 2 + BUFFER_PER_JITTER * jitter_ms + CODEC_DELAY_MS;
  const delayImpairment = 0.024 * delay + 0.11 * Math.max(0, delay - 177.3);
  const percent = loss * 100;
  const lossImpairment = (95 * percent) / (percent + LOSS_ROBUSTNESS);
  const r = Math.min(93.2, Math.max(0, 93.2 - delayImpairment - lossImpairment));
  const mos = 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6;
  return Math.min(4.5, Math.max(1, mos));
}

/** The line of one call: its last ten seconds, and the worst ten. */
export class LineQuality {
  /** Of the last window; null before there are two samples. */
  now: Quality | null = null;
  private worstWhole: Quality | null = null;
  private samples: readonly LineSample[] = [];

  add(sample: LineSample): void {
    const last = this.samples.at(-1);
    // Counters begin anew when the sound was negotiated anew.
    const goesOn = last !== undefined && sample.received >= last.received;
    const kept = goesOn ? this.samples : [];
    this.samples = [...kept.filter(({ at }) => sample.at - at <= WINDOW_MS), sample];
    const [first] = this.samples;
    if (first === undefined || first === sample) return;
    this.now = over(first, this.samples);
    if (sample.at - first.at < WHOLE_MS) return;
    if (this.worstWhole === null || this.now.mos < this.worstWhole.mos) this.worstWhole = this.now;
  }

  /** Of a call shorter than a window: all of it. */
  get worst(): Quality | null {
    return this.worstWhole ?? this.now;
  }

  /** What was measured before says nothing about what follows: the call was held, for one. */
  pause(): void {
    this.samples = [];
  }
}

function over(first: LineSample, samples: readonly LineSample[]): Quality {
  const last = samples.at(-1) ?? first;
  const lost = Math.max(0, last.lost - first.lost);
  const expected = last.received - first.received + lost;
  const since = samples.slice(1);
  const ours = { loss: expected > 0 ? lost / expected : 0, jitter: most(since, "jitter_ms") };
  const theirs = {
    loss: since.reduce((sum, { theirLoss }) => sum + theirLoss, 0) / since.length,
    jitter: most(since, "theirJitter_ms"),
  };
  const rtt_ms = most(since, "rtt_ms");
  const here = mosOf(ours.loss, ours.jitter, rtt_ms);
  const there = mosOf(theirs.loss, theirs.jitter, rtt_ms);
  const worse = here <= there ? "here" : "there";
  const { loss, jitter } = worse === "here" ? ours : theirs;
  return { loss, jitter_ms: jitter, rtt_ms, mos: Math.min(here, there), worse };
}

function most(samples: readonly LineSample[], of: "jitter_ms" | "rtt_ms" | "theirJitter_ms") {
  return Math.max(...samples.map((sample) => sample[of]));
}

/** Reads one sample off the browser's report; null before there is any sound. */
export function sampleOf(report: Iterable<Record<string, unknown>>, at: number): LineSample | null {
  let inbound: Record<string, unknown> | null = null;
  let theirs: Record<string, unknown> = {};
  let pair: Record<string, unknown> = {};
  for (const stat of report) {
    if (stat["type"] === "inbound-rtp" && stat["kind"] === "audio") inbound = stat;
    if (stat["type"] === "remote-inbound-rtp" && stat["kind"] === "audio") theirs = stat;
    if (stat["type"] === "candidate-pair" && stat["nominated"]) pair = stat;
  }
  if (inbound === null) return null;
  const rtt = number(theirs["roundTripTime"]) || number(pair["currentRoundTripTime"]);
  return {
    at,
    received: number(inbound["packetsReceived"]),
    lost: number(inbound["packetsLost"]),
    jitter_ms: number(inbound["jitter"]) * 1_000,
    rtt_ms: rtt * 1_000,
    theirLoss: Math.min(1, Math.max(0, number(theirs["fractionLost"]))),
    theirJitter_ms: number(theirs["jitter"]) * 1_000,
  };
}

function number(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
