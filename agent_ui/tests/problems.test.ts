import { beforeEach, describe, expect, test } from "vitest";
import { absolute } from "../src/format";
import { inReadersWords, worded } from "../src/problems";
import { speakChinese, speakEnglish } from "./helpers";

const MASTER = "/var/log/asterisk/cel-custom/Master.csv";

describe("in English", () => {
  beforeEach(speakEnglish);

  test("a problem says what it names", () => {
    expect(inReadersWords({ code: "no_room", values: { path: "/srv" } })).toBe(
      "/srv: no space left on the disk",
    );
  });

  test("the one behind it is in words too, with values of its own", () => {
    const values = { at: "10.0.0.9:5038", why: "silent", silent_s: 8 };
    expect(inReadersWords({ code: "at", values })).toBe(
      "Asterisk manager at 10.0.0.9:5038: it was silent for 8 s",
    );
  });

  test("a moment is on the reader's clock", () => {
    const values = { begins: "2026-01-05 09:10:00 UTC", since: "never" };
    expect(inReadersWords({ code: "begins_late", values })).toBe(
      `It begins at ${absolute("2026-01-05T09:10:00Z")}; calls since never may be missing in it.`,
    );
  });

  test("of one without words, what was said of it is told", () => {
    expect(inReadersWords({ code: "brand_new", values: { said: "No route" } })).toBe("No route");
  });

  test("what is told is not changed", () => {
    const values = { why: "line_cut", where: "Master.csv@7" };
    expect(worded(values)["why"]).toBe("the line is cut short, or a quote is not closed");
    expect(values.why).toBe("line_cut");
  });
});

test("in Chinese, down to the reason behind it", () => {
  speakChinese();
  const values = { path: MASTER, why: "line_columns", there: 7, expected: 12 };
  expect(inReadersWords({ code: "no_line", values })).toBe(
    `${MASTER}：没有一行可以读取：有 7 列，应为 12 列`,
  );
});
