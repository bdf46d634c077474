import { signal } from "@preact/signals";
import type { Locale } from "../messages.gen";
import type { en } from "./en";
import type { enMore } from "./en.more";

/** A language's texts; English decides which keys there are. */
type English = typeof en & typeof enMore;
export type Key = keyof English;
/** What the page is drawn with at first, and what comes with what is opened on demand. */
export type FirstTexts = Record<keyof typeof en, string>;
export type MoreTexts = Record<keyof typeof enMore, string>;
export type Catalogue = FirstTexts & MoreTexts;

/** The `{names}` in a text, so that a call without them does not compile. */
type Names<S extends string> = S extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never;
type Values<K extends Key> = [Names<English[K]>] extends [never]
  ? []
  : [values: Record<Names<English[K]>, string | number>];

export const LOCALES: readonly Locale[] = ["en", "zh-CN"];
export const LOCALE_NAMES: Record<Locale, string> = { en: "English", "zh-CN": "简体中文" };

const first: Record<Locale, () => Promise<FirstTexts>> = {
  en: async () => (await import("./en")).en,
  "zh-CN": async () => (await import("./zh-CN")).zhCN,
};
const more: Record<Locale, () => Promise<MoreTexts>> = {
  en: async () => (await import("./en.more")).enMore,
  "zh-CN": async () => (await import("./zh-CN.more")).zhCNMore,
};

export const locale = signal<Locale>("en");
const catalogue = signal<Partial<Catalogue> | null>(null);
let wantsMore = false;

/** Fetches the language and shows it. A page draws nothing before the first one is there. */
export async function loadLocale(wanted: Locale): Promise<void> {
  const parts = [first[wanted](), wantsMore ? more[wanted]() : {}];
  const texts = Object.assign({}, ...(await Promise.all(parts)));
  catalogue.value = texts;
  locale.value = wanted;
  document.documentElement.lang = wanted;
}

/** Fetches the rest of the present language, and of every one from now on. */
export async function loadMoreTexts(): Promise<void> {
  if (wantsMore) return;
  const wanted = locale.peek();
  const texts = await more[wanted]();
  wantsMore = true;
  if (locale.peek() === wanted) catalogue.value = { ...catalogue.peek(), ...texts };
  else await loadLocale(locale.peek());
}

/** All the texts at once, for tests. */
export function setCatalogue(texts: Catalogue, of: Locale): void {
  catalogue.value = texts;
  wantsMore = true;
  locale.value = of;
}

export function t<K extends Key>(key: K, ...[values]: Values<K>): string {
  const text: string = catalogue.value?.[key] ?? "";
  return values === undefined ? text : fill(text, values);
}

function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Whose codes the server chooses. */
export type CodeFamily =
  | "error"
  | "reason"
  | "result"
  | "cause"
  | "visit"
  | "role"
  | "transferred"
  | "recording"
  | "alarm"
  | "problem"
  | "difference"
  | "direction"
  | "field";

/**
 * A text for a code the server chose, with what it told of it; `fallback` (its own English words)
 * when we have none.
 */
export function tCode(
  family: CodeFamily,
  code: string,
  fallback: string,
  values: Readonly<Record<string, string | number>> = {},
) {
  return fill(catalogue.value?.[`${family}.${code}` as Key] ?? fallback, values);
}

/** What the browser asks for, among what we have. */
export function browserLocale(languages: readonly string[]): Locale {
  for (const language of languages) {
    if (language.toLowerCase().startsWith("zh")) return "zh-CN";
    if (language.toLowerCase().startsWith("en")) return "en";
  }
  return "en";
}

/** A name given in several languages, e.g. a tier's or a queue's. */
export function localised(names: Record<string, string>, fallback: string): string {
  return names[locale.value] ?? names[locale.value.slice(0, 2)] ?? names["en"] ?? fallback;
}
