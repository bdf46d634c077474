import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Socket } from "jssip/lib/JsSIP";
import type { CallView, PhoneAccess, PhoneOrderView } from "./messages.gen";
import { OwnDials } from "./own_dials";
import {
  type LineState,
  type Microphone,
  type Phone,
  PhoneError,
  type PhoneErrorCode,
  type PhoneSound,
  type StrayCall,
} from "./phone";
import { watchMicrophone } from "./phone/microphone";
import { pairings } from "./phone/pairing";
import type { SipAgent, SipSession } from "./phone/sip";
import { type SipWire, WatchedSocket } from "./sip_socket";
import type { GatewaySocket, Link } from "./socket";

/** After this much silence the switch is asked for a sign of life. */
const PING_AFTER_MS = 2_000;
/** How long a pressed Answer waits for the phone to ring. */
const ANSWER_WAIT_MS = 6_000;
/** Gathering more addresses than came in this time costs the caller more than it brings. */
const ICE_PATIENCE_MS = 300;
/** A call that is still on the desk this long after it was hung up is hung up by the server. */
const HANGUP_HEARD_MS = 2_000;
/** A refused registration is tried again. */
const REGISTER_AGAIN_MS = 10_000;
/** One without an answer: JsSIP alone would wait for 32 s. */
const REGISTER_SILENT_MS = 5_000;
/** In the sound itself, as every phone does it; so long that every machine hears them (ms). */
const TONES = { transportType: "RFC2833", duration: 120, interToneGap: 100 } as const;
const DECLINE = 603;
const UNAVAILABLE = 480;

export interface SoftphoneOptions {
  access: PhoneAccess;
  calls: ReadonlySignal<readonly CallView[]>;
  link: ReadonlySignal<Link>;
  command: GatewaySocket["command"];
  /** Whether this screen holds the telephone; null while nobody said. Only the holder registers. */
  holding: ReadonlySignal<boolean | null>;
  /** Fresh orders for this phone from another screen of this user. */
  orders: ReadonlySignal<PhoneOrderView | null>;
  createAgent: (socket: WatchedSocket, access: PhoneAccess) => SipAgent;
  openWire: (url: string) => SipWire;
  microphone: () => Promise<MediaStream>;
  /** Where the other side is heard. */
  play: (stream: MediaStream | null) => void;
  now: () => number;
}

type LegState = "ringing" | "answering" | "active" | "held";

/** One SIP session, and the call at the gateway that it belongs to. */
export interface Leg {
  readonly session: SipSession;
  readonly callId: string | null;
  readonly state: LegState;
  readonly muted: boolean;
  /** Nothing comes from the microphone: it was pulled, taken back, or the system shut it. */
  readonly unheard: boolean;
  /** The microphone, open for this call alone. */
  local: MediaStream | null;
  remote: MediaStream | null;
  /** The line was cut: whether the far side is still there has to be asked. */
  doubtful: boolean;
}

interface Wish {
  readonly deadline: number;
  readonly resolve: () => void;
  readonly reject: (error: PhoneError) => void;
}

/**
 * The telephone in the browser. The invitation (SIP) and the call (gateway) arrive in either order
 * and are paired when both are there; orders for a call that this browser holds no session of go
 * through the gateway. A screen that does not hold the telephone does not register; a call that is
 * talked in there stays until it is over.
 */
export class Softphone implements Phone {
  readonly kind = "sip";
  readonly line: ReadonlySignal<LineState>;
  readonly microphone = signal<Microphone>("unknown");
  readonly unheard: ReadonlySignal<boolean>;
  readonly stray: ReadonlySignal<StrayCall | null>;
  readonly sound = signal<PhoneSound | null>(null);
  readonly lastDialled: ReadonlySignal<string>;
  private readonly sessions = signal<readonly Leg[]>([]);
  readonly sessionsNow: ReadonlySignal<readonly Leg[]> = this.sessions;
  private readonly connected = signal<boolean | null>(null);
  private readonly registration = signal<"none" | "done" | "refused">("none");
  private readonly wishes = new Map<string, Wish>();
  private readonly patience = new Map<() => void, number>();
  /** Calls hung up here, and when. */
  private readonly hungUp = new Map<string, number>();
  private readonly agent: SipAgent;
  private readonly socket: WatchedSocket;
  private readonly dials: OwnDials;
  private readonly disposals: (() => void)[];
  private readonly cut = signal(false);
  stopped = false;
  private pingedAt = 0;
  private askedAt = 0;

