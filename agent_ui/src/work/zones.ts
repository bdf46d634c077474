const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** A day ("2026-03-29") and a time ("02:30") on somebody's wall. */
export interface WallTime {
  readonly date: string;
  readonly time: string;
}

export function browserZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** A zone this browser can count in; the browser's own for one it does not know. */
export function knownZone(zone: string): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone || undefined }).resolvedOptions()
      .timeZone;
  } catch {
    return browserZone();
  }
}

/** What a clock on the wall of that zone shows at a moment (ms). */
export function wallTime(at: number, zone: string): WallTime {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(at);
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
  return {
    date: `${of("year")}-${of("month")}-${of("day")}`,
    time: `${of("hour")}:${of("minute")}`,
  };
}

/**
 * The moment (ms) at which the wall of that zone shows this; null for what is no date or time. When
 * the clocks are put forward, a time that is skipped is taken as that much later; when they are put
 * back, a time that comes twice is the first of the two.
 */
export function momentOf({ date, time }: WallTime, zone: string): number | null {
  // Browsers make a date of nearly anything ("T:00Z" is one): only what is whole is asked about.
  if (!/^\d{4,6}-\d\d-\d\d$/.test(date) || !/^\d\d:\d\d/.test(time)) return null;
  const wanted = Date.parse(`${date}T${time.slice(0, 5)}:00Z`);
  if (Number.isNaN(wanted)) return null;
  // The offset on the day before and on the day after: the earlier moment whose wall fits.
  const offsets = [wanted - DAY_MS, wanted + DAY_MS].map((at) => offset(at, zone));
  const fits = offsets
    .map((each) => wanted - each)
    .filter((at) => at + offset(at, zone) === wanted)
    .sort((a, b) => a - b);
  return fits[0] ?? wanted - Math.min(...offsets);
}

/** How far the zone is ahead of UTC at a moment, in ms. */
function offset(at: number, zone: string): number {
  const { date, time } = wallTime(at, zone);
  return Date.parse(`${date}T${time}:00Z`) - Math.floor(at / MINUTE_MS) * MINUTE_MS;
}

/** Days later on the calendar, whatever the clocks do meanwhile. */
export function daysLater(date: string, days: number): string {
  return new Date(Date.parse(`${date}T12:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Times people promise, on the wall of that zone. */
export function suggestions(now: number, zone: string) {
  const today = wallTime(now, zone).date;
  const weekday = new Date(`${today}T12:00:00Z`).getUTCDay();
  return {
    hour: wallTime(Math.ceil((now + HOUR_MS) / (5 * MINUTE_MS)) * 5 * MINUTE_MS, zone),
    tomorrow: { date: daysLater(today, 1), time: "10:00" },
    monday: { date: daysLater(today, (8 - weekday) % 7 || 7), time: "10:00" },
  } satisfies Record<string, WallTime>;
}
