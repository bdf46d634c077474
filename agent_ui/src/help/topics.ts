import type { Locale } from "../messages.gen";
import { topicsEn } from "./topics.en";
import { topicsZhCN } from "./topics.zh-CN";

/** One page of help. `{phone.hold}` in its text becomes the keys that action has for this user. */
export interface Topic {
  readonly id: TopicId;
  readonly title: string;
  readonly body: string;
}

export type TopicId =
  | "desk"
  | "state"
  | "calls"
  | "phone"
  | "transfer"
  | "customer"
  | "work"
  | "sound"
  | "recordings"
  | "health"
  | "trouble"
  | "keys"
  | "practice";

const TOPICS: Record<Locale, readonly Topic[]> = { en: topicsEn, "zh-CN": topicsZhCN };

/** `may`: which pages open to the reader; of others there is nothing to read. */
export function topicsIn(locale: Locale, may: readonly string[]): readonly Topic[] {
  return TOPICS[locale].filter(({ id }) => id !== "health" || may.includes("health.read"));
}

/** What F1 is about, where the keys are: the innermost of these. */
const PLACES: readonly [string, TopicId][] = [
  ["[data-testid=health]", "health"],
  [".player, .call-details, .past-call", "recordings"],
  [".status .agent", "state"],
  [".status", "desk"],
  [".calls", "calls"],
  [".customer", "customer"],
  [".work", "work"],
  ["[data-testid=transfer-panel]", "transfer"],
  ["[data-testid=sound-panel]", "sound"],
  [".phonebar", "phone"],
  ["[data-testid=key-list]", "keys"],
  [".practice", "practice"],
];

export function topicAt(element: Element | null): TopicId {
  return PLACES.find(([place]) => element?.closest(place))?.[1] ?? "desk";
}
