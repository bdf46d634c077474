import { t } from "../i18n";
import type { Action } from "./actions";

/**
 * What can be done only while something is open or goes on. Whoever draws its button registers it;
 * its keys are listed by `?`, and kept for it, at all times.
 */
export const RARE = {
  "phone.swap": rare("Ctrl+Shift+S", () => t("consult.swap_hint")),
  "phone.complete": rare("Ctrl+Shift+G", () => t("consult.complete_hint")),
  "phone.three_way": rare("Ctrl+Shift+X", () => t("consult.three_way_hint")),
  "phone.cancel_consult": rare("Ctrl+Shift+L", () => t("consult.cancel_hint")),
  "transfer.blind": rare("Ctrl+Shift+Enter", () => t("transfer.blind_long")),
  "phone.claim": rare("then P", () => t("line.claim_long")),
} as const;

function rare(keys: string, label: () => string): Pick<Action, "group" | "keys" | "label"> {
  return { group: "call", keys, label };
}

/** All of them, while none can be done. */
export function rareActions(): Action[] {
  return Object.entries(RARE).map(([id, action]) => ({
    id,
    ...action,
    enabled: () => false,
    run: () => undefined,
  }));
}
