import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { useDesk } from "../desk/context";
import { t } from "../i18n";
import type { TicketDetail, TicketStatus } from "../messages.gen";
import { Icon } from "../ui/icon";
import { lazy } from "../ui/lazy";
import { Popover, useClose } from "../ui/popover";
import { Age } from "../ui/timer";

const STATUSES: readonly TicketStatus[] = ["open", "pending", "solved", "closed"];
const PRIORITIES = [1, 2, 3, 4] as const;

const MergePanel = lazy(async () => (await import("./merge_panel")).MergePanel);

/** Which ticket is being worked, and its few facts; or the subject of the one to be opened. */
export function TicketHead() {
  const desk = useDesk();
  const ticket = desk.ticket.data.value;
  const isNew = desk.ticketId.value === null;
  const { without_ticket: without } = desk.work.wrap.draft.value;
  const conflict = desk.ticketChanges.conflict.value;
  const title = isNew ? t(without ? "ticket.without" : "ticket.new") : `#${ticket?.number ?? ""}`;
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
      {isNew ? <NewSubject disabled={without} /> : <Subject key={ticket?.id} ticket={ticket} />}
      {conflict && conflict.now.id === ticket?.id && (
        <MergePanel key={conflict.now.version} conflict={conflict} />
      )}
    </header>
  );
}

function NewSubject({ disabled }: { disabled: boolean }) {
  const { work } = useDesk();
  return (
    <input
      class="ticket-subject"
      value={work.wrap.draft.value.subject}
      placeholder={disabled ? t("ticket.without_hint") : t("ticket.subject_hint")}
      aria-label={t("ticket.subject")}
      maxLength={300}
      disabled={disabled}
      data-testid="ticket-subject"
      onInput={(event) => work.wrap.change({ subject: event.currentTarget.value })}
    />
  );
}

/** The subject can be written anew; what somebody else made of it meanwhile is not overwritten. */
function Subject({ ticket }: { ticket: TicketDetail | null }) {
  const desk = useDesk();
  const typed = useSignal<string | null>(null);
  const base = useRef<TicketDetail | null>(null);
  const save = async () => {
    const subject = typed.peek()?.trim() ?? "";
    const from = base.current;
    if (from !== null && subject !== "" && subject !== from.subject) {
      await desk.ticketChanges.change(from, { subject });
    }
    typed.value = null;
    base.current = null;
  };
  const saver = useRef(save);
  saver.current = save;
  useEffect(() => () => void saver.current(), []); // another ticket is shown: what was typed counts
  return (
    <input
      class="ticket-subject"
      value={typed.value ?? ticket?.subject ?? ""}
      title={ticket?.subject ?? ""}
      aria-label={t("ticket.subject")}
      maxLength={300}
      readOnly={ticket === null}
      data-testid="ticket-subject"
      onInput={(event) => {
        base.current ??= ticket;
        typed.value = event.currentTarget.value;
      }}
      onBlur={() => void save()}
      onKeyDown={(event) => {
        if (event.key === "Enter" && !event.isComposing) event.currentTarget.blur();
        if (event.key !== "Escape") return;
        typed.value = null;
        base.current = null;
      }}
    />
  );
}

function Choice() {
  const desk = useDesk();
  const close = useClose();
  const tickets = desk.card.value?.tickets ?? [];
  const isNew = desk.ticketId.value === null;
  const { without_ticket: without } = desk.work.wrap.draft.value;
  const open = (withoutTicket: boolean) => {
    desk.work.wrap.change({ without_ticket: withoutTicket });
    desk.workOn(null);
    close();
  };
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
          aria-pressed={isNew && !without}
          data-testid="ticket-new"
          onClick={() => open(false)}
        >
          {t("ticket.new")}
        </button>
      </li>
      {desk.subject.value.callId !== null && (
        <li>
          <button
            type="button"
            class="menu-item"
            aria-pressed={isNew && without}
            data-testid="ticket-none"
            onClick={() => open(true)}
          >
            {t("ticket.without")}
          </button>
        </li>
      )}
    </ul>
  );
}

function Facts({ ticket }: { ticket: TicketDetail }) {
  const { ticketChanges } = useDesk();
  return (
    <>
      <select
        aria-label={t("ticket.status")}
        data-testid="ticket-status"
        value={ticket.status}
        onChange={(event) =>
          void ticketChanges.change(ticket, { status: event.currentTarget.value as TicketStatus })
        }
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
        onChange={(event) =>
          void ticketChanges.change(ticket, { priority: Number(event.currentTarget.value) })
        }
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