  constructor(private readonly options: SoftphoneOptions) {
    this.socket = new WatchedSocket(options.access.websocket_url, options.openWire, options.now);
    this.agent = options.createAgent(this.socket, options.access);
    this.dials = new OwnDials(options.calls, options.command, (callId) => {
      this.answer(callId).catch(() => undefined); // the microphone's own banner says why
    });
    this.lastDialled = this.dials.last;
    this.line = computed(() => this.lineState());
    this.unheard = computed(() => this.sessions.value.some(({ unheard }) => unheard));
    this.stray = computed(() => {
      if (options.link.value === "up") return null;
      const leg = this.sessions.value.find(({ callId }) => callId === null);
      return leg
        ? { id: leg.session.id, number: callerOf(leg), ringing: leg.state === "ringing" }
        : null;
    });
    this.listen();
    this.disposals = [
      effect(() => this.pair(options.calls.value, this.sessions.value)),
      effect(() => this.follow(options.holding.value)),
      effect(() => this.obey(options.orders.value)),
    ];
    this.agent.start();
  }

  get legs(): number {
    return this.sessions.peek().length;
  }

  isMuted(call: CallView): boolean {
    return this.find(call.id, this.sessions.value)?.muted ?? call.muted;
  }

  isHeld(call: CallView): boolean {
    // The event decides; without the server the phone itself is the next best witness.
    if (this.options.link.value === "up") return call.state === "held";
    return (this.find(call.id, this.sessions.value)?.state ?? call.state) === "held";
  }

  async answer(callId: string): Promise<void> {
    if (this.isHere(callId)) await this.answerHere(callId);
    else await this.options.command("phone.answer", { call_id: callId });
  }

  async reject(callId: string): Promise<void> {
    const leg = this.find(callId);
    if (leg) leg.session.terminate({ status_code: DECLINE });
    else await this.options.command("phone.reject", { call_id: callId });
  }

  async hangup(callId: string): Promise<void> {
    const leg = this.find(callId);
    if (leg) this.end(leg);
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
    if (leg === null) {
      await this.options.command("phone.mute", { call_id: callId, on });
      return;
    }
    setMuted(leg, on);
    if (leg.callId === null) return;
    // Only for the screens that follow: here it is done, whether the server hears of it or not.
    this.options.command("phone.muted", { call_id: leg.callId, on }).catch(() => undefined);
  }

  async tones(callId: string, digits: string): Promise<void> {
    const leg = this.find(callId);
    if (leg) leg.session.sendDTMF(digits, TONES);
    else await this.options.command("phone.tones", { call_id: callId, digits });
  }

  /** The server checks the number, rings the phone of the holding screen, and then dials. */
  async dial(number: string): Promise<void> {
    await this.mayTalk();
    await this.dials.dial(number);
  }

  async echoTest(): Promise<void> {
    await this.mayTalk();
    await this.dials.echoTest();
  }

  /**
   * Asks for the microphone while nobody waits for it, so that the first Answer does not. A call
   * that has lost its own gets it.
   */
  async prepare(): Promise<void> {
    try {
      if (this.unheard.peek()) await this.changeMicrophone();
      else close(await this.openMicrophone());
    } catch {
      // `microphone` says so on the screen
    }
  }

  /**
   * Puts another microphone into every call, muted or held as the one before. Rejects with a
   * PhoneError when none can be opened: what the calls have stays.
   */
  async changeMicrophone(): Promise<void> {
    for (const leg of this.sessions.peek()) {
      if (leg.local === null) continue;
      const stream = await this.openMicrophone();
      const [track] = stream.getAudioTracks();
      const sender = leg.session.connection.getSenders().find((each) => each.track !== null);
      if (track === undefined || sender === undefined || leg.session.isEnded()) {
        close(stream);
        continue;
      }
      track.enabled = sender.track?.enabled ?? true;
      try {
        await sender.replaceTrack(track);
      } catch {
        close(stream); // the call ended meanwhile
        continue;
      }
      release(leg);
      this.talkInto(leg, stream);
    }
  }

  tick(now: number): void {
    for (const [callId, wish] of this.wishes) {
      if (now < wish.deadline) continue;
      this.wishes.delete(callId);
      wish.reject(new PhoneError("phone_silent"));
    }
    for (const [ready, since] of this.patience) {
      if (now - since < ICE_PATIENCE_MS) continue;
      this.patience.delete(ready);
      ready();
    }
    this.socket.tick(now);
    this.sound.peek()?.tick(now);
    if (this.connected.peek()) this.ask(now);
    this.insist(now);
  }

  giveSound(sound: PhoneSound): void {
    if (this.stopped) sound.stop();
    else this.sound.value = sound;
  }

  stop(): void {
    this.stopped = true;
    for (const dispose of this.disposals) dispose();
    this.sound.peek()?.stop();
    this.dials.stop();
    this.agent.stop();
    for (const leg of this.sessions.peek()) release(leg);
    this.options.play(null);
  }

  // --- the user agent ----------------------------------------------------------------------

