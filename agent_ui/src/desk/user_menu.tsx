import { useSignal } from "@preact/signals";
import { LOCALE_NAMES, LOCALES, locale, t } from "../i18n";
import type { PrefsPatch } from "../messages.gen";
import { applyLocale, applyTheme, theme } from "../prefs";
import { Icon } from "../ui/icon";
import { Popover } from "../ui/popover";
import { Segments, themeOptions } from "../ui/segments";
import { useDesk } from "./context";
import { ringSound } from "./ringer";

/** Who I am here, and how the desk shall look and sound. */
export function UserMenu() {
  const { user, store } = useDesk();
  const name = store.me.value?.name || user.name;
  const face = (
    <>
      <Icon name="user" />
      <span class="user-name">{name}</span>
      <Icon name="down" />
    </>
  );
  return (
    <Popover
      face={face}
      label={t("menu.title")}
      class="button quiet"
      testid="user-menu"
      align="end"
    >
      <Menu />
    </Popover>
  );
}

function Menu() {
  const { api, user, signOut } = useDesk();
  const asked = useSignal(typeof Notification === "undefined" ? "denied" : Notification.permission);
  const remember = (prefs: PrefsPatch) => {
    // It is applied here already; a server that is away keeps the old one for the next machine.
    api.savePrefs(prefs).catch(() => undefined);
  };
  return (
    <div class="settings">
      <p class="settings-who">
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
          remember({ locale: value });
        }}
      />
      <Segments
        label={t("prefs.theme")}
        testid="theme-switch"
        options={themeOptions()}
        value={theme.value}
        onChange={(value) => {
          applyTheme(value);
          remember({ theme: value });
        }}
      />
      <Segments
        label={t("prefs.ring")}
        testid="ring-switch"
        options={[
          { value: "on", text: t("prefs.ring_on") },
          { value: "off", text: t("prefs.ring_off") },
        ]}
        value={ringSound.value ? "on" : "off"}
        onChange={(value) => {
          ringSound.value = value === "on";
        }}
      />
      {asked.value === "default" && (
        <button
          type="button"
          class="button"
          onClick={async () => {
            asked.value = await Notification.requestPermission();
          }}
        >
          {t("prefs.notify")}
        </button>
      )}
      <p class="settings-keys">{t("menu.keys")}</p>
      <button type="button" class="button" data-testid="sign-out" onClick={signOut}>
        {t("menu.sign_out")}
      </button>
    </div>
  );
}
