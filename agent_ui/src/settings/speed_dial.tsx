import { useSignal } from "@preact/signals";
import { useDesk } from "../desk/context";
import { dialable } from "../format";
import { t } from "../i18n";
import type { SpeedDial } from "../messages.gen";
import { Icon } from "../ui/icon";

/** As many as the server keeps. */
const MOST = 30;

/** Numbers under a name: in the palette, the keypad and the transfer's search. */
export function SpeedDialList() {
  const desk = useDesk();
  const { speed_dial } = desk.prefs.value;
  const set = (entries: SpeedDial[]) => desk.setPrefs({ speed_dial: entries });
  return (
    <section class="setting">
      <h3>{t("speed.title")}</h3>
      <ul class="speed" data-testid="speed-list">
        {speed_dial.map((entry, index) => (
          <li key={`${entry.label} ${entry.number}`} data-testid="speed-entry">
            <span>{entry.label}</span>
            <span class="num">{entry.number}</span>
            <button
              type="button"
              class="button quiet icon-only"
              aria-label={t("speed.remove", { name: entry.label })}
              title={t("speed.remove", { name: entry.label })}
              onClick={() => set(speed_dial.filter((_, at) => at !== index))}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
      {speed_dial.length < MOST && <NewEntry add={(entry) => set([...speed_dial, entry])} />}
    </section>
  );
}

function NewEntry({ add }: { add: (entry: SpeedDial) => void }) {
  const label = useSignal("");
  const number = useSignal("");
  const valid = label.value.trim() !== "" && /^[+*#]?[0-9*#]{2,}$/.test(dialable(number.value));
  return (
    <form
      class="speed-new"
      onSubmit={(event) => {
        event.preventDefault();
        if (!valid) return;
        add({ label: label.value.trim(), number: dialable(number.value) });
        label.value = "";
        number.value = "";
      }}
    >
      <input
        aria-label={t("speed.name")}
        placeholder={t("speed.name")}
        maxLength={60}
        value={label}
        data-testid="speed-name"
        onInput={(event) => {
          label.value = event.currentTarget.value;
        }}
      />
      <input
        type="tel"
        class="num"
        aria-label={t("pad.number")}
        placeholder={t("pad.number")}
        maxLength={40}
        value={number}
        data-testid="speed-number"
        onInput={(event) => {
          number.value = event.currentTarget.value;
        }}
      />
      <button type="submit" class="button" disabled={!valid} data-testid="speed-add">
        {t("speed.add")}
      </button>
    </form>
  );
}
