import { useSignal, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { count } from "../format";
import { localised, t } from "../i18n";
import type { QueueView, TierBadge } from "../messages.gen";
import { tierShape } from "../ui/badges";
import { Elapsed } from "../ui/timer";
import { useDesk } from "./context";

/** More than this a second nobody reads, and fifty events a second must cost next to nothing. */
const PERIOD_MS = 250;
/** As many are in sight on the narrowest screen; more of them scroll, also by keys. */
const FIT = 2;

/** Who waits now, queue by queue. Stale figures would lie, so a lost line takes their place. */
export function QueueStrip() {
  const { store } = useDesk();
  const queues = useSignal(store.queues.peek());
  const drawnAt = useRef(0);
  useSignalEffect(() => {
    const latest = store.queues.value;
    if (latest === queues.peek()) return;
    const draw = () => {
      drawnAt.current = performance.now();
      queues.value = store.queues.peek();
    };
    const wait = drawnAt.current + PERIOD_MS - performance.now();
    if (wait <= 0) return draw();
    const timer = setTimeout(draw, wait);
    return () => clearTimeout(timer);
  });
  return (
    <ul
      class="queues"
      aria-label={t("queues.title")}
      tabIndex={queues.value.length > FIT ? 0 : undefined}
      data-testid="queue-strip"
    >
      {queues.value.map((queue) => (
        <Queue key={queue.name} queue={queue} />
      ))}
    </ul>
  );
}

function Queue({ queue }: { queue: QueueView }) {
  return (
    <li class={queue.waiting > 0 ? "queue busy" : "queue"} data-queue={queue.name}>
      <span class="queue-name">{localised(queue.label, queue.name)}</span>
      <b class="num">{count(queue.waiting)}</b> <span class="for-ears">{t("queues.waiting")}</span>
      <Pips tiers={queue.tiers} />
      <span class="queue-longest" title={t("queues.longest")}>
        {queue.longest_since ? <Elapsed since={queue.longest_since} /> : <span>–</span>}
      </span>
    </li>
  );
}

const NO_TIERS: TierBadge[] = [];

/** Of which tiers they are, the highest first: a shape and how many, in words for ears and tooltip. */
function Pips({ tiers }: { tiers: QueueView["tiers"] }) {
  const known = useDesk().config.data.value?.tiers ?? NO_TIERS;
  const rankOf = (code: string) =>
    known.find((tier) => tier.code === code)?.rank ?? known.length + 1;
  const waiting = Object.entries(tiers)
    .filter(([, waits]) => waits > 0)
    .sort(([a], [b]) => rankOf(a) - rankOf(b));
  if (waiting.length === 0) return null;
  const nameOf = (code: string) =>
    localised(known.find((tier) => tier.code === code)?.name ?? {}, code);
  const words = waiting.map(([code, waits]) => `${nameOf(code)} ${count(waits)}`).join(", ");
  return (
    <span class="pips" title={words} data-testid="tier-pips">
      <span class="for-ears">{words}</span>
      <span class="num" aria-hidden="true">
        {waiting.map(([code, waits]) => `${tierShape(rankOf(code))}${count(waits)}`).join(" ")}
      </span>
    </span>
  );
}
