import { t } from "../i18n";
import type { SwitchTrouble } from "../messages.gen";
import { inReadersWords } from "../problems";
import { Icon } from "../ui/icon";
import { useDesk } from "./context";

export interface Trouble {
  readonly text: string;
  readonly testid: string;
}

/** The one thing that is broken and matters most, in the queue strip's place; null when all is well. */
export function useTrouble(): Trouble | null {
  const { socket, store, phone } = useDesk();
  if (socket.link.value === "lost") {
    // With a phone in this browser the sound goes another way, and stays.
    const talks = phone.value.kind === "sip" && store.calls.value.some(isTalked);
    return {
      text: talks ? t("banner.server_call") : t("banner.server"),
      testid: "server-banner",
    };
  }
  const pbx = store.switch.value;
  if (pbx !== null && !pbx.connected) {
    const reason = pbx.troubles.map(named).join(" ");
    return { text: t("banner.switch", { reason }), testid: "switch-banner" };
  }
  return null;
}

/** How late the call log is, in words; "" when it is not. */
export function useDelay(): string {
  const delay = useDesk().store.delay.value;
  if (delay === null) return "";
  const seconds = delay.log_s;
  return seconds < 60
    ? t("age.seconds", { n: Math.max(10, Math.floor(seconds / 10) * 10) }) // calm, also for ears
    : t("age.minutes", { n: Math.floor(seconds / 60) });
}

/** In the place of the figures, which are what is old then; who waits is as true as ever. */
export function DelayNote({ time }: { time: string }) {
  const text = t("banner.delay", { time });
  return (
    <p class="delay" role="status" data-testid="delay-banner" title={text}>
      <Icon name="callback" />
      <span>{text}</span>
    </p>
  );
}

/** Beside the title of a list that may lack the newest. */
export function Behind() {
  const time = useDelay();
  if (time === "") return null;
  return (
    <small class="behind" title={t("banner.delay", { time })}>
      <Icon name="callback" /> <span>{t("banner.delay_short", { time })}</span>
    </small>
  );
}

/** Which switch, where there are several, and why; in words once these have been fetched. */
function named({ pbx, problem }: SwitchTrouble): string {
  const why = inReadersWords(problem);
  return pbx === "" ? why : t("banner.switch_of", { name: pbx, why });
}

function isTalked({ state }: { state: string }): boolean {
  return state === "active" || state === "held";
}

/** A line, never a window: whoever talks goes on talking. */
export function Banner({ text, testid }: Trouble) {
  return (
    <p class="banner" role="alert" data-testid={testid} title={text}>
      <Icon name="alert" />
      <span>{text}</span>
    </p>
  );
}
