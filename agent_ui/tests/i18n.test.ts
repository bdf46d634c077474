import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { browserLocale, localised, t, tCode } from "../src/i18n";
import { en as enFirst } from "../src/i18n/en";
import { enMore } from "../src/i18n/en.more";
import { zhCN as zhCNFirst } from "../src/i18n/zh-CN";
import { zhCNMore } from "../src/i18n/zh-CN.more";
import { speakChinese, speakEnglish } from "./helpers";

const en = { ...enFirst, ...enMore };
const zhCN = { ...zhCNFirst, ...zhCNMore };

const SOURCE = join(import.meta.dirname, "../src");

function sources(): string {
  return readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !/^(i18n|dev)\//.test(file))
    .map((file) => readFileSync(join(SOURCE, file), "utf8"))
    .join("\n");
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

  test("hold no key that nobody uses", () => {
    const code = sources();
    const families = [...code.matchAll(/t\(\s*`([\w.]+[._])\$\{/g)].map(
      ([, prefix]) => prefix ?? "",
    );
    families.push(...[...code.matchAll(/tCode\("(\w+)"/g)].map(([, family]) => `${family}.`));
    expect(families.length).toBeGreaterThan(5);
    const unused = Object.keys(en).filter(
      (key) => !code.includes(`"${key}"`) && !families.some((family) => key.startsWith(family)),
    );
    expect(unused).toEqual([]);
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
