import { effect, useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { CallMark, isOver, kindOf, outcome } from "../calls/contact";
import { isTruth, TruthMark } from "../calls/truth";
import { Behind } from "../desk/banner";
import { useDesk } from "../desk/context";
import { isWriting } from "../desk/model";
import { inWords } from "../desk/notices";
import { money } from "../format";
import { t } from "../i18n";
import type { CustomerCard, CustomerDetail, RecentContact, TimelineEntry } from "../messages.gen";
import { Icon } from "../ui/icon";
import { lazy } from "../ui/lazy";
import { Segments } from "../ui/segments";
import { SkeletonRows } from "../ui/skeleton";
import { When } from "../ui/timer";
import { Virtual } from "../ui/virtual";
import { History, type HistoryKind, keyOfEntry } from "./history";

const FILTERS: readonly HistoryKind[] = [
  "all",
  "call",
  "ticket",
  "note",
  "order",
  "task",
  "mail",
  "campaign",
];

const EntryDetail = lazy(async () => (await import("./entry_detail")).EntryDetail);

/** What happened with this customer, newest first, in one stream. */
export function Timeline({ card }: { card: CustomerCard }) {
  const desk = useDesk();
  const filter = useSignal<HistoryKind>("all");
  const open = useSignal<ReadonlySet<string>>(new Set());
  const kind = filter.value;
  const history = useMemo(
    () => new History(desk.api, card.party_id, kind),
    [desk, card.party_id, kind],
  );
  useFollow(history, card.party_id, kind);

  const mine = useComputed(() => new Set(desk.store.calls.value.map(({ id }) => id)));
  const entries = history.entries.value;
  const failed = history.error.value ?? desk.customer.error.value;
  const known = entries ?? (failed ? card.contacts.map(asEntry) : null);
  const shown = useMemo(
    () =>
      // The call on this desk is history once the log says how it ended.
      known?.filter(
        ({ kind, title, id }) => kind !== "call" || isOver(title) || !mine.value.has(id),
      ),
    [known, mine.value],
  );
  const toggle = (key: string) => {
    const next = new Set(open.peek());
    if (!next.delete(key)) next.add(key);
    open.value = next;
  };
  return (
    <section class="block">
      <div class="block-head timeline-head">
        <h2>
          {t("timeline.title")}
          <Behind />
        </h2>
        <Segments
          label={t("timeline.filter")}
          look="chips"
          testid="timeline-filter"
          options={FILTERS.map((value) => ({ value, text: t(`timeline.${value}`) }))}
          value={kind}
          onChange={(value) => {
            filter.value = value;
          }}
        />
      </div>
      {shown && (
        <Virtual
          key={kind}
          items={shown}
          keyOf={keyOfEntry}
          row={(entry) => (
            <Row
              entry={entry}
              isOpen={open.value.has(keyOfEntry(entry))}
              toggle={() => toggle(keyOfEntry(entry))}
            />
          )}
          height={32}
          open={open.value}
          onEnd={() => void history.older()}
          testid="timeline"
          label={t("timeline.title")}
        />
      )}
      {known === null && <SkeletonRows rows={6} />}
      {shown?.length === 0 && !failed && <p class="empty">{t("timeline.empty")}</p>}
      {failed && (
        <div class="empty" role="alert">
          {inWords(failed)}{" "}
          <button
            type="button"
            class="button quiet"
            onClick={() => void (entries === null ? history.newest() : history.older())}
          >
            {t("timeline.again")}
          </button>
        </div>
      )}
    </section>
  );
}

/**
 * The first page of everything comes with the customer; of one kind it is fetched. Whenever the
 * customer was read anew it may have changed; it waits while somebody writes, so that nothing moves.
 */
function useFollow(history: History, partyId: string, kind: HistoryKind): void {
  const desk = useDesk();
  useEffect(() => {
    let waiting: CustomerDetail | null = null;
    const follow = (detail: CustomerDetail) => {
      waiting = null;
      if (kind === "all") history.begin(detail.timeline, detail.timeline_more);
      else void history.newest();
    };
    const disposals = [
      effect(() => {
        const detail = desk.customer.data.value;
        if (detail === null || detail.id !== partyId) return;
        if (history.entries.peek() === null || !isWriting()) follow(detail);
        else waiting = detail;
      }),
      effect(() => {
        desk.clock.now.value;
        if (waiting !== null && !isWriting()) follow(waiting);
      }),
    ];
    return () => {
      for (const dispose of disposals) dispose();
    };
  }, [desk, history, partyId, kind]);
}

interface RowProps {
  entry: TimelineEntry;
  isOpen: boolean;
  toggle: () => void;
}

function Row({ entry, isOpen, toggle }: RowProps) {
  const text = textOf(entry);
  return (
    <>
      <button
        type="button"
        class="row timeline-row"
        aria-expanded={isOpen}
        data-testid="timeline-row"
        data-kind={entry.kind}
        onClick={toggle}
      >
        <span class="timeline-at">
          <When at={entry.at} />
        </span>
        <Mark entry={entry} />
        <span class="row-text" title={text}>
          {text}
        </span>
        <span class="timeline-author">{entry.author}</span>
        {isTruth(entry.status) && <TruthMark truth={entry.status} />}
        <span class="num timeline-length">{outcomeOf(entry)}</span>
      </button>
      {isOpen && <EntryDetail entry={entry} />}
    </>
  );
}

function asEntry(contact: RecentContact): TimelineEntry {
  const { at, direction, result, agent, connected_s, note } = contact;
  return {
    ...{
      kind: "call",
      id: at,
      at,
      title: result,
      body: note,
      author: agent,
      direction,
      connected_s,
    },
    ...{ status: "", disposition: null, ticket_id: null, ticket_number: null, call_id: null },
    ...{ due_at: null, done_at: null, amount: null, currency: "" },
  };
}

function Mark({ entry }: { entry: TimelineEntry }) {
  if (entry.kind === "call") return <CallMark kind={kindOf(entry.direction, entry.title)} />;
  return (
    <span class="call-mark" title={t(`timeline.${entry.kind}`)}>
      <Icon name={entry.kind} />
      <span class="for-ears">{t(`timeline.${entry.kind}`)}</span>
    </span>
  );
}

/** One line: what it was about, with its number where it has one. */
function textOf({ kind, title, body, ticket_number }: TimelineEntry): string {
  switch (kind) {
    case "call":
      return body;
    case "ticket":
      return `#${ticket_number ?? ""} ${title}`;
    case "note":
    case "task":
      return ticket_number === null ? body : `#${ticket_number} ${body}`;
    case "order":
    case "mail":
    case "campaign":
      return [title, body].filter(Boolean).join(" · ");
  }
}

function outcomeOf(entry: TimelineEntry): string {
  if (entry.kind === "call") return outcome(entry.title, entry.connected_s);
  if (entry.kind === "order" && entry.amount !== null) return money(entry.amount, entry.currency);
  return "";
}
