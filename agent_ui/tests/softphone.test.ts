import { type Signal, signal } from "@preact/signals";
import { beforeEach, describe, expect, test } from "vitest";
import { call } from "../src/dev/data";
import type { CallView, PhoneAccess } from "../src/messages.gen";
import type { SipWire, WatchedSocket } from "../src/sip_socket";
import type { GatewaySocket, Link } from "../src/socket";
import { type SipAgent, type SipSession, Softphone } from "../src/softphone";
import { FakeTime, settle } from "./helpers";

type Listeners = Map<string, ((event: never) => void)[]>;

function emit(listeners: Listeners, name: string, event: object = {}): void {
  for (const listener of listeners.get(name) ?? []) listener(event as never);
}

function listen(listeners: Listeners, name: string, listener: (event: never) => void): void {
  listeners.set(name, [...(listeners.get(name) ?? []), listener]);
}

class FakeSession implements SipSession {
  readonly listeners: Listeners = new Map();
  readonly orders: string[] = [];
  readonly remote_identity = { uri: { user: "+8613800138000" }, display_name: "Wang" };
  ended = false;

  constructor(readonly id: string) {}

  on(event: string, listener: (event: never) => void): void {
    listen(this.listeners, event, listener);
  }

  answer(): void {
    this.orders.push("answer");
    emit(this.listeners, "accepted");
  }

  terminate(options?: { status_code: number }): void {
    this.orders.push(options ? `terminate ${options.status_code}` : "terminate");
    this.end();
  }

  hold(): boolean {
    this.orders.push("hold");
    emit(this.listeners, "hold", { originator: "local" });
    return true;
  }

  unhold(): boolean {
    this.orders.push("unhold");
    emit(this.listeners, "unhold", { originator: "local" });
    return true;
  }

  mute(): void {
    this.orders.push("mute");
    emit(this.listeners, "muted");
  }

  unmute(): void {
    this.orders.push("unmute");
    emit(this.listeners, "unmuted");
  }

  renegotiate(): boolean {
    this.orders.push("renegotiate");
    return true;
  }

  sendDTMF(tones: string): void {
    this.orders.push(`tones ${tones}`);
  }

  isEnded(): boolean {
    return this.ended;
  }

  end(): void {
    this.ended = true;
    emit(this.listeners, "ended");
  }
}

class FakeAgent implements SipAgent {
  readonly listeners: Listeners = new Map();
  readonly asked: string[] = [];
  started = 0;

  on(event: string, listener: (event: never) => void): void {
    listen(this.listeners, event, listener);
  }

  start(): void {
    this.started += 1;
  }

  stop(): void {
    this.started -= 1;
  }

  sendOptions(target: string): void {
    this.asked.push(target);
  }
}

class FakeStream {
  stopped = 0;

  getTracks() {
    const stop = () => {
      this.stopped += 1;
    };
    return [{ stop }];
  }
}

const ACCESS: PhoneAccess = {
  mode: "sip",
  sip_uri: "sip:1001@pbx.example",
  password: "secret",
  websocket_url: "ws://pbx.example:8088/ws",
  ice_servers: [],
};

let time: FakeTime;
let agent: FakeAgent;
let socket: WatchedSocket;
let calls: Signal<readonly CallView[]>;
let link: Signal<Link>;
let commands: [string, object][];
let streams: FakeStream[];
let microphone: () => Promise<MediaStream>;
let phone: Softphone;

const allowed = async () => {
  streams.push(new FakeStream());
  return streams.at(-1) as unknown as MediaStream;
};

beforeEach(() => {
  time = new FakeTime();
  agent = new FakeAgent();
  calls = signal<readonly CallView[]>([]);
  link = signal<Link>("up");
  commands = [];
  streams = [];
  microphone = allowed;
  phone = new Softphone({
    access: ACCESS,
    calls,
    link,
    command: (async (name: string, args: object) => {
      commands.push([name, args]);
      return name === "phone.dial" ? { call_id: "c-own" } : {};
    }) as GatewaySocket["command"],
    createAgent: (given) => {
      socket = given;
      return agent;
    },
    openWire: () => {
      const wire: SipWire = {
        readyState: 1,
        onopen: null,
        onmessage: null,
        onclose: null,
        send: () => undefined,
        close: () => undefined,
      };
      return wire;
    },
    microphone: () => microphone(),
    play: () => undefined,
    now: time.read,
  });
  emit(agent.listeners, "registered");
});

