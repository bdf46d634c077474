import { t } from "../i18n";
import type { Caller, CallRow, ColleagueView } from "../messages.gen";

/** What to call a caller: the customer, the name the network gave, the number, or that it is withheld. */
export function nameOf(caller: Caller): string {
  if (caller.card) return caller.card.name;
  if (caller.match === "withheld") return t("caller.withheld");
  return caller.name || caller.display || caller.number || t("caller.unknown");
}

/** The name the network gave the customer. Of a call we placed it is our own; "Anonymous" is none. */
export function networkName({ direction, match, caller_name }: CallRow): string {
  return direction === "inbound" && match !== "withheld" ? caller_name : "";
}

/** The other end of a call within the house, as their colleagues know them. */
export function colleagueIn(
  { direction, number, dialled }: CallRow,
  extension: string,
  colleagues: readonly ColleagueView[],
): string {
  if (direction !== "internal") return "";
  const other = number === extension ? dialled : number;
  return colleagues.find((each) => each.extension === other)?.name ?? other;
}
