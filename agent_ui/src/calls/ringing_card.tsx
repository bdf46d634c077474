import { useDesk } from "../desk/context";
import { localised, t } from "../i18n";
import type { CallView, QueueView } from "../messages.gen";
import { MatchChip, TierBadge } from "../ui/badges";
import { Icon } from "../ui/icon";
import { Elapsed } from "../ui/timer";
import { nameOf } from "./names";

/** The one thing on the desk that shouts: who rings, how surely we know, how long they have waited. */
export function RingingCard({ call }: { call: CallView }) {
  const desk = useDesk();
  const { caller } = call;
  return (
    <article
      class="ringing"
      data-testid="ringing-card"
      data-call-id={call.id}
      aria-label={t("call.ringing")}
    >
      <p class="ringing-head">
        <span class="mark" aria-hidden="true" />
        <b>{t("call.ringing")}</b>
        {call.rang_at && <Elapsed since={call.rang_at} />}
      </p>
      <button type="button" class="ringing-who" onClick={() => desk.showCall(call)}>
        <b class="ringing-name">{nameOf(caller)}</b>
        {caller.card?.tier && <TierBadge tier={caller.card.tier} />}
        {caller.card?.company && <span class="ringing-company">{caller.card.company}</span>}
      </button>
      <p class="ringing-number">
        {caller.display !== "" && <span class="num">{caller.display}</span>}
        {call.direction === "inbound" && <MatchChip match={caller.match} />}
      </p>
      <p class="ringing-queue">
        {call.queue !== "" && <span>{queueLabel(desk.store.queues.value, call.queue)}</span>}
        {call.queued_at && (
          <span>
            {t("call.waited")} <Elapsed since={call.queued_at} />
          </span>
        )}
      </p>
      <div class="ringing-orders">
        <button
          type="button"
          class="button answer"
          data-testid="answer"
          aria-keyshortcuts="Enter"
          onClick={() => void desk.phoneOrder((phone) => phone.answer(call.id))}
        >
          <Icon name="phone" />
          <span>{t("call.answer")}</span>
          <kbd>⏎</kbd>
        </button>
        <button
          type="button"
          class="button"
          data-testid="reject"
          onClick={() => void desk.phoneOrder((phone) => phone.reject(call.id))}
        >
          <Icon name="close" />
          <span>{t("call.reject")}</span>
        </button>
      </div>
    </article>
  );
}

export function queueLabel(queues: readonly QueueView[], name: string): string {
  const queue = queues.find((each) => each.name === name);
  return queue ? localised(queue.label, name) : name;
}
