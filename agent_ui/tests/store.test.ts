import { describe, expect, test } from "vitest";
import scenarios from "../../tests/fixtures/feed_scenarios.json";
import type { FeedMessage, Snapshot } from "../src/messages.gen";
import { apply, type DeskState, Store } from "../src/store";

// Written by the server's own test of "snapshot + messages = fresh snapshot".
interface FeedScenario {
  name: string;
  snapshot: Snapshot;
  messages: FeedMessage[];
  expected: Snapshot;
}

const CASES = scenarios as unknown as FeedScenario[];

function begin({ snapshot, messages }: FeedScenario): DeskState {
  return { ...snapshot, epoch: "e", seq: (messages[0]?.seq ?? 1) - 1 };
}

function content({ epoch: _, seq: __, ...snapshot }: DeskState): Snapshot {
  return snapshot;
}

describe("snapshot + messages = the server's fresh snapshot", () => {
  test.each(CASES.map((each) => [each.name, each] as const))("%s", (_, scenario) => {
    let state: DeskState | null = begin(scenario);
    for (const message of scenario.messages) state = apply(state, message);
    expect(state && content(state)).toEqual(scenario.expected);
  });

  test("a repeated message changes nothing", () => {
    const [scenario] = CASES;
    if (!scenario) throw new Error("no scenarios");
    let state: DeskState | null = begin(scenario);
    for (const message of scenario.messages) {
      state = apply(state, message);
      expect(apply(state, message)).toBe(state);
    }
  });
});

test("what did not change keeps its identity, so that it is not drawn again", () => {
  const scenario = CASES.find(({ messages }) => messages.some(({ type }) => type === "queue"));
  if (!scenario) throw new Error("no scenario with a queue message");
  const state = begin(scenario);
  const message = scenario.messages.find(({ type }) => type === "queue");
  const next = message && apply(state, { ...message, seq: state.seq + 1 });
  expect(next?.calls).toBe(state.calls);
  expect(next?.me).toBe(state.me);
  expect(next?.queues).not.toBe(state.queues);
});

test("messages before the first snapshot are not for us yet", () => {
  const store = new Store();
  store.receive({ type: "call.gone", seq: 4, data: { id: "x" } });
  expect(store.state.value).toBeNull();
  expect(store.position).toBeNull();
});
