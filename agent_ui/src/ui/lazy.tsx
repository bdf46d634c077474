import { type ComponentType, h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n";

const parts: (() => Promise<unknown>)[] = [];

/**
 * A part of the desk that is not needed at once: fetched when it is first drawn, or before that
 * when the page has nothing else to do, so that it is there when the server is not.
 *
 *     const Pad = lazy(async () => (await import("./pad")).Pad);
 */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let part: ComponentType<P> | null = null;
  let fetching: Promise<void> | null = null;
  const get = () => {
    fetching ??= load().then(
      (loaded) => {
        part = loaded;
      },
      (error: unknown) => {
        fetching = null; // the next time it is wanted it is tried again
        throw error;
      },
    );
    return fetching;
  };
  parts.push(get);
  return function Lazy(props: P) {
    const [state, setState] = useState<"there" | "coming" | "failed">(part ? "there" : "coming");
    useEffect(() => {
      if (part !== null) return;
      get().then(
        () => setState("there"),
        () => setState("failed"),
      );
    }, []);
    if (part !== null) return h(part as ComponentType<object>, props);
    return state === "failed" ? <p class="empty">{t("error.server_lost")}</p> : null;
  };
}

/** Fetches, one after the other, everything that `lazy` promised. Once, after the desk is drawn. */
export function prefetchWhenIdle(): void {
  const idle = window.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 1_000));
  const [...queue] = parts;
  const next = () => {
    const get = queue.shift();
    // What cannot be had now is fetched when it is wanted.
    if (get)
      get()
        .finally(() => idle(next))
        .catch(() => undefined);
  };
  idle(next);
}
