import { useDesk } from "../desk/context";
import { dayIn } from "../format";
import { t } from "../i18n";
import { browserZone, momentOf, suggestions, type WallTime } from "./zones";
import "./when.css";

interface Props {
  value: WallTime;
  /** Of the customer's clock; "" while it is not known. */
  zone: string;
  onChange: (value: WallTime) => void;
}

const QUICK = ["hour", "tomorrow", "monday"] as const;
const QUICK_TEXT = {
  hour: "callback.in_an_hour",
  tomorrow: "callback.tomorrow",
  monday: "callback.monday",
} as const;

/** A day and a time on the customer's clock, with the agent's own beside it. */
export function WhenFields({ value, zone, onChange }: Props) {
  const desk = useDesk();
  const place = zone || browserZone();
  const now = desk.clock.now.value;
  const at = momentOf(value, place);
  const quick = suggestions(now, place);
  return (
    <fieldset class="when" aria-label={t("callback.when")}>
      <div class="when-quick">
        {QUICK.map((name) => (
          <button
            type="button"
            key={name}
            class="button"
            data-testid={`when-${name}`}
            onClick={() => onChange(quick[name])}
          >
            {t(QUICK_TEXT[name])}
          </button>
        ))}
      </div>
      <div class="when-fields">
        <input
          type="date"
          aria-label={t("callback.date")}
          data-testid="when-date"
          value={value.date}
          onInput={(event) => onChange({ ...value, date: event.currentTarget.value })}
        />
        <input
          type="time"
          aria-label={t("callback.time")}
          data-testid="when-time"
          value={value.time}
          onInput={(event) => onChange({ ...value, time: event.currentTarget.value })}
        />
      </div>
      <p class="hint when-both" role="status" data-testid="when-both">
        {at === null ? zoneHint(zone) : bothTimes(at, zone)}
        {at !== null && at < now && <b class="warn"> {t("callback.past")}</b>}
      </p>
    </fieldset>
  );
}

function zoneHint(zone: string): string {
  return zone === "" ? t("callback.no_zone") : t("callback.when");
}

function bothTimes(at: number, zone: string): string {
  const here = t("callback.here", { time: dayIn(browserZone(), at) });
  if (zone === "") return `${here} · ${t("callback.no_zone")}`;
  if (zone === browserZone()) return `${here} · ${t("callback.same_zone")}`;
  return `${t("callback.there", { time: dayIn(zone, at) })} · ${here}`;
}
