import { t } from "../i18n";
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
    return { text: t("banner.switch", { reason: pbx.reason }), testid: "switch-banner" };
  }
  return null;
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
