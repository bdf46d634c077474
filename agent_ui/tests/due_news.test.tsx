import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { call } from "../src/dev/data";
import { type DevDesk, openDesk } from "../src/dev/open";
import { SCENARIOS, type Scenario } from "../src/dev/scenarios";
import { CALLBACKS } from "../src/dev/work_data";
import type { CallbackRow } from "../src/messages.gen";
import { Bench } from "../src/work/bench";
import { speakEnglish } from "./helpers";

let page: DevDesk;
const NOW = Date.now();
const SOON = new Date(NOW + 2_000).toISOString();

/** One callback is due in two seconds (`cb-1`), and whoever else is given. */
async function open(scenario: Scenario, others: Partial<CallbackRow>[] = []): Promise<void> {
  const [first] = CALLBACKS;
  if (first === undefined) throw new Error("there are no callbacks");
  const rows = [{}, ...others].map((changes) => ({ ...first, due_at: SOON, ...changes }));
  page = openDesk(scenario, {
    callbacks: async () => ({ items: rows, total: rows.length, next: null }),
  } as Parameters<typeof openDesk>[1]);
  new Bench(page.desk);
  await vi.waitUntil(() => page.desk.todo.callbacks.data.peek() !== null);
}

const said = () => page.desk.notices.list.peek().map(({ text }) => text);

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  speakEnglish();
});

afterEach(() => {
  page.desk.stop();
  page.desk.socket.stop();
});

test("what comes due during a call is said once", async () => {
  await open(SCENARIOS.active);
  page.tick(NOW + 1_000);
  expect(said()).toEqual([]);
  page.tick(NOW + 3_000);
  expect(said()).toEqual(["Callback due now: 王小明."]);
  const [notice] = page.desk.notices.list.peek();
  page.desk.notices.dismiss(notice?.id ?? 0);
  page.tick(NOW + 4_000);
  page.wire.tell({ type: "call", data: call({ state: "ended", ended_at: SOON }) });
  await vi.waitUntil(() => page.desk.isOver.peek());
  expect(said()).toEqual([]);
});

test("several at once are one line", async () => {
  await open(SCENARIOS.wrap_up, [{ id: "cb-8" }, { id: "cb-9" }]);
  page.tick(NOW + 3_000);
  expect(said()).toEqual(["Callback due now: 王小明. 2 more"]);
});

test("nothing is said while it rings; after it, it is", async () => {
  await open(SCENARIOS.ringing);
  page.tick(NOW + 3_000);
  expect(said()).toEqual([]);
  page.wire.tell({
    type: "call",
    data: call({ state: "active", answered_at: new Date(NOW).toISOString() }),
  });
  await vi.waitUntil(() => page.desk.ringing.peek() === null);
  expect(said()).toEqual(["Callback due now: 王小明."]);
});

test("without a call it stands where the next one would, and nothing is said", async () => {
  await open(SCENARIOS.idle);
  page.tick(NOW + 3_000);
  expect(page.desk.todo.due.peek()).toHaveLength(1);
  expect(said()).toEqual([]);
});

test("the list is the same while the clock only ticks", async () => {
  await open(SCENARIOS.active);
  page.tick(NOW + 3_000);
  const before = page.desk.todo.due.peek();
  page.tick(NOW + 4_000);
  expect(page.desk.todo.due.peek()).toBe(before);
});
