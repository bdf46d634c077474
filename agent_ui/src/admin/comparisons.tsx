import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { useDesk } from "../desk/context";
import { inWords } from "../desk/notices";
import { absolute, count } from "../format";
import { locale, t, tCode } from "../i18n";
import type { DifferenceRow, HealthView, ReconciliationRow } from "../messages.gen";
import { inReadersWords } from "../problems";
import { Resource } from "../resource";
import { SkeletonRows } from "../ui/skeleton";
import { Virtual } from "../ui/virtual";
import { inline } from "../work/markdown";

const SHOWN = 30;
const NOTHING = "health.comparisons_nothing";

/** Whether there is a record to compare with; as long as nothing is known of it, there may be. */
export function isRecorded(health: HealthView | null): boolean {
  return health === null || health.pbxs.some(({ history_ok }) => history_ok !== null);
}

/** Each comparison of our log with the switch's own record, and what it found. */
export function Comparisons() {
  const { api, store } = useDesk();
  const list = useMemo(() => new Resource(() => api.reconciliations(SHOWN)), [api]);
  list.open("all");
  const open = useSignal<string | null>(null);
  const failure = list.error.value;
  const items = list.data.value?.items;
  return (
    <section class="health-part" aria-label={t("health.comparisons")} data-testid="comparisons">
      <h3>{t("health.comparisons")}</h3>
      {items === undefined && failure === null && <SkeletonRows rows={3} />}
      {items === undefined && failure !== null && (
        <p class="hint" role="alert">
          {t("health.comparisons_failed", { why: inWords(failure) })}{" "}
          <button type="button" class="button quiet" onClick={() => void list.refresh()}>
            {t("player.again")}
          </button>
        </p>
      )}
      {items?.length === 0 && (
        <p class="hint">
          {inline(t(isRecorded(store.health.value) ? "health.comparisons_none" : NOTHING))}
        </p>
      )}
      {items && items.length > 0 && (
        <ul class="comparisons">
          {items.map((row) => (
            <Comparison
              key={row.id}
              row={row}
              isOpen={open.value === row.id}
              toggle={() => {
                open.value = open.peek() === row.id ? null : row.id;
              }}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

interface ComparisonProps {
  row: ReconciliationRow;
  isOpen: boolean;
  toggle: () => void;
}

function Comparison({ row, isOpen, toggle }: ComparisonProps) {
  return (
    <li class="comparison" data-testid="comparison">
      <span title={`${absolute(row.since)} – ${absolute(row.until)}`}>{periodOf(row)}</span>
      <span class="comparison-pbx">{row.pbx}</span>
      {row.problem ? (
        <span class="comparison-problem">
          ▲ {t("health.comparison_failed", { why: inReadersWords(row.problem) })}
        </span>
      ) : (
        <span class="num">
          {t("health.compared_how", { calls: count(row.calls), n: count(row.differences) })}
          {row.bad_lines > 0 && ` · ${t("health.bad_lines", { n: count(row.bad_lines) })}`}
        </span>
      )}
      {row.differences > 0 && (
        <button
          type="button"
          class="button quiet"
          aria-expanded={isOpen}
          data-testid="comparison-show"
          onClick={toggle}
        >
          {t(isOpen ? "health.hide" : "health.show")}
        </button>
      )}
      {isOpen && <Differences of={row.id} />}
    </li>
  );
}

/** A night's comparison is of a day, and has its date; one by hand is of any time. */
function periodOf({ since, until }: ReconciliationRow): string {
  const [from, to] = [new Date(since), new Date(until)];
  const next = new Date(from.getFullYear(), from.getMonth(), from.getDate() + 1);
  const isDay = isMidnight(from) && to.getTime() === next.getTime();
  const day = { month: "short", day: "numeric", weekday: "short" } as const;
  if (isDay) return from.toLocaleDateString(locale.value, day);
  const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  const { weekday: _, ...date } = day;
  return new Intl.DateTimeFormat(locale.value, { ...date, ...time }).formatRange(from, to);
}

function isMidnight(at: Date): boolean {
  return at.getHours() === 0 && at.getMinutes() === 0 && at.getSeconds() === 0;
}

function Differences({ of }: { of: string }) {
  const { api } = useDesk();
  const list = useMemo(() => new Resource((id) => api.differences(id)), [api]);
  list.open(of);
  const failure = list.error.value;
  const items = list.data.value?.items;
  if (items === undefined) {
    if (failure === null) return <SkeletonRows rows={4} />;
    return (
      <p class="hint" role="alert">
        {t("health.differences_failed", { why: inWords(failure) })}
      </p>
    );
  }
  return (
    // Reached by keys, because it scrolls.
    <section
      class="differences scroll"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: as above
      tabIndex={0}
      aria-label={t("health.differences")}
    >
      <Virtual
        items={items}
        keyOf={({ id }) => id}
        row={(row) => <Difference row={row} />}
        height={64}
        label={t("health.differences")}
        testid="differences"
      />
    </section>
  );
}

function Difference({ row }: { row: DifferenceRow }) {
  const desk = useDesk();
  const show = () =>
    desk.notices.attempt(async () => {
      desk.showPast(await desk.api.call(row.call_id));
      desk.panel.value = null;
    });
  return (
    <div class="difference" data-testid="difference" data-kind={row.kind}>
      <b>{tCode("difference", row.kind, row.kind)}</b>
      {row.ours === null ? (
        <code>{row.uniqueid}</code>
      ) : (
        <button type="button" class="button quiet" onClick={() => void show()}>
          <code>{row.uniqueid}</code>
        </button>
      )}
      <Side name={t("health.ours")} of={row.ours} />
      <Side name={t("health.theirs")} of={row.theirs} />
    </div>
  );
}

function Side({ name, of }: { name: string; of: unknown }) {
  const text = plain(of);
  return (
    <span class="difference-side" title={text}>
      <small>{name}</small> <span class="num">{text}</span>
    </span>
  );
}

/** A value of the log in one line, in the reader's words: "ended 14:02:09.120 · result busy". */
export function plain(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (Array.isArray(value)) return value.length > 0 ? value.map(plain).join(", ") : "–";
  if (typeof value === "number") return String(Math.round(value * 1000) / 1000);
  if (typeof value === "string") return MOMENT.test(value) ? toTheMillisecond(value) : code(value);
  if (typeof value !== "object") return String(value);
  return Object.entries(value)
    .map(([name, of]) => (name === "value" ? plain(of) : `${field(name)} ${plain(of)}`))
    .join(" · ");
}

const MOMENT = /^\d{4}-\d\d-\d\dT/;

/** A difference may be of parts of a second. */
function toTheMillisecond(iso: string): string {
  return new Date(iso).toLocaleTimeString(locale.value, {
    hour12: false,
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
  });
}

/** Directions, results, roles and how stays ended have words; names of queues and legs are as they are. */
function code(value: string): string {
  const rest = tCode("role", value, tCode("visit", value, tCode("direction", value, value)));
  return tCode("result", value, rest);
}

/** "1764000.7 ended_at": what of which leg. */
function field(name: string): string {
  const [last = "", ...leg] = name.split(" ").reverse();
  return [...leg.reverse(), tCode("field", last, last)].join(" ");
}
