import { useDesk } from "../desk/context";
import { t } from "../i18n";
import type { LineState } from "../phone";
import { Icon } from "../ui/icon";
import { lazy } from "../ui/lazy";
import { Popover } from "../ui/popover";

const SoundPanel = lazy(async () => (await import("./sound_panel")).SoundPanel);
const Fault = lazy(async () => (await import("./line_notes")).Fault);
const Offer = lazy(async () => (await import("./line_notes")).Offer);
const Elsewhere = lazy(async () => (await import("./line_notes")).Elsewhere);

/** How the telephone is, and what to do about it. */
export function PhoneLine() {
  const { phone, user } = useDesk();
  const { kind, line, microphone, unheard } = phone.value;
  if (kind === "none") {
    return <p class="line line-off">{t("line.none", { name: user.name })}</p>;
  }
  const fault = microphone.value;
  const silent = unheard.value || fault === "blocked" || fault === "missing";
  if (line.value !== "elsewhere" && silent) return <Fault fault={fault} lost={unheard.value} />;
  return (
    <div class="line-place">
      <Line line={line.value} />
      <Popover
        face={<Icon name="headset" />}
        label={t("sound.title")}
        wordless
        class="button quiet icon-only"
        testid="phone-sound"
        action={{ id: "phone.sound", group: "call", keys: "then H" }}
        side="up"
      >
        <SoundPanel />
      </Popover>
    </div>
  );
}

function Line({ line }: { line: LineState }) {
  const desk = useDesk();
  const { kind, sound } = desk.phone.value;
  if (line === "elsewhere") return <Elsewhere />;
  if (sound.value?.offered.value) return <Offer sound={sound.value} />;
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
