import { t } from "../i18n";
import type { Theme } from "../messages.gen";

interface Props<T extends string> {
  label: string;
  options: readonly { value: T; text: string }[];
  value: T;
  onChange: (value: T) => void;
  /** Joined (a setting), or apart (a filter over a list). */
  look?: "segments" | "chips";
  testid?: string;
}

/** One of a few, all visible, each one click away. */
export function Segments<T extends string>(props: Props<T>) {
  return (
    <fieldset
      class={props.look ?? "segments"}
      aria-label={props.label}
      data-testid={props.testid}
      data-value={props.value}
    >
      {props.options.map(({ value, text }) => (
        <button
          type="button"
          key={value}
          aria-pressed={value === props.value}
          data-value={value}
          onClick={() => props.onChange(value)}
        >
          {text}
        </button>
      ))}
    </fieldset>
  );
}

export function themeOptions(): { value: Theme; text: string }[] {
  return [
    { value: "", text: t("theme.system") },
    { value: "light", text: t("theme.light") },
    { value: "dark", text: t("theme.dark") },
  ];
}
