import { beforeEach, expect, test } from "vitest";
import { ApiError } from "../src/api";
import { PrefsKeeper } from "../src/desk/prefs_keeper";
import { PREFS } from "../src/dev/config";
import { SESSION } from "../src/dev/server";
import type { PrefsPatch } from "../src/messages.gen";
import { FakeTime, settle } from "./helpers";

let time: FakeTime;
let sent: PrefsPatch[];
let away: boolean;
let refusal: ApiError | null;
let refusals: unknown[];
let keeper: PrefsKeeper;

beforeEach(() => {
  time = new FakeTime();
  sent = [];
  away = false;
  refusal = null;
  refusals = [];
  keeper = new PrefsKeeper(
    SESSION.user,
    async (patch) => {
      if (away) throw new ApiError(0, "server_lost", "");
      if (refusal) throw refusal;
      sent.push(patch);
    },
    time.read,
    (error) => refusals.push(error),
  );
});

async function pass(ms: number): Promise<void> {
  time.pass(ms);
  keeper.tick(time.now);
  await settle();
}

test("what is set holds here at once, and is sent once it rests", async () => {
  keeper.set({ ring_volume: 0.2 });
  keeper.set({ ring_volume: 0.3, theme: "dark" });
  expect(keeper.view.value).toEqual({ ...PREFS, ring_volume: 0.3 });
  await pass(400);
  expect(sent).toEqual([]);
  await pass(200);
  expect(sent).toEqual([{ ring_volume: 0.3, theme: "dark" }]);
  expect(keeper.saved.value).toBe(true);
});

test("while the server is away it is kept, and sent when the server is back, newest last", async () => {
  away = true;
  keeper.set({ density: "dense", toured: true });
  await pass(600);
  keeper.set({ density: "cosy" });
  await pass(600);
  expect(keeper.saved.value).toBe(false);
  away = false;
  await pass(6_000);
  expect(sent).toEqual([{ density: "cosy", toured: true }]);
  expect(keeper.saved.value).toBe(true);
});

test("another machine's changes are followed, except where they are changed here", async () => {
  keeper.set({ density: "dense" });
  const there = { ...SESSION.user, theme: "dark", prefs: { ...PREFS, ring_on: false } };
  expect(keeper.follow(there)).toEqual({ theme: "dark" });
  expect(keeper.view.value).toEqual({ ...PREFS, ring_on: false, density: "dense" });
  expect(keeper.follow(there)).toEqual({});
});

test("the language chosen here is not taken back by an answer that does not know it yet", async () => {
  keeper.set({ locale: "zh-CN" });
  expect(keeper.follow({ ...SESSION.user, locale: "en" })).toEqual({});
  await pass(600);
  expect(keeper.follow({ ...SESSION.user, locale: "zh-CN" })).toEqual({});
});

test("what the server refuses is said once, and not sent for ever", async () => {
  refusal = new ApiError(400, "bad_request", "no");
  keeper.set({ shortcuts: { "phone.hold": "" } });
  await pass(600);
  await pass(6_000);
  expect(refusals).toEqual([refusal]);
  expect(keeper.saved.value).toBe(true);
});
