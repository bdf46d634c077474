import { type Signal, signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Api } from "../src/api";
import { DeskScreen } from "../src/desk/desk";
import { CALLERS, call, LOG } from "../src/dev/data";
import { type DevDesk, openDesk } from "../src/dev/open";
import { SCENARIOS, type Scenario } from "../src/dev/scenarios";
import { loadMoreTexts } from "../src/i18n";
import type { CallRow } from "../src/messages.gen";
import type { Phone } from "../src/phone";
import { me } from "../src/phone/identity";
import { familyOf } from "../src/phone/microphone_help";
import { speakChinese, speakEnglish } from "./helpers";

let page: DevDesk;

async function follow(what: () => unknown = () => undefined): Promise<void> {
  for (const step of [what, () => undefined]) {
    await act(async () => {
      await step();
      await new Promise((resolve) => setTimeout(resolve, 5));
    });
  }
}

async function show(scenario: Scenario, api: Partial<Api> = {}): Promise<void> {
  page = openDesk(scenario, api);
  await follow(() => render(<DeskScreen desk={page.desk} />, document.body));
}

const all = (testid: string) => [
  ...document.querySelectorAll<HTMLElement>(`[data-testid="${testid}"]`),
];

function by(testid: string): HTMLElement {
  const [found] = all(testid);
  if (!found) throw new Error(`nothing called ${testid} is on the screen`);
  return found;
}

const isOff = (testid: string) => (by(testid) as HTMLButtonElement).disabled;
const click = (testid: string) => follow(() => by(testid).click());
const press = (key: string, init: KeyboardEventInit = {}) =>
  follow(() => {
    const at = document.activeElement ?? document.body;
    at.dispatchEvent(
      new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init }),
    );
  });
const control = (key: string) => press(key, { ctrlKey: true, shiftKey: true });
const write = (testid: string, text: string) =>
  follow(() => {
    const field = by(testid) as HTMLInputElement;
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
const orders = () => page.wire.commands.map(({ name, args }) => [name, args]);
const targets = () => all("transfer-row").map((row) => row.dataset["target"]);
const states = () =>
  all("call-tile").map((tile) => `${tile.dataset["callId"]} ${tile.dataset["state"]}`);

// Fetched by the page when it idles.
beforeAll(() =>
  Promise.all([
    import("../src/phone/pad"),
    import("../src/phone/transfer_panel"),
    import("../src/phone/consult_strip"),
    import("../src/phone/live_sound"),
    import("../src/phone/line_notes"),
    import("../src/phone/microphone_help"),
    import("../src/phone/sound_panel"),
    loadMoreTexts(),
  ]),
);

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  speakEnglish();
});

afterEach(async () => {
  await follow(() => {
    render(null, document.body);
    page.desk.stop();
    page.desk.socket.stop();
  });
});

