import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { ApiError } from "../api";
import { count, percent, worked } from "../format";
import { t } from "../i18n";
import type { FiguresView } from "../messages.gen";
import { useDesk } from "./context";

/** What is told of one call comes close together: the figures are read once for it. */
const PAUSE_MS = 400;

/** My day so far: calls, time talked, occupancy. Read again after each call and each state. */
export function Figures() {
  const desk = useDesk();
  const figures = useSignal<FiguresView | null>(null);
  const state = useComputed(() => desk.store.me.value?.state);
  const told = useComputed(() => {
    const changed = desk.store.changed.value;
    return changed?.what === "figures" ? changed : null;
  });
  useSignalEffect(() => {
    state.value;
    told.value;
    desk.store.logged.value;
    if (desk.socket.link.value !== "up") return;
    const read = async () => {
      try {
        figures.value = await desk.api.myFigures();
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        // The old ones stay; the next call reads them again.
      }
    };
    if (figures.peek() === null) return void read();
    const timer = setTimeout(read, PAUSE_MS);
    return () => clearTimeout(timer);
  });
  const now = figures.value;
  return (
    <dl class="figures num" aria-label={t("figures.title")} data-testid="my-figures">
      <Figure name={t("figures.calls")} value={now ? count(now.calls) : "–"} />
      <Figure name={t("figures.talk")} value={now ? worked(now.talk_s) : "–"} />
      <Figure
        name={t("figures.occupancy")}
        value={now?.occupancy == null ? "–" : percent(now.occupancy)}
      />
    </dl>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div title={`${name}: ${value}`}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
