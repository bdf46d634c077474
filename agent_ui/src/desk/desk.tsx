import { useEffect } from "preact/hooks";
import { CallsColumn } from "../calls/calls_column";
import { nameOf } from "../calls/names";
import { CustomerColumn } from "../customer/customer_column";
import { localised, t } from "../i18n";
import { WorkColumn } from "../ticket/work_column";
import { Icon } from "../ui/icon";
import { DeskProvider, useDesk } from "./context";
import { listenForShortcuts } from "./keyboard";
import type { Desk } from "./model";
import { PhoneBar } from "./phone_bar";
import { Ringer } from "./ringer";
import { StatusBar } from "./status_bar";
import "./desk.css";

const TABS = ["calls", "customer", "work"] as const;

export function DeskScreen({ desk }: { desk: Desk }) {
  useEffect(() => listenForShortcuts(document, desk.actions), [desk]);
  useEffect(() => {
    const ringer = new Ringer(desk);
    return () => ringer.stop();
  }, [desk]);
  return (
    <DeskProvider value={desk}>
      <div class="desk" data-tab={desk.tab}>
        <StatusBar />
        <nav class="tabs" aria-label={t("tabs.title")}>
          {TABS.map((tab) => (
            <button
              type="button"
              key={tab}
              aria-pressed={desk.tab.value === tab}
              data-testid={`tab-${tab}`}
              onClick={() => {
                desk.tab.value = tab;
              }}
            >
              {t(`tabs.${tab}`)}
            </button>
          ))}
        </nav>
        <main class="columns">
          <CallsColumn />
          <CustomerColumn />
          <WorkColumn />
        </main>
        <PhoneBar />
        <NoticeList />
        <Announcer />
      </div>
    </DeskProvider>
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
