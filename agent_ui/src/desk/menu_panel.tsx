import { t } from "../i18n";
import type { UserView } from "../messages.gen";
import { LocaleChoice, ThemeChoice } from "../settings/choices";
import { Keys } from "../ui/keys";
import { useClose } from "../ui/popover";
import { Segments } from "../ui/segments";
import { useDesk } from "./context";
import type { Panel } from "./panels";
import "../ui/panels.css";

const PANELS = ["settings", "keys", "help", "tour"] as const;

/** Some are not for everybody. */
function panelsOf({ may }: UserView): Panel["kind"][] {
  return may.includes("health.read") ? [...PANELS, "health"] : [...PANELS];
}

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
      <LocaleChoice testid="locale-switch" />
      <ThemeChoice testid="theme-switch" />
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
        {panelsOf(user).map((kind) => (
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
      {!desk.practising && <SignOut />}
    </div>
  );
}

/** The button that was pressed is gone: the keys go to what stands in its place. */
const takeFocus = (box: HTMLElement | null) => box?.focus();

/** What is not on the server yet is not left behind without a word. */
function SignOut() {
  const { bench, signOut } = useDesk();
  const work = bench.value;
  const leaving = work?.leaving.value ?? "no";
  const jobs = work?.work.outbox.jobs.value ?? [];
  const stay = (how: "no" | "waiting") => {
    if (work) work.leaving.value = how;
  };
  if (leaving === "no") {
    return (
      <button type="button" class="button" data-testid="sign-out" onClick={signOut}>
        {t("menu.sign_out")}
      </button>
    );
  }
  const canWait = leaving === "asked" && jobs.some(({ refused }) => refused === undefined);
  return (
    <div
      class="leaving"
      ref={takeFocus}
      tabIndex={-1}
      role="alert"
      data-testid="leaving"
      data-leaving={leaving}
    >
      <p>{t(leaving === "asked" ? "leaving.unsent" : "leaving.waits", { n: jobs.length })}</p>
      {canWait && (
        <button
          type="button"
          class="button primary"
          data-testid="leaving-wait"
          onClick={() => stay("waiting")}
        >
          {t("leaving.wait")}
        </button>
      )}
      {leaving === "asked" && (
        <button type="button" class="button" data-testid="sign-out" onClick={signOut}>
          {t("leaving.now")}
        </button>
      )}
      <button
        type="button"
        class="button quiet"
        data-testid="leaving-stay"
        onClick={() => stay("no")}
      >
        {t("leaving.stay")}
      </button>
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
