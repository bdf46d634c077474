import { computed } from "@preact/signals";
import type { Desk } from "../desk/model";
import { loadMoreTexts, t } from "../i18n";
import type { Softphone } from "../softphone";

/** When the desk is there and drawn; and again when the server did not answer. */
const SOON_MS = 1_000;
const RETRY_MS = 10_000;

/**
 * Fetches what measures and chooses the sound of a phone that can talk already. A call answered
 * before that uses the devices as they are.
 */
export function loadSound(
  desk: Desk,
  phone: Softphone,
  audio: HTMLAudioElement,
  openMicrophone: () => Promise<MediaStream>,
): void {
  const load = async () => {
    const [{ Sound }] = await Promise.all([import("./sound"), loadMoreTexts()]);
    phone.giveSound(
      new Sound({
        phone,
        media: navigator.mediaDevices,
        openMicrophone,
        wanted: computed(() => desk.prefs.value.devices),
        choose: (labels) => desk.setPrefs({ devices: { ...desk.prefs.peek().devices, ...labels } }),
        sink: (deviceId) => {
          // Unplugged in this moment: the browser's own choice is what is left.
          audio.setSinkId?.(deviceId).catch(() => undefined);
        },
        tell: ({ kind, name }) => desk.notices.say(t(`devices.${kind}`, { name })),
        report: (callId, { loss, jitter_ms, rtt_ms, mos }) => {
          const args = { call_id: callId, loss, jitter_ms, rtt_ms, mos };
          // Nobody waits for it: what a server that is away misses is a figure.
          desk.socket.command("phone.quality", args).catch(() => undefined);
        },
      }),
    );
  };
  const attempt = () => {
    if (!phone.stopped) load().catch(() => setTimeout(attempt, RETRY_MS));
  };
  setTimeout(attempt, SOON_MS);
}
