/** What is said of a ringing call outside the page. */
export interface RingNotice {
  readonly callId: string;
  readonly title: string;
  readonly body: string;
  /** The word on its button. */
  readonly answer: string;
}

/** From the worker: somebody pressed the notification, or Answer in it. */
export interface NoticeClicked {
  readonly type: "notice";
  readonly callId: string;
  readonly answer: boolean;
}

interface NotifierOptions {
  /** May come late: the call may be gone by then. */
  answer: (callId: string) => void;
}

const WORKER = "/sw.js";
const ICON = "/favicon-ringing.svg";

/**
 * Desktop notifications. Only a service worker's can have a button (public/sw.js); where there is
 * none, the page's own brings the page forward.
 */
export class Notifier {
  private shown: Notification | null = null;
  private current: string | null = null;
  private readonly worker: ServiceWorkerContainer | undefined = navigator.serviceWorker;

  constructor(private readonly options: NotifierOptions) {
    this.worker?.addEventListener("message", this.onMessage);
    // Refused on plain http and in some private windows: the page's own notification is left.
    this.worker?.register(WORKER).catch(() => undefined);
  }

  show(notice: RingNotice): void {
    this.close();
    this.current = notice.callId;
    const { title, body, callId, answer } = notice;
    const options = { body, tag: callId, icon: ICON };
    if (this.worker?.controller) {
      this.worker.controller.postMessage({ type: "ring", title, options, answer });
      return;
    }
    this.shown = new Notification(title, options);
    this.shown.onclick = () => window.focus();
  }

  /** It does not ring any more. */
  close(): void {
    this.shown?.close();
    this.shown = null;
    if (this.current !== null) {
      this.worker?.controller?.postMessage({ type: "hush", callId: this.current });
    }
    this.current = null;
  }

  stop(): void {
    this.close();
    this.worker?.removeEventListener("message", this.onMessage);
  }

  private readonly onMessage = (event: MessageEvent<NoticeClicked>) => {
    const { data } = event;
    if (data.type === "notice" && data.answer) this.options.answer(data.callId);
  };
}
