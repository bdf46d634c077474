import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Api } from "../src/api";
import { DeskScreen } from "../src/desk/desk";
import { CALLERS, call, customerDetail, LOG, ticketDetail, WANG } from "../src/dev/data";
import { type DevDesk, openDesk } from "../src/dev/open";
import { SCENARIOS, type Scenario } from "../src/dev/scenarios";
import { loadMoreTexts } from "../src/i18n";
import type {
  CallRow,
  CustomerCreate,
  NoteCreate,
  TicketCreate,
  TimelineEntry,
} from "../src/messages.gen";
import { afterPaint } from "../src/ui/frame";
import { settle, speakChinese, speakEnglish } from "./helpers";

let page: DevDesk;

/** Lets messages arrive and the screen follow. */
async function follow(what: () => unknown = () => undefined): Promise<void> {
  await act(async () => {
    await what();
    await new Promise((resolve) => setTimeout(resolve, 5));
  });
}

async function show(scenario: Scenario, api: Partial<Api> = {}): Promise<void> {
  page = openDesk(scenario, api);
  await follow(() => render(<DeskScreen desk={page.desk} />, document.body));
  await columns();
  await bench();
}

/** The columns follow the card of a call that comes or goes. */
const columns = () => follow(() => new Promise<void>((shown) => void afterPaint(shown)));

/** The bench is fetched once there is something to work on. */
async function bench(): Promise<void> {
  const isWanted = page.desk.shown.peek().kind !== "nothing";
  for (let turn = 0; isWanted && turn < 100 && all("ticket-note").length === 0; turn += 1) {
    await follow();
  }
}

function all(testid: string): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(`[data-testid="${testid}"]`)];
}

function by(testid: string): HTMLElement {
  const [found] = all(testid);
  if (!found) throw new Error(`nothing called ${testid} is on the screen`);
  return found;
}

const click = (testid: string) => follow(() => by(testid).click());
const ordered = () => page.wire.commands.map(({ name }) => name);
const press = (key: string, init: KeyboardEventInit = {}) =>
  follow(() => {
    const at = document.activeElement ?? document.body;
    at.dispatchEvent(
      new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init }),
    );
  });

