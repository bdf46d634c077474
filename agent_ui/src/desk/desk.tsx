import { useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { nameOf } from "../calls/names";
import { localised, t } from "../i18n";
import { Icon } from "../ui/icon";
import { lazy, prefetchWhenIdle } from "../ui/lazy";
import { Attention } from "./attention";
import { Columns } from "./columns";
import { DeskProvider, useDesk } from "./context";
import { listenForShortcuts } from "./keyboard";
import type { Desk } from "./model";
import { Panels } from "./panels";
import { PhoneBar } from "./phone_bar";
import { Ringer } from "./ringer";
import { StatusBar } from "./status_bar";
import "./desk.css";

const PracticeBar = lazy(async () => (await import("./practice_bar")).PracticeBar);

const TABS = ["calls", "customer", "work"] as const;

export function DeskScreen({ desk }: { desk: Desk }) {
  useEffect(() => listenForShortcuts(document, desk.actions), [desk]);
  useEffect(() => {
    const ringer = new Ringer({ desk });
    const attention = new Attention(desk);
    return () => {
      ringer.stop();
      attention.stop();
    };
  }, [desk]);
  useSignalEffect(() => {
    if (!desk.settled.value) return;
    const isNew = !desk.prefs.peek().toured;
    if (isNew && !desk.isCalling.peek() && desk.panel.peek() === null) {
      desk.panel.value = { kind: "tour" };
    }
    return prefetchWhenIdle();
  });
  return (
    <DeskProvider value={desk}>
      <div class="desk" data-tab={desk.tab}>
        <a class="skip" href="#columns">
          {t("desk.skip")}
        </a>
        {desk.practising && <PracticeBar />}
        <StatusBar />
        <Tabs />
        <Columns />
        <PhoneBar />
        <Panels />
        <NoticeList />
        <Announcer />
      </div>
    </DeskProvider>
  );
}

function Tabs() {
  const { tab: shown } = useDesk();
  return (
    <nav class="tabs" aria-label={t("tabs.title")}>
      {TABS.map((tab) => (
        <button
          type="button"
          key={tab}
          aria-pressed={shown.value === tab}
          data-testid={`tab-${tab}`}
          onClick={() => {
            shown.value = tab;
          }}
        >
          {t(`tabs.${tab}`)}
        </button>
      ))}
    </nav>
  );
}

function NoticeList() {
  const { notices } = useDesk();
  return (
    <ul class="notices" aria-live="polite">
      {notices.list.value.map(({ id, text }) => (
        <li key={id} class="notice" data-testid="notice">
          <span>{text}</span>
          <button
            type="button"
            class="button quiet icon-only"
            aria-label={t("close")}
            onClick={() => notices.dismiss(id)}
          >
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  );
}

/** For ears only: a screen reader says who rings the moment they do. */
function Announcer() {
  const call = useDesk().ringing.value;
  const tier = call?.caller.card?.tier;
  const who = call && [nameOf(call.caller), tier && localised(tier.name, tier.code), call.queue];
  return (
    <p class="for-ears" aria-live="assertive">
      {who && t("call.announce", { who: who.filter(Boolean).join(", ") })}
    </p>
  );
}
