import { beforeEach, expect, test } from "vitest";
import { ApiError } from "../src/api";
import { type Job, Outbox, type OutboxOptions } from "../src/work/outbox";
import { FakeTime, settle } from "./helpers";

let time: FakeTime;
/** What the server did, each key once. */
let done: Map<string, object>;
/** How often something was sent. */
let posts: string[];
let trouble: ApiError | null;
let told: string[];
let online: boolean;

function window_(changes: Partial<OutboxOptions> = {}): Outbox {
  return new Outbox({
    userId: "u-1",
    storage: localStorage,
    locks: null,
    post: async (_, body, key) => {
      posts.push(key);
      if (trouble) throw trouble;
      done.set(key, body);
      return { id: key };
    },
    online: () => online,
    sent: ({ key }, answer) => told.push(`${key} ${answer === null ? "elsewhere" : "here"}`),
    now: time.read,
    ...changes,
  });
}

function job(key: string, at = 1): Job {
  const path = `/calls/${key}/wrap-up`;
  return { key, kind: "wrap_up", at, path, body: { note: key }, name: "Wang", callId: key };
}

const lost = new ApiError(0, "server_lost", "no answer");
const keys = (outbox: Outbox) => outbox.jobs.value.map(({ key }) => key);

beforeEach(() => {
  localStorage.clear();
  time = new FakeTime();
  done = new Map();
  posts = [];
  told = [];
  trouble = null;
  online = true;
});

test("what is put in is sent, and leaves the storage", async () => {
  const outbox = window_();
  expect(await outbox.submit(job("a"))).toBe("sent");
  expect(done.get("a")).toEqual({ note: "a" });
  expect(told).toEqual(["a here"]);
  expect(localStorage.length).toBe(0);
});

test("it is in the storage before it is sent: a crash in between loses nothing", async () => {
  const never = window_({ post: () => new Promise(() => undefined) });
  void never.submit(job("a"));
  await settle();
  const restarted = window_();
  expect(keys(restarted)).toEqual(["a"]);
  await restarted.send();
  expect([...done.keys()]).toEqual(["a"]);
});

test("while the server is away it is kept, also over a reload, and sent once it is back", async () => {
  trouble = lost;
  const outbox = window_();
  expect(await outbox.submit(job("a", 1))).toBe("kept");
  expect(await outbox.submit(job("b", 2))).toBe("kept");
  expect(done.size).toBe(0);
  const reloaded = window_();
  expect(keys(reloaded)).toEqual(["a", "b"]);
  trouble = null;
  reloaded.tick(time.now);
  await settle();
  expect([...done.keys()]).toEqual(["a", "b"]);
  expect(keys(reloaded)).toEqual([]);
  expect(posts.filter((key) => key === "b")).toHaveLength(1); // the first failure stopped the round
});

test("it asks again with growing pauses, and at once when the server is back", async () => {
  trouble = lost;
  const outbox = window_();
  await outbox.submit(job("a"));
  const tries = async (ms: number) => {
    const before = posts.length;
    time.pass(ms);
    outbox.tick(time.now);
    await settle();
    return posts.length - before;
  };
  expect(await tries(1_000)).toBe(0);
  expect(await tries(1_000)).toBe(1);
  expect(await tries(2_000)).toBe(0);
  expect(await tries(2_000)).toBe(1);
  outbox.wake();
  expect(await tries(0)).toBe(1);
  online = false;
  expect(await tries(60_000)).toBe(0);
});

test.each([401, 408, 429, 500, 502, 503])("a %i is no refusal", async (status) => {
  trouble = new ApiError(status, "later", "later");
  expect(await window_().submit(job("a"))).toBe("kept");
});

test("what is refused says why, waits for somebody, and does not hold up the rest", async () => {
  trouble = new ApiError(400, "disposition_required", "Choose one.");
  const outbox = window_();
  const outcome = await outbox.submit(job("a"));
  expect(outcome).toBeInstanceOf(ApiError);
  expect((outcome as ApiError).code).toBe("disposition_required");
  trouble = null;
  expect(await outbox.submit(job("b", 2))).toBe("sent");
  expect(outbox.jobs.value[0]?.refused?.code).toBe("disposition_required");
  expect(posts.filter((key) => key === "a")).toHaveLength(1);
  await outbox.again("a");
  expect([...done.keys()].sort()).toEqual(["a", "b"]);
});

test("two windows: one sends at a time, and each thing once", async () => {
  const locks = new OneAtATime();
  const first = window_({ locks });
  const second = window_({ locks });
  trouble = lost;
  await first.submit(job("a"));
  trouble = null;
  posts = [];
  await Promise.all([first.send(), second.send()]);
  expect(posts).toEqual(["a"]);
  expect(locks.most).toBe(1);
  expect(told).toEqual(["a here"]);
});

test("a window learns from the storage what another one put in or sent", async () => {
  const first = window_();
  const second = window_();
  trouble = lost;
  await first.submit(job("a"));
  second.hear("outbox:u-1:a");
  expect(keys(second)).toEqual(["a"]);
  trouble = null;
  await second.send();
  first.hear("outbox:u-1:a");
  expect(keys(first)).toEqual([]);
  expect(told).toEqual(["a here", "a elsewhere"]);
});

test("another user of this browser sees and sends nothing of it", async () => {
  trouble = lost;
  await window_().submit(job("a"));
  trouble = null;
  const other = window_({ userId: "u-2" });
  await other.send();
  expect(done.size).toBe(0);
});

test("a browser without storage keeps it as long as the page lives", async () => {
  const none = { length: 0, setItem: refuse, getItem: refuse, removeItem: refuse, key: () => null };
  const outbox = window_({ storage: none as unknown as Storage });
  trouble = lost;
  expect(await outbox.submit(job("a"))).toBe("kept");
  trouble = null;
  await outbox.send();
  expect([...done.keys()]).toEqual(["a"]);
});

function refuse(): never {
  throw new DOMException("no", "SecurityError");
}

/** Web Locks as far as they matter here. */
class OneAtATime {
  most = 0;
  private held = 0;
  private last: Promise<unknown> = Promise.resolve();

  request(_: string, work: () => Promise<void>): Promise<void> {
    const turn = this.last.then(async () => {
      this.held += 1;
      this.most = Math.max(this.most, this.held);
      await work();
      this.held -= 1;
    });
    this.last = turn;
    return turn;
  }
}
