import { count } from "../format";
import { localised, t } from "../i18n";
import { Elapsed } from "../ui/timer";
import { useDesk } from "./context";

/** Who waits now, queue by queue. Stale figures would lie, so a lost line takes their place. */
export function QueueStrip() {
  const { store } = useDesk();
  return (
    <ul class="queues" aria-label={t("queues.title")} data-testid="queue-strip">
      {store.queues.value.map((queue) => (
        <li key={queue.name} class={queue.waiting > 0 ? "queue busy" : "queue"}>
          <span class="queue-name">{localised(queue.label, queue.name)}</span>
          <b class="num">{count(queue.waiting)}</b>{" "}
          <span class="queue-word">{t("queues.waiting")}</span>
          <span class="queue-longest">
            {queue.longest_since ? <Elapsed since={queue.longest_since} /> : <span>–</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}
