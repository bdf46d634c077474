import { useDesk } from "../desk/context";
import { t } from "../i18n";
import type { LineState, Microphone } from "../phone";
import { Icon } from "../ui/icon";
import { lazy } from "../ui/lazy";
import { Popover } from "../ui/popover";
import { order } from "./desk_calls";
import { me } from "./identity";

const SoundPanel = lazy(async () => (await import("./sound_panel")).SoundPanel);
const MicrophoneHelp = lazy(async () => (await import("./microphone_help")).MicrophoneHelp);
const Claim = lazy(async () => (await import("./claim")).Claim);

/** How the telephone is, and what to do about it. */
export function PhoneLine() {
  const { phone, user } = useDesk();
  const { kind, line, microphone } = phone.value;
  if (kind === "none") {
    return <p class="line line-off">{t("line.none", { name: user.name })}</p>;
  }
  return (
    <div class="line-place">
      <Line line={line.value} microphone={microphone.value} />
      <Popover
        face={<Icon name="headset" />}
        label={t("sound.title")}
        wordless
        class="button quiet icon-only"
        testid="phone-sound"
        side="up"
      >
        <SoundPanel />
      </Popover>
    </div>
  );
}

function Line({ line, microphone }: { line: LineState; microphone: Microphone }) {
  const desk = useDesk();
  const { kind, sound } = desk.phone.value;
  const offered = sound.value?.offered.value ?? null;
  if (line === "elsewhere") return <Elsewhere />;
  if (microphone === "blocked" || microphone === "missing") {
    return (
      <div class="line line-refused" role="alert" data-testid="mic-banner">
        <Icon name="alert" />
        <span>{t(`microphone.${microphone}`)}</span>
        <Popover face={t("microphone.how")} label={t("microphone.how")} testid="mic-help" side="up">
          <MicrophoneHelp />
        </Popover>
      </div>
    );
  }
  if (offered !== null) {
    return (
      <div class="line" role="status" data-testid="headset-offer">
        <span class="line-offer" title={offered}>
          {offered}
        </span>
        <button type="button" class="button" onClick={() => sound.value?.takeOffered(true)}>
          {t("devices.use")}
        </button>
        <button
          type="button"
          class="button quiet icon-only"
          aria-label={t("devices.ignore")}
          title={t("devices.ignore")}
          onClick={() => sound.value?.takeOffered(false)}
        >
          <Icon name="close" />
        </button>
      </div>
    );
  }
  if (kind === "simulated") {
    return (
      <p class="line line-simulated" data-testid="sim-banner" data-line={line}>
        <span class="mark" aria-hidden="true" />
        <span>{t("line.simulated")}</span>
      </p>
    );
  }
  return (
    <p class={`line line-${line}`} data-testid="phone-line" data-line={line}>
      <span class="mark" aria-hidden="true" />
      <span>{kind === "desk" && line === "ready" ? t("line.desk") : t(`line.${line}`)}</span>
    </p>
  );
}

/** Another screen of this user has the telephone: calls are shown here, and can be taken over. */
function Elsewhere() {
  const desk = useDesk();
  const held = desk.store.phone.value;
  const name = held?.name ?? "";
  const other = held?.device !== me.value?.device;
  return (
    <div class="line line-elsewhere" data-testid="phone-line" data-line="elsewhere">
      <span class="mark" aria-hidden="true" />
      <span>{other ? t("line.other_device", { name }) : t("line.other_tab")}</span>
      {other ? (
        <Popover face={t("line.claim")} label={t("line.claim")} testid="claim" side="up">
          <Claim name={name} />
        </Popover>
      ) : (
        <button
          type="button"
          class="button"
          data-testid="claim"
          onClick={() => void order(desk, "phone.claim", {})}
        >
          {t("line.claim")}
        </button>
      )}
    </div>
  );
}
