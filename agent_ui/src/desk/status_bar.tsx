import { appName, Brand } from "../branding";
import { t } from "../i18n";
import { Icon } from "../ui/icon";
import { Keys } from "../ui/keys";
import { AgentState } from "./agent_state";
import { Banner, DelayNote, useDelay, useTrouble } from "./banner";
import { useDesk } from "./context";
import { Figures } from "./figures";
import { PhoneState } from "./phone_state";
import { QueueStrip } from "./queue_strip";
import { UserMenu } from "./user_menu";

export function StatusBar() {
  const trouble = useTrouble();
  const late = useDelay();
  return (
    <header class="status">
      <Brand />
      <h1 class="for-ears">{appName()}</h1>
      <AgentState />
      {trouble ? <Banner {...trouble} /> : <QueueStrip />}
      <div class="status-end">
        {late ? <DelayNote time={late} /> : <Figures />}
        <PhoneState />
        <OpenPalette />
        <UserMenu />
      </div>
    </header>
  );
}

/** Finds everything: customers, numbers to dial, what can be done. It looks like the field it opens. */
function OpenPalette() {
  const { panel, actions } = useDesk();
  return (
    <button
      type="button"
      class="button palette-open"
      data-testid="palette-open"
      aria-keyshortcuts={actions.aria("desk.palette")}
      title={t("palette.open")}
      onClick={() => {
        panel.value = { kind: "palette" };
      }}
    >
      <Icon name="search" />
      <span class="palette-word">{t("palette.find")}</span>
      <Keys of="desk.palette" />
    </button>
  );
}
