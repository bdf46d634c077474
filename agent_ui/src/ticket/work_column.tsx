import { useDesk } from "../desk/context";
import { t } from "../i18n";
import { lazy } from "../ui/lazy";

const WorkDesk = lazy(async () => (await import("./work_desk")).WorkDesk);

/**
 * Where the matter is worked on: beside the customer, always in its place. It is fetched with the
 * first call or customer; else once the desk can be worked at.
 */
export function WorkColumn() {
  const desk = useDesk();
  const isEmpty = desk.shown.value.kind === "nothing";
  return (
    <section class="column work" aria-label={t("tabs.work")}>
      {isEmpty && (
        <div class="empty empty-page">
          <h2>{t("work.none_title")}</h2>
          <p>{t("work.none")}</p>
        </div>
      )}
      {(!isEmpty || desk.settled.value) && <WorkDesk />}
    </section>
  );
}
