import { t } from "../i18n";
import { Icon } from "../ui/icon";
import { useDesk } from "./context";

/** The one thing that is broken and matters most, in the queue strip's place; null when all is well. */
export function useTrouble(): { text: string; testid: string } | null {
  const { socket, store } = useDesk();
  if (socket.link.value === "lost") return { text: t("banner.server"), testid: "server-banner" };
  const pbx = store.switch.value;
  if (pbx !== null && !pbx.connected) {
    return { text: t("banner.switch", { reason: pbx.reason }), testid: "switch-banner" };
  }
  return null;
}

export function Banner({ text, testid }: { text: string; testid: string }) {
  return (
    <p class="banner" role="alert" data-testid={testid} title={text}>
      <Icon name="alert" />
      <span>{text}</span>
    </p>
  );
}
