import { useLayoutEffect, useRef } from "preact/hooks";
import { useDesk } from "../desk/context";
import { callOf } from "../desk/model";
import { t } from "../i18n";
import { SkeletonRows } from "../ui/skeleton";
import { When } from "../ui/timer";
import { without } from "./note_keeper";

/** What stands in the ticket, oldest first, the newest in view. */
export function TicketNotes() {
  const desk = useDesk();
  const ticket = desk.ticket.data.value;
  const box = useRef<HTMLDivElement>(null);
  const length = ticket?.notes.length ?? 0;
  useLayoutEffect(() => {
    // Asked for a height, the browser lays the whole desk out at once: not while nothing is here.
    if (box.current && length > 0) box.current.scrollTop = box.current.scrollHeight;
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
      {(ticket !== null || desk.ticketId.value === null) && <KeptWithTheCall />}
      {desk.ticketId.value === null && (
        <p class="empty">
          {desk.partyId.value === null ? t("ticket.no_customer") : t("ticket.new_hint")}
        </p>
      )}
    </div>
  );
}

/** What the call's note holds and the ticket does not: perhaps written in another window. */
function KeptWithTheCall() {
  const desk = useDesk();
  const callId = callOf(desk.shown.value);
  const inTicket = desk.ticket.data.value?.notes.filter((note) => note.call_id === callId) ?? [];
  const kept = inTicket.reduce((left, { body }) => without(left, body, ""), desk.note.before.value);
  if (kept === "") return null;
  return (
    <article class="ticket-note" data-testid="kept-note">
      <p class="ticket-note-head">
        <b>{t("note.saved")}</b>
      </p>
      <p class="ticket-note-body">{kept}</p>
    </article>
  );
}