describe("transfer", () => {
  test("one box for colleagues, queues, the customer's other numbers and the speed dial; who is free first", async () => {
    await show(SCENARIOS.active);
    await press("t");
    expect(document.activeElement).toBe(by("transfer-search"));
    expect(targets().slice(0, 6)).toEqual(["1002", "1003", "1004", "support", "sales", "vip"]);
    expect(targets()).toContain("+8657188880000");
    expect(targets()).not.toContain(CALLERS.known.number);
    const [first] = all("transfer-row");
    expect(first?.textContent).toContain("Ready");
    expect(first?.querySelector(".state-ready .mark")).not.toBeNull();
    expect(by("transfer-panel").textContent).toContain("3 waiting");
  });

  test("by keys alone: type, arrows, Enter asks first", async () => {
    await show(SCENARIOS.active);
    await press("t");
    await write("transfer-search", "e");
    await press("ArrowDown");
    const chosen = document.querySelector<HTMLElement>('[aria-selected="true"]');
    expect(by("transfer-search").getAttribute("aria-activedescendant")).toBe(chosen?.id);
    await press("Enter");
    expect(orders()).toEqual([
      [
        "phone.consult",
        {
          call_id: "c-1",
          target: chosen?.closest<HTMLElement>("[data-target]")?.dataset["target"],
        },
      ],
    ]);
    expect(all("transfer-panel")).toEqual([]);
  });

  test("a queue says how many are ready for it, a colleague why not and since when", async () => {
    await show(SCENARIOS.active);
    await press("t");
    await follow();
    const words = (target: string) =>
      all("transfer-row").find((row) => row.dataset["target"] === target)?.textContent ?? "";
    expect(words("support")).toContain("2 ready");
    expect(words("sales")).toContain("Nobody ready");
    expect(words("1004")).toMatch(/Not ready.*Lunch 14:0\d · 1004/);
    await follow(() => {
      const [support] = page.desk.store.queues.peek();
      if (support) page.wire.tell({ type: "queue", data: { ...support, ready: 5 } });
    });
    expect(words("support")).toContain("5 ready");
  });

  test("nobody is chosen before something is typed or an arrow pressed", async () => {
    await show(SCENARIOS.active);
    await press("t");
    expect(document.querySelector('[aria-selected="true"]')).toBeNull();
    await press("Enter");
    await control("Enter");
    expect(isOff("transfer-ask")).toBe(true);
    await follow(() => all("transfer-row")[1]?.dispatchEvent(new MouseEvent("mouseenter")));
    await press("Enter");
    await write("transfer-search", "li");
    await write("transfer-search", "");
    await press("Enter");
    expect(orders()).toEqual([]);
    await press("ArrowUp");
    expect(all("transfer-row").at(-1)?.classList.contains("is-chosen")).toBe(true);
  });

  test("who is chosen stays so while others become free and the list is sorted anew", async () => {
    await show(SCENARIOS.active);
    await press("t");
    await press("ArrowDown");
    const [chosen] = targets();
    const [first] = page.desk.store.colleagues.peek().filter((one) => one.extension === chosen);
    if (first === undefined) throw new Error("the first is no colleague");
    await follow(() => page.wire.tell({ type: "colleague", data: { ...first, state: "on_call" } }));
    expect(targets()[0]).not.toBe(chosen);
    await press("Enter");
    expect(orders()).toEqual([["phone.consult", { call_id: "c-1", target: chosen }]]);
  });

  test("Save's keys never send a caller away; the keys that do stand on the button", async () => {
    await show(SCENARIOS.active);
    await press("t");
    await write("transfer-search", "li");
    await press("Enter", { ctrlKey: true });
    expect(orders().filter(([name]) => name === "phone.transfer")).toEqual([]);
    expect(by("transfer-send").textContent).toContain("CtrlShift⏎");
    expect(by("transfer-send").getAttribute("aria-keyshortcuts")).toBe("Control+Shift+Enter");
    await follow(() => page.desk.setPrefs({ shortcuts: { "transfer.blind": "F8" } }));
    expect(by("transfer-send").textContent).toContain("F8");
    await control("Enter");
    await press("F8");
    expect(orders()).toEqual([["phone.transfer", { call_id: "c-1", target: "1002" }]]);
  });

  test("Ctrl+Shift+Enter sends the caller at once; a queue is found by its name in the reader's language", async () => {
    speakChinese();
    await show(SCENARIOS.active);
    await press("t");
    await write("transfer-search", "贵宾");
    expect(targets()).toEqual(["vip"]);
    await control("Enter");
    expect(orders()).toEqual([["phone.transfer", { call_id: "c-1", target: "vip" }]]);
    expect(states()).toEqual(["c-1 ended"]);
  });

  test("a number is what may be dialled of it", async () => {
    await show(SCENARIOS.active);
    await press("t");
    await write("transfer-search", "+49 (711) 1234-567");
    expect(targets()).toEqual(["+497111234567"]);
    await write("transfer-search", "call; & me");
    expect(targets()).toEqual([]);
    await press("Enter");
    expect(orders()).toEqual([]);
  });

  test("with the mouse each way has its button", async () => {
    await show(SCENARIOS.active);
    await click("transfer");
    await follow(() => all("transfer-blind")[1]?.click());
    expect(orders()).toEqual([["phone.transfer", { call_id: "c-1", target: "1003" }]]);
  });

  test("the caller leaves meanwhile: nothing is left to transfer", async () => {
    await show(SCENARIOS.active);
    await press("t");
    await follow(() => page.wire.tell({ type: "call", data: call({ state: "ended" }) }));
    expect(all("transfer-panel")).toEqual([]);
    expect(isOff("transfer")).toBe(true);
  });
});

