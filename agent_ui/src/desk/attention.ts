import { computed, effect, signal } from "@preact/signals";
import { appName } from "../branding";
import { nameOf } from "../calls/names";
import { localised, t } from "../i18n";
import type { CallView } from "../messages.gen";
import { afterPaint } from "../ui/frame";
import type { Desk } from "./model";
import type { Notifier } from "./notifier";

const QUIET = "/favicon.svg";

/** Says what needs this agent where the eye may be while the page is hidden: tab and notification. */
export class Attention {
  private readonly disposals: (() => void)[];
  private notifier: Notifier | null = null;
  private stopped = false;
  private turn = 0;
  private drew = false;
  private readonly hidden = signal(document.hidden);

  constructor(desk: Desk) {
    const waiting = computed(() => {
      const todo = desk.bench.value?.todo;
      return (todo?.missed.data.value?.length ?? 0) + (todo?.due.value.length ?? 0);
    });
    const ringing = computed(() => desk.ringing.value?.id ?? null);
    document.addEventListener("visibilitychange", this.look);
    this.disposals = [
      effect(() => {
        // Nobody is bothered who did not allow it; asking is in the settings.
        if (desk.settled.value && desk.prefs.value.notify && mayNotify()) void this.prepare(desk);
      }),
      effect(() => {
        const call = desk.ringing.value;
        const count = waiting.value;
        return afterPaint(() => {
          document.title = title(call, count);
        });
      }),
      effect(() => {
        const rings = ringing.value !== null;
        const count = waiting.value;
        return afterPaint(() => void this.icon(rings, count).catch(() => undefined));
      }),
      effect(() => {
        if (desk.settled.value) import("./tab_icon").catch(() => undefined); // tried again
      }),
      effect(() => {
        // Somebody who turns to another window while it rings is told there.
        const unseen = ringing.value !== null && this.hidden.value;
        if (!unseen || !desk.prefs.peek().notify) this.notifier?.close();
        else this.notify(desk);
      }),
    ];
  }

  stop(): void {
    for (const dispose of this.disposals) dispose();
    this.stopped = true;
    document.removeEventListener("visibilitychange", this.look);
    this.notifier?.stop();
    document.title = appName();
    show(QUIET);
  }

  private readonly look = () => {
    this.hidden.value = document.hidden;
  };

  private async prepare(desk: Desk): Promise<void> {
    const { Notifier } = await import("./notifier");
    if (this.stopped || this.notifier !== null) return;
    this.notifier = new Notifier({
      answer: (callId) => {
        if (desk.ringing.peek()?.id !== callId) return;
        void desk.phoneOrder((phone) => phone.answer(callId));
      },
    });
  }

  /** The page's own file until something is to be told; from then on it is drawn. */
  private async icon(ringing: boolean, waiting: number): Promise<void> {
    this.turn += 1;
    const { turn } = this;
    if (!ringing && waiting === 0 && !this.drew) return;
    const { drawn } = await import("./tab_icon");
    if (this.stopped || turn !== this.turn) return;
    this.drew = true;
    show(drawn(ringing, waiting) || QUIET);
  }

  private notify(desk: Desk): void {
    const call = desk.ringing.peek();
    if (call === null) return;
    const tier = call.caller.card?.tier;
    const body = [tier ? localised(tier.name, tier.code) : "", call.caller.display, call.queue];
    this.notifier?.show({
      callId: call.id,
      title: nameOf(call.caller),
      body: body.filter(Boolean).join(" · "),
      answer: t("call.answer"),
    });
  }
}

function mayNotify(): boolean {
  return typeof Notification !== "undefined" && Notification.permission === "granted";
}

function title(call: CallView | null, waiting: number): string {
  if (call !== null) return `● ${nameOf(call.caller)} – ${t("call.ringing")}`;
  return waiting > 0 ? `(${waiting}) ${appName()}` : appName();
}

function show(href: string): void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (icon && icon.getAttribute("href") !== href) icon.href = href;
}
