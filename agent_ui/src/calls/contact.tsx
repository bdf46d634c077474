import { duration } from "../format";
import { t, tCode } from "../i18n";
import type { RecentContact } from "../messages.gen";
import { Icon } from "../ui/icon";
import { When } from "../ui/timer";

export type CallKind = "inbound" | "outbound" | "internal" | "missed";

/** How a call looks in a list: which way it went, or that nobody was reached. */
export function kindOf(direction: string, result: string | null): CallKind {
  if (direction === "outbound" || direction === "internal") return direction;
  return isOver(result) && result !== "answered" ? "missed" : "inbound";
}

/** A call that goes on has no result yet. */
export function isOver(result: string | null): result is string {
  return result !== null && result !== "";
}

export function CallMark({ kind }: { kind: CallKind }) {
  return (
    <span class={`call-mark kind-${kind}`} title={t(`log.kind_${kind}`)}>
      <Icon name={kind} />
    </span>
  );
}

/** How long it took, or why it came to nothing. */
export function outcome(result: string | null, connectedSeconds: number): string {
  if (!isOver(result)) return t("log.ongoing");
  return result === "answered" ? duration(connectedSeconds) : tCode("result", result, result);
}

/** One earlier contact in one short line. */
export function Contact({ contact }: { contact: RecentContact }) {
  const text = contact.note || contact.agent;
  return (
    <li class="ringing-line">
      <CallMark kind={kindOf(contact.direction, contact.result)} />
      <When at={contact.at} />
      <span class="ringing-text" title={text}>
        {text}
      </span>
      <span class="num">{outcome(contact.result, contact.connected_s)}</span>
    </li>
  );
}
