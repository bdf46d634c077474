import { useSignal } from "@preact/signals";
import { useDesk } from "../desk/context";
import { t } from "../i18n";
import type { Density } from "../messages.gen";
import { SoundPanel } from "../phone/sound_panel";
import { Drawer } from "../ui/drawer";
import { Segments } from "../ui/segments";
import { LocaleChoice, ThemeChoice } from "./choices";
import { SpeedDialList } from "./speed_dial";

const DENSITIES: readonly Density[] = ["cosy", "dense"];

/** Everything one sets for oneself: in force as one sets it, and on every machine. */
export function Settings() {
  const { prefsKeeper } = useDesk();
  return (
    <Drawer title={t("panel.settings")} testid="settings">
      <p class="hint" role="status" data-testid="settings-status">
        {prefsKeeper.saved.value ? t("settings.saved") : t("settings.saving")}
      </p>
      <Look />
      <Notify />
      <SoundPanel />
      <SpeedDialList />
      <Keyboard />
    </Drawer>
  );
}

function Look() {
  const desk = useDesk();
  const { density, columns, layout } = desk.prefs.value;
  const moved = columns !== null || Object.keys(layout).some((name) => name.startsWith("panel."));
  return (
    <section class="setting">
      <h3>{t("settings.look")}</h3>
      <LocaleChoice testid="settings-locale" />
      <ThemeChoice testid="settings-theme" />
      <Segments
        label={t("settings.density")}
        testid="settings-density"
        options={DENSITIES.map((value) => ({ value, text: t(`settings.${value}`) }))}
        value={density}
        onChange={(value) => desk.setPrefs({ density: value })}
      />
      <button
        type="button"
        class="button"
        data-testid="columns-reset"
        disabled={!moved}
        onClick={() => {
          const rest = Object.entries(layout).filter(([name]) => !name.startsWith("panel."));
          desk.setPrefs({ columns: null, layout: Object.fromEntries(rest) });
        }}
      >
        {t("settings.columns_reset")}
      </button>
    </section>
  );
}

/** Asking the browser needs a click of the user's; what it answered can only be changed there. */
function Notify() {
  const desk = useDesk();
  const given = useSignal(typeof Notification === "undefined" ? "denied" : Notification.permission);
  const on = desk.prefs.value.notify && given.value === "granted";
  const change = async (wanted: boolean) => {
    if (wanted && given.value === "default") given.value = await Notification.requestPermission();
    desk.setPrefs({ notify: wanted });
  };
  return (
    <section class="setting">
      <h3>{t("settings.notify")}</h3>
      <label class="check">
        <input
          type="checkbox"
          checked={on}
          disabled={given.value === "denied"}
          data-testid="notify"
          onChange={(event) => void change(event.currentTarget.checked)}
        />
        <span>{t("prefs.notify")}</span>
      </label>
      {given.value === "denied" && <p class="hint">{t("settings.notify_denied")}</p>}
    </section>
  );
}

function Keyboard() {
  const { panel } = useDesk();
  return (
    <section class="setting">
      <h3>{t("panel.keys")}</h3>
      <button
        type="button"
        class="button"
        data-testid="settings-keys"
        onClick={() => {
          panel.value = { kind: "keys" };
        }}
      >
        {t("settings.keys")}
      </button>
    </section>
  );
}
