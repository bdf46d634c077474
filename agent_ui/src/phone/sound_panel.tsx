import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useDesk } from "../desk/context";
import { t } from "../i18n";
import type { PhoneSound, SoundDevice } from "../phone";
import { useReachable } from "./desk_calls";
import { Meter } from "./live_sound";
import { ringOnce, toneNamed } from "./ring_player";
import { RING_TONES, type RingTone } from "./ring_tones";
import "./panels.css";

const DEVICES = ["microphone", "speaker", "ringer"] as const;

/** Devices, ring tone, and a call to oneself. Also a part of the settings. */
export function SoundPanel() {
  const desk = useDesk();
  const phone = desk.phone.value;
  const sound = phone.sound.value;
  return (
    <div class="sound-panel" data-testid="sound-panel">
      {sound && <DeviceChoice sound={sound} />}
      <Ring />
      {phone.kind !== "simulated" && phone.kind !== "none" && <TestCall sound={sound} />}
    </div>
  );
}

function DeviceChoice({ sound }: { sound: PhoneSound }) {
  return (
    <fieldset class="sound-part">
      <legend>{t("devices.title")}</legend>
      {DEVICES.map((device) => (
        <DeviceSelect key={device} device={device} sound={sound} />
      ))}
    </fieldset>
  );
}

function DeviceSelect({ device, sound }: { device: SoundDevice; sound: PhoneSound }) {
  const desk = useDesk();
  const devices = desk.prefs.value.devices;
  const chosen = devices[device];
  const names = [...new Set(sound.available.value[device])];
  return (
    <label class="sound-field">
      <span>{t(`devices.${device}`)}</span>
      <select
        value={chosen}
        data-testid={`device-${device}`}
        onChange={(event) =>
          desk.setPrefs({ devices: { ...devices, [device]: event.currentTarget.value } })
        }
      >
        <option value="">{t("devices.default")}</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
        {chosen !== "" && !names.includes(chosen) && (
          <option value={chosen}>{t("devices.absent", { name: chosen })}</option>
        )}
      </select>
    </label>
  );
}

function Ring() {
  const desk = useDesk();
  const { ringtone, ring_volume, ring_on, devices } = desk.prefs.value;
  const tone = toneNamed(ringtone);
  const play = (of: RingTone, volume: number) => void ringOnce(of, volume, devices.ringer);
  return (
    <fieldset class="sound-part">
      <legend>{t("ring.title")}</legend>
      <label class="sound-check">
        <input
          type="checkbox"
          checked={ring_on}
          data-testid="ring-on"
          onChange={(event) => desk.setPrefs({ ring_on: event.currentTarget.checked })}
        />
        <span>{t("ring.aloud")}</span>
      </label>
      <label class="sound-field">
        <span>{t("ring.tone")}</span>
        <select
          value={tone}
          data-testid="ring-tone"
          onChange={(event) => {
            const chosen = event.currentTarget.value as RingTone;
            desk.setPrefs({ ringtone: chosen });
            play(chosen, ring_volume);
          }}
        >
          {(Object.keys(RING_TONES) as RingTone[]).map((name) => (
            <option key={name} value={name}>
              {t(`ring.${name}`)}
            </option>
          ))}
        </select>
      </label>
      <label class="sound-field">
        <span>{t("ring.volume")}</span>
        <input
          type="range"
          min="0"
          max="1"
          step="0.05"
          value={ring_volume}
          data-testid="ring-volume"
          onChange={(event) => {
            const volume = Number(event.currentTarget.value);
            desk.setPrefs({ ring_volume: volume });
            play(tone, volume);
          }}
        />
      </label>
    </fieldset>
  );
}

/** The switch gives back what one says: microphone, line and speaker in one go. */
function TestCall({ sound }: { sound: PhoneSound | null }) {
  const desk = useDesk();
  const reachable = useReachable();
  const failed = useSignal(false);
  useEffect(() => {
    if (sound === null) return;
    let close: (() => void) | null = null;
    let gone = false;
    sound.listen().then(
      (stop) => {
        if (gone) stop();
        else close = stop;
      },
      () => {
        failed.value = true;
      },
    );
    return () => {
      gone = true;
      close?.();
    };
  }, [sound, failed]);
  return (
    <fieldset class="sound-part">
      <legend>{t("test.title")}</legend>
      {sound &&
        (failed.value ? (
          <p class="hint">{t("test.no_microphone")}</p>
        ) : (
          <p class="sound-meter">
            <Meter sound={sound} />
            <span>{t("test.speak")}</span>
          </p>
        ))}
      <button
        type="button"
        class="button"
        data-testid="echo-test"
        disabled={desk.current.value !== null || !reachable}
        onClick={() => void desk.phoneOrder((phone) => phone.echoTest())}
      >
        {t("test.call")}
      </button>
      <p class="hint">{t("test.hint")}</p>
    </fieldset>
  );
}
