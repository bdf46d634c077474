import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Socket } from "jssip/lib/JsSIP";
import type { CallView, PhoneAccess } from "./messages.gen";
import { OwnDials } from "./own_dials";
import {
  type LineState,
  type Microphone,
  type Phone,
  PhoneError,
  type PhoneErrorCode,
  type StrayCall,
} from "./phone";
import { type SipWire, WatchedSocket } from "./sip_socket";
import type { GatewaySocket, Link } from "./socket";

/** OPTIONS to the switch this often; a socket silent for longer than the second is dead. */
const PING_EVERY_MS = 3_000;
const DEAD_AFTER_MS = 8_000;
/** How long a pressed Answer waits for the phone to ring. */
const ANSWER_WAIT_MS = 6_000;
/** Gathering more addresses than came in this time costs the caller more than it brings. */
const ICE_PATIENCE_MS = 500;
const DECLINE = 603;

type Listener = (event: never) => void;

/** What we use of a JsSIP session. */
export interface SipSession {
  readonly id: string;
  readonly remote_identity: { uri: { user: string }; display_name: string };
  on(event: string, listener: Listener): unknown;
  answer(options: { mediaStream: MediaStream; pcConfig: RTCConfiguration }): void;
  terminate(options?: { status_code: number }): void;
  hold(): boolean;
  unhold(): boolean;
  mute(options: { audio: boolean }): void;
  unmute(options: { audio: boolean }): void;
  renegotiate(): boolean;
  sendDTMF(tones: string): void;
  isEnded(): boolean;
}

/** What we use of a JsSIP user agent. */
export interface SipAgent {
  on(event: string, listener: Listener): unknown;
  start(): void;
  stop(): void;
  sendOptions(target: string): unknown;
}

export interface SoftphoneOptions {
  access: PhoneAccess;
  calls: ReadonlySignal<readonly CallView[]>;
  link: ReadonlySignal<Link>;
  command: GatewaySocket["command"];
  createAgent: (socket: WatchedSocket, access: PhoneAccess) => SipAgent;
  openWire: (url: string) => SipWire;
  microphone: () => Promise<MediaStream>;
  /** Where the other side is heard. */
  play: (stream: MediaStream | null) => void;
  now: () => number;
}

type LegState = "ringing" | "answering" | "active" | "held";

/** One SIP session, and the call at the gateway that it belongs to. */
interface Leg {
  readonly session: SipSession;
  callId: string | null;
  state: LegState;
  muted: boolean;
  local: MediaStream | null;
  remote: MediaStream | null;
}

interface Wish {
  readonly deadline: number;
  readonly resolve: () => void;
  readonly reject: (error: PhoneError) => void;
}

/**
 * The telephone in the browser. The invitation (SIP) and the call (gateway) arrive in either order
 * and are paired when both are there; orders for a call that this browser holds no session of go
 * through the gateway.
 */
export class Softphone implements Phone {
  readonly kind = "sip";
  readonly line = signal<LineState>("connecting");
  readonly microphone = signal<Microphone>("unknown");
  readonly stray: ReadonlySignal<StrayCall | null>;
  private readonly legs = signal<readonly Leg[]>([]);
  private readonly wishes = new Map<string, Wish>();
  private readonly agent: SipAgent;
  private readonly socket: WatchedSocket;
  private readonly dials: OwnDials;
  private readonly disposePairing: () => void;
  private pingedAt = 0;
  private cut = false;

  constructor(private readonly options: SoftphoneOptions) {
    this.socket = new WatchedSocket(options.access.websocket_url, options.openWire, options.now);
    this.agent = options.createAgent(this.socket, options.access);
    this.dials = new OwnDials(options.calls, options.command, (callId) => {
      this.answer(callId).catch(() => undefined); // the microphone's own banner says why
    });
    this.stray = computed(() => {
      if (options.link.value === "up") return null;
      const leg = this.legs.value.find(({ callId }) => callId === null);
      return leg
        ? { id: leg.session.id, number: callerOf(leg), ringing: leg.state === "ringing" }
        : null;
    });
    this.listen();
    this.disposePairing = effect(() => this.pair(options.calls.value, this.legs.value));
    this.agent.start();
  }

  isMuted(call: CallView): boolean {
    return this.legs.value.find((leg) => leg.callId === call.id)?.muted ?? call.muted;
  }

  isHeld(call: CallView): boolean {
    // The event decides; without the server the phone itself is the next best witness.
    if (this.options.link.value === "up") return call.state === "held";
    return (this.find(call.id)?.state ?? call.state) === "held";
  }

