type Listener = (event: never) => void;

interface ToneOptions {
  readonly transportType: "RFC2833";
  /** Milliseconds. */
  readonly duration: number;
  readonly interToneGap: number;
}

/** What we use of a JsSIP session. */
export interface SipSession {
  readonly id: string;
  readonly remote_identity: { uri: { user: string }; display_name: string };
  readonly connection: RTCPeerConnection;
  on(event: string, listener: Listener): unknown;
  answer(options: { mediaStream: MediaStream; pcConfig: RTCConfiguration }): void;
  terminate(options?: { status_code: number }): void;
  hold(): boolean;
  unhold(): boolean;
  mute(options: { audio: boolean }): void;
  unmute(options: { audio: boolean }): void;
  renegotiate(): boolean;
  sendDTMF(tones: string, options: ToneOptions): void;
  isEnded(): boolean;
  /** Called when a request of the session was lost with the line. */
  onTransportError: () => void;
  onRequestTimeout: () => void;
}

/** What we use of a JsSIP user agent. */
export interface SipAgent {
  on(event: string, listener: Listener): unknown;
  start(): void;
  stop(): void;
  register(): void;
  unregister(): void;
  sendOptions(target: string): unknown;
}
