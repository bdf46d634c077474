import { LOCALE_NAMES, LOCALES, locale, t } from "../i18n";
import { applyLocale, applyTheme, theme } from "../prefs";
import { Keys } from "../ui/keys";
import { useClose } from "../ui/popover";
import { Segments, themeOptions } from "../ui/segments";
import { useDesk } from "./context";
import type { Panel } from "./panels";

const PANELS = ["settings", "keys", "help", "tour"] as const;

/** What is set often, and the way to the rest. */
export function MenuPanel() {
  const desk = useDesk();
  const { user, prefs } = desk;
  return (
    <div class="user-panel">
      <p class="user-who">
        <b>{user.name}</b>
        <span>{user.extension ? t("menu.extension", { n: user.extension }) : user.login}</span>
      </p>
      <Segments
        label={t("prefs.language")}
        testid="locale-switch"
        options={LOCALES.map((value) => ({ value, text: LOCALE_NAMES[value] }))}
        value={locale.value}
        onChange={(value) => {
          void applyLocale(value);
          desk.setPrefs({ locale: value });
        }}
      />
      <Segments
        label={t("prefs.theme")}
        testid="theme-switch"
        options={themeOptions()}
        value={theme.value}
        onChange={(value) => {
          applyTheme(value);
          desk.setPrefs({ theme: value });
        }}
      />
      <Segments
        label={t("prefs.ring")}
        testid="ring-switch"
        options={[
          { value: "on", text: t("prefs.ring_on") },
          { value: "off", text: t("prefs.ring_off") },
        ]}
        value={prefs.value.ring_on ? "on" : "off"}
        onChange={(value) => desk.setPrefs({ ring_on: value === "on" })}
      />
      <ul class="menu">
        {PANELS.map((kind) => (
          <li key={kind}>
            <OpenPanel kind={kind} />
          </li>
        ))}
        <li>
          <button
            type="button"
            class="menu-item"
            data-testid="practice"
            disabled={desk.isCalling.value || desk.practising}
            onClick={() => void desk.practise()}
          >
            {t("practice.begin")}
          </button>
        </li>
      </ul>
      {!desk.practising && (
        <button type="button" class="button" data-testid="sign-out" onClick={desk.signOut}>
          {t("menu.sign_out")}
        </button>
      )}
    </div>
  );
}

function OpenPanel({ kind }: { kind: Panel["kind"] }) {
  const { panel, isCalling } = useDesk();
  const close = useClose();
  return (
    <button
      type="button"
      class="menu-item with-keys"
      data-testid={`open-${kind}`}
      disabled={kind === "tour" && isCalling.value}
      onClick={() => {
        close();
        panel.value = { kind };
      }}
    >
      {t(`panel.${kind}`)}
      <Keys of={`desk.${kind}`} />
    </button>
  );
}
