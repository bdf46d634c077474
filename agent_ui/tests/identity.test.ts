import { beforeEach, expect, test, vi } from "vitest";
import { deviceName, identify } from "../src/phone/identity";

/** A tab's or a browser's storage. */
class FakeStorage implements Pick<Storage, "getItem" | "setItem"> {
  readonly kept = new Map<string, string>();
  getItem = (key: string) => this.kept.get(key) ?? null;
  setItem = (key: string, value: string) => {
    this.kept.set(key, value);
  };
}

/** Locks of one browser: held until they are given back. */
class FakeLocks {
  private readonly held = new Set<string>();
  private readonly waiting: { name: string; grant: () => void }[] = [];

  request(name: string, options: { signal: AbortSignal }, work: () => unknown): Promise<unknown> {
    return new Promise((_, reject) => {
      const grant = () => {
        this.held.add(name);
        work();
      };
      if (!this.held.has(name)) return grant();
      this.waiting.push({ name, grant });
      options.signal.addEventListener("abort", () => reject(options.signal.reason));
    });
  }

  /** The page that holds it goes. */
  release(name: string): void {
    this.held.delete(name);
    const at = this.waiting.findIndex((each) => each.name === name);
    if (at >= 0) this.waiting.splice(at, 1)[0]?.grant();
  }
}

let tab: FakeStorage;
let browser: FakeStorage;
let locks: FakeLocks;
const screen = (storage = tab) =>
  identify(storage as never as Storage, browser as never as Storage, locks as never as LockManager);

beforeEach(() => {
  tab = new FakeStorage();
  browser = new FakeStorage();
  locks = new FakeLocks();
});

test("a reload is the same screen, though the old page still holds its lock for a moment", async () => {
  const before = await screen();
  const coming = screen();
  locks.release(`screen ${before.screen}`);
  expect(await coming).toEqual(before);
});

test("a duplicated tab is another screen of the same browser", async () => {
  const first = await screen();
  const copy = new FakeStorage();
  for (const [key, value] of tab.kept) copy.setItem(key, value);
  const second = await screen(copy);
  expect(second.screen).not.toBe(first.screen);
  expect(second.device).toBe(first.device);
  // … and stays the same one from then on.
  locks.release(`screen ${second.screen}`);
  expect((await screen(copy)).screen).toBe(second.screen);
});

test("without locks, and without storage, everybody is somebody", async () => {
  const broken = {
    getItem: () => {
      throw new DOMException("no", "SecurityError");
    },
  } as never as Storage;
  const one = await identify(broken, broken, undefined);
  const other = await identify(broken, broken, undefined);
  expect(one.screen).toMatch(/^[0-9a-f]{32}$/);
  expect(other.screen).not.toBe(one.screen);
});

test.each([
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36",
    "Chrome, Windows",
  ],
  [
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0",
    "Edge, Windows",
  ],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox, Linux"],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1 Version/18.1 Safari/605.1",
    "Safari, macOS",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1 Version/18.1 Mobile Safari/604.1",
    "Safari, iOS",
  ],
  ["something new", ""],
])("%s is called %s", (agent, name) => {
  expect(deviceName(agent)).toBe(name);
});

test("who waits for a lock does so for less than half a second", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const started = performance.now();
  await screen();
  await screen();
  expect(performance.now() - started).toBeLessThan(500);
  vi.useRealTimers();
});