describe("a consultation", () => {
  const consult = async () => {
    await show(SCENARIOS.active);
    await press("t");
    await press("ArrowDown");
    await press("Enter");
  };

  test("shows both, and the customer stays in the middle", async () => {
    await consult();
    expect(states()).toEqual(["c-1 held", "c-consult active"]);
    expect(by("consult-strip").textContent).toMatch(/Li Na.*On call.*王小明.*waits/);
    expect(by("phone-call").textContent).toContain("Li Na");
    expect(document.querySelector(".who-name")?.textContent).toBe("王小明");
    expect(isOff("hold")).toBe(true);
    expect(isOff("transfer")).toBe(true);
    expect(isOff("mute")).toBe(false);
  });

  test("swap, and swap back: the state is what the events say", async () => {
    await consult();
    await control("S");
    expect(by("phone-call").textContent).toContain("王小明");
    expect(states()).toEqual(["c-1 active", "c-consult held"]);
    expect(all("tile-talk")).toEqual([]); // the strip has it, once
    await click("consult-swap");
    expect(states()).toEqual(["c-1 held", "c-consult active"]);
    expect(orders().slice(1)).toEqual(Array(2).fill(["phone.swap", { call_id: "c-1" }]));
  });

  test.each([
    ["G", "phone.complete", ["c-1 ended"]],
    ["L", "phone.cancel_consult", ["c-1 active"]],
    ["X", "phone.three_way", ["c-1 active"]],
  ])("Ctrl+Shift+%s is %s", async (key, name, after) => {
    await consult();
    await control(key);
    expect(orders().at(-1)).toEqual([name, { call_id: "c-1" }]);
    expect(states()).toEqual(after);
    expect(all("consult-strip")).toEqual([]);
  });

  test("three talk: both names, and hanging up is leaving", async () => {
    await consult();
    await control("X");
    expect(by("phone-call").textContent).toContain("王小明 + Li Na");
    expect(by("hangup").textContent).toContain("Leave");
    await click("hangup");
    expect(orders().at(-1)).toEqual(["phone.hangup", { call_id: "c-1" }]);
  });

  test("Hang up ends it and loses no customer", async () => {
    await consult();
    expect(by("hangup").title).toContain("your customer is back");
    await control("E");
    expect(orders().at(-1)).toEqual(["phone.cancel_consult", { call_id: "c-1" }]);
    expect(states()).toEqual(["c-1 active"]);
    await control("E");
    expect(orders().at(-1)).toEqual(["phone.hangup", { call_id: "c-1" }]);
  });

  test("while it rings there nobody can be swapped to, but the caller can be handed over", async () => {
    await show(SCENARIOS.held);
    const ringing = { id: "c-2", consult_of: "c-1", direction: "internal", rang_at: null } as const;
    await follow(() =>
      page.wire.arrive(call({ ...ringing, state: "ringing", caller: CALLERS.colleague })),
    );
    expect(all("ringing-card")).toEqual([]);
    expect(isOff("consult-swap")).toBe(true);
    expect(isOff("consult-three_way")).toBe(true);
    expect(isOff("consult-complete")).toBe(false);
    expect(isOff("consult-cancel")).toBe(false);
  });

  test("who is asked sees about whom", async () => {
    await show(SCENARIOS.asked);
    expect(by("about").textContent).toBe("About 王小明");
    expect(by("ringing-card").textContent).toContain("Prefers to be called back");
    await click("answer");
    expect(all("consult-strip")).toEqual([]);
    expect(isOff("transfer")).toBe(false);
  });
});

describe("a second call", () => {
  test("waits under the first, which stays where it was; one key holds and answers", async () => {
    await show(SCENARIOS.waiting);
    expect(document.querySelector(".who-name")?.textContent).toBe("王小明");
    expect(by("answer").textContent).toContain("Hold & answer");
    await press("Enter");
    expect(orders()).toEqual([
      ["phone.hold", { call_id: "c-1" }],
      ["phone.answer", { call_id: "c-2" }],
    ]);
    expect(states()).toEqual(["c-1 held", "c-2 active"]);
    expect(by("tile-talk").textContent).toContain("Swap");
    await click("tile-talk");
    expect(states()).toEqual(["c-1 active", "c-2 held"]);
    await press("h");
    expect(states()).toEqual(["c-1 held", "c-2 held"]);
    expect(all("tile-talk").map(({ textContent }) => textContent)).toEqual(["Resume", "Resume"]);
  });

  test("can be rejected without touching the first", async () => {
    await show(SCENARIOS.waiting);
    await control("D");
    expect(orders()).toEqual([["phone.reject", { call_id: "c-2" }]]);
    expect(states()).toEqual(["c-1 active"]);
  });
});

describe("a call that rings while the server is away", () => {
  const strayRings = async () => {
    const asked: string[] = [];
    await show(SCENARIOS.idle);
    const told = (order: string) => async (id: string) => void asked.push(`${order} ${id}`);
    const phone: Phone = Object.assign(Object.create(page.desk.phone.peek()), {
      stray: signal({ id: "s1", number: "+8613800138000", ringing: true }),
      answer: told("answer"),
      reject: told("reject"),
    });
    await follow(() => {
      (page.desk.phone as Signal<Phone>).value = phone;
    });
    return asked;
  };

  test.each([
    ["A", "answer s1"],
    ["D", "reject s1"],
  ])("Ctrl+Shift+%s: %s", async (key, order) => {
    const asked = await strayRings();
    expect(by("phone-call").textContent).toContain("+8613800138000");
    await control(key);
    expect(asked).toEqual([order]);
  });

  test("nothing rings: there is nothing to reject", async () => {
    await show(SCENARIOS.idle);
    await control("D");
    expect(orders()).toEqual([]);
  });
});

