import { useLayoutEffect, useRef } from "preact/hooks";
import { useDesk } from "../desk/context";
import { t } from "../i18n";
import { SkeletonRows } from "../ui/skeleton";
import { When } from "../ui/timer";

/** What stands in the ticket, oldest first, the newest in view. */
export function TicketNotes() {
  const desk = useDesk();
  const ticket = desk.ticket.data.value;
  const box = useRef<HTMLDivElement>(null);
  const length = ticket?.notes.length ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new note is what scrolls
  useLayoutEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [length]);
  return (
    <div class="ticket-notes scroll" ref={box} data-testid="ticket-notes">
      {ticket?.notes.map((note) => (
        <article key={note.id} class="ticket-note">
          <p class="ticket-note-head">
            <b>{note.author}</b>
            <When at={note.at} />
          </p>
          <p class="ticket-note-body">{note.body}</p>
        </article>
      ))}
      {ticket === null && desk.ticketId.value !== null && !desk.ticket.error.value && (
        <SkeletonRows rows={3} />
      )}
      {desk.ticket.error.value && <p class="empty">{t("ticket.failed")}</p>}
      {desk.ticketId.value === null && <WithoutTicket />}
    </div>
  );
}

/** The call's own note, and what becomes of the next one. */
function WithoutTicket() {
  const desk = useDesk();
  const kept = desk.note.before.value;
  return (
    <>
      {kept !== "" && (
        <article class="ticket-note">
          <p class="ticket-note-head">
            <b>{t("note.saved")}</b>
          </p>
          <p class="ticket-note-body">{kept}</p>
        </article>
      )}
      <p class="empty">
        {desk.partyId.value === null ? t("ticket.no_customer") : t("ticket.new_hint")}
      </p>
    </>
  );
}
