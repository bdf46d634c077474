import { useDesk } from "../desk/context";
import { LOCALE_NAMES, LOCALES, locale, t } from "../i18n";
import { applyLocale, applyTheme, theme } from "../prefs";
import { Segments, themeOptions } from "../ui/segments";

/** What is set in the menu and in the settings: in force at once, and on every machine. */
export function LocaleChoice({ testid }: { testid: string }) {
  const desk = useDesk();
  return (
    <Segments
      label={t("prefs.language")}
      testid={testid}
      options={LOCALES.map((value) => ({ value, text: LOCALE_NAMES[value] }))}
      value={locale.value}
      onChange={(value) => {
        void applyLocale(value);
        desk.setPrefs({ locale: value });
      }}
    />
  );
}

export function ThemeChoice({ testid }: { testid: string }) {
  const desk = useDesk();
  return (
    <Segments
      label={t("prefs.theme")}
      testid={testid}
      options={themeOptions()}
      value={theme.value}
      onChange={(value) => {
        applyTheme(value);
        desk.setPrefs({ theme: value });
      }}
    />
  );
}
