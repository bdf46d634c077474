import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Api, ApiError } from "../src/api";
import { listShown } from "../src/calls/calls_column";
import { DeskScreen } from "../src/desk/desk";
import { ago, CALLERS, call, LOG, ticketDetail } from "../src/dev/data";
import { type DevDesk, openDesk } from "../src/dev/open";
import { SCENARIOS, type Scenario } from "../src/dev/scenarios";
import { CALLBACKS, CONFIG, MISSED } from "../src/dev/work_data";
import type { CallDetail, TicketDetail, TicketPatch, WrapUp } from "../src/messages.gen";
import { Bench } from "../src/work/bench";
import { speakEnglish } from "./helpers";

let page: DevDesk;
/** What was posted: the path, the body, the idempotency key. */
let posts: [string, object, string][];

async function follow(what: () => unknown = () => undefined): Promise<void> {
  await act(async () => {
    await what();
    await new Promise((resolve) => setTimeout(resolve, 20));
  });
}

async function show(scenario: Scenario, api: Partial<Api> = {}): Promise<void> {
  page = openDesk(scenario, api);
  new Bench(page.desk);
  await follow(() => render(<DeskScreen desk={page.desk} />, document.body));
  if (page.desk.shown.peek().kind !== "nothing") {
    await appear("ticket-note");
    await appear("quick-note");
  }
}

async function leave(): Promise<void> {
  await follow(() => {
    render(null, document.body);
    page.desk.stop();
    page.desk.socket.stop();
  });
}

const all = (testid: string) => [
  ...document.querySelectorAll<HTMLElement>(`[data-testid="${testid}"]`),
];

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

/** What is fetched when it is opened takes a moment. */
async function appear(testid: string): Promise<void> {
  for (let turn = 0; turn < 150 && all(testid).length === 0; turn += 1) await follow();
}

