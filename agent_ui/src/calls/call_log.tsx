import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { ApiError } from "../api";
import { Behind } from "../desk/banner";
import { useDesk } from "../desk/context";
import { callOf } from "../desk/model";
import { inWords } from "../desk/notices";
import { t } from "../i18n";
import type { CallRow } from "../messages.gen";
import { Icon } from "../ui/icon";
import { Segments } from "../ui/segments";
import { SkeletonRows } from "../ui/skeleton";
import { When } from "../ui/timer";
import { Virtual } from "../ui/virtual";
import { isRequired } from "../work/dispositions";
import { CallMark, kindOf, outcome } from "./contact";
import { Dial } from "./dial";
import { colleagueIn, networkName } from "./names";
import { TruthMark, truthOf } from "./truth";

const ROWS = 60;
const PAGE = 200;
/** What is told of one call comes close together: it is read once. */
const PAUSE_MS = 60;

type Filter = "all" | "missed" | "inbound" | "outbound";
const FILTERS: readonly Filter[] = ["all", "inbound", "outbound", "missed"];

/** The calls I had a part in, newest first; older ones come as one scrolls. */
export function CallLog() {
  const desk = useDesk();
  const rows = useSignal<readonly CallRow[] | null>(null);
  const hasMore = useSignal(false);
  const failure = useSignal("");
  const reading = useSignal(false);
  const scrolled = useSignal(ROWS);
  const filter = useSignal<Filter>("all");

  const attempt = async (read: () => Promise<void>) => {
    try {
      await read();
      failure.value = "";
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failure.value = inWords(error);
    }
  };
  const readNewest = () =>
    attempt(async () => {
      const { items } = await desk.api.myCalls(ROWS);
      const known = rows.peek();
      const ids = new Set(items.map(({ id }) => id));
      if (known?.some(({ id }) => ids.has(id))) {
        rows.value = joined(items, known);
        // However many calls come in a day: what nobody scrolled to is let go, a page at a time.
        if (!reading.peek() && rows.value.length > scrolled.peek() + PAGE) {
          rows.value = rows.value.slice(0, scrolled.peek());
          hasMore.value = true;
        }
      } else {
        // The first time; or so much happened since that what is between is not known.
        rows.value = items;
        hasMore.value = items.length === ROWS;
      }
    });
  const readOlder = async () => {
    const last = rows.peek()?.at(-1);
    if (reading.peek() || !hasMore.peek() || last === undefined) return;
    reading.value = true;
    await attempt(async () => {
      const { items } = await desk.api.myCallsBefore(last.started_at, PAGE);
      hasMore.value = items.length === PAGE;
      rows.value = joined(rows.peek() ?? [], items);
      scrolled.value = rows.value.length;
    });
    reading.value = false;
  };

  useSignalEffect(() => {
    desk.logVersion.value;
    if (desk.socket.link.value !== "up") return;
    if (rows.peek() === null) {
      void readNewest();
      return;
    }
    const timer = setTimeout(readNewest, PAUSE_MS);
    return () => clearTimeout(timer);
  });
  const shown = useComputed(() => rows.value?.filter((row) => passes(row, filter.value)) ?? null);
  const isFiltered = filter.value !== "all";
  return (
    <div class="log">
      <div class="log-head">
        <h2>
          {t("log.title")}
          <Behind />
        </h2>
        <Segments
          label={t("log.filter")}
          look="chips"
          testid="log-filter"
          options={FILTERS.map((value) => ({ value, text: t(`log.${value}`) }))}
          value={filter.value}
          onChange={(value) => {
            filter.value = value;
          }}
        />
      </div>
      <div class="log-rows scroll">
        {shown.value && (
          <Virtual
            key={filter.value}
            items={shown.value}
            keyOf={({ id }) => id}
            row={(row) => <Row row={row} />}
            height={48}
            label={t("log.title")}
            {...(isFiltered ? {} : { onEnd: () => void readOlder() })}
          />
        )}
        {shown.value === null && failure.value === "" && <SkeletonRows rows={6} />}
        {shown.value?.length === 0 && <p class="empty">{t("log.empty")}</p>}
        {failure.value !== "" && <p class="empty">{failure.value}</p>}
        {hasMore.value && (isFiltered || failure.value !== "") && (
          <button
            type="button"
            class="button quiet"
            disabled={reading}
            onClick={() => void readOlder()}
          >
            {t("log.older")}
          </button>
        )}
      </div>
    </div>
  );
}

/** The later list after the earlier one, each call once, as the earlier has it. */
function joined(earlier: readonly CallRow[], later: readonly CallRow[]): readonly CallRow[] {
  const known = new Set(earlier.map(({ id }) => id));
  return [...earlier, ...later.filter(({ id }) => !known.has(id))];
}

function Row({ row }: { row: CallRow }) {
  const desk = useDesk();
  desk.note.changes.value; // a draft may have begun or ended
  const truth = truthOf(row);
  const colleague = colleagueIn(row, desk.user.extension, desk.store.colleagues.value);
  const name =
    colleague || row.party_name || networkName(row) || row.display || t("caller.withheld");
  return (
    <div class="log-row" data-testid="call-log-row" data-call-id={row.id} data-result={row.result}>
      <button
        type="button"
        class="log-open"
        aria-current={callOf(desk.shown.value) === row.id}
        onClick={() => desk.showPast(row)}
      >
        <CallMark kind={kindOf(row.direction, row.result)} />
        <span class="log-name">
          {name}
          {desk.drafts.has(row.id) ? (
            <Flag text={t("log.draft")} />
          ) : (
            isUndisposed(desk.config.data.value, row) && <Flag text={t("log.undisposed")} />
          )}
        </span>
        <span class="log-when">
          <When at={row.started_at} />
        </span>
        <span class="log-detail num">{name === row.display || colleague ? "" : row.display}</span>
        <span class="log-result num">
          {truth && <TruthMark truth={truth} />}
          {outcome(row.result, row.connected_s)}
        </span>
      </button>
      {!colleague && <Dial bare number={row.number} display={row.display} class="log-dial" />}
    </div>
  );
}

function Flag({ text }: { text: string }) {
  return (
    <span class="log-draft" title={text}>
      <Icon name="draft" />
      <span class="for-ears">{text}</span>
    </span>
  );
}

function isUndisposed(config: Parameters<typeof isRequired>[0], row: CallRow): boolean {
  if (row.disposition_id !== null || row.result !== "answered") return false;
  return isRequired(config, row.queues.at(-1) ?? "");
}

function passes(row: CallRow, filter: Filter): boolean {
  if (filter === "all") return true;
  if (filter !== "missed") return row.direction === filter;
  return kindOf(row.direction, row.result) === "missed";
}
