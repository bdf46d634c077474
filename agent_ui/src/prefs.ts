import { signal } from "@preact/signals";
import { browserLocale, LOCALES, loadLocale } from "./i18n";
import type { Density, Locale, Theme } from "./messages.gen";

/** "" follows the system. */
export const theme = signal<Theme>("");

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage is switched off: nothing is remembered, everything works
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // as above
  }
}

export function isLocale(value: string | null): value is Locale {
  return LOCALES.some((each) => each === value);
}

export function isTheme(value: string | null): value is Theme {
  return value === "" || value === "light" || value === "dark";
}

export function applyTheme(wanted: Theme): void {
  theme.value = wanted;
  write("theme", wanted);
  if (wanted === "") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = wanted;
}

/** Whether somebody is likely signed in at this browser: what to draw before the server says so. */
export function returnsHere(): boolean {
  return read("returns") === "yes";
}

export function rememberReturn(returns: boolean): void {
  write("returns", returns ? "yes" : "");
}

export function applyDensity(wanted: Density): void {
  write("density", wanted);
  document.documentElement.dataset["density"] = wanted;
}

export async function applyLocale(wanted: Locale): Promise<void> {
  write("locale", wanted);
  await loadLocale(wanted);
}

/** As last time on this machine, else as the browser and the system have it. */
export async function restorePrefs(): Promise<void> {
  const storedTheme = read("theme");
  if (isTheme(storedTheme)) applyTheme(storedTheme);
  document.documentElement.dataset["density"] = read("density") ?? "cosy";
  const storedLocale = read("locale");
  await loadLocale(isLocale(storedLocale) ? storedLocale : browserLocale(navigator.languages));
}
