import { absolute } from "./format";
import { locale, tCode } from "./i18n";
import type { Problem } from "./messages.gen";

/** "2026-11-22 03:10:00 UTC": how the server writes a moment within a sentence. */
const MOMENT = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC$/;

type Values = Problem["values"];

/** What stands between us and a switch or a file. What another program said of it stays as it is. */
export function inReadersWords({ code, values }: { code: string; values: Values }): string {
  return tCode("problem", code, String(values["said"] ?? ""), worded(values));
}

/** With figures and moments as the reader writes them, and `why`, the problem behind this one, in words. */
export function worded(values: Values): Values {
  const { why } = values;
  const told = Object.entries(values).map(([name, value]) => [name, written(value)]);
  const readable: Values = Object.fromEntries(told);
  if (typeof why === "string") readable["why"] = tCode("problem", why, why, readable);
  return readable;
}

function written(value: string | number): string {
  if (typeof value === "number") return value.toLocaleString(locale.value);
  return value.replace(MOMENT, (_, day, time) => absolute(`${day}T${time}Z`));
}
