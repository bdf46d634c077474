import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { browserLocale, localised, t, tCode } from "../src/i18n";
import { en as enFirst } from "../src/i18n/en";
import { enMore } from "../src/i18n/en.more";
import { zhCN as zhCNFirst } from "../src/i18n/zh-CN";
import { zhCNMore } from "../src/i18n/zh-CN.more";
import { speakChinese, speakEnglish } from "./helpers";
import { FAMILIES } from "./text_families";

const en = { ...enFirst, ...enMore };
const zhCN = { ...zhCNFirst, ...zhCNMore };

const SOURCE = join(import.meta.dirname, "../src");

function sources(): string {
  return readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !/^(i18n|dev)\//.test(file))
    .map((file) => readFileSync(join(SOURCE, file), "utf8"))
    .join("\n");
}

/** Where the codes come from that `tCode` puts into words. */
function server(): string {
  return ["callcenter", "telephony"]
    .map((name) => join(SOURCE, "../..", name))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".py"))
        .map((file) => readFileSync(join(folder, file), "utf8")),
    )
    .join("\n");
}

/** The keys of all the texts that are put together. */
function together(): Set<string> {
  const keys = Object.entries(FAMILIES).flatMap(([pattern, values]) =>
    values.map((value) => pattern.replace("*", value)),
  );
  return new Set(keys);
}

/** `notices.ts` puts "agent_on_call", "call_ended" … into these. */
const MADE = new Set(["agent_state", "call_state"]);

/** The keys that no source names, puts together, or gets as a code. */
function unused(keys: readonly string[]): string[] {
  const code = sources();
  const known = together();
  const words = [...`${code}\n${server()}`.matchAll(/["'`]([a-z]\w*)["'`]/g)];
  const codes = new Set([...words.map(([, word]) => word ?? ""), ...MADE]);
  const families = new Set([...code.matchAll(/tCode\(\s*"(\w+)"/g)].map(([, family]) => family));
  return keys.filter((key) => {
    if (code.includes(`"${key}"`) || known.has(key)) return false;
    const [family = "", coded = ""] = key.split(".", 2);
    const bare = coded.replace(/^problem_|_(?:do|detail)$/g, "");
    return !(families.has(family) && (codes.has(coded) || codes.has(bare)));
  });
}

const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe("catalogues", () => {
  test("have the same keys, each with a text", () => {
    expect(Object.keys(zhCN).sort()).toEqual(Object.keys(en).sort());
    for (const text of [...Object.values(en), ...Object.values(zhCN)]) expect(text).not.toBe("");
  });

  test("hold a key once: with the first page, or with what is opened on demand", () => {
    expect(Object.keys(enFirst).filter((key) => key in enMore)).toEqual([]);
  });

  test("fill in the same names", () => {
    for (const [key, text] of Object.entries(en)) {
      expect(names(zhCN[key as keyof typeof en]), key).toEqual(names(text));
    }
  });

  test("every text that is put together has its family, and every family is used", () => {
    const found = [...sources().matchAll(/\bt\(\s*`(\w+\.[^`]*)`/g)].map(([, text]) =>
      text?.replace(/\$\{[^}]*\}/g, "*"),
    );
    expect([...new Set(found)].sort()).toEqual(Object.keys(FAMILIES).sort());
    const unknown = [...together()].filter((key) => !(key in en));
    expect(unknown).toEqual([]);
  });

  test("hold no key that nobody uses", () => {
    expect(unused(Object.keys(en))).toEqual([]);
    const dead = ["state.asleep", "tour.state_hint", "error.brand_new", "alarm.brand_new_do"];
    expect(unused(["state.ready", ...dead])).toEqual(dead);
  });
});

test("names are filled in", () => {
  speakEnglish();
  expect(t("menu.extension", { n: 1001 })).toBe("Extension 1001");
  speakChinese();
  expect(t("menu.extension", { n: 1001 })).toBe("分机 1001");
});

test("a code without words falls back to the server's", () => {
  speakEnglish();
  expect(tCode("error", "call_over", "x")).toBe(en["error.call_over"]);
  expect(tCode("error", "brand_new", "The moon is full.")).toBe("The moon is full.");
});

test.each([
  [["zh-TW", "en"], "zh-CN"],
  [["fr", "en-GB"], "en"],
  [["fr"], "en"],
  [[], "en"],
] as const)("a browser that asks for %j gets %s", (languages, expected) => {
  expect(browserLocale(languages)).toBe(expected);
});

test("names of tiers and queues come in the reader's language, or in English, or as their code", () => {
  speakChinese();
  expect(localised({ en: "Gold", "zh-CN": "黄金" }, "gold")).toBe("黄金");
  expect(localised({ en: "Gold" }, "gold")).toBe("Gold");
  expect(localised({}, "gold")).toBe("gold");
});
