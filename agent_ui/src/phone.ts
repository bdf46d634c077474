import type { ReadonlySignal } from "@preact/signals";
import type { CallView } from "./messages.gen";

/** The line between this browser and the switch. "off": this user has no phone. */
export type LineState = "off" | "connecting" | "ready" | "lost" | "refused";
export type Microphone = "unknown" | "allowed" | "blocked" | "missing";

/** A call the phone has and the server has not told of: what is left while the server is away. */
export interface StrayCall {
  readonly id: string;
  readonly number: string;
  readonly ringing: boolean;
}

export type PhoneErrorCode = "microphone_blocked" | "microphone_missing" | "phone_silent";

export class PhoneError extends Error {
  constructor(readonly code: PhoneErrorCode) {
    super(code);
  }
}

/**
 * What the desk can do with a telephone, whatever it is: SIP in this browser, or the simulated
 * switch. Calls are named by their id at the gateway. An order resolves when it was carried out or
 * accepted, and rejects with a PhoneError or a CommandError.
 */
export interface Phone {
  readonly kind: "sip" | "simulated" | "none";
  readonly line: ReadonlySignal<LineState>;
  readonly microphone: ReadonlySignal<Microphone>;
  readonly stray: ReadonlySignal<StrayCall | null>;
  /** Reads signals: use it while drawing. */
  isMuted(call: CallView): boolean;
  isHeld(call: CallView): boolean;
  /** May come before the phone rings: it is then answered as soon as it does. */
  answer(callId: string): Promise<void>;
  reject(callId: string): Promise<void>;
  hangup(callId: string): Promise<void>;
  hold(callId: string): Promise<void>;
  resume(callId: string): Promise<void>;
  mute(callId: string, on: boolean): Promise<void>;
  /** Key tones in the call; false where nobody would hear them. */
  tones(callId: string, digits: string): boolean;
  dial(number: string): Promise<void>;
  tick(now: number): void;
  stop(): void;
}
