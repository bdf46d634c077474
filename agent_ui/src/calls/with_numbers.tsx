import type { ComponentChildren } from "preact";
import { dialable } from "../format";
import { Dial } from "./dial";

/**
 * What people write that can be called: with + or 00 or 0 in front, or a mobile of eleven digits.
 * Dates, amounts, ticket and order numbers begin otherwise or are shorter.
 */
const NUMBER =
  /(?<![\w.,/-])(?:\+|00?)[1-9][\d ().-]{5,20}\d(?![\w/])|(?<![\w.,/-])1[3-9]\d{9}(?!\d)/g;
const DATE = /^\d{1,2}\.\d{1,2}\.\d{2,4}$/;

/** Telephone numbers in a text become buttons that call them. */
export function WithNumbers({ text }: { text: string }) {
  const parts: ComponentChildren[] = [];
  let at = 0;
  for (const match of text.matchAll(NUMBER)) {
    const found = match[0];
    const digits = found.replace(/\D/g, "").length;
    if (digits < 7 || digits > 15 || DATE.test(found)) continue;
    parts.push(
      text.slice(at, match.index),
      <Dial key={match.index} number={dialable(found)} display={found} class="inline" />,
    );
    at = match.index + found.length;
  }
  parts.push(text.slice(at));
  return <>{parts}</>;
}
