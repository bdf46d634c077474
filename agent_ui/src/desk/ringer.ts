import { effect, signal } from "@preact/signals";
import { nameOf } from "../calls/names";
import { localised, t } from "../i18n";
import type { CallView } from "../messages.gen";
import type { Desk } from "./model";

const REPEAT_MS = 2_400;
/** Two soft notes, a fourth apart (Hz, seconds from the start). */
const NOTES = [
  { hz: 659.3, at: 0 },
  { hz: 880, at: 0.18 },
] as const;
const VOLUME = 0.16;

/** Whether a ringing call is heard in the headset; chosen in the menu. */
export const ringSound = signal(true);

/** Says that a call rings where the eye may not be: tone, tab title, tab icon, notification. */
export class Ringer {
  private readonly disposals: (() => void)[];
  private context: AudioContext | null = null;
  private timer: number | undefined;
  private notification: Notification | null = null;

  constructor(desk: Desk) {
    this.disposals = [
      effect(() => this.sound(desk.ringing.value !== null && ringSound.value)),
      effect(() => this.mark(desk.ringing.value)),
    ];
  }

  stop(): void {
    for (const dispose of this.disposals) dispose();
    this.sound(false);
    this.mark(null);
    void this.context?.close();
  }

  private sound(on: boolean): void {
    clearInterval(this.timer);
    this.timer = undefined;
    if (!on || typeof AudioContext === "undefined") return;
    // Without a click on this page first, browsers keep it silent; the rest still says it.
    this.context ??= new AudioContext();
    void this.context.resume();
    this.trill();
    this.timer = window.setInterval(() => this.trill(), REPEAT_MS);
  }

  private trill(): void {
    const { context } = this;
    if (context === null || context.state === "closed") return;
    for (const { hz, at } of NOTES) {
      const start = context.currentTime + at;
      const tone = new OscillatorNode(context, { frequency: hz, type: "sine" });
      const level = new GainNode(context, { gain: 0 });
      level.gain.setValueAtTime(0, start);
      level.gain.linearRampToValueAtTime(VOLUME, start + 0.02);
      level.gain.exponentialRampToValueAtTime(0.0001, start + 0.7);
      tone.connect(level).connect(context.destination);
      tone.start(start);
      tone.stop(start + 0.75);
    }
  }

  private mark(call: CallView | null): void {
    const name = call ? nameOf(call.caller) : "";
    document.title = call ? `● ${name} – ${t("call.ringing")}` : t("app.name");
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (icon) icon.href = call ? "/favicon-ringing.svg" : "/favicon.svg";
    this.notification?.close();
    this.notification = null;
    if (call === null || !document.hidden) return;
    if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
    const tier = call.caller.card?.tier;
    const body = [tier ? localised(tier.name, tier.code) : "", call.caller.display, call.queue];
    this.notification = new Notification(name, {
      body: body.filter(Boolean).join(" · "),
      tag: call.id,
      icon: "/favicon-ringing.svg",
    });
    this.notification.onclick = () => window.focus();
  }
}
