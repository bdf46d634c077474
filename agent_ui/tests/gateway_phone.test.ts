import { type Signal, signal } from "@preact/signals";
import { beforeEach, expect, test } from "vitest";
import { call } from "../src/dev/data";
import type { CallView, SwitchView } from "../src/messages.gen";
import { OwnDials } from "../src/own_dials";
import { GatewayPhone } from "../src/phone/gateway_phone";
import { ordersFor } from "../src/phone/orders";
import type { GatewaySocket, Link } from "../src/socket";
import { settle } from "./helpers";

let calls: Signal<readonly CallView[]>;
let link: Signal<Link>;
let pbx: Signal<SwitchView | null>;
let commands: [string, object][];
let phone: GatewayPhone;

beforeEach(() => {
  calls = signal<readonly CallView[]>([]);
  link = signal<Link>("up");
  pbx = signal<SwitchView | null>({ connected: true, simulated: false, troubles: [] });
  commands = [];
  phone = new GatewayPhone({
    kind: "desk",
    calls,
    link,
    switch: pbx,
    command: (async (name: string, args: object) => {
      commands.push([name, args]);
      return { call_id: "c-own" };
    }) as GatewaySocket["command"],
  });
});

const active = (id: string, changes: Partial<CallView> = {}) =>
  call({ id, state: "active", answered_at: "2026-01-05T09:00:00Z", ...changes });

test("a desk phone obeys the same orders, by way of the server", async () => {
  calls.value = [active("c-1")];
  await phone.hold("c-1");
  await phone.mute("c-1", true);
  await phone.tones("c-1", "12#");
  await phone.hangup("c-1");
  expect(commands).toEqual([
    ["phone.hold", { call_id: "c-1" }],
    ["phone.mute", { call_id: "c-1", on: true }],
    ["phone.tones", { call_id: "c-1", digits: "12#" }],
    ["phone.hangup", { call_id: "c-1" }],
  ]);
});

test("answering a second call, or going back to one, holds the other first", async () => {
  calls.value = [active("c-1"), call({ id: "c-2" })];
  await phone.answer("c-2");
  expect(commands).toEqual([
    ["phone.hold", { call_id: "c-1" }],
    ["phone.answer", { call_id: "c-2" }],
  ]);
  calls.value = [active("c-1", { state: "held" }), active("c-2")];
  commands = [];
  await phone.resume("c-1");
  expect(commands.map(([name]) => name)).toEqual(["phone.hold", "phone.resume"]);
});

test("a call that is only being dialled, and a consultation, are not held", async () => {
  calls.value = [
    active("c-1", { state: "held" }),
    active("c-2", { consult_of: "c-1" }),
    active("c-3", { answered_at: null, direction: "outbound" }),
    call({ id: "c-4" }),
  ];
  await phone.answer("c-4");
  expect(commands).toEqual([["phone.answer", { call_id: "c-4" }]]);
});

test("who calls the echo need not answer as well", async () => {
  await phone.echoTest();
  calls.value = [call({ id: "c-own", direction: "internal" })];
  await settle();
  expect(commands).toEqual([
    ["phone.echo_test", {}],
    ["phone.answer", { call_id: "c-own" }],
  ]);
});

test("of a call begun here nothing is kept once it is gone", async () => {
  const answered: string[] = [];
  const command = async () => ({ call_id: "c-own" });
  const dials = new OwnDials(calls, command as never, (id) => answered.push(id));
  await dials.echoTest();
  calls.value = [call({ id: "c-1" })]; // told of before our own
  expect(dials.has("c-own")).toBe(true);
  calls.value = [call({ id: "c-1" }), call({ id: "c-own" })];
  expect(answered).toEqual(["c-own"]);
  calls.value = [call({ id: "c-1" })];
  expect(dials.has("c-own")).toBe(false);
  dials.stop();
});

test("it remembers what was dialled, for dialling it again", async () => {
  expect(phone.lastDialled.value).toBe("");
  await phone.dial("95588");
  expect(phone.lastDialled.value).toBe("95588");
});

test("its line is that of the server and the switch", () => {
  expect(phone.line.value).toBe("ready");
  pbx.value = { connected: false, simulated: false, troubles: [] };
  expect(phone.line.value).toBe("lost");
  link.value = "connecting";
  expect(phone.line.value).toBe("connecting");
});

test("an order is for one screen, and void after five seconds by the server's clock", () => {
  const at = Date.parse("2026-01-05T09:00:00Z");
  let now = at + 5_000;
  const order = {
    screen: "here",
    call_id: "c-1",
    order: "answer",
    digits: "",
    at: "2026-01-05T09:00:00Z",
  } as const;
  const given = signal<typeof order | null>(null);
  const mine = ordersFor("here", given, () => now);
  const others = ordersFor("there", given, () => now);
  expect(mine.value).toBeNull();
  given.value = order;
  expect(mine.value).toEqual(order);
  expect(others.value).toBeNull();
  now += 1;
  given.value = { ...order };
  expect(mine.value).toBeNull();
});
