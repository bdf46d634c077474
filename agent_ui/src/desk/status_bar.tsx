import { CustomerSearch } from "../customer/customer_search";
import { t } from "../i18n";
import { AgentState } from "./agent_state";
import { Banner, useTrouble } from "./banner";
import { useDesk } from "./context";
import { QueueStrip } from "./queue_strip";
import { UserMenu } from "./user_menu";

export function StatusBar() {
  const desk = useDesk();
  const trouble = useTrouble();
  return (
    <header class="status">
      <h1 class="for-ears">{t("app.name")}</h1>
      <AgentState />
      {trouble ? <Banner {...trouble} /> : <QueueStrip />}
      <div class="status-end">
        <CustomerSearch
          label={t("search.customer")}
          shortcut="Control+K"
          onPick={(id) => desk.showCustomer(id)}
        />
        <UserMenu />
      </div>
    </header>
  );
}
