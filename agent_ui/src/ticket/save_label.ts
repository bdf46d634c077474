import type { Desk } from "../desk/model";
import { t } from "../i18n";

/** What the one button, and the one key, does now. */
export function saveLabel(desk: Desk): string {
  if (desk.store.me.value?.state !== "wrap_up") {
    return desk.isOver.value ? t("work.save") : t("note.save");
  }
  return desk.afterwards.value === null ? t("wrap_up.ready") : t("wrap_up.finish");
}
