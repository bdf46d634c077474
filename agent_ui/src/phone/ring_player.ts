import { deviceNamed } from "./microphone";
import { type Note, RING_TONES, type RingTone, WAITING } from "./ring_tones";

/** A full ring at volume 1; a sine at 1 would hurt. */
const LOUDEST = 0.3;
const ATTACK_S = 0.02;
const SILENCE = 0.0001;

type Sinkable = AudioContext & { setSinkId?: (id: string) => Promise<void> };

let context: Sinkable | null = null;
let sounding: GainNode | null = null;

/** The audio context that rings, on the wanted device where the browser can choose one. */
async function ringer(device: string): Promise<AudioContext | null> {
  if (typeof AudioContext === "undefined") return null;
  context ??= new AudioContext();
  // Without a click on this page first, browsers keep it silent; the rest still says it.
  void context.resume();
  if (context.setSinkId !== undefined) {
    const id = await deviceNamed("audiooutput", device);
    await context.setSinkId(id ?? "").catch(() => undefined);
  }
  return context;
}

/** Plays notes once: `volume` 0 … 1, `device` by name ("" is the system's choice). */
async function play(notes: readonly Note[], volume: number, device: string): Promise<void> {
  const audio = await ringer(device);
  hush();
  if (audio === null || volume <= 0) return;
  const all = new GainNode(audio, { gain: LOUDEST * volume });
  all.connect(audio.destination);
  sounding = all;
  for (const [hz, at, length, share = 1] of notes) {
    const start = audio.currentTime + at;
    const tone = new OscillatorNode(audio, { frequency: hz });
    const level = new GainNode(audio, { gain: 0 });
    level.gain.setValueAtTime(0, start);
    level.gain.linearRampToValueAtTime(share, start + ATTACK_S);
    level.gain.exponentialRampToValueAtTime(SILENCE, start + length);
    tone.connect(level).connect(all);
    tone.start(start);
    tone.stop(start + length);
  }
}

/** A tone this version does not know is the desk's own. */
export function toneNamed(name: string): RingTone {
  return name in RING_TONES ? (name as RingTone) : "calm";
}

export function ringOnce(tone: string, volume: number, device: string): Promise<void> {
  return play(RING_TONES[toneNamed(tone)], volume, device);
}

export function beepOnce(volume: number, device: string): Promise<void> {
  return play(WAITING, volume, device);
}

export function hush(): void {
  sounding?.disconnect();
  sounding = null;
}