test("a caller who was cut off comes back with words", async () => {
  await show(SCENARIOS.returning);
  expect(by("returning").textContent).toBe("You were cut off; 王小明 is back");
});

describe("recording", () => {
  test.each([
    ["never", true, "Record"],
    ["off", false, "Record"],
    ["on", false, "Pause rec"],
    ["paused", false, "Record"],
  ] as const)("that is %s", async (recording, off, word) => {
    const { snapshot } = SCENARIOS.active;
    const [first] = snapshot.calls;
    await show({
      ...SCENARIOS.active,
      snapshot: { ...snapshot, calls: [call({ ...first, recording })] },
    });
    expect(isOff("record")).toBe(off);
    expect(by("record").textContent).toContain(word);
  });

  test("is paused and goes on when the switch says so", async () => {
    await show(SCENARIOS.waiting);
    await control("O");
    expect(by("call-tile").textContent).toContain("Being recorded");
    await click("record");
    expect(by("call-tile").textContent).toContain("Recording paused");
    expect(orders()).toEqual([
      ["phone.record", { call_id: "c-1", on: true }],
      ["phone.record", { call_id: "c-1", on: false }],
    ]);
  });
});

describe("the keypad", () => {
  test("sends what is typed, and what is pasted as one string", async () => {
    await show(SCENARIOS.active);
    await press("k");
    await write("tones", "1");
    await write("tones", "142# ok");
    expect(orders()).toEqual([
      ["phone.tones", { call_id: "c-1", digits: "1" }],
      ["phone.tones", { call_id: "c-1", digits: "42#" }],
    ]);
    expect((by("tones") as HTMLInputElement).value).toBe("142#");
  });

  test("pasted letters are dropped: A to D are the switch's own keys of a consultation", async () => {
    await show(SCENARIOS.active);
    await press("k");
    await write("tones", "1AbC*D#d");
    expect(orders()).toEqual([["phone.tones", { call_id: "c-1", digits: "1*#" }]]);
    expect((by("tones") as HTMLInputElement).value).toBe("1*#");
    await write("tones", "1*#ABCD");
    expect(orders()).toHaveLength(1);
  });

  test("nothing typed brings the last number back, also one dialled at another machine", async () => {
    const row = { ...LOG[0], direction: "outbound", number: "+442079460958" } as CallRow;
    await show({ ...SCENARIOS.idle, log: [row] });
    await press("k");
    expect(by("dial").textContent).toContain("Redial +442079460958");
    const submit = () => follow(() => by("dial").closest("form")?.requestSubmit());
    await submit();
    expect(orders()).toEqual([]);
    expect((by("dial-number") as HTMLInputElement).value).toBe("+442079460958");
    await submit();
    expect(orders()).toEqual([["phone.dial", { number: "+442079460958" }]]);
  });

  test("numbers are kept for speed dial, used, and taken away", async () => {
    await show(SCENARIOS.idle);
    const before = page.desk.prefs.peek().speed_dial.length;
    await press("k");
    await write("dial-number", "+44 20 7946 0958");
    await click("speed-keep");
    await write("speed-label", "London");
    await follow(() => by("speed-label").focus());
    await press("Enter");
    expect(page.desk.prefs.peek().speed_dial.at(-1)).toEqual({
      label: "London",
      number: "+442079460958",
    });
    expect(orders()).toEqual([]);
    await follow(() => all("speed-dial").at(-1)?.click());
    expect(orders()).toEqual([["phone.dial", { number: "+442079460958" }]]);
    await press("k");
    const forget = document.querySelector<HTMLElement>(
      '[aria-label="Take London off the speed dial"]',
    );
    await follow(() => forget?.click());
    expect(page.desk.prefs.peek().speed_dial).toHaveLength(before);
  });
});

