import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Api } from "../src/api";
import { applyCompany } from "../src/branding";
import { refusalOf } from "../src/desk/combos";
import { DeskScreen } from "../src/desk/desk";
import { DESK_CONFIG, FIGURES, PREFS } from "../src/dev/config";
import { ago, COLLEAGUES, call, QUEUES } from "../src/dev/data";
import { type DevDesk, openDesk } from "../src/dev/open";
import { SCENARIOS, type Scenario } from "../src/dev/scenarios";
import { SESSION } from "../src/dev/server";
import type { AgentView, PrefsPatch } from "../src/messages.gen";
import { Bench } from "../src/work/bench";
import { settled, speakChinese, speakEnglish } from "./helpers";

let page: DevDesk;
let saved: PrefsPatch[];

async function follow(what: () => unknown = () => undefined): Promise<void> {
  await act(async () => {
    await what();
    await new Promise((resolve) => setTimeout(resolve, 10));
  });
}

async function show(scenario: Scenario, api: Partial<Api> = {}): Promise<void> {
  const savePrefs = async (patch: PrefsPatch) => {
    saved.push(patch);
  };
  page = openDesk(scenario, { savePrefs, ...api });
  new Bench(page.desk);
  await follow(() => render(<DeskScreen desk={page.desk} />, document.body));
  await follow();
}

const all = (testid: string) => [
  ...document.querySelectorAll<HTMLElement>(`[data-testid="${testid}"]`),
];

function by(testid: string): HTMLElement {
  const [found] = all(testid);
  if (!found) throw new Error(`nothing called ${testid} is on the screen`);
  return found;
}

async function appear(testid: string): Promise<HTMLElement> {
  for (let turn = 0; turn < 200 && all(testid).length === 0; turn += 1) await follow();
  return by(testid);
}

const click = (testid: string) => follow(() => by(testid).click());
const ordered = () => page.wire.commands.map(({ name, args }) => [name, args]);
const wait = (ms: number) => follow(() => new Promise((resolve) => setTimeout(resolve, ms)));
const tell = (me: Partial<AgentView>) =>
  follow(() => page.wire.tell({ type: "agent", data: { ...page.desk.store.me.peek(), ...me } }));

const press = (key: string, init: KeyboardEventInit = {}) =>
  follow(() => {
    const at = document.activeElement ?? document.body;
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init });
    at.dispatchEvent(event);
  });
const both = (key: string) => press(key, { ctrlKey: true, shiftKey: true });
const ctrl = (key: string) => press(key, { ctrlKey: true });

