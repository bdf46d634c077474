import { signal } from "@preact/signals";
import { t } from "./i18n";
import type { Company } from "./messages.gen";

/** Whose call centre this is; all "" is ours. */
export const company = signal<Company>({
  name: "",
  accent: "",
  accent_text: "",
  accent_dark: "",
  accent_dark_text: "",
  logo_url: "",
});

const COLOUR = /^#[0-9a-f]{6}$/i;

export function applyCompany(wanted: Company): void {
  company.value = wanted;
  paint("company", wanted.accent, wanted.accent_text);
  paint("company-dark", wanted.accent_dark, wanted.accent_dark_text);
}

/** As custom properties, which `tokens.css` falls back from. The server saw to their contrast. */
function paint(name: string, accent: string, text: string): void {
  const { style } = document.documentElement;
  const given = COLOUR.test(accent) && COLOUR.test(text);
  const light = given && Number.parseInt(text.slice(3, 5), 16) > 127;
  const properties = {
    [`--${name}`]: accent,
    [`--on-${name}`]: text,
    // Under the pointer it moves away from its text, so that the contrast only grows.
    [`--${name}-away`]: light ? "#000000" : "#ffffff",
  };
  for (const [property, value] of Object.entries(properties)) {
    if (given) style.setProperty(property, value);
    else style.removeProperty(property);
  }
}

export function appName(): string {
  return company.value.name || t("app.name");
}

/** The company's logo, or the first letter of its name; decoration beside the name. */
export function Brand() {
  const { name, logo_url } = company.value;
  if (logo_url !== "") return <img class="brand" src={logo_url} alt="" />;
  return name === "" ? null : (
    <span class="brand" aria-hidden="true">
      {[...name][0]}
    </span>
  );
}
