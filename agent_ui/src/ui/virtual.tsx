import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** Rows drawn above and below what can be seen. */
const SPARE = 12;
/** The window moves in steps, so that scrolling draws seldom. */
const STEP = 6;
/** Where nothing has a height (a hidden column, a test), as much as a screen shows. */
const FALLBACK_HEIGHT = 900;

interface Props<T> {
  items: readonly T[];
  keyOf: (item: T) => string;
  row: (item: T) => ComponentChildren;
  /** A row's height before the first one was measured; all rows are alike unless they are open. */
  height: number;
  /** Rows that are opened, and so higher than the others. */
  open?: ReadonlySet<string>;
  /** The end comes near: fetch more. */
  onEnd?: () => void;
  testid?: string;
  label: string;
}

/**
 * A list of which only what can be seen is drawn, within the nearest element that scrolls. What is
 * added above the eye moves nothing: the place scrolled to is kept.
 */
export function Virtual<T>(props: Props<T>) {
  const { items, keyOf, open } = props;
  const list = useRef<HTMLUListElement>(null);
  const first = useSignal(0);
  const screen = useSignal(FALLBACK_HEIGHT);
  const height = useSignal(props.height);
  const extra = useRef(new Map<string, number>());
  const scroller = useRef<HTMLElement | null>(null);
  const top = useRef<string | null>(null);

  const measure = () => {
    const ul = list.current;
    const box = scroller.current;
    if (ul === null || box === null) return;
    const offset = ul.getBoundingClientRect().top - box.getBoundingClientRect().top;
    const above = Math.max(0, -offset);
    const index = Math.floor(indexAt(above) / STEP) * STEP;
    first.value = Math.max(0, index - SPARE);
    screen.value = box.clientHeight || FALLBACK_HEIGHT;
  };

  /** Rows before the opened ones are alike, so this needs no table of ten thousand places. */
  const indexAt = (y: number): number => {
    let left = y;
    let index = 0;
    for (const [at, more] of opened()) {
      const until = (at - index + 1) * height.peek() + more;
      if (left < until) break;
      left -= until;
      index = at + 1;
    }
    return index + Math.floor(left / height.peek());
  };
  /** The opened rows by index, with how much higher they are. */
  const opened = (): [number, number][] => {
    if (!open || open.size === 0) return [];
    const found: [number, number][] = [];
    items.forEach((item, index) => {
      const key = keyOf(item);
      if (open.has(key)) found.push([index, extra.current.get(key) ?? 0]);
    });
    return found;
  };
  const heightOf = (from: number, to: number): number =>
    opened().reduce(
      (sum, [at, more]) => (at >= from && at < to ? sum + more : sum),
      Math.max(0, to - from) * height.value,
    );

  // biome-ignore lint/correctness/useExhaustiveDependencies: reads refs and signals, of whatever is drawn now
  useLayoutEffect(() => {
    const box = list.current?.closest<HTMLElement>(".scroll") ?? null;
    scroller.current = box;
    if (box === null) return;
    measure();
    box.addEventListener("scroll", measure, { passive: true });
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    return () => {
      box.removeEventListener("scroll", measure);
      observer.disconnect();
    };
  }, []);

  // What is listed above the first row in sight has changed: the eye stays where it is.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another list moves anything
  useLayoutEffect(() => {
    const box = scroller.current;
    const ul = list.current;
    const key = top.current;
    const anchor = items[0];
    top.current = anchor ? keyOf(anchor) : null;
    if (!box || !ul || key === null || anchor === undefined || keyOf(anchor) === key) return;
    const added = items.findIndex((item) => keyOf(item) === key);
    const scrolledIn = ul.getBoundingClientRect().top < box.getBoundingClientRect().top;
    if (added > 0 && scrolledIn) box.scrollTop += heightOf(0, added);
  }, [items]);

  const count = Math.ceil(screen.value / height.value) + 2 * SPARE + STEP;
  const from = Math.min(first.value, Math.max(0, items.length - 1));
  const to = Math.min(items.length, from + count);
  const isAtEnd = to >= items.length;
  const { onEnd } = props;

  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once for each end that is reached
  useLayoutEffect(() => {
    if (isAtEnd) onEnd?.();
  }, [isAtEnd, items.length]);

  useLayoutEffect(() => {
    const rows = [...(list.current?.children ?? [])] as HTMLElement[];
    const closed = rows.find((row) => !open?.has(row.dataset["key"] ?? ""));
    if (closed && closed.offsetHeight > 0) height.value = closed.offsetHeight;
    for (const row of rows) {
      const key = row.dataset["key"] ?? "";
      if (open?.has(key)) extra.current.set(key, Math.max(0, row.offsetHeight - height.peek()));
    }
  });

  return (
    <ul
      class="rows"
      ref={list}
      aria-label={props.label}
      data-testid={props.testid}
      style={{
        paddingTop: `${heightOf(0, from)}px`,
        paddingBottom: `${heightOf(to, items.length)}px`,
      }}
    >
      {items.slice(from, to).map((item, index) => {
        const key = keyOf(item);
        return (
          <li key={key} data-key={key} aria-posinset={from + index + 1} aria-setsize={items.length}>
            {props.row(item)}
          </li>
        );
      })}
    </ul>
  );
}
