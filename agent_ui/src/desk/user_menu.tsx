import { t } from "../i18n";
import { Icon } from "../ui/icon";
import { lazy } from "../ui/lazy";
import { Popover } from "../ui/popover";
import { useDesk } from "./context";

const MenuPanel = lazy(async () => (await import("./menu_panel")).MenuPanel);

/** Who I am here, how the desk shall look and sound, and where to find out more. */
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
      action={{ id: "desk.menu", group: "desk", keys: "Ctrl+Shift+9" }}
    >
      <MenuPanel />
    </Popover>
  );
}