  answer(callId: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.wishes.get(callId)?.resolve();
      this.wishes.set(callId, { deadline: this.options.now() + ANSWER_WAIT_MS, resolve, reject });
      this.grantWishes();
    });
  }

  async reject(callId: string): Promise<void> {
    const leg = this.find(callId);
    if (leg) leg.session.terminate({ status_code: DECLINE });
    else await this.options.command("phone.reject", { call_id: callId });
  }

  async hangup(callId: string): Promise<void> {
    const leg = this.find(callId);
    if (leg) leg.session.terminate();
    else await this.options.command("phone.hangup", { call_id: callId });
  }

  async hold(callId: string): Promise<void> {
    const leg = this.find(callId);
    if (leg) this.change(() => leg.session.hold());
    else await this.options.command("phone.hold", { call_id: callId });
  }

  async resume(callId: string): Promise<void> {
    const leg = this.find(callId);
    if (leg === null) await this.options.command("phone.resume", { call_id: callId });
    else if (this.change(() => leg.session.unhold())) this.holdOthers(leg);
  }

  async mute(callId: string, on: boolean): Promise<void> {
    const leg = this.find(callId);
    if (leg === null) await this.options.command("phone.mute", { call_id: callId, on });
    else if (on) leg.session.mute({ audio: true });
    else leg.session.unmute({ audio: true });
  }

  tones(callId: string, digits: string): boolean {
    const leg = this.find(callId);
    leg?.session.sendDTMF(digits);
    return leg !== null;
  }

  /** The server checks the number, rings this phone, and then dials. */
  async dial(number: string): Promise<void> {
    close(await this.openMicrophone());
    await this.dials.dial(number);
  }

  /** Asks for the microphone while nobody waits for it, so that the first Answer does not. */
  async prepare(): Promise<void> {
    try {
      close(await this.openMicrophone());
    } catch {
      // `microphone` says so on the screen
    }
  }

  tick(now: number): void {
    for (const [callId, wish] of this.wishes) {
      if (now < wish.deadline) continue;
      this.wishes.delete(callId);
      wish.reject(new PhoneError("phone_silent"));
    }
    if (this.socket.silence(now) >= DEAD_AFTER_MS) this.socket.declareDead();
    else if (this.line.peek() === "ready" && now - this.pingedAt >= PING_EVERY_MS) {
      this.pingedAt = now;
      this.agent.sendOptions(`sip:${domainOf(this.options.access.sip_uri)}`);
    }
  }

  stop(): void {
    this.disposePairing();
    this.dials.stop();
    this.agent.stop();
    for (const leg of this.legs.peek()) release(leg);
    this.options.play(null);
  }

  // --- the user agent ----------------------------------------------------------------------

  private listen(): void {
    this.agent.on("registered", () => {
      this.line.value = "ready";
      if (!this.cut) return;
      this.cut = false;
      // Without this a hang-up at the far end is never told: the switch still has the old socket.
      for (const { session, state } of this.legs.peek()) {
        if (state !== "ringing" && !session.isEnded()) session.renegotiate();
      }
    });
    this.agent.on("disconnected", () => {
      this.cut = true;
      this.line.value = "lost";
    });
    this.agent.on("registrationFailed", () => {
      if (!this.cut) this.line.value = "refused";
    });
    this.agent.on("newRTCSession", (event: { originator: string; session: SipSession }) => {
      if (event.originator === "remote") this.invited(event.session);
    });
  }

  private invited(session: SipSession): void {
    const leg: Leg = {
      session,
      callId: null,
      state: "ringing",
      muted: false,
      local: null,
      remote: null,
    };
    session.on("peerconnection", ({ peerconnection }: { peerconnection: RTCPeerConnection }) => {
      peerconnection.addEventListener("track", ({ track, streams }) => {
        leg.remote = streams[0] ?? new MediaStream([track]);
        if (leg.state !== "held") this.options.play(leg.remote);
      });
    });
    session.on("icecandidate", ({ ready }: { ready: () => void }) => {
      setTimeout(ready, ICE_PATIENCE_MS);
    });
    session.on("accepted", () => this.update(leg, { state: "active" }));
    session.on("hold", ({ originator }: { originator: string }) => {
      if (originator === "local") this.update(leg, { state: "held" });
    });
    session.on("unhold", ({ originator }: { originator: string }) => {
      if (originator !== "local") return;
      this.update(leg, { state: "active" });
      this.options.play(leg.remote);
    });
    session.on("muted", () => this.update(leg, { muted: true }));
    session.on("unmuted", () => this.update(leg, { muted: false }));
    session.on("ended", () => this.remove(leg));
    session.on("failed", () => this.remove(leg));
    this.legs.value = [...this.legs.peek(), leg];
  }

  private update(leg: Leg, change: Partial<Pick<Leg, "callId" | "state" | "muted">>): void {
    Object.assign(leg, change);
    this.legs.value = [...this.legs.peek()];
  }

  private remove(leg: Leg): void {
    release(leg);
    const left = this.legs.peek().filter((each) => each !== leg);
    this.legs.value = left;
    this.options.play(left.find(({ state }) => state === "active")?.remote ?? null);
  }

  // --- invitations and calls ---------------------------------------------------------------

  /** Only one call rings at a time, so the oldest unpaired of each kind belong together. */
  private pair(calls: readonly CallView[], legs: readonly Leg[]): void {
    const taken = new Set(legs.map(({ callId }) => callId));
    const free = calls.filter((call) => !taken.has(call.id) && call.state !== "ended");
    const waiting = [
      ...free.filter(({ state }) => state === "ringing"),
      ...free.filter(({ id, state }) => state !== "ringing" && this.dials.has(id)),
    ];
    for (const leg of legs) {
      if (leg.callId !== null || leg.state !== "ringing") continue;
      const call = waiting.shift();
      if (call === undefined) break;
      leg.callId = call.id;
    }
    this.grantWishes();
  }

  private grantWishes(): void {
    for (const [callId, wish] of this.wishes) {
      const leg = this.find(callId);
      if (leg === null) continue;
      this.wishes.delete(callId);
      this.pickUp(leg).then(wish.resolve, wish.reject);
    }
  }

  private async pickUp(leg: Leg): Promise<void> {
    if (leg.state !== "ringing") return;
    leg.state = "answering";
    try {
      leg.local = await this.openMicrophone();
    } catch (error) {
      leg.state = "ringing"; // it rings on: allow the microphone and press Answer again
      throw error;
    }
    if (leg.session.isEnded()) {
      release(leg);
      return;
    }
    this.holdOthers(leg);
    const iceServers = this.options.access.ice_servers;
    leg.session.answer({ mediaStream: leg.local, pcConfig: { iceServers } });
  }

  private holdOthers(kept: Leg): void {
    for (const leg of this.legs.peek()) {
      if (leg !== kept && leg.state === "active") leg.session.hold();
    }
  }

  /** A re-invitation that fails ends the call, so none is sent while the line is down. */
  private change(order: () => boolean): boolean {
    return this.line.peek() === "ready" && order();
  }

  private find(id: string): Leg | null {
    return this.legs.peek().find((leg) => leg.callId === id || leg.session.id === id) ?? null;
  }

  private async openMicrophone(): Promise<MediaStream> {
    try {
      const stream = await this.options.microphone();
      this.microphone.value = "allowed";
      return stream;
    } catch (error) {
      const missing = error instanceof DOMException && error.name === "NotFoundError";
      const code: PhoneErrorCode = missing ? "microphone_missing" : "microphone_blocked";
      this.microphone.value = missing ? "missing" : "blocked";
      throw new PhoneError(code);
    }
  }
}

