import { type Signal, signal } from "@preact/signals";
import { beforeEach, describe, expect, test } from "vitest";
import { call } from "../src/dev/data";
import type { CallView, PhoneAccess, PhoneOrderView } from "../src/messages.gen";
import type { SipAgent, SipSession } from "../src/phone/sip";
import type { SipWire, WatchedSocket } from "../src/sip_socket";
import { CommandError, type GatewaySocket, type Link } from "../src/socket";
import { Softphone } from "../src/softphone";
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
  readonly sender = new FakeSender();
  readonly connection = { getSenders: () => [this.sender] } as unknown as RTCPeerConnection;
  ended = false;
  /** As JsSIP does it: a lost request ends the session. */
  onTransportError = () => this.terminate({ status_code: 500 });
  onRequestTimeout = () => this.terminate({ status_code: 408 });
  /** Another offer is still under way. */
  busy = false;

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
    if (!this.busy) this.orders.push("renegotiate");
    return !this.busy;
  }

  sendDTMF(tones: string, options?: { transportType: string }): void {
    this.orders.push(`tones ${tones} ${options?.transportType}`);
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
  readonly registrations: string[] = [];
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

  register(): void {
    this.registrations.push("register");
  }

  unregister(): void {
    this.registrations.push("unregister");
  }

  sendOptions(target: string): void {
    this.asked.push(target);
  }
}

class FakeTrack extends EventTarget {
  enabled = true;
  muted = false;
  readonly kind = "audio";
  readyState = "live";

  constructor(private readonly onStop: () => void) {
    super();
  }

  stop(): void {
    this.onStop();
  }
}

class FakeSender {
  track: FakeTrack | null = new FakeTrack(() => undefined);

  closed = false;

  async replaceTrack(track: FakeTrack): Promise<void> {
    if (this.closed) throw new DOMException("closed", "InvalidStateError");
    this.track = track;
  }
}

class FakeStream {
  stopped = 0;

  /** As a browser does it when the microphone is pulled, or its leave taken back. */
  end(): void {
    this.track.readyState = "ended";
    this.track.dispatchEvent(new Event("ended"));
  }

  /** The system keeps the sound back, or lets it through again. */
  shut(on: boolean): void {
    this.track.muted = on;
    this.track.dispatchEvent(new Event(on ? "mute" : "unmute"));
  }

  readonly track = new FakeTrack(() => {
    this.stopped += 1;
  });

  getTracks() {
    return [this.track];
  }

  getAudioTracks() {
    return [this.track];
  }
}

class FakeWire implements SipWire {
  readyState = 1;
  onopen: (() => void) | null = null;
  onmessage: SipWire["onmessage"] = null;
  onclose: SipWire["onclose"] = null;
  send(): void {
    // nobody is there
  }
  close(): void {
    this.readyState = 3;
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
let holding: Signal<boolean | null>;
let orders: Signal<PhoneOrderView | null>;
let wires: FakeWire[];
let commands: [string, object][];
let unheard: boolean;
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
  holding = signal<boolean | null>(true);
  orders = signal<PhoneOrderView | null>(null);
  wires = [];
  commands = [];
  unheard = false;
  streams = [];
  microphone = allowed;
  phone = new Softphone({
    access: ACCESS,
    calls,
    link,
    holding,
    orders,
    command: (async (name: string, args: object) => {
      commands.push([name, args]);
      if (unheard) throw new CommandError("timeout", "no answer");
      return name === "phone.dial" ? { call_id: "c-own" } : {};
    }) as GatewaySocket["command"],
    createAgent: (given) => {
      socket = given;
      return agent;
    },
    openWire: () => {
      wires.push(new FakeWire());
      return wires.at(-1) as FakeWire;
    },
    microphone: () => microphone(),
    play: () => undefined,
    now: time.read,
  });
  emit(agent.listeners, "connected");
  emit(agent.listeners, "registered");
});

/** The line is cut, and comes back. */
function recover(): void {
  emit(agent.listeners, "connected");
  emit(agent.listeners, "registered");
}