  private lineState(): LineState {
    const holding = this.options.holding.value;
    const talking = this.sessions.value.length > 0;
    if (holding === false && !talking) return "elsewhere";
    if (this.connected.value === null) return "connecting";
    if (!this.connected.value) return "lost";
    if (this.registration.value === "done" || (talking && !holding)) return "ready";
    if (this.registration.value === "refused") return "refused";
    return this.cut.value ? "lost" : "connecting";
  }

  private listen(): void {
    this.agent.on("connected", () => {
      this.connected.value = true;
      if (this.options.holding.peek()) this.register();
      else this.recover();
    });
    this.agent.on("registered", () => {
      this.registration.value = "done";
      if (this.options.holding.peek() === false) this.agent.unregister();
      this.recover();
    });
    this.agent.on("unregistered", () => {
      this.registration.value = "none";
    });
    this.agent.on("disconnected", () => {
      batch(() => {
        this.cut.value = true;
        this.connected.value = false;
        this.registration.value = "none";
        for (const leg of this.sessions.peek()) leg.doubtful = true;
      });
    });
    this.agent.on("registrationFailed", () => {
      if (this.connected.peek()) this.registration.value = "refused";
    });
    this.agent.on("newRTCSession", (event: { originator: string; session: SipSession }) => {
      if (event.originator === "remote") this.invited(event.session);
    });
  }

  /** The telephone moved here, or away. A call that is talked in stays where its sound is. */
  private follow(holding: boolean | null): void {
    if (!this.connected.peek()) return;
    if (holding) this.register();
    else if (holding === false) this.agent.unregister();
  }

  private register(): void {
    this.askedAt = this.options.now();
    this.agent.register();
  }

  /** The line is back. */
  private recover(): void {
    this.cut.value = false;
    for (const leg of this.sessions.peek()) {
      if (leg.doubtful) this.clarify(leg);
    }
  }

  /**
   * A hang-up at the far end is not told after a cut: the switch still has the old socket. A
   * re-invitation makes it use the new one, or ends what is over. One under way already says the
   * same; it is asked again until it goes.
   */
  private clarify(leg: Leg): void {
    if (leg.state === "ringing" || leg.state === "answering") {
      const calls = this.options.calls.peek();
      const rings = calls.some(({ id, state }) => id === leg.callId && state === "ringing");
      leg.doubtful = false;
      if (this.options.link.peek() === "up" && leg.state === "ringing" && !rings) {
        leg.session.terminate({ status_code: UNAVAILABLE });
      }
    } else if (leg.session.isEnded() || leg.session.renegotiate()) leg.doubtful = false;
  }

  private ask(now: number): void {
    const silent = this.socket.silence(now);
    if (silent >= PING_AFTER_MS && now - this.pingedAt >= PING_AFTER_MS) {
      this.pingedAt = now;
      this.agent.sendOptions(`sip:${domainOf(this.options.access.sip_uri)}`);
    }
    if (this.options.holding.peek()) {
      const waited = now - this.askedAt;
      const registration = this.registration.peek();
      if (registration === "refused" && waited >= REGISTER_AGAIN_MS) this.register();
      // A switch that starts takes sockets before it takes registrations, and drops those.
      if (registration === "none" && waited >= REGISTER_SILENT_MS) this.socket.renew();
    }
    if (this.line.peek() !== "ready") return;
    for (const leg of this.sessions.peek()) if (leg.doubtful) this.clarify(leg);
  }

  /** A BYE that nobody heard, because the line was half open: the server sees to it. */
  private insist(now: number): void {
    for (const [callId, at] of this.hungUp) {
      if (now - at < HANGUP_HEARD_MS) continue;
      this.hungUp.delete(callId);
      const call = this.options.calls.peek().find(({ id }) => id === callId);
      if (call === undefined || call.state === "ended") continue;
      this.options.command("phone.hangup", { call_id: callId }).catch(() => undefined);
    }
  }

  private invited(session: SipSession): void {
    const leg: Leg = {
      session,
      callId: null,
      state: "ringing",
      muted: false,
      unheard: false,
      local: null,
      remote: null,
      doubtful: false,
    };
    session.on("peerconnection", ({ peerconnection }: { peerconnection: RTCPeerConnection }) => {
      peerconnection.addEventListener("track", ({ track, streams }) => {
        leg.remote = streams[0] ?? new MediaStream([track]);
        if (leg.state !== "held") this.options.play(leg.remote);
      });
    });
    session.on("icecandidate", ({ ready }: { ready: () => void }) => {
      if (!this.patience.has(ready)) this.patience.set(ready, this.options.now());
    });
    session.on("accepted", () => {
      // JsSIP ends a call whose hold or refresh was lost with the line. The call is still there.
      session.onTransportError = session.onRequestTimeout = () => {
        leg.doubtful = true;
      };
      this.update(leg, { state: "active" });
    });
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
    this.sessions.value = [...this.sessions.peek(), leg];
  }

