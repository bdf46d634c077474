import { locale, t } from "./i18n";

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

const formats = new Map<string, Intl.DateTimeFormat>();

function dateFormat(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale.value} ${name}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale.value, options);
    formats.set(key, format);
  }
  return format;
}

/** Seconds as m:ss, or h:mm:ss from an hour on. Never negative. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const pad = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(whole / HOUR);
  const minutes = Math.floor((whole % HOUR) / MINUTE);
  return hours > 0
    ? `${hours}:${pad(minutes)}:${pad(whole % MINUTE)}`
    : `${minutes}:${pad(whole % MINUTE)}`;
}

/** Seconds between a server time (ISO) and now (ms by the server's clock). */
export function secondsSince(iso: string, now: number): number {
  return (now - Date.parse(iso)) / 1000;
}

/** How old something is, in one short word: "now", "5 min", "3 h", "2 d". */
export function age(iso: string, now: number): string {
  const seconds = secondsSince(iso, now);
  if (seconds < MINUTE) return t("age.now");
  if (seconds < HOUR) return t("age.minutes", { n: Math.floor(seconds / MINUTE) });
  if (seconds < DAY) return t("age.hours", { n: Math.floor(seconds / HOUR) });
  return t("age.days", { n: Math.floor(seconds / DAY) });
}

/** The shortest that is still clear: today the time, this week the weekday, else the date. */
export function when(iso: string, now: number): string {
  const at = new Date(iso);
  const today = new Date(now);
  if (at.toDateString() === today.toDateString()) {
    return dateFormat("time", { hour: "2-digit", minute: "2-digit", hour12: false }).format(at);
  }
  const days = secondsSince(iso, now) / DAY;
  if (days < 6) {
    const options = {
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
      hour12: false,
    } as const;
    return dateFormat("weekday", options).format(at);
  }
  if (at.getFullYear() === today.getFullYear()) {
    return dateFormat("day", { month: "short", day: "numeric" }).format(at);
  }
  return dateFormat("date", { year: "numeric", month: "short", day: "numeric" }).format(at);
}

/** The day of something that may be far off. */
export function day(iso: string): string {
  return dateFormat("medium", { dateStyle: "medium" }).format(new Date(iso));
}

/** In full, for the tooltip. */
export function absolute(iso: string): string {
  return dateFormat("full", { dateStyle: "full", timeStyle: "medium" }).format(new Date(iso));
}

/** The time of day in a zone such as "Asia/Shanghai"; "" for a zone the browser does not know. */
export function timeIn(zone: string, now: number): string {
  try {
    const options = { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: zone } as const;
    return dateFormat(`zone ${zone}`, options).format(now);
  } catch {
    return "";
  }
}

/** A day and a time in a zone ("Tue, Nov 24, 10:00"); by one's own clock where the zone is unknown. */
export function dayIn(zone: string, at: number): string {
  const options = {
    weekday: "short",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  } as const;
  try {
    return dateFormat(`day ${zone}`, { ...options, timeZone: zone }).format(at);
  } catch {
    return dateFormat("day here", options).format(at);
  }
}

/** A language tag in words ("zh-CN" → "Chinese (China)"); as it is when unknown. */
export function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames(locale.value, { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

const numbers = new Map<string, Intl.NumberFormat>();

function numberFormat(style: "decimal" | "percent"): Intl.NumberFormat {
  const key = `${locale.value} ${style}`;
  let format = numbers.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale.value, { style, maximumFractionDigits: 0 });
    numbers.set(key, format);
  }
  return format;
}

/** A whole number. */
export function count(value: number): string {
  return numberFormat("decimal").format(value);
}

/** A share between 0 and 1. */
export function percent(share: number): string {
  return numberFormat("percent").format(share);
}

/** Seconds of work in hours and minutes: nobody counts a day in seconds. */
export function worked(seconds: number): string {
  const minutes = Math.floor(seconds / MINUTE);
  if (minutes < 60) return t("age.minutes", { n: minutes });
  return t("figures.hours", {
    h: Math.floor(minutes / 60),
    m: String(minutes % 60).padStart(2, "0"),
  });
}

/**
 * What may be dialled from what was typed or pasted: digits, with a leading + or the * and #
 * of feature codes. Spaces, brackets, dots and dashes are how people group; the rest is refused
 * by the server with its reason.
 */
export function dialable(typed: string): string {
  return typed.replace(/[\s().\-\u00a0\u2010-\u2015]/g, "");
}

/** Minor units in their currency: 128000 CNY is ¥1,280.00. As plain number for an unknown one. */
export function money(minor: number, currency: string): string {
  try {
    const format = new Intl.NumberFormat(locale.value, {
      style: "currency",
      currency,
      currencyDisplay: "narrowSymbol",
    });
    const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
    return format.format(minor / 10 ** digits);
  } catch {
    return `${count(minor / 100)} ${currency}`.trim();
  }
}
