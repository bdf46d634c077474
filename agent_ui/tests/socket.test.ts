import { beforeEach, describe, expect, test } from "vitest";
import type { ClientMessage, Snapshot } from "../src/messages.gen";
import { CommandError, GatewaySocket, type Greeting, type Wire } from "../src/socket";
import { type StateMessage, Store } from "../src/store";
import { FakeTime, settle } from "./helpers";

class FakeWire implements Wire {
  onopen: Wire["onopen"] = null;
  onmessage: Wire["onmessage"] = null;
  onclose: Wire["onclose"] = null;
  closed = false;
  readonly sent: ClientMessage[] = [];

  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }

  close(): void {
    this.closed = true;
  }

  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  sentOf(type: ClientMessage["type"]): ClientMessage[] {
    return this.sent.filter((frame) => frame.type === type);
  }
}

const SNAPSHOT: Snapshot = {
  me: {
    user_id: "u",
    name: "Zhang Wei",
    extension: "1001",
    state: "ready",
    reason: "",
    since: "2026-01-05T09:00:00Z",
    until: null,
    afterwards: "ready",
    queues: [],
    may_extend: false,
    limit_at: null,
  },
  switch: { connected: true, simulated: true, troubles: [] },
  calls: [],
  queues: [],
  colleagues: [],
  phone: { screen: "", device: "", name: "" },
};

let time: FakeTime;
let wires: FakeWire[];
let store: Store;
let received: StateMessage["type"][];
let refusals: number;
let greeting: Greeting | undefined;
let offsets: [number, number, number][];
let socket: GatewaySocket;

const last = () => {
  const wire = wires.at(-1);
  if (!wire) throw new Error("nothing was opened");
  return wire;
};

/** Time passes as the desk's ticker has it. */
function pass(ms: number): void {
  for (let left = ms; left > 0; left -= 500) {
    time.pass(Math.min(500, left));
    socket.tick(time.now);
  }
}

beforeEach(() => {
  time = new FakeTime();
  wires = [];
  store = new Store();
  received = [];
  refusals = 0;
  greeting = undefined;
  offsets = [];
  let keys = 0;
  socket = new GatewaySocket({
    open: () => {
      wires.push(new FakeWire());
      return last();
    },
    position: () => store.position,
    hello: () => greeting,
    receive: (message) => {
      received.push(message.type);
      store.receive(message);
    },
    clock: (...given) => offsets.push(given),
    refused: () => {
      refusals += 1;
    },
    now: time.read,
    random: () => 1,
    newKey: () => {
      keys += 1;
      return `k${keys}`;
    },
  });
  socket.start();
});

function greet(seq = 7): void {
  last().onopen?.();
  last().say({ type: "snapshot", epoch: "e1", seq, data: SNAPSHOT });
}

describe("coming back", () => {
  test("a fresh screen asks for everything", () => {
    last().onopen?.();
    expect(last().sent[0]).toEqual({ type: "hello", epoch: null, seq: null });
    expect(socket.link.value).toBe("connecting");
    greet();
    expect(socket.link.value).toBe("up");
  });

  test("it says which screen of which browser it is, and the calls its telephone has by then", () => {
    const who = { screen: "s1", device: "d1", device_name: "Chrome, Linux" };
    greeting = { ...who, legs: 0 };
    greet(7);
    expect(last().sent[0]).toEqual({ type: "hello", epoch: null, seq: null, ...greeting });
    greeting = { ...who, legs: 1 };
    last().onclose?.({ code: 1006 });
    pass(500);
    last().onopen?.();
    expect(last().sent[0]).toMatchObject({ epoch: "e1", seq: 7, screen: "s1", legs: 1 });
  });

  test("after a cut it says the last (epoch, seq) it applied and takes up the rest", () => {
    greet(7);
    last().say({ type: "switch", seq: 9, data: SNAPSHOT.switch });
    last().onclose?.({ code: 1006 });
    pass(500);
    expect(wires).toHaveLength(2);
    last().onopen?.();
    expect(last().sent[0]).toEqual({ type: "hello", epoch: "e1", seq: 9 });
    last().say({ type: "resumed", epoch: "e1", seq: 9 });
    last().say({ type: "agent", seq: 10, data: { ...SNAPSHOT.me, state: "ringing" } });
    expect(store.me.value?.state).toBe("ringing");
    expect(received).toEqual(["snapshot", "switch", "resumed", "agent"]);
  });

  test("a cut shows only when it lasts", () => {
    greet();
    last().onclose?.({ code: 1006 });
    pass(1_000);
    expect(socket.link.value).toBe("up");
    pass(1_000);
    expect(socket.link.value).toBe("lost");
    greet();
    expect(socket.link.value).toBe("up");
  });

  test("pauses grow, to ten seconds at most, and the session is looked at", () => {
    greet();
    const opened: number[] = [];
    for (let turn = 0; turn < 9; turn += 1) {
      const cut = time.now;
      const count = wires.length;
      last().onclose?.({ code: 1006 });
      while (wires.length === count) pass(500);
      opened.push(time.now - cut);
    }
    expect(opened.slice(0, 4)).toEqual([500, 1_000, 2_000, 3_500]);
    expect(Math.max(...opened)).toBeLessThanOrEqual(10_500);
    expect(refusals).toBe(8);
  });

  test("in a call they stay short: it goes on, and its agent waits for us", () => {
    greeting = { screen: "s1", device: "d1", device_name: "Chrome, Linux", legs: 1 };
    greet();
    for (let turn = 0; turn < 9; turn += 1) {
      const count = wires.length;
      last().onclose?.({ code: 1006 });
      pass(2_000);
      expect(wires).toHaveLength(count + 1);
    }
  });

  test("a session that is over is looked at once, without waiting", () => {
    greet();
    last().onclose?.({ code: 4401 });
    expect(refusals).toBe(1);
  });
});

