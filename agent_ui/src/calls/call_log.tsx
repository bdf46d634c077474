import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { ApiError } from "../api";
import { useDesk } from "../desk/context";
import { callOf } from "../desk/model";
import { inWords } from "../desk/notices";
import { t } from "../i18n";
import type { CallRow } from "../messages.gen";
import { Icon } from "../ui/icon";
import { Segments } from "../ui/segments";
import { SkeletonRows } from "../ui/skeleton";
import { When } from "../ui/timer";
import { CallMark, kindOf, outcome } from "./contact";
import { networkName } from "./names";

const ROWS = 60;
/** What is told of one call comes close together: it is read once. */
const PAUSE_MS = 60;

type Filter = "all" | "missed" | "inbound" | "outbound";
const FILTERS: readonly Filter[] = ["all", "inbound", "outbound", "missed"];

/** The calls I had a part in, newest first. */
export function CallLog() {
  const desk = useDesk();
  const rows = useSignal<readonly CallRow[] | null>(null);
  const failure = useSignal("");
  const filter = useSignal<Filter>("all");
  useSignalEffect(() => {
    desk.logVersion.value;
    if (desk.socket.link.value !== "up") return;
    const read = async () => {
      try {
        rows.value = (await desk.api.myCalls(ROWS)).items;
        failure.value = "";
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        failure.value = inWords(error);
      }
    };
    if (rows.peek() === null) {
      void read();
      return;
    }
    const timer = setTimeout(read, PAUSE_MS);
    return () => clearTimeout(timer);
  });
  const shown = useComputed(() => rows.value?.filter((row) => passes(row, filter.value)) ?? null);
  return (
    <div class="log">
      <div class="log-head">
        <h2>{t("log.title")}</h2>
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
        {shown.value?.map((row) => (
          <Row key={row.id} row={row} />
        ))}
        {shown.value === null && failure.value === "" && <SkeletonRows rows={6} />}
        {shown.value?.length === 0 && <p class="empty">{t("log.empty")}</p>}
        {failure.value !== "" && <p class="empty">{failure.value}</p>}
      </div>
    </div>
  );
}

function Row({ row }: { row: CallRow }) {
  const desk = useDesk();
  desk.note.changes.value; // a draft may have begun or ended
  const name = row.party_name || networkName(row) || row.display || t("caller.withheld");
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
          {desk.drafts.has(row.id) && (
            <span class="log-draft" title={t("log.draft")}>
              <Icon name="draft" />
            </span>
          )}
        </span>
        <span class="log-when">
          <When at={row.started_at} />
        </span>
        <span class="log-detail num">{name === row.display ? "" : row.display}</span>
        <span class="log-result num">{outcome(row.result, row.connected_s)}</span>
      </button>
      {row.number !== "" && desk.phone.value.kind !== "none" && (
        <button
          type="button"
          class="button quiet icon-only log-dial"
          aria-label={t("phone.call_number", { number: row.display })}
          title={t("phone.call_number", { number: row.display })}
          disabled={desk.current.value !== null || desk.phone.value.line.value !== "ready"}
          onClick={() => void desk.phoneOrder((phone) => phone.dial(row.number))}
        >
          <Icon name="phone" />
        </button>
      )}
    </div>
  );
}

function passes(row: CallRow, filter: Filter): boolean {
  if (filter === "all") return true;
  if (filter !== "missed") return row.direction === filter;
  return kindOf(row.direction, row.result) === "missed";
}
