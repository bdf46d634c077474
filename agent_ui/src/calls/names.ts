import { t } from "../i18n";
import type { Caller } from "../messages.gen";

/** What to call a caller: the customer, the name the network gave, the number, or that it is withheld. */
export function nameOf(caller: Caller): string {
  if (caller.card) return caller.card.name;
  if (caller.match === "withheld") return t("caller.withheld");
  return caller.name || caller.display || caller.number || t("caller.unknown");
}
