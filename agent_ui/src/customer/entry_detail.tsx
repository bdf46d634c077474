import { CallDetails } from "../calls/call_details";
import { WithNumbers } from "../calls/with_numbers";
import { useDesk } from "../desk/context";
import { absolute, duration, money } from "../format";
import { localised, t, tCode } from "../i18n";
import type { TimelineEntry } from "../messages.gen";

/** An entry of the history, opened: all of its text, and the way to what it is about. */
export function EntryDetail({ entry }: { entry: TimelineEntry }) {
  const desk = useDesk();
  const { kind, body, ticket_id: ticketId, ticket_number: number } = entry;
  const show = () => desk.notices.attempt(async () => desk.showPast(await desk.api.call(entry.id)));
  return (
    <div class="entry" data-testid="timeline-detail">
      {body !== "" && (
        <p class="entry-body">
          <WithNumbers text={body} />
        </p>
      )}
      <p class="hint">{factsOf(entry).join(" · ")}</p>
      {kind === "call" && <CallDetails id={entry.id} />}
      <div class="entry-orders">
        {kind === "call" && (
          <button type="button" class="button" onClick={() => void show()}>
            {t("entry.show_call")}
          </button>
        )}
        {ticketId !== null && (
          <button type="button" class="button" onClick={() => desk.workOn(ticketId)}>
            {t("entry.show_ticket", { n: number ?? "" })}
          </button>
        )}
      </div>
    </div>
  );
}

function factsOf(entry: TimelineEntry): string[] {
  const { kind, title, disposition, due_at, done_at, amount } = entry;
  const facts = [
    absolute(entry.at),
    entry.author,
    kind === "call" && title !== "" && tCode("result", title, title),
    entry.connected_s > 0 && duration(entry.connected_s),
    disposition && localised(disposition, ""),
    kind !== "call" && entry.status !== "" && statusOf(entry),
    amount !== null && money(amount, entry.currency),
    due_at && t("entry.due", { when: absolute(due_at) }),
    done_at && t("entry.done", { when: absolute(done_at) }),
  ];
  return facts.filter((fact): fact is string => typeof fact === "string" && fact !== "");
}

/** Tickets have four; an order has whatever the shop calls it. */
function statusOf({ kind, status }: TimelineEntry): string {
  if (kind !== "ticket") return status;
  return ["open", "pending", "solved", "closed"].includes(status)
    ? t(`ticket.${status as "open"}`)
    : status;
}
