import { t } from "../i18n";

/** Where everything will be, in its place from the first paint on. */
export function DeskSkeleton() {
  return (
    <div class="opening" role="status" aria-label={t("loading")}>
      <div />
      <div />
      <div />
      <div />
      <div />
    </div>
  );
}