async function write(testid: string, text: string): Promise<void> {
  await follow(() => {
    const field = by(testid) as HTMLInputElement;
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

beforeEach(() => {
  saved = [];
  sessionStorage.clear();
  speakEnglish();
});

afterEach(async () => {
  await follow(() => {
    render(null, document.body);
    page.desk.stop();
    page.desk.socket.stop();
  });
});

describe("my state", () => {
  test("the reasons are the company's, with pay and length, in the reader's language", async () => {
    speakChinese();
    await show(SCENARIOS.idle);
    await click("not-ready-reasons");
    expect((await appear("reason-lunch")).textContent).toBe("2午餐不带薪 · 45 分钟");
    expect(by("reason-meeting").textContent).toBe("3会议带薪");
    await click("reason-lunch");
    expect(ordered()).toEqual([["agent.not_ready", { reason: "lunch" }]]);
    expect(by("agent-state").textContent).toContain("示忙 · 午餐");
  });

  test.each([
    [ago(-8 * 60 - 20), "9 min left"],
    [ago(30), "time is up"],
    [ago(6 * 60 + 10), "6 min over"],
  ])("a pause allowed until %s says: %s", async (limit_at, words) => {
    await show(SCENARIOS.pause);
    await tell({ limit_at });
    await follow(() => page.tick(Date.now()));
    expect(by("agent-state").textContent).toContain(`Break, ${words}`);
  });

  test("wrap-up counts down and is extended once, by hand or by key", async () => {
    await show(SCENARIOS.wrap_up);
    expect(by("agent-state").textContent).toMatch(/Wrap-up.*0:1\d/);
    await click("extend-wrap-up");
    await both("7");
    expect(ordered().map(([name]) => name)).toEqual([
      "agent.extend_wrap_up",
      "agent.extend_wrap_up",
    ]);
    await tell({ may_extend: false });
    expect(all("extend-wrap-up")).toEqual([]);
    await both("7");
    expect(ordered()).toHaveLength(2);
  });

  test("set aside for a missed call: the reason is there, and so is the way back", async () => {
    await show(SCENARIOS.missed);
    expect(by("agent-state").textContent).toContain("Missed a call");
    expect(by("go-ready").textContent).toBe("Ready again");
    await both("Y");
    expect(ordered()).toEqual([["agent.ready", {}]]);
  });

  test("out of touch: no calls come, in words", async () => {
    await show(SCENARIOS.unresponsive);
    expect(by("agent-state").dataset["state"]).toBe("unresponsive");
    expect(by("agent-state").textContent).toContain("no calls are sent to you");
    await tell({ state: "ready" });
    expect(by("notice").textContent).toContain("You are back: Ready.");
  });

  test("not ready is asked for with a reason: nothing is chosen by opening the list", async () => {
    await show(SCENARIOS.idle);
    await click("not-ready-reasons");
    await appear("reason-break");
    await press("Enter");
    expect(ordered()).toEqual([]);
    await press("9"); // there is no ninth
    expect(ordered()).toEqual([]);
    await press("2");
    expect(ordered()).toEqual([["agent.not_ready", { reason: "lunch" }]]);
    expect(all("reason-break")).toEqual([]);
  });

  test("a digit in the list is no disposition", async () => {
    await show(SCENARIOS.disposing);
    await appear("disposition");
    await both("U");
    await appear("reason-break");
    await press("1");
    expect(ordered()).toEqual([["agent.not_ready", { reason: "break" }]]);
    expect(page.desk.work.chosen.peek()).toEqual([]);
    expect(all("disposition-back")).toEqual([]);
  });

  test("the menu of reasons opens by key, and arrows go through it", async () => {
    await show(SCENARIOS.idle);
    await both("U");
    await appear("reason-break");
    expect(document.activeElement?.classList.contains("reasons")).toBe(true);
    await press("ArrowDown");
    expect(document.activeElement).toBe(by("reason-break"));
    await press("ArrowDown");
    expect(document.activeElement).toBe(by("reason-lunch"));
    await press("ArrowUp");
    await press("ArrowUp");
    expect(document.activeElement).toBe(by("reason-other"));
    await press("Escape");
    expect(document.activeElement).toBe(by("not-ready-reasons"));
  });
});

describe("the top of the desk", () => {
  test("who waits, by tier and since when", async () => {
    await show(SCENARIOS.idle);
    const support = by("queue-strip").querySelector('[data-queue="support"]');
    expect(support?.textContent).toMatch(/Support3.*0:\d\d/);
    expect(support?.querySelector(".pips")?.getAttribute("title")).toBe("Platinum 1, Standard 2");
  });

  test("two hundred events in a moment are drawn a few times, and the last one stands", async () => {
    await show(SCENARIOS.idle);
    let drawn = 0;
    const observer = new MutationObserver(() => {
      drawn += 1;
    });
    observer.observe(by("queue-strip"), { subtree: true, characterData: true, childList: true });
    await follow(async () => {
      for (let waiting = 1; waiting <= 200; waiting += 1) {
        page.wire.tell({ type: "queue", data: { ...QUEUES[1], waiting } });
        await Promise.resolve();
      }
    });
    await wait(300);
    observer.disconnect();
    expect(drawn).toBeLessThan(6);
    expect(by("queue-strip").textContent).toContain("200");
  });

  test("my day is read again after a call and when the state changes, once for what comes together", async () => {
    let reads = 0;
    const myFigures = async () => {
      reads += 1;
      return { ...FIGURES, calls: 41 + reads };
    };
    await show(SCENARIOS.idle, { myFigures });
    expect(by("my-figures").textContent).toBe("Calls42Talk time2 h 44Occupancy69%");
    await tell({ state: "ringing" });
    await tell({ state: "on_call" });
    await follow(() =>
      page.wire.tell({ type: "call.logged", data: { id: "c-1", party_id: null } }),
    );
    await wait(450);
    expect(by("my-figures").textContent).toContain("Calls43");
    expect(reads).toBe(2);
  });

  test("the server is away in mid-call: the call goes on, it says", async () => {
    await show({ ...SCENARIOS.server_lost, phone: "sip" });
    await follow(() => page.tick(Date.now() + 5_000));
    expect(by("server-banner").textContent).toContain("Your call goes on");
    expect(document.querySelector("[aria-modal=true], dialog")).toBeNull();
  });

  test("the company's colours are taken only whole", () => {
    const root = document.documentElement.style;
    const colours = { accent: "#7a1fa2", accent_text: "#ffffff", accent_dark: "red" };
    applyCompany({ ...DESK_CONFIG.company, ...colours });
    expect(root.getPropertyValue("--company")).toBe("#7a1fa2");
    expect(root.getPropertyValue("--company-away")).toBe("#000000");
    expect(root.getPropertyValue("--company-dark")).toBe("");
    applyCompany(DESK_CONFIG.company);
    expect(root.getPropertyValue("--company")).toBe("");
  });
});

describe("keys", () => {
  test("no two actions share their keys, and none takes the browser's", async () => {
    await show(SCENARIOS.wrap_up);
    const actions = page.desk.actions.all.value;
    expect(actions.length).toBeGreaterThan(20);
    const keys = actions.flatMap(({ keys, plain }) => [keys, plain ?? ""]).filter(Boolean);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { keys } of actions)
      if (keys !== "") expect([keys, refusalOf(keys)]).toEqual([keys, null]);
  });

  test("each has its name in both languages, and says its keys on its button", async () => {
    await show(SCENARIOS.active);
    for (const action of page.desk.actions.all.value) expect(action.label()).not.toBe("");
    expect(by("hold").getAttribute("aria-keyshortcuts")).toBe("Control+Shift+H H");
  });

  test("a combination works while somebody writes, and does nothing of the browser's when it cannot", async () => {
    await show(SCENARIOS.active);
    (await appear("ticket-note")).focus();
    await press("h");
    await both("H");
    expect(ordered()).toEqual([["phone.hold", { call_id: "c-1" }]]);
    const event = new KeyboardEvent("keydown", {
      key: "A",
      ctrlKey: true,
      shiftKey: true,
      bubbles: true,
      cancelable: true,
    });
    await follow(() => document.body.dispatchEvent(event));
    expect(event.defaultPrevented).toBe(true);
    expect(ordered()).toHaveLength(1);
  });

  test("a keyboard in another script, and digits under Shift", async () => {
    await show(SCENARIOS.active);
    await press("р", { code: "KeyH" });
    await press("Р", { code: "KeyH", ctrlKey: true, shiftKey: true });
    await press("!", { code: "Digit1", ctrlKey: true, shiftKey: true });
    await wait(30);
    expect(ordered().map(([name]) => name)).toEqual(["phone.hold", "phone.resume"]);
    expect(document.activeElement?.classList.contains("calls")).toBe(true);
  });

  test("? shows them; one is changed, a clash and the browser's own are refused, and it is kept", async () => {
    await show(SCENARIOS.active);
    await press("?");
    await appear("key-list");
    const row = () => document.querySelector<HTMLElement>('[data-action="phone.hold"]');
    const combo = () => row()?.querySelector<HTMLElement>('[data-testid="key-combo"]');
    expect(combo()?.dataset["keys"]).toBe("Ctrl+Shift+H");
    await follow(() => combo()?.click());
    await both("T");
    expect(by("key-refusal").textContent).toContain("browser needs");
    await both("M");
    expect(by("key-refusal").textContent).toBe("Already used for: Mute");
    await press("j");
    expect(by("key-refusal").textContent).toContain("Take Ctrl with it");
    await ctrl("b");
    expect(combo()?.dataset["keys"]).toBe("Ctrl+B");
    expect(ordered()).toEqual([]);
    await ctrl("b");
    await both("H");
    expect(ordered()).toEqual([["phone.hold", { call_id: "c-1" }]]);
    await follow(() => page.tick(Date.now() + 1_000));
    expect(saved).toEqual([{ shortcuts: { "phone.hold": "Ctrl+B" } }]);
    await click("keys-reset");
    expect(combo()?.dataset["keys"]).toBe("Ctrl+Shift+H");
  });

  test("keys changed at another machine are taken up", async () => {
    const prefs = { ...PREFS, shortcuts: { "phone.hold": "F8" } };
    const session = async () => ({ ...SESSION, user: { ...SESSION.user, prefs } });
    await show(SCENARIOS.active, { session });
    await follow(() => page.wire.tell({ type: "changed", data: { what: "desk", id: null } }));
    await press("F8");
    expect(ordered()).toEqual([["phone.hold", { call_id: "c-1" }]]);
  });
});

describe("the columns", () => {
  const widths = () => page.desk.prefs.value.columns;
  const columns = () => document.querySelector<HTMLElement>(".columns");

  test("arrows change a width, and it is kept", async () => {
    await show(SCENARIOS.active);
    vi.spyOn(HTMLElement.prototype, "offsetWidth", "get").mockImplementation(function (
      this: HTMLElement,
    ) {
      if (this.classList.contains("columns")) return 1_440;
      return this.classList.contains("calls") ? 288 : 360;
    });
    by("splitter-work").focus();
    await press("ArrowLeft");
    expect(widths()).toEqual({ calls: 288, work: 376 });
    expect(columns()?.style.getPropertyValue("--work")).toBe("376px");
    by("splitter-calls").focus();
    for (let times = 0; times < 9; times += 1) await press("ArrowLeft");
    expect(widths()).toEqual({ calls: 272, work: 376 });
    vi.restoreAllMocks();
  });

  test("Enter folds the calls away, a caller brings them out, and the key to them unfolds", async () => {
    await show(SCENARIOS.idle);
    by("splitter-calls").focus();
    await press("Enter");
    expect(columns()?.dataset["calls"]).toBe("folded");
    await follow(() => page.wire.arrive(call({})));
    expect(columns()?.dataset["ringing"]).toBe("true");
    await press("!", { code: "Digit1", ctrlKey: true, shiftKey: true });
    expect(columns()?.dataset["calls"]).toBeUndefined();
    expect(page.desk.prefs.value.layout).toEqual({});
  });
});

describe("what is opened over the desk", () => {
  const rows = () => all("palette-row").map((row) => row.dataset["id"]);

  test("Ctrl+K finds a customer, and Enter opens them", async () => {
    await show(SCENARIOS.idle);
    await ctrl("k");
    await appear("palette");
    await write("customer-search", "okafor");
    await appear("search-row");
    await press("Enter");
    expect(all("palette")).toEqual([]);
    expect((await appear("customer-name")).textContent).toBe("Amara Okafor");
  });

  test("it dials a number as it is typed, and the speed dial by its name", async () => {
    await show(SCENARIOS.idle);
    await ctrl("k");
    await appear("palette");
    await write("customer-search", "+86 571-8888 0002");
    expect(rows()).toEqual(["dial  +8657188880002"]);
    await press("Enter");
    await ctrl("k");
    await appear("palette");
    await write("customer-search", "wareh");
    await press("Enter");
    expect(ordered()).toEqual([
      ["phone.dial", { number: "+8657188880002" }],
      ["phone.dial", { number: "+8657188880001" }],
    ]);
  });

  test("it does what can be done now, and nothing else", async () => {
    await show(SCENARIOS.active);
    await ctrl("k");
    await appear("palette");
    expect(rows()).toContain("phone.hold");
    expect(rows()).not.toContain("state.ready");
    await write("customer-search", "lunch");
    await press("Enter");
    expect(ordered()).toEqual([["agent.not_ready", { reason: "lunch" }]]);
  });

  test("it knows how colleagues are, and the help", async () => {
    await show(SCENARIOS.idle);
    await ctrl("k");
    await appear("palette");
    await write("customer-search", "beatriz");
    expect(by("palette-row").textContent).toContain("Not ready · 1004");
    expect(COLLEAGUES.map(({ name }) => name)).toContain("Beatriz Álvarez");
    await write("customer-search", "wrap-up");
    expect(rows()).toContain("help state");
    await press("ArrowUp");
    await press("Enter");
    expect((await appear("help-text")).dataset["topic"]).toBeDefined();
  });

  test("F1 helps where one is, with the keys as they are for this user, in both languages", async () => {
    speakChinese();
    await show(SCENARIOS.active);
    by("hold").focus();
    await press("F1");
    const text = await appear("help-text");
    expect(text.dataset["topic"]).toBe("phone");
    expect(text.textContent).toContain("Ctrl+Shift+H");
    expect(text.textContent).not.toMatch(/\{[a-z_.]+\}/);
    await press("Escape");
    expect(all("help")).toEqual([]);
    expect(document.activeElement).toBe(by("hold"));
  });

  test("settings hold as they are set: density, notifications, speed dial, columns", async () => {
    await show(SCENARIOS.idle);
    await ctrl(",");
    const settings = await appear("settings");
    await follow(() => settings.querySelector<HTMLElement>('[data-value="dense"]')?.click());
    expect(document.documentElement.dataset["density"]).toBe("dense");
    await write("speed-name", "Night desk");
    await write("speed-number", "+86 571 8888 0009");
    await click("speed-add");
    expect(by("settings-status").textContent).toContain("Saving");
    await follow(() => page.tick(Date.now() + 1_000));
    expect(by("settings-status").textContent).toContain("Saved");
    const speed_dial = [...PREFS.speed_dial, { label: "Night desk", number: "+8657188880009" }];
    expect(saved).toEqual([{ density: "dense", speed_dial }]);
  });

  test("the first sign-in brings the tour: Enter goes on, and it is not offered again", async () => {
    const untouched = SESSION.user.prefs;
    SESSION.user.prefs = { ...PREFS, toured: false };
    await show(SCENARIOS.idle);
    SESSION.user.prefs = untouched;
    expect((await appear("tour")).dataset["stop"]).toBe("welcome");
    await press("ArrowRight");
    expect(by("tour").dataset["stop"]).toBe("state");
    for (let stop = 0; stop < 7; stop += 1) await click("tour-next");
    expect(all("tour")).toEqual([]);
    expect(page.desk.prefs.value.toured).toBe(true);
  });

  test.each([
    ["granted", true, "are shown outside"],
    ["denied", false, "Not shown"],
  ])("the tour's end offers notifications, once: %s", async (answer, notify, words) => {
    let asked = 0;
    const browser = {
      permission: "default",
      requestPermission: async () => {
        asked += 1;
        browser.permission = answer;
        return answer;
      },
    };
    vi.stubGlobal("Notification", browser);
    await show(SCENARIOS.idle);
    await follow(() => page.desk.actions.run("desk.tour"));
    await appear("tour");
    expect(all("tour-notify")).toEqual([]);
    for (let stop = 0; stop < 7; stop += 1) await press("ArrowRight");
    expect(asked).toBe(0);
    await click("tour-notify");
    await follow();
    expect(by("tour-notify-said").textContent).toContain(words);
    expect(document.activeElement).toBe(by("tour-next"));
    expect([asked, page.desk.prefs.peek().notify]).toEqual([1, notify]);
    await click("tour-next");
    await follow(() => page.desk.actions.run("desk.tour"));
    await appear("tour");
    for (let stop = 0; stop < 7; stop += 1) await press("ArrowRight");
    expect(all("tour-notify")).toEqual([]);
    vi.unstubAllGlobals();
  });

  test("a call ends the tour at once, and in a call there is none", async () => {
    await show(SCENARIOS.idle);
    await follow(() => page.desk.actions.run("desk.tour"));
    await appear("tour");
    await follow(() => page.wire.arrive(call({})));
    await tell({ state: "ringing" });
    expect(all("tour")).toEqual([]);
    expect(page.desk.actions.run("desk.tour")).toBe(false);
  });
});

describe("seen and heard elsewhere", () => {
  class FakeNotification {
    static permission = "granted";
    static shown: FakeNotification[] = [];
    onclick: (() => void) | null = null;
    closed = false;
    constructor(
      readonly title: string,
      readonly options: NotificationOptions,
    ) {
      FakeNotification.shown.push(this);
    }
    close(): void {
      this.closed = true;
    }
  }

  afterEach(() => vi.unstubAllGlobals());

  test("a hidden page says who rings, until it does not ring any more", async () => {
    FakeNotification.shown = [];
    vi.stubGlobal("Notification", FakeNotification);
    const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    await show(SCENARIOS.idle);
    await follow(() => settled(page.desk));
    await wait(50);
    await follow(() => page.wire.arrive(call({})));
    const [shown] = FakeNotification.shown;
    expect(shown?.title).toBe("王小明");
    expect(shown?.options.body).toContain("Platinum · +86 138 0013 8000");
    expect(document.title).toContain("王小明");
    expect(document.querySelector('[aria-live="assertive"]')?.textContent).toContain("王小明");
    await follow(() => page.wire.tell({ type: "call.gone", data: { id: "c-1" } }));
    expect(shown?.closed).toBe(true);
    hidden.mockReturnValue(false);
    await follow(() => document.dispatchEvent(new Event("visibilitychange")));
    await follow(() => page.wire.arrive(call({ id: "c-2" })));
    expect(FakeNotification.shown).toHaveLength(1);
    hidden.mockReturnValue(true);
    await follow(() => document.dispatchEvent(new Event("visibilitychange")));
    expect(FakeNotification.shown).toHaveLength(2);
    hidden.mockRestore();
  });

  test("what waits stands in the title", async () => {
    await show(SCENARIOS.due);
    await wait(20);
    expect(document.title).toMatch(/^\(\d+\) Callcenter$/);
  });
});
