import { signal } from "@preact/signals";
import { useDesk } from "../desk/context";
import { localised, t } from "../i18n";
import type { CallRow } from "../messages.gen";
import { When } from "../ui/timer";
import { CallDetails } from "./call_details";
import { CallMark, kindOf, outcome } from "./contact";
import { TruthMark, truthOf } from "./truth";

/** Whoever looks at details looks at those of the next call, too. */
const isOpen = signal(false);

/** The call of the past that the columns are about: one line, and all of it on demand. */
export function PastCall({ row }: { row: CallRow }) {
  const queues = useDesk().config.data.value?.queues ?? [];
  const queue = row.queues.at(-1) ?? "";
  const label = localised(queues.find(({ name }) => name === queue)?.label ?? {}, queue);
  const truth = truthOf(row);
  return (
    <section class="past-call" aria-label={t("call.title")} data-testid="past-call">
      <button
        type="button"
        class="row"
        aria-expanded={isOpen.value}
        data-testid="past-call-toggle"
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        <CallMark kind={kindOf(row.direction, row.result)} />
        <b>{t("call.title")}</b>
        <When at={row.started_at} />
        <span class="num">{outcome(row.result, row.connected_s)}</span>
        <span class="row-text past-call-facts">
          {[label, row.agent].filter(Boolean).join(" · ")}
        </span>
        {truth && <TruthMark truth={truth} />}
        <span class="past-call-more">{t(isOpen.value ? "call.less" : "call.more")}</span>
      </button>
      {isOpen.value && (
        <div class="past-call-body">
          <CallDetails key={row.id} id={row.id} />
        </div>
      )}
    </section>
  );
}
