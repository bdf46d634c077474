/** The device of that name, or undefined when it is not plugged in (or names are not told yet). */
export async function deviceNamed(
  kind: MediaDeviceKind,
  label: string,
): Promise<string | undefined> {
  if (label === "") return undefined;
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.find((device) => device.kind === kind && device.label === label)?.deviceId;
}

/**
 * Opens the microphone of that name; the system's own choice when it is not there or gives no
 * sound (its driver died, another program has it). What the user has forbidden is not tried again.
 */
export async function openMicrophone(label: string): Promise<MediaStream> {
  const id = await deviceNamed("audioinput", label);
  if (id !== undefined) {
    try {
      return await navigator.mediaDevices.getUserMedia({ audio: { deviceId: { exact: id } } });
    } catch (error) {
      if (!(error instanceof DOMException) || error.name === "NotAllowedError") throw error;
    }
  }
  return await navigator.mediaDevices.getUserMedia({ audio: true });
}

/** Tells whether nothing comes from it: now, and whenever that changes. Not after it was closed. */
export function watchMicrophone(stream: MediaStream, tell: (silent: boolean) => void): void {
  const [track] = stream.getAudioTracks();
  const look = () => tell(track === undefined || track.muted || track.readyState === "ended");
  // Pulled out or forbidden, it ends; while the system keeps the sound back, it is mute.
  for (const name of ["ended", "mute", "unmute"]) track?.addEventListener(name, look);
  look();
}
