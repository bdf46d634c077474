import { useDesk } from "../desk/context";
import { t } from "../i18n";
import { useClose } from "../ui/popover";
import { order } from "./desk_calls";

/** Another device has the telephone, perhaps in somebody's hand: it is asked for first. */
export function Claim({ name }: { name: string }) {
  const desk = useDesk();
  const close = useClose();
  const busy = desk.isCalling.value;
  return (
    <div class="phone-ask">
      <p>{t("claim.ask", { name })}</p>
      {busy && <p class="hint">{t("claim.after_call")}</p>}
      <div class="phone-ask-ends">
        <button
          type="button"
          class="button primary"
          data-testid="claim-yes"
          onClick={() => {
            close();
            void order(desk, "phone.claim", {});
          }}
        >
          {t("claim.yes")}
        </button>
        <button type="button" class="button" onClick={close}>
          {t("claim.no")}
        </button>
      </div>
    </div>
  );
}
