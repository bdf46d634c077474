import { useDesk } from "../desk/context";
import { localised, t } from "../i18n";
import type { CallView, CustomerCard, QueueView } from "../messages.gen";
import { isTalk } from "../phone/desk_calls";
import { MatchChip, Priority, TierBadge } from "../ui/badges";
import { Icon } from "../ui/icon";
import { Keys } from "../ui/keys";
import { Age, Elapsed } from "../ui/timer";
import { Contact } from "./contact";
import { nameOf } from "./names";

const TICKETS = 2;

/**
 * The one thing on the desk that shouts: who rings, how surely we know, how long they have waited,
 * and what it is likely about. It floats over the log, so that nothing moves when it comes.
 */
export function RingingCard({ call }: { call: CallView }) {
  const desk = useDesk();
  const { caller, about } = call;
  const name = nameOf(caller);
  const current = desk.current.value;
  const talking = current !== null && current.state === "active" && isTalk(current);
  const card = caller.card ?? about?.card;
  return (
    <div class="ringing-place">
      <article
        class="ringing"
        data-testid="ringing-card"
        data-call-id={call.id}
        aria-label={t("call.ringing")}
      >
        <div class="ringing-top">
          <p class="ringing-head">
            <span class="mark" aria-hidden="true" />
            <b>{t("call.ringing")}</b>
            {call.rang_at && <Elapsed since={call.rang_at} />}
          </p>
          <button type="button" class="ringing-who" onClick={() => desk.showCall(call)}>
            <span class="with-tier">
              <b class="ringing-name" data-testid="customer-name" title={name}>
                {name}
              </b>
              {caller.card?.tier && <TierBadge tier={caller.card.tier} />}
            </span>
            <Second call={call} />
          </button>
          <p class="ringing-number">
            {caller.display !== "" && caller.display !== name && (
              <span class="num" data-testid="caller-number">
                {caller.display}
              </span>
            )}
            {call.direction === "inbound" && <MatchChip match={caller.match} />}
          </p>
          <p class="ringing-queue">
            <span>{call.queue !== "" && queueLabel(desk.store.queues.value, call.queue)}</span>
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
              aria-keyshortcuts={desk.actions.aria("phone.answer")}
              onClick={() => void desk.phoneOrder((phone) => phone.answer(call.id))}
            >
              <Icon name="phone" />
              <span>{talking ? t("call.hold_answer") : t("call.answer")}</span>
              {!talking && <Keys of="phone.answer" />}
            </button>
            <button
              type="button"
              class="button"
              data-testid="reject"
              aria-keyshortcuts={desk.actions.aria("phone.reject")}
              onClick={() => void desk.phoneOrder((phone) => phone.reject(call.id))}
            >
              <Icon name="close" />
              <span>{t("call.reject")}</span>
            </button>
          </div>
        </div>
        {card && <Background card={card} />}
      </article>
    </div>
  );
}

/** Why it rings, where that is out of the ordinary; else for whom they call. */
function Second({ call: { caller, about, returning } }: { call: CallView }) {
  if (returning) {
    return (
      <b class="ringing-company" data-testid="returning">
        {t("call.returning", { name: nameOf(caller) })}
      </b>
    );
  }
  if (about) {
    return (
      <b class="ringing-company" data-testid="about">
        {t("call.about", { name: nameOf(about) })}
      </b>
    );
  }
  const company = caller.card?.company;
  return company ? <span class="ringing-company">{company}</span> : null;
}

/** The caller's note, what is open, and the last contacts: a glance each. */
function Background({ card }: { card: CustomerCard }) {
  const { note, tickets, contacts } = card;
  if (note === "" && tickets.length === 0 && contacts.length === 0) return null;
  return (
    <div class="ringing-more">
      {note !== "" && <p class="ringing-note">{note}</p>}
      {tickets.length > 0 && (
        <ul aria-label={t("tickets.open")}>
          {tickets.slice(0, TICKETS).map((ticket) => (
            <li key={ticket.id} class="ringing-line">
              <Priority value={ticket.priority} />
              <span class="ringing-text" title={ticket.subject}>
                <span class="num">#{ticket.number}</span> {ticket.subject}
              </span>
              <Age of={ticket.created_at} />
            </li>
          ))}
        </ul>
      )}
      {contacts.length > 0 && (
        <ul aria-label={t("timeline.title")}>
          {contacts.map((contact) => (
            <Contact key={contact.at} contact={contact} />
          ))}
        </ul>
      )}
    </div>
  );
}

export function queueLabel(queues: readonly QueueView[], name: string): string {
  const queue = queues.find((each) => each.name === name);
  return queue ? localised(queue.label, name) : name;
}
