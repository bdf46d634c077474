import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Api } from "../src/api";
import { listShown } from "../src/calls/calls_column";
import { rescheduling } from "../src/calls/rescheduling";
import { DeskScreen } from "../src/desk/desk";
import { LOG } from "../src/dev/data";
import { type DevDesk, openDesk } from "../src/dev/open";
import { SCENARIOS, type Scenario } from "../src/dev/scenarios";
import { CALLBACKS, MISSED } from "../src/dev/work_data";
import { loadMoreTexts } from "../src/i18n";
import type { CallbackPatch } from "../src/messages.gen";
import { me } from "../src/phone/identity";
import { speakEnglish } from "./helpers";

let page: DevDesk;

async function follow(what: () => unknown = () => undefined): Promise<void> {
  await act(async () => {
    await what();
    await new Promise((resolve) => setTimeout(resolve, 10));
  });
}

async function show(scenario: Scenario, api: Partial<Api> = {}): Promise<void> {
  page = openDesk(scenario, api);
  await follow(() => render(<DeskScreen desk={page.desk} />, document.body));
  await vi.waitUntil(
    async () => {
      await follow();
      return page.desk.actions.find("ticket.new") !== undefined;
    },
    { timeout: 5_000 },
  );
}

const all = (testid: string) => [
  ...document.querySelectorAll<HTMLElement>(`[data-testid="${testid}"]`),
];

async function appear(testid: string): Promise<HTMLElement> {
  for (let turn = 0; turn < 100 && all(testid).length === 0; turn += 1) await follow();
  const [found] = all(testid);
  if (!found) throw new Error(`nothing called ${testid} is on the screen`);
  return found;
}

const press = (key: string, init: KeyboardEventInit = {}) =>
  follow(() => {
    const at = document.activeElement ?? document.body;
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init });
    at.dispatchEvent(event);
  });
/** The keys for more, then one. */
async function then(key: string): Promise<void> {
  await press("j", { ctrlKey: true });
  await appear("second-keys");
  await press(key);
  await follow(() => new Promise((resolve) => setTimeout(resolve, 60)));
}
const ordered = () => page.wire.commands.map(({ name, args }) => [name, args]);
const focused = () => (document.activeElement as HTMLElement | null)?.dataset["testid"];

beforeAll(() =>
  Promise.all([
    import("../src/desk/more_actions"),
    import("../src/desk/second_keys"),
    import("../src/settings/key_list"),
    import("../src/calls/todo_lists"),
    import("../src/work/reschedule"),
    import("../src/phone/line_notes"),
    import("../src/phone/sound_panel"),
    import("../src/ticket/work_desk"),
    loadMoreTexts(),
  ]),
);

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  listShown.value = "calls";
  rescheduling.value = new Set();
  speakEnglish();
});

afterEach(async () => {
  await follow(() => {
    render(null, document.body);
    page.desk.stop();
    page.desk.socket.stop();
  });
});

describe("a second key", () => {
  test("shows what there is, and what cannot be done now", async () => {
    await show(SCENARIOS.due);
    await press("j", { ctrlKey: true });
    const list = await appear("second-keys");
    expect(document.activeElement).toBe(list);
    expect(list.querySelector('[data-action="work.script"]')?.textContent).toBe("SScript");
    const off = (id: string) =>
      list.querySelector<HTMLButtonElement>(`[data-action="${id}"]`)?.disabled;
    expect([off("list.missed"), off("work.tags"), off("phone.claim")]).toEqual([false, true, true]);
    await press("Escape");
    expect(all("second-keys")).toEqual([]);
  });

  test("is no letter of the text somebody writes, and the text has the keys again", async () => {
    await show(SCENARIOS.many);
    const note = await appear("ticket-note");
    await follow(() => note.focus());
    await then("m");
    expect(listShown.peek()).toBe("missed");
    await follow(() => note.focus());
    await press("j", { ctrlKey: true });
    expect(document.activeElement).not.toBe(note);
    await press("Escape");
    expect(document.activeElement).toBe(note);
    expect(page.desk.note.text.peek()).not.toContain("m".repeat(2));
  });

  test("M after it is the list of missed calls, and mutes nobody", async () => {
    await show(SCENARIOS.active);
    await then("m");
    expect(ordered()).toEqual([]);
    expect(focused()).toBe("list-missed");
  });

  test("another combination means what it always does", async () => {
    await show(SCENARIOS.active);
    await press("j", { ctrlKey: true });
    await appear("second-keys");
    await press("E", { ctrlKey: true, shiftKey: true });
    expect(ordered().map(([name]) => name)).toEqual(["phone.hangup"]);
    expect(all("second-keys")).toEqual([]);
  });
});

