import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { CallView, CommandName, SwitchView } from "../messages.gen";
import { OwnDials } from "../own_dials";
import type { LineState, Microphone, Phone, StrayCall } from "../phone";
import type { GatewaySocket, Link } from "../socket";
import { isConsultation } from "./pairing";

export interface GatewayPhoneOptions {
  kind: "simulated" | "desk" | "none";
  calls: ReadonlySignal<readonly CallView[]>;
  link: ReadonlySignal<Link>;
  switch: ReadonlySignal<SwitchView | null>;
  command: GatewaySocket["command"];
}

type CallOrder = Extract<
  CommandName,
  "phone.answer" | "phone.reject" | "phone.hangup" | "phone.hold" | "phone.resume"
>;

/**
 * A telephone that is not in this browser: every order goes to the server, every state comes from
 * it. "desk": the phone beside the screen; "simulated": the simulated switch, which has no sound;
 * "none": the same desk for somebody without an extension.
 */
export class GatewayPhone implements Phone {
  readonly kind: GatewayPhoneOptions["kind"];
  readonly line: ReadonlySignal<LineState>;
  readonly microphone: ReadonlySignal<Microphone> = signal("allowed");
  readonly unheard: ReadonlySignal<boolean> = signal(false);
  readonly stray: ReadonlySignal<StrayCall | null> = signal(null);
  readonly sound = signal(null);
  readonly legs: number = 0;
  readonly lastDialled: ReadonlySignal<string>;
  private readonly dials: OwnDials;

  constructor(private readonly options: GatewayPhoneOptions) {
    this.kind = options.kind;
    this.line = computed(() => {
      if (options.kind === "none") return "off";
      if (options.link.value === "connecting") return "connecting";
      return options.link.value === "up" && options.switch.value?.connected ? "ready" : "lost";
    });
    this.dials = new OwnDials(options.calls, options.command, (callId) => {
      this.answer(callId).catch(() => undefined); // the card is still there to answer by hand
    });
    this.lastDialled = this.dials.last;
  }

  isMuted(call: CallView): boolean {
    return call.muted;
  }

  isHeld(call: CallView): boolean {
    return call.state === "held";
  }

  async answer(callId: string): Promise<void> {
    await this.holdOthers(callId);
    await this.order("phone.answer", callId);
  }

  reject(callId: string): Promise<void> {
    return this.order("phone.reject", callId);
  }

  hangup(callId: string): Promise<void> {
    return this.order("phone.hangup", callId);
  }

  hold(callId: string): Promise<void> {
    return this.order("phone.hold", callId);
  }

  async resume(callId: string): Promise<void> {
    await this.holdOthers(callId);
    await this.order("phone.resume", callId);
  }

  async mute(callId: string, on: boolean): Promise<void> {
    await this.options.command("phone.mute", { call_id: callId, on });
  }

  async tones(callId: string, digits: string): Promise<void> {
    await this.options.command("phone.tones", { call_id: callId, digits });
  }

  dial(number: string): Promise<void> {
    return this.dials.dial(number);
  }

  echoTest(): Promise<void> {
    return this.dials.echoTest();
  }

  async prepare(): Promise<void> {
    // Its microphone is none of the browser's.
  }

  tick(): void {
    // Nothing to watch: the gateway's socket is the only line there is.
  }

  stop(): void {
    this.dials.stop();
  }

  private async order(name: CallOrder, callId: string): Promise<void> {
    await this.options.command(name, { call_id: callId });
  }

  /** A phone has two lines at most, and one of them is talked in. */
  private async holdOthers(kept: string): Promise<void> {
    const calls = this.options.calls.peek();
    for (const call of calls) {
      const talking = call.state === "active" && call.answered_at !== null;
      if (call.id !== kept && talking && !isConsultation(call, calls)) await this.hold(call.id);
    }
  }
}
