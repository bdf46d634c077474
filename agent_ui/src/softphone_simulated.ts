import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { CallView, SwitchView } from "./messages.gen";
import { OwnDials } from "./own_dials";
import type { LineState, Microphone, Phone, StrayCall } from "./phone";
import type { GatewaySocket, Link } from "./socket";

export interface OrdersOptions {
  kind: "simulated" | "none";
  calls: ReadonlySignal<readonly CallView[]>;
  link: ReadonlySignal<Link>;
  switch: ReadonlySignal<SwitchView | null>;
  command: GatewaySocket["command"];
}

/**
 * The telephone of the simulated switch: every order goes to the server, every state comes from it,
 * and there is no sound. `none` is the same desk for somebody without an extension.
 */
export class SimulatedPhone implements Phone {
  readonly kind: "simulated" | "none";
  readonly line: ReadonlySignal<LineState>;
  readonly microphone: ReadonlySignal<Microphone> = signal("allowed");
  readonly stray: ReadonlySignal<StrayCall | null> = signal(null);
  private readonly dials: OwnDials;

  constructor(private readonly options: OrdersOptions) {
    this.kind = options.kind;
    this.line = computed(() => {
      if (options.kind === "none") return "off";
      if (options.link.value === "connecting") return "connecting";
      return options.link.value === "up" && options.switch.value?.connected ? "ready" : "lost";
    });
    this.dials = new OwnDials(options.calls, options.command, (callId) => {
      this.answer(callId).catch(() => undefined); // the card is still there to answer by hand
    });
  }

  isMuted(call: CallView): boolean {
    return call.muted;
  }

  isHeld(call: CallView): boolean {
    return call.state === "held";
  }

  async answer(callId: string): Promise<void> {
    await this.options.command("phone.answer", { call_id: callId });
  }

  async reject(callId: string): Promise<void> {
    await this.options.command("phone.reject", { call_id: callId });
  }

  async hangup(callId: string): Promise<void> {
    await this.options.command("phone.hangup", { call_id: callId });
  }

  async hold(callId: string): Promise<void> {
    await this.options.command("phone.hold", { call_id: callId });
  }

  async resume(callId: string): Promise<void> {
    await this.options.command("phone.resume", { call_id: callId });
  }

  async mute(callId: string, on: boolean): Promise<void> {
    await this.options.command("phone.mute", { call_id: callId, on });
  }

  tones(): boolean {
    return false;
  }

  dial(number: string): Promise<void> {
    return this.dials.dial(number);
  }

  tick(): void {
    // Nothing to watch: the gateway's socket is the only line there is.
  }

  stop(): void {
    this.dials.stop();
  }
}