function pass(ms: number): void {
  for (let left = ms; left > 0; left -= 500) {
    time.pass(500);
    phone.tick(time.now);
  }
}

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

  test("dies in the middle of a call: nobody hears the agent until there is another", async () => {
    const session = await talk();
    await phone.mute("c-1", true);
    session.sender.track = streams[0]?.track ?? null;
    if (session.sender.track) session.sender.track.enabled = false;
    expect(phone.unheard.value).toBe(false);
    streams[0]?.end();
    expect(phone.unheard.value).toBe(true);
    microphone = async () => {
      throw new DOMException("no", "NotFoundError");
    };
    await expect(phone.changeMicrophone()).rejects.toMatchObject({ code: "microphone_missing" });
    expect(phone.unheard.value).toBe(true);
    expect(phone.isMuted(call({}))).toBe(true);
    microphone = allowed;
    await phone.prepare();
    expect(phone.unheard.value).toBe(false);
    expect(phone.microphone.value).toBe("allowed");
    expect(session.sender.track).toBe(streams[1]?.track);
    expect(session.sender.track?.enabled).toBe(false);
    streams[0]?.end();
    expect(phone.unheard.value).toBe(false);
    streams[1]?.end();
    session.end();
    expect(phone.unheard.value).toBe(false);
  });

  test("is shut by the system for a while", async () => {
    await talk();
    streams[0]?.shut(true);
    expect(phone.unheard.value).toBe(true);
    streams[0]?.shut(false);
    expect(phone.unheard.value).toBe(false);
  });

  test("every call is given the other one, also when one of them ends meanwhile", async () => {
    const first = await talk();
    calls.value = [...calls.value, call({ id: "c-2" })];
    const second = invite("s2");
    await phone.answer("c-2");
    for (const stream of streams) stream.end();
    first.sender.closed = true;
    await phone.changeMicrophone();
    expect(second.sender.track).toBe(streams[3]?.track);
    expect(streams.map(({ stopped }) => stopped)).toEqual([0, 1, 1, 0]);
    first.end();
    expect(phone.unheard.value).toBe(false);
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
    await phone.tones("c-1", "123#");
    await phone.hangup("c-1");
    expect(session.orders).toEqual([
      "answer",
      "hold",
      "unhold",
      "mute",
      "unmute",
      "tones 123# RFC2833",
      "terminate",
    ]);
    // What no event tells of, the other screens hear from here.
    expect(commands).toEqual([
      ["phone.muted", { call_id: "c-1", on: true }],
      ["phone.muted", { call_id: "c-1", on: false }],
    ]);
  });

  test("without the server it mutes all the same", async () => {
    const session = await talk();
    unheard = true;
    await phone.mute("c-1", true);
    expect(session.orders).toEqual(["answer", "mute"]);
    expect(phone.isMuted(call({}))).toBe(true);
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
    await phone.hold("c-1");
    expect(first.orders).toEqual(["answer", "hold", "unhold", "hold"]);
  });

  test("another microphone goes into the calls, muted as the one before", async () => {
    const session = await talk();
    if (session.sender.track) session.sender.track.enabled = false;
    await phone.changeMicrophone();
    expect(session.sender.track).toBe(streams[1]?.track);
    expect(session.sender.track?.enabled).toBe(false);
    expect(streams.map(({ stopped }) => stopped)).toEqual([1, 0]);
    session.end();
    expect(streams[1]?.stopped).toBe(1);
  });

  test("ICE that gathers too long is cut short, by the ticker: a hidden tab's own timers sleep", async () => {
    const session = await talk();
    let ready = 0;
    const done = () => {
      ready += 1;
    };
    emit(session.listeners, "icecandidate", { ready: done });
    emit(session.listeners, "icecandidate", { ready: done });
    expect(ready).toBe(0);
    pass(1_000);
    expect(ready).toBe(1);
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

describe("a consultation", () => {
  const consult = call({ id: "c-2", consult_of: "c-1", direction: "internal", state: "active" });

  beforeEach(async () => {
    await talk();
    calls.value = [call({ state: "held", held_at: "2026-01-05T09:01:00Z" }), consult];
  });

  test("goes over the customer's session: mute and tones reach it", async () => {
    await phone.mute("c-2", true);
    await phone.tones("c-2", "5");
    expect(phone.isMuted(consult)).toBe(true);
    expect(commands).toEqual([["phone.muted", { call_id: "c-1", on: true }]]);
  });

  test("takes no invitation from the call that rings meanwhile", async () => {
    calls.value = [...calls.value, call({ id: "c-3" })];
    const second = invite("s2");
    await phone.answer("c-3");
    expect(second.orders).toEqual(["answer"]);
  });

  test("whose customer has left is the call of the session", async () => {
    calls.value = [{ ...consult, consult_of: null }];
    await phone.hold("c-2");
    expect(commands).toEqual([]);
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
    recover();
    expect(phone.line.value).toBe("ready");
    expect(session.orders).toEqual(["answer", "renegotiate"]);
  });

  test("an offer under way is waited for, then it is renegotiated", async () => {
    const session = await talk();
    session.busy = true;
    emit(agent.listeners, "disconnected");
    recover();
    expect(session.orders).toEqual(["answer"]);
    session.busy = false;
    pass(500);
    pass(500);
    expect(session.orders).toEqual(["answer", "renegotiate"]);
  });

  test("no hold is tried meanwhile: it could not be carried out", async () => {
    const session = await talk();
    emit(agent.listeners, "disconnected");
    await phone.hold("c-1");
    expect(session.orders).toEqual(["answer"]);
  });

  test("a hold that got lost in the cut does not end the call", async () => {
    const session = await talk();
    await phone.hold("c-1");
    session.onTransportError();
    emit(agent.listeners, "disconnected");
    session.onRequestTimeout();
    recover();
    expect(session.orders).toEqual(["answer", "hold", "renegotiate"]);
  });

  test("a hang-up that the switch did not hear is given by the server", async () => {
    await talk();
    await phone.hangup("c-1");
    pass(1_500);
    expect(commands).toEqual([]);
    pass(1_000);
    pass(5_000);
    expect(commands).toEqual([["phone.hangup", { call_id: "c-1" }]]);
  });

  test("one it did hear is not", async () => {
    await talk();
    await phone.hangup("c-1");
    calls.value = [call({ state: "ended" })];
    pass(5_000);
    expect(commands).toEqual([]);
  });

  test("a call that stopped ringing meanwhile does not ring on", async () => {
    calls.value = [call({})];
    const session = invite();
    emit(agent.listeners, "disconnected");
    calls.value = [];
    recover();
    expect(session.orders).toEqual(["terminate 480"]);
  });

  test("one that still rings does", async () => {
    calls.value = [call({})];
    const session = invite();
    emit(agent.listeners, "disconnected");
    recover();
    expect(session.orders).toEqual([]);
  });

  test("half open: asked after 2 s, noticed within 8 s, another socket within 3 s", () => {
    let deadAt = 0;
    socket.ondisconnect = () => {
      deadAt = time.now;
    };
    socket.connect();
    wires.at(-1)?.onopen?.();
    const cutAt = time.now;
    while (deadAt === 0 && time.now - cutAt < 60_000) pass(500);
    expect(deadAt - cutAt).toBeLessThanOrEqual(7_500);
    expect(agent.asked).toEqual(Array(3).fill("sip:pbx.example"));
    const opened = wires.length;
    while (wires.length === opened && time.now - deadAt < 60_000) pass(500);
    expect(time.now - deadAt).toBeLessThanOrEqual(2_000);
  });

  test("a line that speaks is not asked", () => {
    socket.connect();
    for (let turn = 0; turn < 20; turn += 1) {
      wires.at(-1)?.onmessage?.({ data: "" });
      pass(500);
    }
    expect(agent.asked).toEqual([]);
    expect(wires).toHaveLength(1);
  });

  test("a socket that does not open is given up, and tried less and less often", () => {
    socket.connect();
    const [first] = wires;
    if (first) first.readyState = 0;
    pass(4_000);
    expect(first?.readyState).toBe(3);
    for (let turn = 0; turn < 120; turn += 1) {
      const last = wires.at(-1);
      if (last?.readyState === 1) last.onclose?.({ wasClean: false, code: 1006, reason: "" });
      pass(500);
    }
    expect(wires.length).toBeGreaterThan(10);
    expect(wires.length).toBeLessThan(60);
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

  test("a registration without an answer is tried on another socket", () => {
    emit(agent.listeners, "disconnected");
    socket.ondisconnect = () => emit(agent.listeners, "disconnected");
    socket.connect();
    emit(agent.listeners, "connected");
    const opened = wires.length;
    for (let turn = 0; turn < 14; turn += 1) {
      wires.at(-1)?.onmessage?.({ data: "" }); // whatever else the switch answers
      pass(500);
    }
    expect(wires).toHaveLength(opened + 1);
    emit(agent.listeners, "connected");
    emit(agent.listeners, "registered");
    for (let turn = 0; turn < 60; turn += 1) {
      wires.at(-1)?.onmessage?.({ data: "" });
      pass(500);
    }
    expect(wires).toHaveLength(opened + 1);
    expect(phone.line.value).toBe("ready");
  });

  test("a refused registration is not a lost line", () => {
    emit(agent.listeners, "registrationFailed");
    expect(phone.line.value).toBe("refused");
    pass(10_000);
    expect(agent.registrations).toEqual(["register", "register"]);
    emit(agent.listeners, "disconnected");
    emit(agent.listeners, "registrationFailed");
    expect(phone.line.value).toBe("lost");
  });
});

describe("several screens", () => {
  const order = (what: PhoneOrderView["order"], digits = "") => {
    orders.value = { screen: "here", call_id: "c-1", order: what, digits, at: "" };
    return settle();
  };

  test("who does not hold the telephone does not register, and does as soon as it moves here", () => {
    holding.value = false;
    expect(agent.registrations).toEqual(["register", "unregister"]);
    emit(agent.listeners, "unregistered");
    expect(phone.line.value).toBe("elsewhere");
    holding.value = true;
    expect(agent.registrations.at(-1)).toBe("register");
    emit(agent.listeners, "registered");
    expect(phone.line.value).toBe("ready");
  });

  test("it moves while the line is cut: what it is then counts when it is back", () => {
    emit(agent.listeners, "disconnected");
    holding.value = false;
    emit(agent.listeners, "connected");
    expect(agent.registrations).toEqual(["register"]);
  });

  test("a registration that was under way as it moved is taken back", () => {
    holding.value = false;
    emit(agent.listeners, "registered");
    expect(agent.registrations.at(-1)).toBe("unregister");
  });

  test("nobody holds it yet: nobody registers", () => {
    holding.value = null;
    emit(agent.listeners, "disconnected");
    emit(agent.listeners, "connected");
    expect(agent.registrations).toEqual(["register"]);
  });

  test("a call that is talked in stays here until it is over, also through a cut", async () => {
    const session = await talk();
    expect(phone.legs).toBe(1);
    holding.value = false;
    emit(agent.listeners, "unregistered");
    expect(phone.line.value).toBe("ready");
    emit(agent.listeners, "disconnected");
    emit(agent.listeners, "connected");
    await phone.hold("c-1");
    expect(session.orders).toEqual(["answer", "renegotiate", "hold"]);
    session.end();
    expect(phone.line.value).toBe("elsewhere");
    expect(phone.legs).toBe(0);
  });

  test("orders given at a follower go through the server", async () => {
    holding.value = false;
    calls.value = [call({})];
    await phone.answer("c-1");
    await phone.tones("c-1", "12");
    await phone.dial("95588");
    expect(commands.map(([name]) => name)).toEqual(["phone.answer", "phone.tones", "phone.dial"]);
    expect(streams).toEqual([]);
  });

  test("the holder obeys the others' orders", async () => {
    calls.value = [call({})];
    await order("answer");
    const session = invite();
    await settle();
    for (const what of ["hold", "resume", "mute", "unmute"] as const) await order(what);
    await order("tones", "42#");
    await order("hangup");
    expect(session.orders).toEqual([
      "answer",
      "hold",
      "unhold",
      "mute",
      "unmute",
      "tones 42# RFC2833",
      "terminate",
    ]);
  });

  test("an order for a call it has no session of is not sent back to the server", async () => {
    calls.value = [call({ state: "active" })];
    await order("hangup");
    await order("mute");
    expect(commands).toEqual([]);
  });
});

test("a call answered while the server was away is known when it is back", async () => {
  link.value = "lost";
  const session = invite();
  await phone.answer("s1");
  link.value = "up";
  calls.value = [call({ state: "active", answered_at: "2026-01-05T09:00:00Z" })];
  await phone.hold("c-1");
  expect(session.orders).toEqual(["answer", "hold"]);
  expect(commands).toEqual([]);
});

test("leaving takes the agent off the line", () => {
  phone.stop();
  expect(agent.started).toBe(0);
});
