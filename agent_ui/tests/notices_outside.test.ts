import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Attention } from "../src/desk/attention";
import { Notifier } from "../src/desk/notifier";
import { call } from "../src/dev/data";
import { type DevDesk, openDesk } from "../src/dev/open";
import { SCENARIOS } from "../src/dev/scenarios";
import { settle, settled, speakEnglish } from "./helpers";

const WORKER = readFileSync(join(import.meta.dirname, "../public/sw.js"), "utf8");

interface Shown {
  title: string;
  tag: string;
  data: unknown;
  actions: { action: string; title: string }[];
  requireInteraction: boolean;
  close: () => void;
}

/** What public/sw.js needs of a service worker's world, and a page that talks to it. */
class WorkerWorld {
  readonly notices: Shown[] = [];
  readonly opened: string[] = [];
  readonly focused: string[] = [];
  readonly pages = new Map<string, (message: unknown) => void>();
  private readonly listeners = new Map<string, (event: unknown) => void>();

  readonly registration = {
    showNotification: async (title: string, options: Omit<Shown, "title" | "close">) => {
      const notice: Shown = { title, ...options, close: () => this.remove(notice) };
      this.notices.push(notice);
    },
    getNotifications: async ({ tag }: { tag: string }) =>
      this.notices.filter((notice) => notice.tag === tag),
  };
  readonly clients = {
    claim: async () => undefined,
    get: async (id: string) => {
      const postMessage = this.pages.get(id);
      return postMessage && { postMessage, focus: async () => void this.focused.push(id) };
    },
    openWindow: async (url: string) => void this.opened.push(url),
  };

  constructor() {
    new Function("self", WORKER)(this);
  }

  addEventListener(type: string, listener: (event: unknown) => void): void {
    this.listeners.set(type, listener);
  }

  skipWaiting(): void {}

  /** Gives it an event, and waits for all that it wants to be waited for. */
  async hear(type: string, event: object): Promise<void> {
    const waits: Promise<unknown>[] = [];
    const waitUntil = (work: Promise<unknown>) => waits.push(work);
    this.listeners.get(type)?.({ ...event, waitUntil });
    await Promise.all(waits);
  }

  async click(action: string): Promise<void> {
    const [notification] = this.notices;
    if (notification === undefined) throw new Error("no notification is shown");
    await this.hear("notificationclick", { notification, action });
  }

  private remove(notice: Shown): void {
    this.notices.splice(this.notices.indexOf(notice), 1);
  }
}

/** `navigator.serviceWorker` of a page whose worker runs already. */
class Container extends EventTarget {
  constructor(
    private readonly world: WorkerWorld,
    private readonly page: string,
  ) {
    super();
    world.pages.set(page, (data) => this.dispatchEvent(new MessageEvent("message", { data })));
  }

  readonly controller = {
    postMessage: (data: unknown) =>
      void this.world.hear("message", { data, source: { id: this.page } }),
  };

  async register(): Promise<void> {}
}

const NOTICE = { callId: "c-1", title: "王小明", body: "Platinum", answer: "Answer" };
let world: WorkerWorld;

function pageWith(id: string): void {
  const container = new Container(world, id);
  Object.defineProperty(navigator, "serviceWorker", { value: container, configurable: true });
}

beforeEach(() => {
  world = new WorkerWorld();
  speakEnglish();
  sessionStorage.clear();
});

afterEach(() => {
  Reflect.deleteProperty(navigator, "serviceWorker");
});

describe("the worker", () => {
  test("shows who rings, with Answer, and takes it away when it rings no more", async () => {
    pageWith("page");
    const notifier = new Notifier({ answer: () => undefined });
    notifier.show(NOTICE);
    await settle();
    expect(world.notices).toMatchObject([
      {
        title: "王小明",
        tag: "c-1",
        requireInteraction: true,
        actions: [{ action: "answer", title: "Answer" }],
      },
    ]);
    notifier.close();
    await settle();
    expect(world.notices).toEqual([]);
  });

  test("a call that stops at once is not shown after it was taken away", async () => {
    pageWith("page");
    const notifier = new Notifier({ answer: () => undefined });
    notifier.show(NOTICE);
    notifier.close();
    await settle();
    await settle();
    expect(world.notices).toEqual([]);
  });

  test("Answer answers in the page whose phone rings, and brings it forward", async () => {
    const answered: string[] = [];
    pageWith("other");
    new Notifier({ answer: (id) => answered.push(`other ${id}`) });
    pageWith("page");
    const notifier = new Notifier({ answer: (id) => answered.push(`page ${id}`) });
    notifier.show(NOTICE);
    await settle();
    await world.click("answer");
    expect(answered).toEqual(["page c-1"]);
    expect(world.focused).toEqual(["page"]);
    expect(world.notices).toEqual([]);
  });

  test("a click beside Answer only brings the page forward", async () => {
    const answered: string[] = [];
    pageWith("page");
    new Notifier({ answer: (id) => answered.push(id) }).show(NOTICE);
    await settle();
    await world.click("");
    expect(answered).toEqual([]);
    expect(world.focused).toEqual(["page"]);
  });

  test("the page was closed meanwhile: it is opened again", async () => {
    pageWith("page");
    new Notifier({ answer: () => undefined }).show(NOTICE);
    await settle();
    world.pages.delete("page");
    await world.click("answer");
    expect(world.opened).toEqual(["/"]);
  });

  test("a page that was left hears nothing more", async () => {
    const answered: string[] = [];
    pageWith("page");
    const notifier = new Notifier({ answer: (id) => answered.push(id) });
    notifier.stop();
    world.pages.get("page")?.({ type: "notice", callId: "c-1", answer: true });
    expect(answered).toEqual([]);
  });
});

