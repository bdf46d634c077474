import { useDesk } from "../desk/context";
import { t } from "../i18n";
import type { OpenTicket } from "../messages.gen";
import { Priority } from "../ui/badges";
import { Age } from "../ui/timer";

/** What this customer still waits for, most urgent first. A click takes it to the work column. */
export function OpenTickets({ tickets }: { tickets: readonly OpenTicket[] }) {
  const desk = useDesk();
  return (
    <section class="block">
      <h2>
        {t("tickets.open")} <span class="num count">{tickets.length}</span>
      </h2>
      {tickets.length === 0 && <p class="empty">{t("tickets.none")}</p>}
      <ul class="rows">
        {tickets.map((ticket) => (
          <li key={ticket.id}>
            <button
              type="button"
              class="row ticket-row"
              data-testid="open-ticket"
              aria-current={desk.ticketId.value === ticket.id}
              onClick={() => void desk.attachTicket(ticket.id)}
            >
              <Priority value={ticket.priority} />
              <span class="num ticket-number">#{ticket.number}</span>
              <span class="row-text" title={ticket.subject}>
                {ticket.subject}
              </span>
              <Age of={ticket.created_at} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
