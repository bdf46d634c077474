import { signal } from "@preact/signals";
import type { ClientMessage, CommandArgs, CommandName, Hello, ServerMessage } from "./messages.gen";
import type { StateMessage } from "./store";

/** A sign of life this often; a socket silent for longer than the second is dead. */
const PING_EVERY_MS = 3_000;
const DEAD_AFTER_MS = 8_000;
/** A cut shorter than this does not trouble the eye. */
const SHOW_LOST_AFTER_MS = 1_500;
const FIRST_RETRY_MS = 400;
const LAST_RETRY_MS = 10_000;
/** While this screen's telephone has a call, its agent waits for every word of ours. */
const LAST_RETRY_IN_CALL_MS = 2_000;
/** An order older than this is not sent any more: nobody wants a call answered a minute late. */
const COMMAND_LIFE_MS = 12_000;
/** The server closes so when the session is over. */
const CLOSE_SIGNED_OUT = 4401;

export type Link = "connecting" | "up" | "lost";

export class CommandError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** What this file needs of a WebSocket. */
export interface Wire {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  send(data: string): void;
  close(): void;
}

/** Which screen of which browser greets, and how many calls its telephone has at that moment. */
export type Greeting = Required<Pick<Hello, "screen" | "device" | "device_name" | "legs">>;

export interface GatewayOptions {
  open: () => Wire;
  /** Asked at every (re)connection: the legs may have changed. Left out by who only watches. */
  hello?: () => Greeting | undefined;
  /** (epoch, seq) of the last message applied, or null for a fresh screen. */
  position: () => { epoch: string; seq: number } | null;
  receive: (message: StateMessage) => void;
  /** The server's clock was read between two local times (ms). */
  clock: (server: number, sent: number, received: number) => void;
  /** Connecting fails again and again: perhaps the session is over. */
  refused: () => void;
  now: () => number;
  random: () => number;
  newKey: () => string;
}

interface Pending {
  readonly frame: ClientMessage;
  readonly deadline: number;
  readonly resolve: (data: Record<string, unknown>) => void;
  readonly reject: (error: CommandError) => void;
}

/**
 * The gateway's client: says how far it has come, gets the rest or a fresh snapshot, notices a
 * half-open socket, comes back with growing, jittered pauses. Orders carry a key and are sent again
 * after a cut; the server does each once.
 */
export class GatewaySocket {
  readonly link = signal<Link>("connecting");
  private wire: Wire | null = null;
  private greeted = false;
  private attempts = 0;
  private retryAt = 0;
  private heardAt = 0;
  private pingedAt = 0;
  private cutAt: number | null = null;
  private stopped = false;
  private readonly pending = new Map<string, Pending>();

  constructor(private readonly options: GatewayOptions) {}

  start(): void {
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    this.drop();
    for (const { reject } of this.pending.values()) {
      reject(new CommandError("signed_out", "signed out"));
    }
    this.pending.clear();
  }

  /** Resolves when the server accepted the order; its effect comes as a message. */
  command<N extends CommandName>(name: N, args: CommandArgs[N]): Promise<Record<string, unknown>> {
    const id = this.options.newKey();
    const frame: ClientMessage = { type: "command", id, name, args };
    return new Promise((resolve, reject) => {
      const deadline = this.options.now() + COMMAND_LIFE_MS;
      this.pending.set(id, { frame, deadline, resolve, reject });
      if (this.greeted) this.send(frame);
    });
  }

  /** Called by the desk's ticker, about twice a second. */
  tick(now: number): void {
    if (this.stopped) return;
    this.expire(now);
    if (this.wire === null) {
      if (now >= this.retryAt) this.connect();
    } else if (now - this.heardAt >= DEAD_AFTER_MS) {
      this.lose();
    } else if (this.greeted && now - this.pingedAt >= PING_EVERY_MS) {
      // However much we hear: the server's lease on this agent is renewed by what we say.
      this.pingedAt = now;
      this.send({ type: "ping" });
    }
    if (this.cutAt !== null && now - this.cutAt >= SHOW_LOST_AFTER_MS) this.link.value = "lost";
  }

  private connect(): void {
    const wire = this.options.open();
    this.wire = wire;
    this.heardAt = this.options.now();
    wire.onopen = () => {
      this.heardAt = this.options.now();
      const position = this.options.position();
      this.send({
        type: "hello",
        epoch: position?.epoch ?? null,
        seq: position?.seq ?? null,
        ...this.options.hello?.(),
      });
      this.pingedAt = this.options.now();
      this.send({ type: "ping" });
    };
    wire.onmessage = (event) => {
      this.heardAt = this.options.now();
      this.dispatch(JSON.parse(String(event.data)) as ServerMessage);
    };
    wire.onclose = ({ code }) => {
      this.lose();
      if (code === CLOSE_SIGNED_OUT) this.options.refused();
    };
  }

  private dispatch(message: ServerMessage): void {
    switch (message.type) {
      case "pong":
        this.options.clock(Date.parse(message.at), this.pingedAt, this.heardAt);
        break;
      case "result": {
        const pending = this.pending.get(message.id);
        this.pending.delete(message.id);
        if (message.ok) pending?.resolve(message.data);
        else pending?.reject(new CommandError(message.error.code, message.error.message));
        break;
      }
      default:
        this.options.receive(message);
        if (message.type === "snapshot" || message.type === "resumed") this.welcome();
    }
  }

  private welcome(): void {
    this.greeted = true;
    this.attempts = 0;
    this.cutAt = null;
    this.link.value = "up";
    for (const { frame } of this.pending.values()) this.send(frame);
  }

  private lose(): void {
    this.drop();
    const now = this.options.now();
    this.cutAt ??= now;
    const last = this.options.hello?.()?.legs ? LAST_RETRY_IN_CALL_MS : LAST_RETRY_MS;
    const ceiling = Math.min(last, FIRST_RETRY_MS * 2 ** this.attempts);
    this.retryAt = now + ceiling * (0.5 + this.options.random() / 2);
    this.attempts += 1;
    if (this.attempts > 1) this.options.refused();
  }

  private drop(): void {
    const { wire } = this;
    this.wire = null;
    this.greeted = false;
    if (wire === null) return;
    wire.onopen = null;
    wire.onmessage = null;
    wire.onclose = null;
    wire.close();
  }

  private expire(now: number): void {
    for (const [id, { deadline, reject }] of this.pending) {
      if (now < deadline) continue;
      this.pending.delete(id);
      reject(new CommandError("server_lost", "the server did not answer"));
    }
  }

  private send(frame: ClientMessage): void {
    this.wire?.send(JSON.stringify(frame));
  }
}
