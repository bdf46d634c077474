import { computed, effect } from "@preact/signals";
import { appName } from "../branding";
import { nameOf } from "../calls/names";
import { localised, t } from "../i18n";
import type { CallView } from "../messages.gen";
import type { Desk } from "./model";
import { Notifier } from "./notifier";
import { tabIcon } from "./tab_icon";

/** Says what needs this agent where the eye may be while the page is hidden: tab and notification. */
export class Attention {
  private readonly disposals: (() => void)[];
  private readonly notifier: Notifier;

  constructor(desk: Desk) {
    this.notifier = new Notifier({
      answer: (callId) => {
        if (desk.ringing.peek()?.id !== callId) return;
        void desk.phoneOrder((phone) => phone.answer(callId));
      },
    });
    const waiting = computed(() => {
      const todo = desk.bench.value?.todo;
      return (todo?.missed.data.value?.length ?? 0) + (todo?.due.value.length ?? 0);
    });
    const ringing = computed(() => desk.ringing.value?.id ?? null);
    this.disposals = [
      effect(() => {
        const call = desk.ringing.value;
        document.title = title(call, waiting.value);
      }),
      effect(() => show(tabIcon(ringing.value !== null, waiting.value))),
      effect(() => {
        if (ringing.value === null || !desk.prefs.peek().notify) this.notifier.close();
        else this.notify(desk);
      }),
    ];
  }

  stop(): void {
    for (const dispose of this.disposals) dispose();
    this.notifier.stop();
    document.title = appName();
    show(tabIcon(false, 0));
  }

  private notify(desk: Desk): void {
    const call = desk.ringing.peek();
    if (call === null || !document.hidden) return;
    const tier = call.caller.card?.tier;
    const body = [tier ? localised(tier.name, tier.code) : "", call.caller.display, call.queue];
    this.notifier.show({
      callId: call.id,
      title: nameOf(call.caller),
      body: body.filter(Boolean).join(" · "),
      answer: t("call.answer"),
    });
  }
}

function title(call: CallView | null, waiting: number): string {
  if (call !== null) return `● ${nameOf(call.caller)} – ${t("call.ringing")}`;
  return waiting > 0 ? `(${waiting}) ${appName()}` : appName();
}

function show(href: string): void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (icon && icon.getAttribute("href") !== href) icon.href = href;
}
