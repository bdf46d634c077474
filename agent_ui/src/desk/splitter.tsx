import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { t } from "../i18n";
import { Icon } from "../ui/icon";
import { useDesk } from "./context";

export type Side = "calls" | "work";

const MIN = 220;
const STEP = 16;
/** What the customer keeps, whatever is dragged. */
const CENTRE = 340;

/** A column's width is the user's; on a narrower screen than theirs it gives way (desk.css). */
export function widthOf(side: Side, columns: { calls: number; work: number } | null) {
  return columns === null ? undefined : `${columns[side]}px`;
}

/** The line between two columns: drag it, or use the arrows; Enter folds the outer column away. */
export function Splitter({ side }: { side: Side }) {
  const desk = useDesk();
  const line = useRef<HTMLDivElement>(null);
  const dragged = useSignal<number | null>(null);
  const folded = isFolded(desk.prefs.value.layout, side);
  const sign = side === "calls" ? 1 : -1;

  const column = () => document.querySelector<HTMLElement>(`.columns > .${side}`);
  const width = () => column()?.offsetWidth ?? 0;
  const limit = () => {
    const whole = line.current?.parentElement?.offsetWidth ?? 0;
    const other = document.querySelector<HTMLElement>(
      `.columns > .${side === "calls" ? "work" : "calls"}`,
    );
    return Math.max(MIN, whole - (other?.offsetWidth ?? 0) - CENTRE);
  };
  const show = (wanted: number) => {
    const allowed = Math.round(Math.min(Math.max(wanted, MIN), limit()));
    line.current?.parentElement?.style.setProperty(`--${side}`, `${allowed}px`);
    return allowed;
  };
  const keep = (wanted: number) => {
    const other = side === "calls" ? "work" : "calls";
    const there = document.querySelector<HTMLElement>(`.columns > .${other}`)?.offsetWidth ?? 0;
    const known = desk.prefs.peek().columns;
    const rest = known?.[other] ?? Math.max(MIN, there);
    const columns = { [side]: show(wanted), [other]: rest } as Record<Side, number>;
    desk.setPrefs({ columns });
  };
  const onPointerDown = (event: PointerEvent) => {
    if (folded || event.button !== 0) return;
    event.preventDefault();
    const from = { x: event.clientX, width: width() };
    line.current?.setPointerCapture(event.pointerId);
    const move = ({ clientX }: PointerEvent) => {
      dragged.value = show(from.width + sign * (clientX - from.x));
    };
    const end = () => {
      line.current?.removeEventListener("pointermove", move);
      line.current?.removeEventListener("lostpointercapture", end);
      if (dragged.peek() !== null) keep(dragged.peek() as number);
      dragged.value = null;
    };
    line.current?.addEventListener("pointermove", move);
    line.current?.addEventListener("lostpointercapture", end);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowRight: STEP, ArrowLeft: -STEP }[event.key];
    if (by !== undefined && !folded) keep(width() + sign * by);
    else if (event.key === "Enter") fold(desk, side, !folded);
    else return;
    event.preventDefault();
  };
  if (folded) {
    return (
      <button
        type="button"
        class={`unfold unfold-${side}`}
        data-testid={`unfold-${side}`}
        title={t("columns.unfold", { name: t(`tabs.${side}`) })}
        onClick={() => fold(desk, side, false)}
      >
        <Icon name={side === "calls" ? "right" : "left"} />
        <span>{t(`tabs.${side}`)}</span>
      </button>
    );
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: an <hr> cannot be dragged, nor hold the fold button
    <div
      ref={line}
      class="splitter"
      role="separator"
      aria-orientation="vertical"
      aria-label={t("columns.width", { name: t(`tabs.${side}`) })}
      aria-valuemin={MIN}
      aria-valuemax={1200}
      aria-valuenow={dragged.value ?? desk.prefs.value.columns?.[side] ?? MIN}
      tabIndex={0}
      title={t("columns.hint")}
      data-testid={`splitter-${side}`}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
      onDblClick={() => fold(desk, side, true)}
    />
  );
}

export function isFolded(layout: Readonly<Record<string, string>>, side: Side): boolean {
  return layout[`panel.${side}`] === "folded";
}

type FoldingDesk = Pick<ReturnType<typeof useDesk>, "prefs" | "setPrefs">;

export function fold(desk: FoldingDesk, side: Side, away: boolean): void {
  const { [`panel.${side}`]: _, ...layout } = desk.prefs.peek().layout;
  desk.setPrefs({ layout: away ? { ...layout, [`panel.${side}`]: "folded" } : layout });
}