function invite(id = "s1"): FakeSession {
  const session = new FakeSession(id);
  emit(agent.listeners, "newRTCSession", { originator: "remote", session });
  return session;
}

async function talk(): Promise<FakeSession> {
  calls.value = [call({})];
  const session = invite();
  await phone.answer("c-1");
  calls.value = [call({ state: "active", answered_at: "2026-01-05T09:00:00Z" })];
  return session;
}

describe("one Answer button, whatever comes first", () => {
  test("the invitation, then the call", async () => {
    const session = invite();
    calls.value = [call({})];
    await phone.answer("c-1");
    expect(session.orders).toEqual(["answer"]);
  });

  test("the call, then the invitation", async () => {
    calls.value = [call({})];
    const session = invite();
    await phone.answer("c-1");
    expect(session.orders).toEqual(["answer"]);
  });

  test("Answer was pressed before the phone rang: it answers as it rings", async () => {
    calls.value = [call({})];
    const answered = phone.answer("c-1");
    time.pass(2_000);
    phone.tick(time.now);
    const session = invite();
    await answered;
    expect(session.orders).toEqual(["answer"]);
  });

  test("the phone stays silent: that is said, and the next ring is not answered by itself", async () => {
    calls.value = [call({})];
    const answered = phone.answer("c-1");
    time.pass(6_000);
    phone.tick(time.now);
    await expect(answered).rejects.toMatchObject({ code: "phone_silent" });
    const session = invite();
    await settle();
    expect(session.orders).toEqual([]);
  });

  test("a second press does not answer twice", async () => {
    calls.value = [call({})];
    const session = invite();
    await Promise.all([phone.answer("c-1"), phone.answer("c-1")]);
    expect(session.orders).toEqual(["answer"]);
  });

  test("the caller hangs up while the microphone is being opened", async () => {
    calls.value = [call({})];
    const session = invite();
    let open = (_: MediaStream): void => undefined;
    microphone = () =>
      new Promise((resolve) => {
        open = resolve;
      });
    const answered = phone.answer("c-1");
    session.end();
    open(await allowed());
    await answered;
    expect(session.orders).toEqual([]);
    expect(streams[0]?.stopped).toBe(1);
  });
});

describe("the microphone", () => {
  test("blocked: said so, the call rings on, and Answer works once it is allowed", async () => {
    calls.value = [call({})];
    const session = invite();
    microphone = async () => {
      throw new DOMException("no", "NotAllowedError");
    };
    await expect(phone.answer("c-1")).rejects.toMatchObject({ code: "microphone_blocked" });
    expect(phone.microphone.value).toBe("blocked");
    expect(session.orders).toEqual([]);
    microphone = allowed;
    await phone.answer("c-1");
    expect(phone.microphone.value).toBe("allowed");
    expect(session.orders).toEqual(["answer"]);
  });

  test("none there is another sentence", async () => {
    microphone = async () => {
      throw new DOMException("no", "NotFoundError");
    };
    await phone.prepare();
    expect(phone.microphone.value).toBe("missing");
  });

  test("is closed when the call is over", async () => {
    const session = await talk();
    session.end();
    expect(streams[0]?.stopped).toBe(1);
  });
});

