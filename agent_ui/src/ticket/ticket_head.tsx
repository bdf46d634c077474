import { type Signal, useSignalEffect } from "@preact/signals";
import { useDesk } from "../desk/context";
import { t } from "../i18n";
import type { TicketDetail, TicketPatch, TicketStatus } from "../messages.gen";
import { Icon } from "../ui/icon";
import { Popover, useClose } from "../ui/popover";
import { Age } from "../ui/timer";

const STATUSES: readonly TicketStatus[] = ["open", "pending", "solved", "closed"];
const PRIORITIES = [1, 2, 3, 4] as const;

/** Which ticket is being worked, and its few facts; or the subject of the one to be opened. */
export function TicketHead({ subject }: { subject: Signal<string> }) {
  const desk = useDesk();
  const ticket = desk.ticket.data.value;
  const isNew = desk.ticketId.value === null;
  useSignalEffect(() => {
    desk.ticketId.value;
    subject.value = "";
  });
  const title = isNew ? t("ticket.new") : ticket ? `#${ticket.number}` : "#";
  return (
    <header class="ticket-head">
      <div class="ticket-line">
        <Popover
          face={
            <>
              <Icon name="ticket" />
              <b class="num" data-testid="ticket-number">
                {title}
              </b>
              <Icon name="down" />
            </>
          }
          label={t("ticket.choose")}
          class="button quiet"
          testid="ticket-choose"
        >
          <Choice />
        </Popover>
        {ticket && <Facts ticket={ticket} />}
      </div>
      {isNew ? (
        <input
          class="ticket-subject"
          value={subject}
          placeholder={t("ticket.subject_hint")}
          aria-label={t("ticket.subject")}
          data-testid="ticket-subject"
          onInput={(event) => {
            subject.value = event.currentTarget.value;
          }}
        />
      ) : (
        <p class="ticket-subject" title={ticket?.subject ?? ""} data-testid="ticket-subject">
          {ticket?.subject ?? ""}
        </p>
      )}
    </header>
  );
}

function Choice() {
  const desk = useDesk();
  const close = useClose();
  const tickets = desk.card.value?.tickets ?? [];
  return (
    <ul class="menu ticket-menu">
      {tickets.map((ticket) => (
        <li key={ticket.id}>
          <button
            type="button"
            class="menu-item"
            aria-pressed={ticket.id === desk.ticketId.value}
            onClick={() => {
              void desk.attachTicket(ticket.id);
              close();
            }}
          >
            <b class="num">#{ticket.number}</b> {ticket.subject}
          </button>
        </li>
      ))}
      <li>
        <button
          type="button"
          class="menu-item"
          aria-pressed={desk.ticketId.value === null}
          data-testid="ticket-new"
          onClick={() => {
            desk.workOn(null);
            close();
          }}
        >
          {t("ticket.new")}
        </button>
      </li>
    </ul>
  );
}

function Facts({ ticket }: { ticket: TicketDetail }) {
  const desk = useDesk();
  const patch = async (change: Omit<TicketPatch, "version">) => {
    const { id, version } = ticket;
    const done = await desk.notices.attempt(async () => {
      desk.ticket.set(id, await desk.api.patchTicket(id, { ...change, version }));
    });
    if (!done) void desk.ticket.refresh(); // what stands there now, perhaps by somebody else
    void desk.customer.refresh();
  };
  return (
    <>
      <select
        aria-label={t("ticket.status")}
        data-testid="ticket-status"
        value={ticket.status}
        onChange={(event) => void patch({ status: event.currentTarget.value as TicketStatus })}
      >
        {STATUSES.map((status) => (
          <option key={status} value={status}>
            {t(`ticket.${status}`)}
          </option>
        ))}
      </select>
      <select
        aria-label={t("ticket.priority")}
        data-testid="ticket-priority"
        value={ticket.priority}
        onChange={(event) => void patch({ priority: Number(event.currentTarget.value) })}
      >
        {PRIORITIES.map((priority) => (
          <option key={priority} value={priority}>
            {t(`priority.${priority}`)}
          </option>
        ))}
      </select>
      <span class="ticket-age" title={t("ticket.age")}>
        <Age of={ticket.created_at} />
      </span>
    </>
  );
}
