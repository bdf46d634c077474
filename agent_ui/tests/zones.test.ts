import { describe, expect, test } from "vitest";
import { daysLater, knownZone, momentOf, suggestions, wallTime } from "../src/work/zones";

const iso = (date: string, time: string, zone: string) => {
  const at = momentOf({ date, time }, zone);
  return at === null ? null : new Date(at).toISOString();
};

test.each([
  ["2026-11-23", "15:00", "Asia/Shanghai", "2026-11-23T07:00:00.000Z"],
  ["2026-11-23", "15:00", "Asia/Kolkata", "2026-11-23T09:30:00.000Z"],
  ["2026-07-01", "09:00", "America/New_York", "2026-07-01T13:00:00.000Z"],
  ["2026-12-31", "23:30", "Pacific/Kiritimati", "2026-12-31T09:30:00.000Z"],
  ["2026-01-01", "00:00", "UTC", "2026-01-01T00:00:00.000Z"],
])("%s %s in %s is %s", (date, time, zone, expected) => {
  expect(iso(date, time, zone)).toBe(expected);
});

describe("when the clocks change", () => {
  test("a time that is skipped is that much later", () => {
    expect(iso("2026-03-29", "02:30", "Europe/Berlin")).toBe("2026-03-29T01:30:00.000Z");
    expect(wallTime(Date.parse("2026-03-29T01:30:00Z"), "Europe/Berlin").time).toBe("03:30");
  });

  test("a time that comes twice is the first of the two", () => {
    expect(iso("2026-10-25", "02:30", "Europe/Berlin")).toBe("2026-10-25T00:30:00.000Z");
  });

  test("the hours around it are what they say", () => {
    expect(iso("2026-03-29", "01:59", "Europe/Berlin")).toBe("2026-03-29T00:59:00.000Z");
    expect(iso("2026-03-29", "03:00", "Europe/Berlin")).toBe("2026-03-29T01:00:00.000Z");
    expect(iso("2026-10-25", "03:00", "Europe/Berlin")).toBe("2026-10-25T02:00:00.000Z");
  });
});

test.each([
  ["", "10:00"],
  ["2026-11-23", ""],
  ["2026-13-45", "10:00"],
])("half a time (%s %s) is none", (date, time) => {
  expect(iso(date, time, "UTC")).toBeNull();
});

test("the wall of a zone and the moment are each other's way back", () => {
  const at = Date.parse("2026-11-22T16:45:00Z");
  for (const zone of ["Asia/Shanghai", "America/St_Johns", "Australia/Lord_Howe", "UTC"]) {
    expect(momentOf(wallTime(at, zone), zone)).toBe(at);
  }
});

test("suggestions are on the customer's calendar", () => {
  const sunday = Date.parse("2026-11-22T17:00:00Z"); // Monday 01:00 in Shanghai
  const there = suggestions(sunday, "Asia/Shanghai");
  expect(there.tomorrow).toEqual({ date: "2026-11-24", time: "10:00" });
  expect(there.monday).toEqual({ date: "2026-11-30", time: "10:00" });
  expect(there.hour).toEqual({ date: "2026-11-23", time: "02:00" });
  expect(suggestions(sunday, "UTC").monday.date).toBe("2026-11-23");
  expect(daysLater("2026-02-28", 1)).toBe("2026-03-01");
});

test("a zone nobody knows is one's own", () => {
  expect(knownZone("Asia/Shanghai")).toBe("Asia/Shanghai");
  expect(knownZone("Moon/Crater")).toBe(new Intl.DateTimeFormat().resolvedOptions().timeZone);
});

test("what a browser would make a date of is none", () => {
  expect(momentOf({ date: "1", time: "2" }, "UTC")).toBeNull();
});
