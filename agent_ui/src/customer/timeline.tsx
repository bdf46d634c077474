import { useSignal } from "@preact/signals";
import { CallMark, isOver, kindOf, outcome } from "../calls/contact";
import { useDesk } from "../desk/context";
import { t } from "../i18n";
import type { CustomerCard, RecentContact, TimelineEntry, TimelineKind } from "../messages.gen";
import { Icon } from "../ui/icon";
import { Segments } from "../ui/segments";
import { SkeletonRows } from "../ui/skeleton";
import { When } from "../ui/timer";

type Filter = TimelineKind | "all";
const FILTERS: readonly Filter[] = ["call", "ticket", "note", "all"];

type Entry = Pick<
  TimelineEntry,
  "kind" | "id" | "at" | "title" | "body" | "author" | "direction" | "connected_s" | "ticket_number"
>;

/**
 * What happened with this customer, newest first. It begins with calls, because the card brings the
 * last three along: they stand there while the rest is fetched, and nothing moves when it comes.
 */
export function Timeline({ card }: { card: CustomerCard }) {
  const desk = useDesk();
  const filter = useSignal<Filter>("call");
  const detail = desk.customer.data.value;
  const full = detail && detail.id === card.party_id ? detail.timeline : null;
  const entries = full ?? card.contacts.map(asEntry);
  const mine = desk.store.calls.value.map(({ id }) => id);
  const shown = entries.filter((entry) => {
    if (filter.value !== "all" && entry.kind !== filter.value) return false;
    // The call on this desk is history once the log says how it ended.
    return entry.kind !== "call" || isOver(entry.title) || !mine.includes(entry.id);
  });
  return (
    <section class="block">
      <div class="block-head">
        <h2>{t("timeline.title")}</h2>
        <Segments
          label={t("timeline.filter")}
          look="chips"
          testid="timeline-filter"
          options={FILTERS.map((value) => ({ value, text: t(`timeline.${value}`) }))}
          value={filter.value}
          onChange={(value) => {
            filter.value = value;
          }}
        />
      </div>
      <ul class="rows" data-testid="timeline">
        {shown.map((entry) => (
          <Row key={`${entry.kind} ${entry.at} ${entry.title}`} entry={entry} />
        ))}
      </ul>
      {full === null && filter.value !== "call" && <SkeletonRows rows={3} />}
      {(full !== null || filter.value === "call") && shown.length === 0 && (
        <p class="empty">{t("timeline.empty")}</p>
      )}
    </section>
  );
}

function Row({ entry }: { entry: Entry }) {
  const text = textOf(entry);
  return (
    <li class="row timeline-row">
      <span class="timeline-at">
        <When at={entry.at} />
      </span>
      <Mark entry={entry} />
      <span class="row-text" title={text}>
        {text}
      </span>
      <span class="timeline-author">{entry.author}</span>
      <span class="num timeline-length">
        {entry.kind === "call" && outcome(entry.title, entry.connected_s)}
      </span>
    </li>
  );
}

function asEntry(contact: RecentContact): Entry {
  const { at, direction, result, agent, connected_s, note } = contact;
  const call = { kind: "call", id: at, ticket_number: null } as const;
  return { ...call, at, title: result, body: note, author: agent, direction, connected_s };
}

function Mark({ entry }: { entry: Entry }) {
  if (entry.kind === "call") return <CallMark kind={kindOf(entry.direction, entry.title)} />;
  return (
    <span class="call-mark" title={t(`timeline.${entry.kind}`)}>
      <Icon name={entry.kind} />
    </span>
  );
}

function textOf({ kind, title, body, ticket_number }: Entry): string {
  if (kind === "ticket") return `#${ticket_number ?? ""} ${title}`;
  if (kind === "note" && ticket_number !== null) return `#${ticket_number} ${body}`;
  return body;
}