  private talkInto(leg: Leg, stream: MediaStream): void {
    leg.local = stream;
    watchMicrophone(stream, (unheard) => {
      if (leg.local === stream) this.update(leg, { unheard });
    });
  }

  private update(leg: Leg, change: Partial<Pick<Leg, "callId" | "state" | "muted" | "unheard">>) {
    Object.assign(leg, change);
    this.sessions.value = [...this.sessions.peek()];
  }

  private remove(leg: Leg): void {
    release(leg);
    const left = this.sessions.peek().filter((each) => each !== leg);
    this.sessions.value = left;
    this.options.play(left.find(({ state }) => state === "active")?.remote ?? null);
  }

  private end(leg: Leg): void {
    if (leg.callId !== null) this.hungUp.set(leg.callId, this.options.now());
    leg.session.terminate();
  }

  // --- invitations and calls ---------------------------------------------------------------

  private pair(calls: readonly CallView[], legs: readonly Leg[]): void {
    const found = pairings(calls, legs, (callId) => this.dials.has(callId));
    for (const [leg, callId] of found) this.update(leg, { callId });
    this.grantWishes();
  }

  /** What another screen of this user ordered for the phone here. */
  private obey(order: PhoneOrderView | null): void {
    if (order === null) return;
    const { call_id: callId, order: what, digits } = order;
    // Nothing of it goes back to the server, whatever is missing here: that would be a circle.
    if (what === "answer") {
      this.answerHere(callId).catch(() => undefined); // the microphone's banner says why
      return;
    }
    const leg = this.find(callId);
    if (leg === null) return;
    if (what === "mute" || what === "unmute") setMuted(leg, what === "mute");
    else if (what === "tones") void this.tones(callId, digits);
    else void this[what](callId);
  }

  private isHere(callId: string): boolean {
    return this.find(callId) !== null || this.options.holding.peek() !== false;
  }

  private answerHere(callId: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.wishes.get(callId)?.resolve();
      this.wishes.set(callId, { deadline: this.options.now() + ANSWER_WAIT_MS, resolve, reject });
      this.grantWishes();
    });
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
    this.update(leg, { state: "answering" });
    let microphone: MediaStream;
    try {
      microphone = await this.openMicrophone();
    } catch (error) {
      this.update(leg, { state: "ringing" }); // it rings on: allow the microphone, press Answer
      throw error;
    }
    if (leg.session.isEnded()) {
      close(microphone);
      return;
    }
    this.talkInto(leg, microphone);
    this.holdOthers(leg);
    const iceServers = this.options.access.ice_servers;
    leg.session.answer({ mediaStream: microphone, pcConfig: { iceServers } });
  }

  private holdOthers(kept: Leg): void {
    for (const leg of this.sessions.peek()) {
      if (leg !== kept && leg.state === "active") leg.session.hold();
    }
  }

  /** A re-invitation cannot go out while the line is down. */
  private change(order: () => boolean): boolean {
    return this.line.peek() === "ready" && order();
  }

  /** A consultation has no session of its own: it goes over that of the customer's call. */
  private find(id: string, legs: readonly Leg[] = this.sessions.peek()): Leg | null {
    const own = legs.find((leg) => leg.callId === id || leg.session.id === id);
    if (own) return own;
    const of = this.options.calls.peek().find((call) => call.id === id)?.consult_of;
    return of ? (legs.find((leg) => leg.callId === of) ?? null) : null;
  }

  /** Who may not be heard does not dial. The microphone of another screen is that screen's. */
  private async mayTalk(): Promise<void> {
    if (this.options.holding.peek() !== false) close(await this.openMicrophone());
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

function setMuted({ session }: Leg, on: boolean): void {
  if (on) session.mute({ audio: true });
  else session.unmute({ audio: true });
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

type Wiring = Omit<SoftphoneOptions, "createAgent" | "openWire" | "now">;

/** Loads JsSIP (its own chunk) and signs the phone on. The password stays in memory. */
export async function connectSoftphone(options: Wiring): Promise<Softphone> {
  const { UA } = await import("jssip");
  const phone = new Softphone({
    ...options,
    createAgent: (socket, access) =>
      new UA({
        sockets: socket as unknown as Socket, // the part of it that JsSIP uses
        uri: access.sip_uri,
        password: access.password,
        register: false, // who holds the telephone does
        user_agent: "callcenter",
        // The socket comes back by itself; these timers would sleep in a hidden tab.
        connection_recovery_min_interval: 30,
        connection_recovery_max_interval: 30,
      }) as unknown as SipAgent,
    openWire: (url) => {
      const wire = new WebSocket(url, "sip");
      wire.binaryType = "arraybuffer";
      return wire as unknown as SipWire;
    },
    now: Date.now,
  });
  void phone.prepare();
  return phone;
}
