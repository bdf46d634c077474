import { t } from "../i18n";
import { Icon } from "../ui/icon";

/** How a call's log came to be, when not by being watched from begin to end. */
export type Truth = "inferred" | "recovered" | "partial";

/** What is unusual about the log of a call; null: nothing is. */
export function truthOf(row: {
  inferred: boolean;
  recovered: boolean;
  from_history: boolean;
}): Truth | null {
  if (row.inferred) return "inferred";
  if (row.from_history) return "recovered";
  return row.recovered ? "partial" : null;
}

export function isTruth(status: string): status is Truth {
  return status === "inferred" || status === "recovered" || status === "partial";
}

/** A small mark in a list, only where something is unusual. */
export function TruthMark({ truth }: { truth: Truth }) {
  return (
    <span class="truth-mark" title={t(`truth.${truth}_why`)} data-testid="truth" data-truth={truth}>
      <Icon name={truth === "recovered" ? "back" : "alert"} />
      <span class="for-ears">{t(`truth.${truth}`)}</span>
    </span>
  );
}