async function write(testid: string, text: string): Promise<void> {
  await appear(testid);
  await follow(() => {
    const field = by(testid) as HTMLInputElement;
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

/** The server takes what is posted, and answers a wrap-up with the call as it is now. */
const server: Partial<Api> = {
  post: async (path, body, key) => {
    posts.push([path, body, key]);
    const { disposition_id, tags, note } = body as WrapUp;
    return { ...detail, disposition_id: disposition_id ?? null, tags: tags ?? [], note } as object;
  },
};
/** What was said about the call. */
const saved = () => posts.at(-1)?.[1] as WrapUp;
const detail = {
  ...LOG[0],
  id: "c-1",
  ticket_id: "t-10482",
  disposition_id: null,
  legs: [],
  transfers: [],
} as unknown as CallDetail;
const away: Partial<Api> = {
  post: async (path, body, key) => {
    posts.push([path, body, key]);
    throw new ApiError(0, "server_lost", "no answer");
  },
};

beforeEach(() => {
  sessionStorage.clear();
  posts = [];
  listShown.value = "calls";
  speakEnglish();
});

afterEach(leave);

describe("one key saves everything about the call", () => {
  test("disposition by number keys, tag, solved, callback, task and note in one request, then ready", async () => {
    await show(SCENARIOS.disposing, server);
    await write("ticket-note", "Corrected invoice sent");
    by("ticket-note").focus();
    await press("Escape"); // leaves the note, so that digits are keys
    await press("3");
    await press("1");
    expect(by("disposition-chosen").textContent).toBe("Invoice › Wrong amount");
    await write("tag-add", "renewal,");
    expect(all("tag").map((tag) => tag.textContent)).toEqual(["renewal"]);
    await click("solve-ticket");
    await follow(() => {
      page.desk.work.middle.value = "callback";
    });
    await write("when-date", "2026-12-01");
    await write("when-time", "15:00");
    await write("callback-note", "Did it arrive?");
    await follow(() => {
      page.desk.work.middle.value = "task";
    });
    await write("task-body", "Tell finance");
    await press("Enter", { ctrlKey: true });
    expect(posts.map(([path]) => path)).toEqual(["/calls/c-1/wrap-up"]);
    expect(posts[0]?.[1]).toEqual({
      disposition_id: "d-invoice_wrong",
      tags: ["renewal"],
      note: "Corrected invoice sent",
      note_was: "Corrected invoice sent", // the call had it before: it follows the typing
      callback: {
        due_at: "2026-12-01T07:00:00.000Z", // 15:00 in Shanghai
        zone: "Asia/Shanghai",
        number: "",
        owner: "me",
        note: "Did it arrive?",
      },
      task: { body: "Tell finance", due_at: null, owner: "me" },
      ticket: { id: "t-10482", status: "solved" },
    });
    expect(ordered().at(-1)).toBe("agent.ready");
    expect((by("ticket-note") as HTMLTextAreaElement).value).toBe("");
    expect(sessionStorage.length).toBe(0); // nothing stays in the browser
  });

  test("what was saved is kept until the call is gone and another shown: then the log knows better", async () => {
    const server = { post: async () => ({ ...detail, disposition_id: "d-solved" }) as never };
    await show(SCENARIOS.disposing, server);
    const { work, store } = page.desk;
    const chosen = () => work.chosen.peek().map(({ id }) => id);
    await follow(() => all("disposition")[0]?.click());
    await click("finish-wrap-up");
    expect(chosen()).toEqual(["d-solved"]);
    await follow(() => page.wire.tell({ type: "call.gone", data: { id: "c-1" } }));
    expect(store.calls.peek()).toEqual([]);
    expect(chosen()).toEqual(["d-solved"]); // still shown
    await follow(() => page.desk.showCustomer("p-other"));
    const row = { ...detail, disposition_id: "d-callback" }; // a supervisor put it right
    await follow(() => page.desk.showPast(row));
    expect(chosen()).toEqual(["d-callback"]);
  });

  test("who is half-way down the tree stays there, whatever comes meanwhile", async () => {
    await show(SCENARIOS.disposing, server);
    await write("ticket-note", "Corrected invoice sent");
    by("ticket-note").focus();
    await press("Escape");
    await press("3");
    await write("tag-add", "renewal,");
    expect(all("disposition-back")).toHaveLength(1);
    by("ticket-note").focus();
    await press("Escape");
    await press("1");
    expect(by("disposition-chosen").textContent).toBe("Invoice › Wrong amount");
  });

  test("a disposition that is needed: said beside it, and nothing is lost", async () => {
    await show(SCENARIOS.disposing, server);
    await write("ticket-note", "Corrected invoice sent");
    await click("finish-wrap-up");
    expect(by("disposition-missing").textContent).toBe("Choose one to save the call.");
    expect(posts).toEqual([]);
    expect(ordered()).not.toContain("agent.ready");
    expect((by("ticket-note") as HTMLTextAreaElement).value).toBe("Corrected invoice sent");
    await follow(() => all("disposition")[0]?.click());
    expect(all("disposition-missing")).toEqual([]);
    await click("finish-wrap-up");
    expect(posts).toHaveLength(1);
  });

  test("said before the page was loaded anew, it is not asked for again", async () => {
    const call_ = async () => ({ ...detail, disposition_id: "d-solved" });
    await show(SCENARIOS.disposing, { ...server, call: call_ });
    await click("finish-wrap-up");
    expect(ordered().at(-1)).toBe("agent.ready");
  });

  test("what the server refuses is said, and stays where it was written", async () => {
    await show(SCENARIOS.disposing, {
      post: async () => {
        throw new ApiError(400, "invalid_disposition", "This call cannot end like that.");
      },
    });
    await write("ticket-note", "Corrected invoice sent");
    await follow(() => all("disposition")[0]?.click());
    await click("finish-wrap-up");
    expect(by("save-problem").textContent).not.toBe("");
    expect((by("ticket-note") as HTMLTextAreaElement).value).toBe("Corrected invoice sent");
    expect(by("disposition-chosen").textContent).toBe("Solved");
    expect(ordered()).not.toContain("agent.ready");
    expect(all("outbox")).toEqual([]);
  });

  test("a callback without a time is not saved as none", async () => {
    await show(SCENARIOS.disposing, server);
    await follow(() =>
      by("dispositions").querySelector<HTMLElement>('[data-code="callback"]')?.click(),
    );
    expect(all("callback-form")).toHaveLength(1); // this disposition wants one
    await write("callback-note", "Did it arrive?");
    await click("finish-wrap-up");
    expect(posts).toEqual([]);
    expect(by("callback-form").textContent).toContain("A callback needs a day and a time.");
    await click("when-tomorrow");
    await click("finish-wrap-up");
    expect(saved().callback?.note).toBe("Did it arrive?");
  });

  test("without a ticket, by choice: none is opened", async () => {
    await show({ ...SCENARIOS.disposing, snapshot: over({ ticket_id: null }) }, server);
    await write("ticket-note", "Wrong number");
    await click("ticket-choose");
    await click("ticket-none");
    await follow(() => all("disposition")[0]?.click());
    await click("finish-wrap-up");
    expect(posts[0]?.[1]).not.toHaveProperty("ticket");
  });

  test("a new one is named by its subject, or by the note's first line", async () => {
    await show({ ...SCENARIOS.disposing, snapshot: over({ ticket_id: null }) }, server);
    await write("ticket-note", "Wants an offer\nfor 20 lenses");
    await follow(() => all("disposition")[0]?.click());
    await click("finish-wrap-up");
    expect(saved().ticket).toEqual({ subject: "Wants an offer" });
  });
});

const over = (changes: object) => {
  const snapshot = structuredClone(SCENARIOS.disposing.snapshot);
  for (const each of snapshot.calls) Object.assign(each, changes);
  return snapshot;
};

describe("nothing that was written is lost", () => {
  test("the server is away: kept, said, still there after a reload, sent once it is back", async () => {
    await show(SCENARIOS.disposing, away);
    await write("ticket-note", "Corrected invoice sent");
    await follow(() => all("disposition")[0]?.click());
    await click("finish-wrap-up");
    expect(by("outbox").textContent).toBe("1 to save when the server is back");
    expect(by("disposition-chosen").textContent).toBe("Solved"); // said already, though not there yet
    expect((by("ticket-note") as HTMLTextAreaElement).value).toBe("");
    await leave();
    await show(SCENARIOS.idle, server);
    await follow(() => page.tick(Date.now()));
    expect(all("outbox")).toEqual([]);
    const [first, again] = [posts[0], posts.at(-1)];
    expect(again).toEqual(first); // the same request under the same key
    expect(saved().note).toBe("Corrected invoice sent");
  });

  test("a reload brings back every choice that was not saved", async () => {
    await show(SCENARIOS.disposing, server);
    await write("ticket-note", "Corrected invoice sent");
    await follow(() => all("disposition")[0]?.click());
    await write("tag-add", "renewal,");
    await follow(() => {
      page.desk.work.middle.value = "task";
    });
    await write("task-body", "Tell fin");
    await leave();
    await show({ ...SCENARIOS.disposing, note: "" }, server);
    expect((by("ticket-note") as HTMLTextAreaElement).value).toBe("Corrected invoice sent");
    expect(by("disposition-chosen").textContent).toBe("Solved");
    expect(all("tag")[0]?.textContent).toBe("renewal");
    expect(by("next-task").textContent).toContain("Tell fin");
  });

  test("refused only later: it can be opened where it was, or thrown away and brought back", async () => {
    await show(SCENARIOS.disposing, away);
    await write("ticket-note", "Corrected invoice sent");
    await follow(() => all("disposition")[0]?.click());
    await click("finish-wrap-up");
    await leave();
    await show(
      { ...SCENARIOS.idle, work: { config: CONFIG } },
      {
        post: async () => {
          throw new ApiError(409, "call_not_over", "still talking");
        },
        call: async () => detail,
      },
    );
    await follow(() => page.tick(Date.now()));
    await appear("outbox");
    expect(by("outbox").textContent).toBe("1 could not be saved");
    await click("outbox");
    await appear("outbox-discard");
    expect(by("outbox-job").textContent).toContain("The call does not allow that now");
    await click("outbox-discard");
    expect(page.desk.work.outbox.jobs.value).toEqual([]);
    await follow(() => page.desk.todo.takeBack());
    await follow(() => page.desk.theBench.reopen(page.desk.work.outbox.jobs.value[0] as never));
    await appear("disposition-chosen");
    expect((by("ticket-note") as HTMLTextAreaElement).value).toBe("Corrected invoice sent");
    expect(by("disposition-chosen").textContent).toBe("Solved");
    expect(all("outbox")).toEqual([]);
  });

  test("saved while the server is away: ready without a second press once it is back", async () => {
    let isAway = true;
    await show(SCENARIOS.disposing, {
      post: (...given) => (isAway ? away : server).post?.(...given) as never,
    });
    await follow(() => all("disposition")[0]?.click());
    page.desk.socket.link.value = "lost";
    await click("finish-wrap-up");
    expect(by("outbox").textContent).toBe("Ready once it is saved");
    expect(ordered()).not.toContain("agent.ready");
    isAway = false;
    await follow(() => {
      page.desk.socket.link.value = "up";
    });
    expect(ordered()).not.toContain("agent.ready"); // it is not saved yet
    await follow(() => page.desk.work.outbox.send());
    expect(ordered().filter((name) => name === "agent.ready")).toHaveLength(1);
    expect(by("agent-state").dataset["state"]).toBe("ready");
  });

  test("saved while the server is away: a pause that was chosen meanwhile stays", async () => {
    let isAway = true;
    await show(SCENARIOS.disposing, {
      post: (...given) => (isAway ? away : server).post?.(...given) as never,
    });
    await follow(() => all("disposition")[0]?.click());
    page.desk.socket.link.value = "lost";
    await click("finish-wrap-up");
    isAway = false;
    const me = { ...page.desk.store.me.peek(), state: "not_ready", reason: "lunch" };
    await follow(() => page.wire.tell({ type: "agent", data: me }));
    await follow(() => {
      page.desk.socket.link.value = "up";
    });
    await follow(() => page.desk.work.outbox.send());
    expect(ordered()).not.toContain("agent.ready");
  });

  test("signing out with something unsent says so, waits, and leaves once it is sent", async () => {
    let isAway = true;
    await show(SCENARIOS.disposing, {
      post: (...given) => (isAway ? away : server).post?.(...given) as never,
    });
    await follow(() => all("disposition")[0]?.click());
    await click("finish-wrap-up");
    await click("user-menu");
    await appear("sign-out");
    await click("sign-out");
    expect(page.left()).toBe(false);
    expect(by("leaving").textContent).toContain("1 not saved on the server yet.");
    await click("leaving-wait");
    expect(by("outbox").textContent).toBe("Signs out once it is saved");
    isAway = false;
    await follow(() => page.desk.work.outbox.send());
    expect(page.left()).toBe(true);
  });

  test("signing out with something unsent: one may stay, or leave all the same", async () => {
    await show(SCENARIOS.disposing, away);
    await follow(() => all("disposition")[0]?.click());
    await click("finish-wrap-up");
    await click("user-menu");
    await appear("sign-out");
    await click("sign-out");
    await click("leaving-stay");
    expect(by("sign-out").textContent).toBe("Sign out");
    await click("sign-out");
    expect(page.left()).toBe(false);
    await click("sign-out"); // "Sign out now"
    expect(page.left()).toBe(true);
    expect(page.desk.work.outbox.jobs.value).toHaveLength(1);
  });

  test("a line about the customer is kept with the key stroke, and saved", async () => {
    await show(SCENARIOS.disposing, server);
    await write("quick-note", "Prefers mail");
    await leave();
    await show(SCENARIOS.disposing, server);
    expect((by("quick-note") as HTMLInputElement).value).toBe("Prefers mail");
    await click("quick-note-save");
    expect(posts[0]?.slice(0, 2)).toEqual(["/customers/p-wang/notes", { body: "Prefers mail" }]);
    expect((by("quick-note") as HTMLInputElement).value).toBe("");
  });
});

describe("several calls at once", () => {
  const two = () => {
    const { snapshot } = structuredClone(SCENARIOS.second);
    snapshot.calls = [
      call({ state: "held", answered_at: ago(161), held_at: ago(20) }),
      call({
        id: "c-2",
        caller: CALLERS.fresh,
        state: "active",
        answered_at: ago(15),
        ticket_id: null,
      }),
    ];
    return { ...SCENARIOS.second, snapshot, work: { config: CONFIG } };
  };

  test("each has its own note and choices; showing one shows its own", async () => {
    await show(two(), server);
    const showCall = (id: string) =>
      follow(() =>
        page.desk.showCall(page.desk.store.calls.value.find((each) => each.id === id) as never),
      );
    await showCall("c-1");
    await write("ticket-note", "About the invoice");
    await follow(() => all("disposition")[0]?.click());
    await showCall("c-2");
    expect((by("ticket-note") as HTMLTextAreaElement).value).toBe("");
    expect(by("disposition-chosen").textContent).toBe("needed for this queue");
    await write("ticket-note", "Wants an offer");
    await showCall("c-1");
    expect((by("ticket-note") as HTMLTextAreaElement).value).toBe("About the invoice");
    expect(by("disposition-chosen").textContent).toBe("Solved");
  });

  test("going back to the held one brings its work, unless somebody writes", async () => {
    await show(two(), server);
    await follow(() => page.desk.showCall(page.desk.store.calls.value[1] as never));
    const held = call({ id: "c-2", caller: CALLERS.fresh, state: "held", answered_at: ago(15) });
    const active = call({ state: "active", answered_at: ago(161) });
    await follow(() => page.wire.tell({ type: "call", data: held }));
    await follow(() => page.wire.tell({ type: "call", data: active }));
    expect(document.querySelector(".who-name")?.textContent).toBe("王小明");
  });
});

test("what was begun stays on its ticket, though the server guesses another one meanwhile", async () => {
  await show(SCENARIOS.active, server);
  const guessed = (ticket_id: string) =>
    follow(() => {
      const [latest] = page.desk.store.calls.value;
      page.wire.tell({ type: "call", data: { ...latest, ticket_id } });
    });
  await follow(() => page.desk.note.type(""));
  await guessed("t-10377");
  expect(page.desk.ticketId.value).toBe("t-10377"); // nothing is written yet
  await write("ticket-note", "Asks for the corrected invoice");
  await guessed("t-10482");
  expect(page.desk.ticketId.value).toBe("t-10377");
});

describe("two agents, one ticket", () => {
  /** A ticket that takes changes of its present version only, as the server does. */
  const shared = () => {
    let now: TicketDetail = ticketDetail("t-10482");
    const patchTicket = async (_: string, { version, ...change }: TicketPatch) => {
      if (version !== now.version) throw new ApiError(409, "changed_meanwhile", "look again");
      now = { ...now, ...change, version: version + 1 };
      return now;
    };
    return { patchTicket, ticket: async () => now, read: () => now };
  };

  test("the second sees what the first made of it, and decides, in the work column", async () => {
    const { read, ...api } = shared();
    const li = openDesk(SCENARIOS.disposing, api);
    new Bench(li.desk);
    await show(SCENARIOS.disposing, api);
    await follow();
    const seen = li.desk.ticket.data.value as TicketDetail;
    await follow(() => li.desk.ticketChanges.change(seen, { status: "pending" }));
    await follow(() => {
      const status = by("ticket-status") as HTMLSelectElement;
      status.value = "solved";
      status.dispatchEvent(new Event("change", { bubbles: true }));
    });
    await follow();
    expect(read().status).toBe("pending");
    await appear("merge-panel");
    const panel = by("merge-panel").textContent;
    expect(panel).toContain("Li Na changed this ticket");
    expect(panel).toContain("Mine: Solved");
    expect(panel).toContain("Theirs: Pending");
    expect(document.querySelector("[aria-modal=true], dialog")).toBeNull();
    await follow(() => (by("merge-panel") as HTMLFormElement).requestSubmit());
    expect(read().status).toBe("solved");
    expect(all("merge-panel")).toEqual([]);
    li.desk.stop();
    li.desk.socket.stop();
  });
});

describe("between calls", () => {
  test("a callback whose time has come stands where the next call would, and one click calls", async () => {
    await show(SCENARIOS.due);
    await follow(() => page.tick(Date.now()));
    await appear("due-callback");
    const due = by("due-callback");
    expect(due.textContent).toContain("Promised the corrected invoice");
    await follow(() => due.querySelector<HTMLElement>(".due-call")?.click());
    expect(page.wire.commands.at(-1)).toMatchObject({
      name: "phone.dial",
      args: { number: CALLBACKS[0]?.number },
    });
  });

  test("done can be undone", async () => {
    await show(SCENARIOS.due);
    await click("list-callbacks");
    await appear("callback-row");
    expect(all("callback-row")).toHaveLength(3);
    await follow(() =>
      by("todo-callbacks").querySelector<HTMLElement>('[data-testid="callback-done"]')?.click(),
    );
    expect(all("callback-row")).toHaveLength(2);
    await click("undo");
    expect(all("callback-row")).toHaveLength(3);
    expect(all("undo-line")).toEqual([]);
  });

  test("another time, by the customer's clock", async () => {
    await show(SCENARIOS.due);
    await follow(() => page.tick(Date.now()));
    await click("list-callbacks");
    await appear("callback-row");
    const row = all("callback-row")[0] as HTMLElement;
    await follow(() =>
      row.querySelector<HTMLElement>('[data-testid="callback-reschedule"]')?.click(),
    );
    await follow();
    await write("when-date", "2099-12-01");
    await write("when-time", "15:00");
    await follow(() => (by("reschedule") as HTMLFormElement).requestSubmit());
    const moved = page.desk.todo.callbacks.data.value?.find(({ id }) => id === "cb-1");
    expect(moved?.due_at).toBe("2099-12-01T07:00:00.000Z");
  });

  test("missed calls clear as a set, and come back within ten seconds", async () => {
    await show(SCENARIOS.due);
    expect(by("list-missed").textContent).toContain("2");
    await click("list-missed");
    await appear("missed-row");
    expect(all("missed-row")).toHaveLength(MISSED.length);
    await click("missed-clear");
    expect(all("missed-row")).toEqual([]);
    await click("undo");
    expect(all("missed-row")).toHaveLength(MISSED.length);
    await click("missed-clear");
    await follow(() => page.tick(Date.now() + 10_001));
    expect(all("undo-line")).toEqual([]);
  });

  test("what the server says changed is read again", async () => {
    const missed = [...MISSED];
    await show(SCENARIOS.idle, { missed: async () => ({ items: missed.slice(0, 1) }) });
    expect(by("list-missed").textContent).toContain("1");
    missed.splice(0, 1);
    missed.length = 0;
    await follow(() => page.wire.tell({ type: "changed", data: { what: "missed", id: null } }));
    await follow(() => new Promise((resolve) => setTimeout(resolve, 90)));
    expect(by("list-missed").textContent).toBe("Missed");
  });

  test("a list that cannot be read says so, and can be asked again", async () => {
    let broken = true;
    await show(SCENARIOS.idle, {
      myTasks: async () => {
        if (broken) throw new ApiError(500, "internal", "boom");
        return { items: [] };
      },
    });
    await click("list-tasks");
    await appear("todo-tasks");
    expect(by("todo-tasks").textContent).toContain("could not be read");
    broken = false;
    await follow(() => by("todo-tasks").querySelector<HTMLElement>("[role=alert] button")?.click());
    expect(by("todo-tasks").textContent).toContain("Tasks of yours will be listed here.");
  });
});

describe("long lists", () => {
  test("of ten thousand entries a screenful is drawn, and older ones are read page by page", async () => {
    await show(SCENARIOS.many);
    expect(all("call-log-row").length).toBeLessThan(80);
    expect(all("timeline-row").length).toBeLessThan(80);
    const before = page.desk.api.timeline;
    expect(before).toBeDefined();
    const setsize = by("timeline").querySelector("li")?.getAttribute("aria-setsize");
    expect(Number(setsize)).toBeGreaterThanOrEqual(50);
  });

  test("an entry opens in place with all it says", async () => {
    await show(SCENARIOS.many);
    await follow(() => all("timeline-row")[0]?.click());
    await appear("timeline-detail");
    expect(by("timeline-detail").textContent).toContain("Asked when the replacement arrives");
    expect(by("timeline-detail").textContent).toContain("Solved");
  });

  test("one kind is asked of the server", async () => {
    const asked: (string | undefined)[] = [];
    await show(SCENARIOS.disposing, {
      timeline: async (_, { kinds }) => {
        asked.push(kinds);
        return { items: [], more: false };
      },
    });
    const chip = by("timeline-filter").querySelector<HTMLElement>('[data-value="order"]');
    await follow(() => chip?.click());
    expect(asked).toContain("order");
  });
});