describe("the line", () => {
  test("a telephone on another device is asked for first", async () => {
    await show(SCENARIOS.follower);
    expect(by("phone-line").dataset["line"]).toBe("elsewhere");
    expect(by("phone-line").textContent).toContain("Phone on Chrome, Linux");
    await click("claim");
    expect(orders()).toEqual([]);
    expect(document.body.textContent).toContain("stays there until it is over");
    await click("claim-yes");
    expect(orders()).toEqual([["phone.claim", {}]]);
  });

  test("one in another tab is taken at once", async () => {
    me.value = { screen: "here", device: "dev-device", name: "Chrome, Linux" };
    await show(SCENARIOS.follower);
    expect(by("phone-line").textContent).toContain("Phone in another tab");
    await click("claim");
    expect(orders()).toEqual([["phone.claim", {}]]);
    me.value = null;
  });

  test("a follower's keys work: the orders go to where the telephone is", async () => {
    await show(SCENARIOS.follower);
    await press("h");
    expect(orders()).toEqual([["phone.hold", { call_id: "c-1" }]]);
  });

  test("a bad line is said with a sign and words, a good one quietly", async () => {
    await show(SCENARIOS.bad_line);
    expect(by("line-quality").textContent).toBe("Bad line");
    expect(by("line-quality").dataset["bad"]).toBe("true");
    expect(by("line-quality").title).toBe(
      "They may not hear you well: the line is bad. 8.4 % lost, 61 ms jitter, 310 ms delay, MOS 2.6",
    );
  });

  test("a headset that was plugged in is offered where the line is", async () => {
    await show(SCENARIOS.headset);
    expect(by("headset-offer").textContent).toContain("Jabra Evolve2 40");
    await follow(() => by("headset-offer").querySelector("button")?.click());
    expect(all("headset-offer")).toEqual([]);
    expect(all("phone-line")).toHaveLength(1);
  });

  test("a blocked microphone: words, a picture, and another try", async () => {
    await show(SCENARIOS.microphone);
    await click("mic-help");
    const help = by("mic-help-panel");
    expect(help.querySelectorAll("li")).toHaveLength(2);
    expect(help.querySelector("svg")?.getAttribute("aria-label")).toMatch(/^Where it is in/);
    await click("mic-again");
    expect(help.textContent).toContain("It is still blocked");
  });

  test("a desk phone says so, and has no meter", async () => {
    await show(SCENARIOS.desk_phone);
    expect(by("phone-line").textContent).toBe("Desk phone");
    expect(document.querySelector(".meter")).toBeNull();
    await press("h");
    expect(states()).toEqual(["c-1 held"]);
  });
});

test.each([
  ["Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "firefox"],
  ["Mozilla/5.0 (Macintosh) AppleWebKit/605.1 Version/18.1 Safari/605.1", "safari"],
  ["Mozilla/5.0 (Windows NT 10.0) Chrome/131.0 Safari/537.36 Edg/131.0", "chrome"],
])("%s shows the picture of %s", (agent, family) => {
  expect(familyOf(agent)).toBe(family);
});

describe("sound and test call", () => {
  test("devices are chosen apart and follow the user by name", async () => {
    await show({ ...SCENARIOS.idle, phone: "sip" });
    await click("phone-sound");
    await follow(() => {
      const select = by("device-ringer") as HTMLSelectElement;
      select.value = "Built-in Speakers";
      select.dispatchEvent(new Event("change", { bubbles: true }));
    });
    expect(page.desk.prefs.peek().devices).toMatchObject({
      microphone: "",
      ringer: "Built-in Speakers",
    });
    expect(by("device-microphone").textContent).toContain("Jabra Evolve2 40");
  });

  test("a device that is not plugged in keeps its place in the list", async () => {
    await show({ ...SCENARIOS.idle, phone: "sip" });
    page.desk.setPrefs({ devices: { microphone: "Old headset", speaker: "", ringer: "" } });
    await click("phone-sound");
    const select = by("device-microphone") as HTMLSelectElement;
    expect(select.selectedOptions[0]?.textContent).toBe("Old headset (not plugged in)");
  });

  test("ring tone, volume and silence are set there", async () => {
    await show(SCENARIOS.idle);
    await click("phone-sound");
    await follow(() => {
      const tone = by("ring-tone") as HTMLSelectElement;
      tone.value = "marimba";
      tone.dispatchEvent(new Event("change", { bubbles: true }));
      by("ring-on").click();
    });
    expect(page.desk.prefs.peek()).toMatchObject({ ringtone: "marimba", ring_on: false });
    expect(all("echo-test")).toEqual([]);
  });

  test("the echo is called when no call goes on", async () => {
    await show({ ...SCENARIOS.idle, phone: "sip" });
    await click("phone-sound");
    expect(by("sound-panel").querySelector(".meter")).not.toBeNull();
    await click("echo-test");
    expect(orders()).toEqual([["phone.echo_test", {}]]);
  });

  test("not while one does", async () => {
    await show(SCENARIOS.sip);
    await click("phone-sound");
    expect(isOff("echo-test")).toBe(true);
  });
});
