import { useSignal } from "@preact/signals";
import { t } from "../i18n";
import { Icon } from "../ui/icon";
import { useAction } from "./actions";
import { useDesk } from "./context";

/** On the practice desk: that nothing is real, how to be called, and the way back. */
export function PracticeBar() {
  const desk = useDesk();
  const busy = useSignal(false);
  const mayRing = desk.store.me.value?.state === "ready" && desk.current.value === null;
  const ring = async () => {
    if (busy.peek()) return;
    busy.value = true;
    await desk.notices.attempt(() => desk.api.practiceCall());
    busy.value = false;
  };
  useAction({
    id: "practice.ring",
    group: "desk",
    keys: "Ctrl+Shift+6",
    label: () => t("practice.ring"),
    enabled: () => mayRing,
    run: () => void ring(),
  });
  useAction({
    id: "practice.leave",
    group: "desk",
    keys: "then Q",
    label: () => t("practice.leave"),
    enabled: () => true,
    run: () => void desk.leavePractice(),
  });
  return (
    <aside class="practice" data-testid="practice-bar" aria-label={t("practice.title")}>
      <Icon name="alert" />
      <p>{mayRing || desk.current.value ? t("practice.nothing_real") : t("practice.go_ready")}</p>
      <button
        type="button"
        class="button"
        data-testid="practice-ring"
        aria-keyshortcuts={desk.actions.aria("practice.ring")}
        disabled={!mayRing || busy.value}
        onClick={() => void ring()}
      >
        {t("practice.ring")}
      </button>
      <button
        type="button"
        class="button"
        data-testid="practice-leave"
        onClick={() => void desk.leavePractice()}
      >
        {t("practice.leave")}
      </button>
    </aside>
  );
}
