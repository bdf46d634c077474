import { signal } from "@preact/signals";
import { newKey } from "../keys";

/** Which screen this is, in which browser, and what people call that browser. */
export interface Identity {
  /** This tab: kept by a reload, not shared with a duplicate. */
  readonly screen: string;
  readonly device: string;
  readonly name: string;
}

const SCREEN = "phone.screen";
const DEVICE = "phone.device";
/** A page that is being reloaded gives its lock back within this time. */
const RELOAD_MS = 300;

let mine: Promise<Identity> | null = null;

/** This screen, once it is known. */
export const me = signal<Identity | null>(null);

/** The same for as long as the page lives, however often somebody signs in. */
export function identity(): Promise<Identity> {
  mine ??= identify(sessionStorage, localStorage, navigator.locks).then((known) => {
    me.value = known;
    return known;
  });
  return mine;
}

/** `locks` is undefined on plain http: there a duplicated tab goes unnoticed. */
export async function identify(
  tab: Storage,
  browser: Storage,
  locks: LockManager | undefined,
): Promise<Identity> {
  const screen = kept(tab, SCREEN);
  return {
    screen: (await isOurs(screen, locks)) ? screen : renew(tab, SCREEN),
    device: kept(browser, DEVICE),
    name: deviceName(navigator.userAgent),
  };
}

function kept(storage: Storage, key: string): string {
  try {
    return storage.getItem(key) ?? renew(storage, key);
  } catch {
    return newKey(); // storage is switched off: a reload is another screen
  }
}

function renew(storage: Storage, key: string): string {
  const made = newKey();
  try {
    storage.setItem(key, made);
  } catch {
    // as above
  }
  return made;
}

/** Duplicating a tab copies its storage, but not the lock that its page holds. */
function isOurs(screen: string, locks: LockManager | undefined): Promise<boolean> {
  if (locks === undefined) return Promise.resolve(true);
  return new Promise((resolve) => {
    locks
      .request(`screen ${screen}`, { signal: AbortSignal.timeout(RELOAD_MS) }, () => {
        resolve(true);
        return new Promise(() => undefined); // held until the page goes
      })
      .catch(() => resolve(false));
  });
}

const BROWSERS: readonly [RegExp, string][] = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\//, "Firefox"],
  [/Chrome\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const SYSTEMS: readonly [RegExp, string][] = [
  [/Windows/, "Windows"],
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Mac OS X/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];

/** "Chrome, Windows" */
export function deviceName(userAgent: string): string {
  const find = (names: readonly [RegExp, string][]) =>
    names.find(([pattern]) => pattern.test(userAgent))?.[1];
  return [find(BROWSERS), find(SYSTEMS)].filter(Boolean).join(", ");
}
