import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { useDesk } from "../desk/context";
import { loadMoreTexts, t } from "../i18n";

/** What is opened at once comes first; and again this long after the server did not answer. */
const IDLE_AFTER_MS = 1_000;
const RETRY_MS = 20_000;

const known: (() => Promise<void>)[] = [];

/**
 * A part of the screen that is fetched when it is first opened, its texts with it, or when nothing
 * else is to do: what is opened while the server is away should be here by then.
 *
 *     const TransferDialog = lazy(async () => (await import("./transfer_dialog")).TransferDialog);
 */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const part = signal<ComponentType<P> | null>(null);
  const fetch = async () => {
    if (part.peek() !== null) return;
    const [loaded] = await Promise.all([load(), loadMoreTexts()]);
    part.value = loaded;
  };
  known.push(fetch);
  return function Lazy(props: P) {
    const { notices } = useDesk();
    const Part = part.value;
    useEffect(() => {
      fetch().catch(() => notices.say(t("error.server_lost")));
    }, [notices]);
    return Part && <Part {...props} />;
  };
}

/** Fetches what is opened on demand, one after the other, when the browser idles. Returns its end. */
export function prefetchWhenIdle(): () => void {
  let timer: number | undefined;
  const waiting = [...known];
  const wait = (ms: number) => {
    timer = window.setTimeout(() => {
      if (typeof requestIdleCallback === "undefined") void next();
      else requestIdleCallback(() => void next(), { timeout: 5_000 });
    }, ms);
  };
  const next = async () => {
    const fetch = waiting[0];
    if (fetch === undefined || timer === undefined) return;
    try {
      await fetch();
      waiting.shift();
      wait(0);
    } catch {
      wait(RETRY_MS); // the server is away; whoever opens it meanwhile is told
    }
  };
  wait(IDLE_AFTER_MS);
  return () => {
    clearTimeout(timer);
    timer = undefined;
  };
}
