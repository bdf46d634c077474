/** The device of that name, or undefined when it is not plugged in (or names are not told yet). */
export async function deviceNamed(
  kind: MediaDeviceKind,
  label: string,
): Promise<string | undefined> {
  if (label === "") return undefined;
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.find((device) => device.kind === kind && device.label === label)?.deviceId;
}

/** Opens the microphone of that name; the system's own choice when it is not there. */
export async function openMicrophone(label: string): Promise<MediaStream> {
  const id = await deviceNamed("audioinput", label);
  if (id !== undefined) {
    try {
      return await navigator.mediaDevices.getUserMedia({ audio: { deviceId: { exact: id } } });
    } catch (error) {
      // Unplugged between the two questions; anything else is the same for the other one.
      if (!(error instanceof DOMException && error.name === "OverconstrainedError")) throw error;
    }
  }
  return await navigator.mediaDevices.getUserMedia({ audio: true });
}
