/** What this file needs of a WebSocket. */
export interface SipWire {
  readonly readyState: number;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { wasClean: boolean; code: number; reason: string }) => void) | null;
  send(data: string): void;
  close(): void;
}

const OPEN = 1;
/** A socket silent for this long is dead: with the ticker's half second it is noticed in 7.5 s. */
const DEAD_AFTER_MS = 7_000;
/** One that is still not open after this is given up, and another is tried. */
const OPENING_MS = 4_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 4_000;

/**
 * The SIP transport's socket (JsSIP's `Socket` interface), which remembers when it last heard
 * anything, is declared dead when that is too long ago (a half-open WebSocket is otherwise noticed
 * after 75 s), and comes back by itself: `tick` is driven by a worker, JsSIP's own timers sleep in
 * a hidden tab.
 */
export class WatchedSocket {
  readonly sip_uri: string;
  readonly via_transport: string;
  onconnect: () => void = () => undefined;
  ondisconnect: (error: boolean, code?: number, reason?: string) => void = () => undefined;
  ondata: (data: unknown) => void = () => undefined;
  private wire: SipWire | null = null;
  private heardAt = 0;
  private wanted = false;
  private attempts = 0;
  private retryAt = 0;

  constructor(
    readonly url: string,
    private readonly open: (url: string) => SipWire,
    private readonly now: () => number,
    private readonly random: () => number = Math.random,
  ) {
    const { protocol, host } = new URL(url);
    this.sip_uri = `sip:${host};transport=ws`;
    this.via_transport = protocol === "wss:" ? "WSS" : "WS";
  }

  connect(): void {
    this.wanted = true;
    if (this.wire !== null) return;
    const wire = this.open(this.url);
    this.wire = wire;
    this.heardAt = this.now();
    wire.onopen = () => {
      this.heardAt = this.now();
      this.onconnect();
    };
    wire.onmessage = ({ data }) => {
      this.heardAt = this.now();
      this.attempts = 0;
      this.ondata(data);
    };
    wire.onclose = ({ wasClean, code, reason }) => this.lose(!wasClean, code, reason);
  }

  disconnect(): void {
    this.wanted = false;
    this.drop();
  }

  send(data: string): boolean {
    if (this.wire?.readyState !== OPEN) return false;
    this.wire.send(data);
    return true;
  }

  /** What was said on this one is lost, though it is open: another is tried. */
  renew(): void {
    this.lose(true, 1006, "renewed");
  }

  /** Milliseconds without a sign of life; 0 while there is no open socket. */
  silence(now: number): number {
    return this.wire?.readyState === OPEN ? now - this.heardAt : 0;
  }

  tick(now: number): void {
    if (this.wire === null) {
      if (this.wanted && now >= this.retryAt) this.connect();
      return;
    }
    const patience = this.wire.readyState === OPEN ? DEAD_AFTER_MS : OPENING_MS;
    if (now - this.heardAt >= patience) this.lose(true, 1006, "silent");
  }

  /** Gone, whatever the network still believes of it. */
  private lose(error: boolean, code: number, reason: string): void {
    this.drop();
    // The first time at once (give or take, for not all phones of a restarted switch may come in
    // the same moment), then less and less often.
    const ceiling = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.attempts);
    this.retryAt = this.now() + this.random() * ceiling;
    this.attempts += 1;
    this.ondisconnect(error, code, reason);
  }

  private drop(): void {
    const { wire } = this;
    this.wire = null;
    if (wire === null) return;
    wire.onopen = null;
    wire.onmessage = null;
    wire.onclose = null;
    wire.close();
  }
}