async function write(testid: string, text: string): Promise<void> {
  await follow(() => {
    const field = by(testid) as HTMLTextAreaElement;
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

// Fetched by the page when it idles.
beforeAll(() =>
  Promise.all([
    import("../src/phone/pad"),
    import("../src/phone/line_notes"),
    import("../src/desk/reasons"),
    loadMoreTexts(),
  ]),
);

beforeEach(() => {
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

describe("a colleague is asked", () => {
  test("the customer stays, though it is told a moment later whom the second call is about", async () => {
    await show(SCENARIOS.active);
    const consult = call({
      id: "c-9",
      direction: "internal",
      state: "active",
      queue: "",
      caller: CALLERS.colleague,
      rang_at: null,
      answered_at: null,
    });
    await follow(() => page.wire.arrive(consult));
    await follow(() => page.wire.arrive({ ...consult, consult_of: "c-1" }));
    expect(all("customer-name").map(({ textContent }) => textContent)).toContain("王小明");
    expect(page.desk.shown.peek()).toMatchObject({ kind: "call", call: { id: "c-1" } });
  });
});

describe("a call rings", () => {
  test("the card says who, how surely, since when, and what it is likely about", async () => {
    await show(SCENARIOS.ringing);
    const card = by("ringing-card");
    expect(card.dataset["callId"]).toBe("c-1");
    expect(card.querySelector('[data-testid="customer-name"]')?.textContent).toBe("王小明");
    expect(card.querySelector('[data-testid="tier-badge"]')?.textContent).toContain("Platinum");
    expect(card.querySelector<HTMLElement>('[data-testid="match-kind"]')?.dataset["match"]).toBe(
      "exact",
    );
    for (const text of [
      "+86 138 0013 8000",
      "Support",
      "#10482 Invoice 2291",
      "Prefers to be called back",
      "no answer",
    ]) {
      expect(card.textContent).toContain(text);
    }
    expect(card.textContent).toMatch(/waiting \d+:\d\d/);
    expect(document.title).toContain("王小明");
    expect(document.querySelector('[aria-live="assertive"]')?.textContent).toContain("Platinum");
  });

  test("one click answers, and the page is filled", async () => {
    await show(SCENARIOS.ringing);
    await click("answer");
    expect(ordered()).toContain("phone.answer");
    expect(all("ringing-card")).toEqual([]);
    expect(by("agent-state").dataset["state"]).toBe("on_call");
    expect(by("customer-name").textContent).toBe("王小明");
    expect(by("ticket-number").textContent).toBe("#10482");
    expect(by("ticket-notes").textContent).toContain("2291");
  });

  test("Enter answers, but not while somebody writes or stands on another button", async () => {
    await show(SCENARIOS.ringing);
    by("ticket-note").focus();
    await press("Enter");
    by("reject").focus();
    await press("Enter");
    expect(ordered()).toEqual([]);
    by("reject").blur();
    await press("Enter");
    expect(ordered()).toContain("phone.answer");
  });

  test("another agent takes it: it is gone, and so is who it was", async () => {
    await show(SCENARIOS.ringing);
    await follow(() => page.wire.tell({ type: "call.gone", data: { id: "c-1" } }));
    expect(all("ringing-card")).toEqual([]);
    await columns();
    expect(document.title).toBe("Callcenter");
    expect(all("customer-name")).toEqual([]);
  });

  test("the card is drawn before the columns, and the call's next news brings those", async () => {
    await show(SCENARIOS.idle);
    const inColumn = () => document.querySelector(".who-name")?.textContent ?? null;
    const ringing = call({ id: "c-9", state: "ringing" });
    await act(async () => {
      page.wire.tell({ type: "call", data: ringing });
      await settle();
    });
    expect(all("ringing-card")).toHaveLength(1);
    expect(inColumn()).toBeNull();
    await columns();
    expect(inColumn()).toBe("王小明");
    const second = call({ id: "c-10", state: "ringing" });
    await act(async () => {
      page.wire.tell({ type: "call.gone", data: { id: "c-9" } });
      page.wire.tell({ type: "call", data: second });
      page.wire.tell({ type: "call", data: { ...second, state: "active" } });
      await settle();
    });
    expect(page.desk.shown.peek()).toMatchObject({ kind: "call", call: { id: "c-10" } });
  });

  test("a look-up that comes late completes the card in place", async () => {
    await show(SCENARIOS.pending);
    expect(by("ringing-card").textContent).toContain("+44 20 7946 0958");
    expect(all("quick-create")).toEqual([]);
    await follow(() =>
      page.wire.tell({ type: "call", data: call({ caller: CALLERS.fresh, ticket_id: null }) }),
    );
    expect(by("ringing-card").textContent).toContain("Amara Okafor");
  });

  test("the customer does not jump while somebody writes; answering brings the caller", async () => {
    await show(SCENARIOS.wrap_up);
    await write("ticket-note", "Corrected invoice");
    by("ticket-note").focus();
    await follow(() => page.wire.arrive(call({ id: "c-2", caller: CALLERS.fresh })));
    expect(document.querySelector(".who-name")?.textContent).toBe("王小明");
    await click("answer");
    expect(document.querySelector(".who-name")?.textContent).toBe("Amara Okafor");
    expect((by("ticket-note") as HTMLTextAreaElement).value).toBe("");
    expect(page.desk.drafts.get("c-1")?.text).toBe("Corrected invoice");
  });

  test("our own outgoing call is no visitor", async () => {
    await show(SCENARIOS.dialling);
    expect(all("ringing-card")).toEqual([]);
    expect(by("phone-call").textContent).toContain("Calling");
  });
});

describe("who is calling", () => {
  test("several owners: nobody is chosen for the agent", async () => {
    await show(SCENARIOS.several);
    expect(all("candidate").map((each) => each.querySelector("b")?.textContent)).toEqual([
      "王小明",
      "Chen Yu",
      "李娜",
    ]);
    await follow(() => all("candidate")[1]?.click());
    expect(page.wire.commands.at(-1)).toMatchObject({
      name: "call.choose_customer",
      args: { call_id: "c-1", party_id: "p-new" },
    });
  });

  test("unknown: the number is filled in, and the new customer is the caller", async () => {
    const made: CustomerCreate[] = [];
    await show(SCENARIOS.unknown, {
      createCustomer: async (body) => {
        made.push(body);
        return { id: "p-made" } as Awaited<ReturnType<Api["createCustomer"]>>;
      },
    });
    expect((by("create-number") as HTMLInputElement).value).toBe("+44 20 7946 0958");
    await write("create-name", "John Smith");
    await follow(() => (by("quick-create") as HTMLFormElement).requestSubmit());
    expect(made).toEqual([{ name: "John Smith", number: "+44 20 7946 0958", company: "" }]);
    expect(page.wire.commands.at(-1)).toMatchObject({ args: { party_id: "p-made" } });
  });

  test("a number we dialled is no caller: neither on the call nor in the log", async () => {
    const caller = { ...CALLERS.unknown, name: "" };
    const changes = { direction: "outbound", caller, state: "active", queue: "" } as const;
    const row = { ...LOG[0], party_id: null, party_name: "", match: "unknown" } as CallRow;
    await show({
      ...SCENARIOS.unknown,
      snapshot: { ...SCENARIOS.dialling.snapshot, calls: [call(changes)] },
      log: [{ ...row, direction: "outbound", caller_name: "Agent 1001" }],
    });
    expect(by("customer-name").textContent).toBe("Unknown number");
    expect(by("call-tile").textContent?.split("+44 20 7946 0958")).toHaveLength(2); // once
    await follow(() => by("call-log-row").querySelector("button")?.click());
    expect(by("customer-name").textContent).toBe("Unknown number");
    expect((by("create-name") as HTMLInputElement).value).toBe("");
  });

  test("withheld: said so, with a way to find them", async () => {
    await show(SCENARIOS.withheld);
    expect(by("ringing-card").textContent).toContain("Number withheld");
    expect(all("caller-number")).toEqual([]);
    expect(all("customer-search")).toHaveLength(1);
    expect(all("quick-create")).toEqual([]);
  });
});

describe("in the call", () => {
  test("the phone bar's buttons do what they say, and their state is told by events", async () => {
    await show(SCENARIOS.active);
    expect(by("hold").getAttribute("aria-pressed")).toBe("false");
    await click("hold");
    expect(by("hold").getAttribute("aria-pressed")).toBe("true");
    await press("h");
    expect(by("hold").getAttribute("aria-pressed")).toBe("false");
    await press("m");
    expect(by("mute").getAttribute("aria-pressed")).toBe("true");
    await click("hangup");
    expect(by("agent-state").dataset["state"]).toBe("wrap_up");
    expect(ordered()).toEqual(["phone.hold", "phone.resume", "phone.mute", "phone.hangup"]);
  });

  test("letters are letters while one writes", async () => {
    await show(SCENARIOS.active);
    by("ticket-note").focus();
    await press("h");
    await press("m");
    expect(ordered()).toEqual([]);
  });
});

describe("the note", () => {
  test("goes into the call's ticket, with the call", async () => {
    const notes: [string, NoteCreate][] = [];
    await show(SCENARIOS.active, {
      addNote: async (id, body) => {
        notes.push([id, body]);
        return {
          ...ticketDetail(id),
          notes: [
            { id: "n", at: "2026-01-05T09:00:00Z", author: "", call_id: null, body: body.body },
          ],
        };
      },
    });
    await write("ticket-note", " Corrected invoice sent ");
    await click("save-note");
    expect(notes).toEqual([["t-10482", { body: "Corrected invoice sent", call_id: "c-1" }]]);
    expect(by("ticket-notes").textContent).toContain("Corrected invoice sent");
    expect((by("ticket-note") as HTMLTextAreaElement).value).toBe("");
  });

  test("the first one opens a ticket when there is none, in the queue's domain", async () => {
    const opened: TicketCreate[] = [];
    await show(SCENARIOS.fresh, {
      createTicket: async (body) => {
        opened.push(body);
        return ticketDetail("t-new");
      },
    });
    await click("answer");
    await write("ticket-note", "Wants an offer\nfor 20 lenses");
    await click("save-note");
    expect(opened).toEqual([
      { subject: "Wants an offer", party_id: "p-new", queue: "support", call_id: "c-1" },
    ]);
    expect(by("ticket-number").textContent).toBe("#10483");
  });

  test("a ticket that was opened is not opened again when its note failed", async () => {
    let opened = 0;
    let failing = true;
    await show(SCENARIOS.fresh, {
      createTicket: async () => {
        opened += 1;
        return ticketDetail("t-new");
      },
      addNote: async (id) => {
        if (failing) throw new (await import("../src/api")).ApiError(0, "server_lost", "");
        return ticketDetail(id);
      },
    });
    await write("ticket-note", "Wants an offer");
    await click("save-note");
    expect(by("notice").textContent).toContain("The server did not answer");
    expect((by("ticket-note") as HTMLTextAreaElement).value).toBe("Wants an offer");
    failing = false;
    await click("save-note");
    expect(opened).toBe(1);
  });

  test("of a caller nobody knows it stays with the call, and is shown there", async () => {
    await show(SCENARIOS.unknown);
    await write("ticket-note", "Asks for the price list");
    await click("save-note");
    expect(page.wire.commands.at(-1)).toMatchObject({
      name: "call.note",
      args: { call_id: "c-1", note: "Asks for the price list" },
    });
    expect(by("ticket-notes").textContent).toContain("Asks for the price list");
    expect((by("ticket-note") as HTMLTextAreaElement).value).toBe("");
    expect(page.desk.drafts.has("c-1")).toBe(false);
  });

  test("what another window writes on the call is shown here, and what I write comes after it", async () => {
    await show(SCENARIOS.active);
    const theirs = call({ state: "active", note: "Asks for Thursday" });
    await follow(() => page.wire.tell({ type: "call", data: theirs }));
    expect(by("kept-note").textContent).toContain("Asks for Thursday");
    await write("ticket-note", "Promised");
    await follow(() => page.desk.note.flush());
    expect(page.wire.commands.at(-1)).toMatchObject({
      name: "call.note",
      args: { note: "Asks for Thursday\nPromised", was: "Asks for Thursday" },
    });
  });

  test("Save & ready saves, then is ready", async () => {
    await show(SCENARIOS.wrap_up);
    await write("ticket-note", "Corrected invoice sent");
    expect(by("wrap-up").textContent).toMatch(/Wrap-up \d+:\d\d/);
    await click("finish-wrap-up");
    expect(ordered().at(-1)).toBe("agent.ready");
    expect(by("agent-state").dataset["state"]).toBe("ready");
    expect(page.desk.drafts.has("c-1")).toBe(false);
  });

  test("wrap-up that ran out leaves the note where it was", async () => {
    await show(SCENARIOS.wrap_up);
    await write("ticket-note", "Corrected invoice");
    await follow(() => {
      page.wire.tell({ type: "call.gone", data: { id: "c-1" } });
    });
    expect((by("ticket-note") as HTMLTextAreaElement).value).toBe("Corrected invoice");
    expect(by("customer-name").textContent).toBe("王小明");
  });
});

describe("what is wrong is said where it matters", () => {
  test("the switch is away", async () => {
    await show(SCENARIOS.switch_lost);
    expect(by("switch-banner").textContent).toContain(
      "Switch not connected. Asterisk manager at 127.0.0.1:5038 refuses connections",
    );
    expect(all("queue-strip")).toEqual([]);
  });

  test("of several switches it says which, in the reader's language", async () => {
    speakChinese();
    const { snapshot } = SCENARIOS.switch_lost;
    const troubles = [
      { pbx: "pbx2", problem: { code: "at", values: { at: "pbx2:5038", why: "closed" } } as const },
    ];
    await show({
      ...SCENARIOS.switch_lost,
      snapshot: { ...snapshot, switch: { ...snapshot.switch, troubles } },
    });
    expect(by("switch-banner").textContent).toContain(
      "交换机未连接。pbx2：Asterisk 管理接口 pbx2:5038：对方关闭了连接",
    );
  });

  test("the server is away", async () => {
    await show(SCENARIOS.server_lost);
    await follow(() => page.tick(Date.now() + 5_000));
    expect(by("server-banner").textContent).toContain("Server lost");
    expect((by("not-ready-reasons") as HTMLButtonElement).disabled).toBe(true);
  });

  test("the microphone is blocked, and how to allow it", async () => {
    await show(SCENARIOS.microphone);
    await follow(); // it is fetched as it is needed
    expect(by("mic-banner").textContent).toContain("allow the microphone");
  });

  test("the microphone died in the middle of a call, in both languages", async () => {
    await show(SCENARIOS.microphone_lost);
    await follow();
    expect(by("mic-banner").getAttribute("role")).toBe("alert");
    expect(by("mic-banner").textContent).toContain("Microphone lost");
    expect(by("mic-again").textContent).toBe("Try again");
    await follow(speakChinese);
    expect(by("mic-banner").textContent).toContain("对方听不到您");
  });

  test("what the server wants said once is said in the reader's language", async () => {
    await show(SCENARIOS.active);
    await follow(speakChinese);
    const seq = (page.desk.store.position?.seq ?? 0) + 1;
    const data = { code: "daily_cost_near", message: "In English" };
    await follow(() => page.desk.store.receive({ type: "notice", seq, data }));
    expect(by("notice").textContent).toContain("本次通话可以继续");
  });

  test("the simulated switch is labelled", async () => {
    await show(SCENARIOS.idle);
    expect(by("sim-banner").textContent).toBe("Simulated switch: no sound");
  });

  test("somebody without a phone sees the desk and why they cannot call", async () => {
    await show(SCENARIOS.no_phone);
    expect(document.querySelector(".phonebar")?.textContent).toContain("has no extension");
    expect((by("keypad") as HTMLButtonElement).disabled).toBe(true);
  });

  test("a missed call says why nothing comes any more", async () => {
    await show(SCENARIOS.missed);
    expect(by("agent-state").textContent).toContain("Missed a call");
    expect(document.querySelector(".no-call")?.textContent).toContain("did not pick up");
  });
});

describe("around the call", () => {
  test("a rejected call says why nothing comes any more, and one click takes calls again", async () => {
    await show(SCENARIOS.ringing);
    await click("reject");
    expect(by("agent-state").textContent).toContain("Rejected a call");
    const idle = document.querySelector<HTMLElement>(".no-call");
    expect(idle?.textContent).toContain("You rejected a call");
    await follow(() => idle?.querySelector("button")?.click());
    expect(ordered()).toEqual(["phone.reject", "agent.ready"]);
  });

  test("ready, and not ready with a reason", async () => {
    await show(SCENARIOS.not_ready);
    await click("go-ready");
    await click("not-ready-reasons");
    await follow(); // the list is fetched when it is first opened
    await click("reason-lunch");
    expect(page.wire.commands.map(({ name, args }) => [name, args])).toEqual([
      ["agent.ready", {}],
      ["agent.not_ready", { reason: "lunch" }],
    ]);
    expect(by("agent-state").textContent).toContain("Lunch");
  });

  test("not ready during a call comes after it, and the wrap-up's end keeps to it", async () => {
    await show(SCENARIOS.active);
    await click("not-ready-reasons");
    await follow(); // the list is fetched when it is first opened
    await click("reason-lunch");
    expect(by("agent-state").textContent).toContain("On call · then Lunch");
    await click("hangup");
    expect(by("finish-wrap-up").textContent).toContain("Save & finish");
    await click("finish-wrap-up");
    expect(ordered().at(-1)).toBe("agent.finish_wrap_up");
    expect(by("agent-state").dataset["state"]).toBe("not_ready");
  });

  test("who was not ready and dialled is not ready after it, in every window", async () => {
    const snapshot = structuredClone(SCENARIOS.wrap_up.snapshot);
    Object.assign(snapshot.me, { afterwards: "not_ready", reason: "signed_in" });
    await show({ ...SCENARIOS.wrap_up, snapshot });
    expect(by("agent-state").textContent).toContain("Wrap-up · then Not ready");
    expect(by("finish-wrap-up").textContent).toContain("Save & finish");
    await follow(() =>
      page.wire.tell({ type: "agent", data: { ...snapshot.me, afterwards: "ready", reason: "" } }),
    );
    expect(by("finish-wrap-up").textContent).toContain("Save & ready");
    await follow(() => page.wire.tell({ type: "agent", data: snapshot.me }));
    await click("finish-wrap-up");
    expect(ordered().at(-1)).toBe("agent.finish_wrap_up");
    expect(by("agent-state").dataset["state"]).toBe("not_ready");
  });

  test("in no queue nothing can ring: said so, and not offered", async () => {
    await show(SCENARIOS.no_queue);
    const ready = by("go-ready") as HTMLButtonElement;
    expect(ready.disabled).toBe(true);
    expect(ready.title).toBe("You are in no queue");
    expect(by("agent-state").textContent).toContain("Not ready · in no queue");
    const place = document.querySelector(".no-call");
    expect(place?.textContent).toContain("You are in no queue");
    expect(place?.querySelector("button")).toBeNull();
  });

  test("a call that ended is in the log and the history as soon as it is committed, at once whole", async () => {
    const going = { ...LOG[0], id: "c-1", result: null, connected_s: 0 } as CallRow;
    const over = { ...going, result: "answered", connected_s: 161 };
    const entry = { ...customerDetail(WANG).timeline[0], kind: "call", id: "c-1" } as TimelineEntry;
    let committed = false;
    const api = {
      myCalls: async () => ({ items: [committed ? over : going] }),
      customer: async () => ({
        ...customerDetail(WANG),
        timeline: [
          { ...entry, title: committed ? "answered" : "", connected_s: committed ? 161 : 0 },
        ],
      }),
    };
    await show(SCENARIOS.active, api);
    expect(by("timeline").textContent).toBe("");
    await click("hangup");
    expect(by("timeline").textContent).toBe("");
    committed = true;
    const data = { id: "c-1", party_id: WANG.party_id };
    await follow(() => page.wire.tell({ type: "call.logged", data }));
    expect(by("timeline").textContent).toContain("2:41");
    await follow(() => new Promise((resolve) => setTimeout(resolve, 80)));
    expect(by("call-log-row").textContent).toContain("2:41");
  });

  test("a day's calls do not make the log longer and longer: what nobody scrolled to is let go", async () => {
    const made = Array.from({ length: 400 }, (_, n) => ({ ...LOG[0], id: `c-${n}` }) as CallRow);
    let told = 60;
    const myCalls = async () => ({ items: made.slice(told - 60, told).reverse() });
    await show(SCENARIOS.idle, { myCalls });
    const arrive = async (more: number) => {
      told += more;
      const data = { id: `c-${told}`, party_id: null };
      await follow(() => page.wire.tell({ type: "call.logged", data }));
      await follow(() => new Promise((resolve) => setTimeout(resolve, 80)));
      const [newest] = all("call-log-row");
      expect(newest?.dataset["callId"]).toBe(`c-${told - 1}`);
      return newest?.closest("li")?.getAttribute("aria-setsize");
    };
    for (const length of ["110", "160", "210", "260"]) expect(await arrive(50)).toBe(length);
    expect(await arrive(50)).toBe("60");
  });

  test("the log can be filtered, marks what is not in a ticket, and opens the call", async () => {
    await show(SCENARIOS.idle);
    const rows = all("call-log-row");
    expect(rows).toHaveLength(24);
    const missed = by("log-filter").querySelector<HTMLElement>('[data-value="missed"]');
    await follow(() => missed?.click());
    expect(all("call-log-row").length).toBeLessThan(24);
    for (const row of all("call-log-row")) expect(row.dataset["result"]).not.toBe("answered");
    await follow(() => all("call-log-row")[0]?.querySelector("button")?.click());
    await write("ticket-note", "Call back");
    expect(all("call-log-row")[0]?.querySelector(".log-draft")).not.toBeNull();
  });

  test.each([
    ["a customer", {}, "王小明", "+86 138 0013 8000"],
    [
      "a name the network gave",
      { party_name: "", caller_name: "J SMITH" },
      "J SMITH",
      "+86 138 0013 8000",
    ],
    ["only a number", { party_name: "" }, "+86 138 0013 8000", ""],
    [
      "withheld",
      { party_name: "", caller_name: "Anonymous", match: "withheld", display: "" },
      "Number withheld",
      "",
    ],
    [
      "one we dialled: the network's name is our own",
      { party_name: "", caller_name: "Agent 1001", direction: "outbound" },
      "+86 138 0013 8000",
      "",
    ],
  ] satisfies [string, Partial<CallRow>, string, string][])(
    "the log names %s, and shows the number beside a name",
    async (_, changes, name, number) => {
      const row = { ...LOG[0], display: "+86 138 0013 8000", ...changes } as CallRow;
      await show({ ...SCENARIOS.idle, log: [row] });
      const shown = by("call-log-row");
      expect(shown.querySelector(".log-name")?.textContent).toBe(name);
      expect(shown.querySelector(".log-detail")?.textContent).toBe(number);
    },
  );

  test("dialling sends what may be dialled, without the spaces", async () => {
    await show(SCENARIOS.idle);
    await press("k");
    await follow(); // it is fetched as it is opened
    await write("dial-number", "+86 138-0013 8000");
    await follow(() => by("dial").closest("form")?.requestSubmit());
    expect(page.wire.commands.at(-1)).toMatchObject({
      name: "phone.dial",
      args: { number: "+8613800138000" },
    });
    expect(all("dial-number")).toEqual([]);
  });

  test("while a call rings nothing can be dialled, not even from a keypad that was open", async () => {
    await show(SCENARIOS.idle);
    await press("k");
    await write("dial-number", "95588");
    await follow(() => page.wire.arrive(call({ caller: CALLERS.fresh })));
    expect((by("keypad") as HTMLButtonElement).disabled).toBe(true);
    expect((by("dial") as HTMLButtonElement).disabled).toBe(true);
    await follow(() => by("dial").closest("form")?.requestSubmit());
    expect(ordered()).toEqual([]);
    for (const button of document.querySelectorAll<HTMLButtonElement>(".log-dial, .number")) {
      expect(button.disabled).toBe(true);
    }
  });

  test("everything is there in Chinese", async () => {
    speakChinese();
    await show(SCENARIOS.ringing);
    expect(by("ringing-card").textContent).toContain("铂金");
    expect(by("answer").textContent).toContain("接听");
    expect(by("agent-state").textContent).toContain("振铃");
  });
});