describe("in the call", () => {
  test("hold, resume, mute, unmute, tones, hang up go to the session", async () => {
    const session = await talk();
    await phone.hold("c-1");
    await phone.resume("c-1");
    await phone.mute("c-1", true);
    expect(phone.isMuted(call({}))).toBe(true);
    await phone.mute("c-1", false);
    expect(phone.isMuted(call({}))).toBe(false);
    expect(phone.tones("c-1", "5")).toBe(true);
    await phone.hangup("c-1");
    expect(session.orders).toEqual([
      "answer",
      "hold",
      "unhold",
      "mute",
      "unmute",
      "tones 5",
      "terminate",
    ]);
    expect(commands).toEqual([]);
  });

  test("reject declines", async () => {
    calls.value = [call({})];
    const session = invite();
    await phone.reject("c-1");
    expect(session.orders).toEqual(["terminate 603"]);
  });

  test("answering a second call holds the first, resuming the first holds the second", async () => {
    const first = await talk();
    calls.value = [...calls.value, call({ id: "c-2" })];
    const second = invite("s2");
    await phone.answer("c-2");
    expect(first.orders).toEqual(["answer", "hold"]);
    await phone.resume("c-1");
    expect(second.orders).toEqual(["answer", "hold"]);
  });

  test("orders for a call this browser has no session of go through the server", async () => {
    calls.value = [call({ state: "active" })];
    await phone.hangup("c-1");
    await phone.hold("c-1");
    await phone.mute("c-1", true);
    expect(commands.map(([name]) => name)).toEqual(["phone.hangup", "phone.hold", "phone.mute"]);
  });

  test("the held button follows the event, and the phone itself while the server is away", async () => {
    await talk();
    await phone.hold("c-1");
    const [view] = calls.value;
    expect(view && phone.isHeld(view)).toBe(false);
    link.value = "lost";
    expect(view && phone.isHeld(view)).toBe(true);
  });
});

describe("click-to-dial", () => {
  test("our own phone rings first and is answered by itself", async () => {
    const dialling = phone.dial("+8613800138000");
    await dialling;
    expect(commands).toEqual([["phone.dial", { number: "+8613800138000" }]]);
    const session = invite();
    calls.value = [call({ id: "c-own", direction: "outbound" })];
    await settle();
    expect(session.orders).toEqual(["answer"]);
  });

  test("also when the invitation comes before the call rings on the desk", async () => {
    await phone.dial("+8613800138000");
    calls.value = [call({ id: "c-own", direction: "outbound", state: "active" })];
    const session = invite();
    calls.value = [call({ id: "c-own", direction: "outbound", state: "ringing" })];
    await settle();
    expect(session.orders).toEqual(["answer"]);
  });

  test("a visitor's call is never answered by itself", async () => {
    await phone.dial("+8613800138000");
    calls.value = [call({ id: "c-visitor" })];
    const session = invite();
    await settle();
    expect(session.orders).toEqual([]);
  });
});

describe("a cut line", () => {
  test("every live session is renegotiated once registered again, so that a hang-up arrives", async () => {
    const session = await talk();
    emit(agent.listeners, "registered");
    expect(session.orders).toEqual(["answer"]);
    emit(agent.listeners, "disconnected");
    expect(phone.line.value).toBe("lost");
    emit(agent.listeners, "registered");
    expect(phone.line.value).toBe("ready");
    expect(session.orders).toEqual(["answer", "renegotiate"]);
  });

  test("no hold is tried meanwhile: a failed re-invitation would end the call", async () => {
    const session = await talk();
    emit(agent.listeners, "disconnected");
    await phone.hold("c-1");
    expect(session.orders).toEqual(["answer"]);
  });

  test("OPTIONS every 3 s; 8 s of silence and the socket is given up", () => {
    let dead = 0;
    socket.ondisconnect = () => {
      dead += 1;
    };
    socket.connect();
    for (let turn = 0; turn < 17 && dead === 0; turn += 1) {
      time.pass(500);
      phone.tick(time.now);
    }
    expect(agent.asked).toEqual(Array(3).fill("sip:pbx.example"));
    expect(dead).toBe(1);
  });

  test("a phone that rings while the server is away can be answered and hung up", async () => {
    link.value = "lost";
    const session = invite();
    expect(phone.stray.value).toEqual({ id: "s1", number: "+8613800138000", ringing: true });
    await phone.answer("s1");
    expect(phone.stray.value?.ringing).toBe(false);
    await phone.hangup("s1");
    expect(session.orders).toEqual(["answer", "terminate"]);
    expect(phone.stray.value).toBeNull();
  });

  test("a refused registration is not a lost line", () => {
    emit(agent.listeners, "registrationFailed");
    expect(phone.line.value).toBe("refused");
    emit(agent.listeners, "disconnected");
    emit(agent.listeners, "registrationFailed");
    expect(phone.line.value).toBe("lost");
  });
});

test("leaving takes the agent off the line", () => {
  phone.stop();
  expect(agent.started).toBe(0);
});