describe("between calls", () => {
  test("every list has its key", async () => {
    await show(SCENARIOS.due);
    for (const [key, name] of [
      ["m", "missed"],
      ["b", "callbacks"],
      ["t", "tasks"],
      ["c", "calls"],
    ] as const) {
      await then(key);
      expect(listShown.peek()).toBe(name);
      expect(focused()).toBe(`list-${name}`);
    }
  });

  test("missed calls are cleared as a set, and brought back", async () => {
    const cleared: (string | null)[] = [];
    const clearMissed = async (until: string | null) => {
      cleared.push(until);
      return { until: until ?? "", former: "2026-01-01T00:00:00Z" };
    };
    await show(SCENARIOS.due, { clearMissed });
    await then("x");
    await then("u");
    expect(cleared).toEqual([MISSED[0]?.at, "2026-01-01T00:00:00Z"]);
  });

  test("the due callback is called, done with, or put off", async () => {
    const patched: [string, CallbackPatch][] = [];
    const patchCallback: Api["patchCallback"] = async (id, patch) => {
      patched.push([id, patch]);
      return { ...CALLBACKS[0], version: 9 } as Awaited<ReturnType<Api["patchCallback"]>>;
    };
    await show(SCENARIOS.due, { patchCallback });
    await then("l");
    await appear("reschedule");
    await follow(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    expect(rescheduling.peek()).toEqual(new Set(["cb-1"]));
    await then("k");
    expect(patched.map(([id, { status }]) => [id, status])).toEqual([["cb-1", "done"]]);
    await then("g");
    expect(ordered()).toEqual([["phone.dial", { number: CALLBACKS[0]?.number }]]);
  });

  test("the last number is called again, also one from another machine", async () => {
    await show(SCENARIOS.idle);
    await then("r");
    await follow();
    const last = LOG.find(({ direction, number }) => direction === "outbound" && number);
    expect(ordered()).toEqual([["phone.dial", { number: last?.number }]]);
  });

  test("sound and devices open", async () => {
    await show(SCENARIOS.sip);
    await then("h");
    await appear("echo-test");
  });

  test("the phone is taken from another tab", async () => {
    await show(SCENARIOS.follower);
    await appear("claim");
    await then("p");
    expect(focused()).toBe("claim-yes"); // it is another device: it is asked for first
    await follow(() => render(null, document.body));
    me.value = { screen: "here", device: "dev-device", name: "Chrome, Linux" };
    await show(SCENARIOS.follower);
    await appear("claim");
    await then("p");
    expect(ordered().map(([name]) => name)).toEqual(["phone.claim"]);
    me.value = null;
  });
});

describe("ticket and note", () => {
  test("script, task, tags and a new ticket have their keys", async () => {
    await show(SCENARIOS.wrap_up);
    await then("s");
    expect(page.desk.work.middle.peek()).toBe("script");
    await then("a");
    expect(page.desk.work.middle.peek()).toBe("task");
    await then("y");
    expect(focused()).toBe("tag-add");
    await then("n");
    expect(page.desk.ticketId.peek()).toBeNull();
    await then("n"); // the test's renderer draws the empty ticket only after the keys were given
    expect(focused()).toBe("ticket-subject");
  });

  test("a ticket is solved, and closed", async () => {
    const asked: unknown[] = [];
    const patchTicket: Api["patchTicket"] = async (_, patch) => {
      asked.push(patch.status);
      const now = page.desk.ticket.data.peek();
      if (now === null) throw new Error("no ticket is shown");
      return { ...now, status: patch.status ?? now.status };
    };
    await show(SCENARIOS.active, { patchTicket });
    await vi.waitUntil(() => page.desk.ticket.data.peek() !== null, { timeout: 5_000 });
    await then("e");
    await then("z");
    expect(asked).toEqual(["solved", "closed"]);
  });
});

describe("the list of keys", () => {
  const row = (action: string) =>
    document.querySelector<HTMLElement>(`[data-testid="key-row"][data-action="${action}"]`);

  test("has what can be done only at times, and keys that are always the same", async () => {
    await show(SCENARIOS.idle);
    await press("?");
    const list = await appear("key-list");
    expect(row("transfer.blind")?.textContent).toContain("CtrlShift⏎");
    expect(row("phone.swap")?.textContent).toContain("CtrlShiftS");
    expect(row("phone.claim")?.textContent).toContain("CtrlJ › P");
    expect(all("key-fixed")[0]?.textContent).toBe("Choose the disposition1 – 9");
    const without = [...list.querySelectorAll<HTMLElement>("[data-testid=key-combo]")]
      .filter(({ dataset }) => dataset["keys"] === "")
      .map((each) => each.closest<HTMLElement>("[data-action]")?.dataset["action"]);
    expect(without).toEqual(["desk.tour"]);
  });

  test("no two actions have the same keys", async () => {
    await show(SCENARIOS.many);
    const keys = page.desk.actions.all.peek().map((action) => page.desk.actions.keysOf(action));
    const given = keys.filter((each) => each !== "");
    expect(given.length).toBeGreaterThan(40);
    expect(given.filter((each, at) => given.indexOf(each) !== at)).toEqual([]);
  });

  test("two keys one after the other are given to an action, and one alone again", async () => {
    await show(SCENARIOS.active);
    await press("?");
    await appear("key-list");
    const record = () =>
      follow(() =>
        row("phone.redial")?.querySelector<HTMLElement>("[data-testid=key-combo]")?.click(),
      );
    await record();
    await press("j", { ctrlKey: true });
    expect(row("phone.redial")?.textContent).toContain("second key");
    await press("m");
    expect(row("phone.redial")?.textContent).toContain("Already used for");
    await press("Escape");
    await record();
    await press("j", { ctrlKey: true });
    await press("v");
    expect(page.desk.prefs.peek().shortcuts).toEqual({ "phone.redial": "then V" });
    await record();
    await press("F9");
    expect(page.desk.prefs.peek().shortcuts).toEqual({ "phone.redial": "F9" });
  });
});
