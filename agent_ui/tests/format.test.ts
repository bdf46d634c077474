import { beforeEach, expect, test } from "vitest";
import { age, dialable, duration, languageName, timeIn, when } from "../src/format";
import { speakChinese, speakEnglish } from "./helpers";

const NOW = Date.parse("2026-03-18T14:32:10Z"); // a Wednesday
const before = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

beforeEach(speakEnglish);

test.each([
  [0, "0:00"],
  [59.9, "0:59"],
  [61, "1:01"],
  [3_599, "59:59"],
  [3_600, "1:00:00"],
  [36_061, "10:01:01"],
  [-3, "0:00"],
])("%d s last %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test.each([
  [20, "now"],
  [300, "5 min"],
  [3 * 3_600, "3 h"],
  [50 * 3_600, "2 d"],
])("%d s old is %s", (seconds, text) => {
  expect(age(before(seconds), NOW)).toBe(text);
});

test("a moment is as short as it can be told", () => {
  expect(when(before(60), NOW)).toMatch(/^\d\d:\d\d$/);
  expect(when(before(2 * 86_400), NOW)).toMatch(/^Mon/);
  expect(when(before(20 * 86_400), NOW)).toBe("Feb 26");
  expect(when(before(400 * 86_400), NOW)).toContain("2025");
});

test("times and ages follow the language", () => {
  speakChinese();
  expect(age(before(300), NOW)).toBe("5 分钟");
  expect(when(before(20 * 86_400), NOW)).toBe("2月26日");
  expect(languageName("en")).toBe("英语");
});

test("the caller's time of day; nothing for a zone nobody knows", () => {
  expect(timeIn("Asia/Shanghai", NOW)).toBe("22:32");
  expect(timeIn("Mars/Olympus", NOW)).toBe("");
});

test.each([
  ["+86 138 0013-8000", "+8613800138000"],
  ["(0571) 8888.0000", "057188880000"],
  ["*43#", "*43#"],
  ["138&139", "138&139"],
])("%s is dialled as %s; what is no number is left for the server to refuse", (typed, dialled) => {
  expect(dialable(typed)).toBe(dialled);
});
