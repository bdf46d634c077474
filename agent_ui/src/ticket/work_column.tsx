import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useDesk } from "../desk/context";
import { t } from "../i18n";
import { lazy } from "../ui/lazy";

const WorkDesk = lazy(async () => (await import("./work_desk")).WorkDesk);

/** Fetched with the first call or customer; else once the desk is there and has nothing to do. */
const AFTER_MS = 1_200;

/** Where the matter is worked on: beside the customer, always in its place. */
export function WorkColumn() {
  const desk = useDesk();
  const isWanted = useSignal(false);
  const isEmpty = desk.shown.value.kind === "nothing";
  useEffect(() => {
    const timer = setTimeout(() => {
      isWanted.value = true;
    }, AFTER_MS);
    return () => clearTimeout(timer);
  }, [isWanted]);
  return (
    <section class="column work" aria-label={t("tabs.work")}>
      {isEmpty && (
        <div class="empty empty-page">
          <h2>{t("work.none_title")}</h2>
          <p>{t("work.none")}</p>
        </div>
      )}
      {(!isEmpty || isWanted.value) && <WorkDesk />}
    </section>
  );
}