describe("a half-open socket", () => {
  test("is asked for a sign of life after 3 s of silence", () => {
    greet();
    const pings = last().sentOf("ping").length;
    pass(3_500);
    expect(last().sentOf("ping")).toHaveLength(pings + 1);
  });

  test("is told of us as often, however much comes from it", () => {
    greet();
    const pings = last().sentOf("ping").length;
    for (let turn = 0; turn < 24; turn += 1) {
      pass(500);
      last().say({ type: "pong", at: "2026-01-05T09:00:00Z" });
    }
    expect(last().sentOf("ping").length - pings).toBeGreaterThanOrEqual(3);
  });

  test("is given up within 8 s, and another one is opened", () => {
    greet();
    const wire = last();
    pass(8_500);
    expect(wire.closed).toBe(true);
    pass(1_000);
    expect(wires).toHaveLength(2);
  });

  test("one that answers stays", () => {
    greet();
    for (let turn = 0; turn < 20; turn += 1) {
      pass(3_000);
      last().say({ type: "pong", at: "2026-01-05T09:00:00Z" });
    }
    expect(wires).toHaveLength(1);
  });

  test("the pong tells the server's clock, with the times around it", () => {
    greet();
    time.pass(80);
    last().say({ type: "pong", at: "2026-01-05T09:00:00Z" });
    expect(offsets).toEqual([[Date.parse("2026-01-05T09:00:00Z"), 1_000_000, 1_000_080]]);
  });
});

describe("commands", () => {
  test("one that was not answered before a cut is sent again with its key", async () => {
    greet();
    const done = socket.command("agent.ready", {});
    const frame = last().sentOf("command")[0];
    last().onclose?.({ code: 1006 });
    pass(500);
    last().onopen?.();
    expect(last().sentOf("command")).toEqual([]);
    last().say({ type: "resumed", epoch: "e1", seq: 7 });
    expect(last().sentOf("command")).toEqual([frame]);
    last().say({ type: "result", id: "k1", ok: true, data: { fine: 1 } });
    await expect(done).resolves.toEqual({ fine: 1 });
  });

  test("one given while the line is down goes out when it is back", () => {
    socket.command("agent.ready", {});
    expect(last().sentOf("command")).toEqual([]);
    greet();
    expect(last().sentOf("command")).toHaveLength(1);
  });

  test("nobody wants it a quarter of a minute later", async () => {
    const done = socket.command("phone.answer", { call_id: "c" });
    const refused = expect(done).rejects.toMatchObject({ code: "server_lost" });
    pass(13_000);
    greet();
    await refused;
    expect(last().sentOf("command")).toEqual([]);
  });

  test("a refusal keeps its code", async () => {
    greet();
    const done = socket.command("agent.ready", {});
    const error = { code: "no_phone", message: "You have no phone.", fields: {} };
    last().say({ type: "result", id: "k1", ok: false, error });
    await expect(done).rejects.toThrow(CommandError);
    await expect(done).rejects.toMatchObject({ code: "no_phone" });
  });

  test("an answer given twice counts once", async () => {
    greet();
    const done = socket.command("agent.ready", {});
    last().say({ type: "result", id: "k1", ok: true, data: {} });
    last().say({
      type: "result",
      id: "k1",
      ok: false,
      error: { code: "x", message: "", fields: {} },
    });
    await settle();
    await expect(done).resolves.toEqual({});
  });
});
