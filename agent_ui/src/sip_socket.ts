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

/**
 * The SIP transport's socket (JsSIP's `Socket` interface), which remembers when it last heard
 * anything and can be declared dead: a half-open WebSocket is otherwise noticed after 75 s.
 */
export class WatchedSocket {
  readonly sip_uri: string;
  readonly via_transport: string;
  onconnect: () => void = () => undefined;
  ondisconnect: (error: boolean, code?: number, reason?: string) => void = () => undefined;
  ondata: (data: unknown) => void = () => undefined;
  private wire: SipWire | null = null;
  private heardAt = 0;

  constructor(
    readonly url: string,
    private readonly open: (url: string) => SipWire,
    private readonly now: () => number,
  ) {
    const { protocol, host } = new URL(url);
    this.sip_uri = `sip:${host};transport=ws`;
    this.via_transport = protocol === "wss:" ? "WSS" : "WS";
  }

  connect(): void {
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
      this.ondata(data);
    };
    wire.onclose = ({ wasClean, code, reason }) => {
      this.drop();
      this.ondisconnect(!wasClean, code, reason);
    };
  }

  disconnect(): void {
    this.drop();
  }

  send(data: string): boolean {
    if (this.wire?.readyState !== OPEN) return false;
    this.wire.send(data);
    return true;
  }

  /** Milliseconds without a sign of life; 0 while there is no socket. */
  silence(now: number): number {
    return this.wire === null ? 0 : now - this.heardAt;
  }

  /** Gives the socket up at once, whatever the network still believes of it. */
  declareDead(): void {
    if (this.wire === null) return;
    this.drop();
    this.ondisconnect(true, 1006, "silent");
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
