import type { ReadonlySignal } from "@preact/signals";
import type { CallView } from "./messages.gen";

/**
 * The line between this screen and the switch. "off": this user has no phone; "elsewhere": another
 * screen of theirs holds it, and orders given here go there.
 */
export type LineState = "off" | "connecting" | "ready" | "lost" | "refused" | "elsewhere";
export type Microphone = "unknown" | "allowed" | "blocked" | "missing";
export type SoundDevice = "microphone" | "speaker" | "ringer";

/** A call the phone has and the server has not told of: what is left while the server is away. */
export interface StrayCall {
  readonly id: string;
  readonly number: string;
  readonly ringing: boolean;
}

/** How a line sounds: share of packets lost (0 … 1), milliseconds, MOS 1 … 5. */
export interface Quality {
  readonly loss: number;
  readonly jitter_ms: number;
  readonly rtt_ms: number;
  readonly mos: number;
  /** Who suffers: we hear gaps, or they do. */
  readonly worse: "here" | "there";
}

/** Sound devices by their names: ids differ from machine to machine. "" is the system's choice. */
export type DeviceLabels = Readonly<Record<SoundDevice, string>>;

/** What only a phone in this browser has. It is fetched after the desk and may come late. */
export interface PhoneSound {
  /** What the microphone hears now, 0 … 1; 0 while no call and no test has it open. */
  level(): number;
  /** The last ten seconds of the call that is talked in; null before there are any. */
  readonly quality: ReadonlySignal<Quality | null>;
  /** What there is on this machine, by name. */
  readonly available: ReadonlySignal<Readonly<Record<SoundDevice, readonly string[]>>>;
  /** A device that was just plugged in and is not in use; null when there is nothing to offer. */
  readonly offered: ReadonlySignal<string | null>;
  /** Takes what is offered for talking and hearing, or lets it be. */
  takeOffered(take: boolean): void;
  /** Opens the microphone so that `level` shows it; returns what closes it again. */
  listen(): Promise<() => void>;
  tick(now: number): void;
  stop(): void;
}

export type PhoneErrorCode = "microphone_blocked" | "microphone_missing" | "phone_silent";

export class PhoneError extends Error {
  constructor(readonly code: PhoneErrorCode) {
    super(code);
  }
}

/**
 * What the desk can do with a telephone, whatever it is: SIP in this browser, a phone on the desk,
 * or the simulated switch. Calls are named by their id at the gateway. An order resolves when it
 * was carried out or accepted, and rejects with a PhoneError or a CommandError.
 */
export interface Phone {
  readonly kind: "sip" | "desk" | "simulated" | "none";
  readonly line: ReadonlySignal<LineState>;
  readonly microphone: ReadonlySignal<Microphone>;
  /** A call goes on and nothing comes from its microphone any more. */
  readonly unheard: ReadonlySignal<boolean>;
  readonly stray: ReadonlySignal<StrayCall | null>;
  readonly sound: ReadonlySignal<PhoneSound | null>;
  /** For dialling it again; "" before the first. */
  readonly lastDialled: ReadonlySignal<string>;
  /** How many calls' sound goes through this page now. */
  readonly legs: number;
  /** Reads signals: use it while drawing. */
  isMuted(call: CallView): boolean;
  isHeld(call: CallView): boolean;
  /** May come before the phone rings: it is then answered as soon as it does. */
  answer(callId: string): Promise<void>;
  reject(callId: string): Promise<void>;
  hangup(callId: string): Promise<void>;
  hold(callId: string): Promise<void>;
  /** Talks in this call again; others that are talked in are held. */
  resume(callId: string): Promise<void>;
  mute(callId: string, on: boolean): Promise<void>;
  /** Key tones in the call: any of 0-9 * #. (A to D are the keys of the switch's consultations.) */
  tones(callId: string, digits: string): Promise<void>;
  dial(number: string): Promise<void>;
  /** Calls the switch's echo: one hears oneself. */
  echoTest(): Promise<void>;
  /** Asks for the microphone again, e.g. after it was allowed, and gives it to a call without. */
  prepare(): Promise<void>;
  tick(now: number): void;
  stop(): void;
}