/** The browser's own notifications: allowed, and otherwise made by the worker. */
const ALLOWED = { permission: "granted" };

describe("from the notification to the call", () => {
  let page: DevDesk;
  let attention: Attention;
  const hide = (hidden: boolean) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  };

  beforeEach(async () => {
    pageWith("page");
    vi.stubGlobal("Notification", ALLOWED);
    page = openDesk(SCENARIOS.idle);
    page.desk.setPrefs({ notify: true });
    attention = new Attention(page.desk);
    await settled(page.desk);
    await vi.waitUntil(async () => (await import("../src/desk/notifier")) !== undefined);
    hide(true);
  });

  afterEach(() => {
    attention.stop();
    page.desk.stop();
    page.desk.socket.stop();
    Reflect.deleteProperty(document, "hidden");
    vi.unstubAllGlobals();
  });

  test("who rings while the page is hidden is answered by the notification's button", async () => {
    page.wire.tell({ type: "call", data: call({}) });
    await vi.waitUntil(() => world.notices.length > 0);
    expect(world.notices[0]?.title).toBe("王小明");
    await world.click("answer");
    await vi.waitUntil(() => page.wire.commands.length > 0);
    expect(page.wire.commands.map(({ name, args }) => [name, args])).toEqual([
      ["phone.answer", { call_id: "c-1" }],
    ]);
  });

  test("Answer for a call that rings no more answers nothing", async () => {
    page.wire.tell({ type: "call", data: call({}) });
    await vi.waitUntil(() => world.notices.length > 0);
    const message = { type: "notice", callId: "c-0", answer: true };
    world.pages.get("page")?.(message);
    await settle();
    expect(page.wire.commands).toEqual([]);
  });

  test("who sees the page is shown none", async () => {
    hide(false);
    page.wire.tell({ type: "call", data: call({}) });
    await vi.waitUntil(() => page.desk.ringing.peek() !== null);
    await settle();
    expect(world.notices).toEqual([]);
  });
});

/** What is painted, in words. */
class Pen {
  readonly painted: string[] = [];
  fillStyle = "";
  font = "";
  textAlign = "";
  textBaseline = "";
  beginPath(): void {}
  roundRect(): void {}
  arc(): void {
    this.painted.push("badge");
  }
  fill(path?: unknown): void {
    this.painted.push(path === undefined ? this.fillStyle : "receiver");
  }
  fillText(text: string): void {
    this.painted.push(`"${text}" ${this.font}`);
  }
}

describe("the tab's icon", () => {
  let pens: Pen[];
  let drawn: (ringing: boolean, waiting: number) => string;
  const canvas = HTMLCanvasElement.prototype;
  const { getContext, toDataURL } = canvas;

  beforeEach(async () => {
    pens = [];
    vi.resetModules(); // what was drawn before is known to it
    drawn = (await import("../src/desk/tab_icon")).drawn;
    vi.stubGlobal("Path2D", class {});
    canvas.getContext = (() => {
      const pen = new Pen();
      pens.push(pen);
      return pen;
    }) as never;
    canvas.toDataURL = () => `data:${pens.at(-1)?.painted.join("|")}`;
  });

  afterEach(() => {
    Object.assign(canvas, { getContext, toDataURL });
    vi.unstubAllGlobals();
  });

  test("rings in amber with the receiver, and counts no badge then", () => {
    expect(drawn(true, 4)).toBe("data:#f0a020|receiver");
  });

  test("has the receiver when nothing waits", () => {
    expect(drawn(false, 0)).toBe("data:#24324a|receiver");
  });

  test.each([
    [1, '"1" bold 20px sans-serif'],
    [9, '"9" bold 20px sans-serif'],
    [10, '"9+" bold 16px sans-serif'],
    [250, '"9+" bold 16px sans-serif'],
  ])("says that %i wait", (waiting, text) => {
    expect(drawn(false, waiting)).toBe(`data:#24324a|badge|#c22f27|${text}`);
  });

  test("is drawn once for each face", () => {
    drawn(false, 7);
    const before = pens.length;
    expect(drawn(false, 7)).toBe(drawn(false, 7));
    expect(pens).toHaveLength(before);
  });

  test("is the page's own file where nothing can be drawn", () => {
    canvas.getContext = () => null;
    expect(drawn(false, 3)).toBe("");
  });
});
