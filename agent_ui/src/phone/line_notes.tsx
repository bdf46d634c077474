import { useAction } from "../desk/actions";
import { useDesk } from "../desk/context";
import { RARE } from "../desk/rare_keys";
import { t } from "../i18n";
import type { Microphone, PhoneSound } from "../phone";
import { Icon } from "../ui/icon";
import { lazy } from "../ui/lazy";
import { Popover } from "../ui/popover";
import { Claim } from "./claim";
import { order } from "./desk_calls";
import { me } from "./identity";

const MicrophoneHelp = lazy(async () => (await import("./microphone_help")).MicrophoneHelp);

/** Nobody can hear this agent: said until it is put right. `lost`: in the middle of a call. */
export function Fault({ fault, lost }: { fault: Microphone; lost: boolean }) {
  const desk = useDesk();
  const why = fault === "blocked" || fault === "missing" ? t(`microphone.${fault}`) : "";
  return (
    <div class="line line-refused" role="alert" data-testid="mic-banner" data-lost={lost}>
      <Icon name="alert" />
      <span title={why}>{lost ? t("microphone.lost") : why}</span>
      {fault === "blocked" ? (
        <Popover face={t("microphone.how")} label={t("microphone.how")} testid="mic-help" side="up">
          <MicrophoneHelp />
        </Popover>
      ) : (
        <button
          type="button"
          class="button"
          data-testid="mic-again"
          onClick={() => void desk.phone.peek().prepare()}
        >
          {t("microphone.again")}
        </button>
      )}
    </div>
  );
}

/** A headset was plugged in: it is offered, not taken. */
export function Offer({ sound }: { sound: PhoneSound }) {
  const name = sound.offered.value ?? "";
  return (
    <div class="line" role="status" data-testid="headset-offer">
      <span class="line-offer" title={name}>
        {name}
      </span>
      <button type="button" class="button" onClick={() => sound.takeOffered(true)}>
        {t("devices.use")}
      </button>
      <button
        type="button"
        class="button quiet icon-only"
        aria-label={t("devices.ignore")}
        title={t("devices.ignore")}
        onClick={() => sound.takeOffered(false)}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}

/** Another screen of this user has the telephone: calls are shown here, and can be taken over. */
export function Elsewhere() {
  const desk = useDesk();
  const held = desk.store.phone.value;
  const name = held?.name ?? "";
  const other = held?.device !== me.value?.device;
  return (
    <div class="line line-elsewhere" data-testid="phone-line" data-line="elsewhere">
      <span class="mark" aria-hidden="true" />
      <span>{other ? t("line.other_device", { name }) : t("line.other_tab")}</span>
      {other ? (
        <Popover
          face={t("line.claim")}
          label={t("line.claim")}
          testid="claim"
          side="up"
          action={{ id: "phone.claim", ...RARE["phone.claim"] }}
        >
          <Claim name={name} />
        </Popover>
      ) : (
        <ClaimHere />
      )}
    </div>
  );
}

/** Another tab of this browser has it: nobody is asked. */
function ClaimHere() {
  const desk = useDesk();
  const run = () => void order(desk, "phone.claim", {});
  useAction({ id: "phone.claim", ...RARE["phone.claim"], enabled: () => true, run });
  return (
    <button type="button" class="button" data-testid="claim" onClick={run}>
      {t("line.claim")}
    </button>
  );
}
