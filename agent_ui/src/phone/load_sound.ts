import { computed } from "@preact/signals";
import type { Desk } from "../desk/model";
import { loadMoreTexts, t } from "../i18n";
import type { Softphone } from "../softphone";
import { Sound } from "./sound";

/** Some browsers do not tell: there one presses the banner's button. */
function microphoneLeave(): Promise<EventTarget | null> {
  return navigator.permissions.query({ name: "microphone" }).catch(() => null);
}

/**
 * Gives a phone that can talk already what measures and chooses its sound. A call answered before
 * that uses the devices as they are.
 */
export async function giveSound(
  desk: Desk,
  phone: Softphone,
  audio: HTMLAudioElement,
  openMicrophone: () => Promise<MediaStream>,
): Promise<void> {
  await loadMoreTexts();
  const sound = new Sound({
    phone,
    media: navigator.mediaDevices,
    leave: microphoneLeave(),
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
  });
  phone.giveSound(sound);
}