function release(leg: Leg): void {
  if (leg.local) close(leg.local);
  leg.local = null;
}

function close(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function callerOf({ session }: Leg): string {
  const { uri, display_name } = session.remote_identity;
  return uri.user || display_name;
}

function domainOf(sipUri: string): string {
  return sipUri.slice(sipUri.indexOf("@") + 1);
}

/** Loads JsSIP (its own chunk) and signs the phone on. The password stays in memory. */
export async function connectSoftphone(
  options: Pick<SoftphoneOptions, "access" | "calls" | "link" | "command" | "play">,
): Promise<Softphone> {
  const { UA } = await import("jssip");
  const phone = new Softphone({
    ...options,
    createAgent: (socket, access) =>
      new UA({
        sockets: socket as unknown as Socket, // the part of it that JsSIP uses
        uri: access.sip_uri,
        password: access.password,
        register: true,
        user_agent: "callcenter",
        connection_recovery_min_interval: 1,
        connection_recovery_max_interval: 4,
      }) as unknown as SipAgent,
    openWire: (url) => {
      const wire = new WebSocket(url, "sip");
      wire.binaryType = "arraybuffer";
      return wire as unknown as SipWire;
    },
    microphone: () => navigator.mediaDevices.getUserMedia({ audio: true }),
    now: Date.now,
  });
  void phone.prepare();
  return phone;
}
