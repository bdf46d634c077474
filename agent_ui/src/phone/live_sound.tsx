import { useEffect, useRef } from "preact/hooks";
import { useDesk } from "../desk/context";
import { t } from "../i18n";
import type { CallView } from "../messages.gen";
import type { PhoneSound, Quality } from "../phone";
import { Icon } from "../ui/icon";
import { BAD_MOS } from "./mos";
import "./panels.css";

/** Fast enough for a voice, and nothing to the main thread. */
const EVERY_MS = 125;
const STEPS = 5;

/** That the microphone hears something, and how the line is. */
export function LiveSound({ call }: { call: CallView }) {
  const phone = useDesk().phone.value;
  const sound = phone.sound.value;
  if (sound === null) return null;
  const quality = sound.quality.value;
  return (
    <div class="live">
      <div class="live-meter">
        <Icon name="mic" />
        <Meter sound={sound} muted={phone.isMuted(call)} />
      </div>
      {quality && call.state === "active" && <Line quality={quality} />}
    </div>
  );
}

function Line({ quality }: { quality: Quality }) {
  const bad = quality.mos < BAD_MOS;
  const figures = t("quality.figures", {
    loss: (quality.loss * 100).toFixed(1),
    jitter: Math.round(quality.jitter_ms),
    rtt: Math.round(quality.rtt_ms),
    mos: quality.mos.toFixed(1),
  });
  const words = bad ? t(`quality.bad_${quality.worse}`) : t("quality.good");
  return (
    <p
      class={bad ? "quality is-bad" : "quality"}
      role={bad ? "status" : undefined}
      title={`${words} ${figures}`}
      data-testid="line-quality"
      data-bad={bad}
    >
      {bad && <Icon name="alert" />}
      <span>{bad ? t("quality.bad") : t("quality.good")}</span>
    </p>
  );
}

/** Five steps that light up as the microphone hears more. */
export function Meter({ sound, muted = false }: { sound: PhoneSound; muted?: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const draw = () => {
      const steps = box.current?.children ?? [];
      const lit = muted ? 0 : Math.ceil(sound.level() * STEPS);
      for (const [index, step] of [...steps].entries())
        step.toggleAttribute("data-lit", index < lit);
    };
    draw();
    const timer = setInterval(draw, EVERY_MS);
    return () => clearInterval(timer);
  }, [sound, muted]);
  return (
    <div class="meter" ref={box} role="img" aria-label={t("sound.level")} title={t("sound.level")}>
      {Array.from({ length: STEPS }, (_, step) => (
        <span key={step} />
      ))}
    </div>
  );
}
