/** Rows and columns of the key pad (ITU-T Q.23), in Hz. */
const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477, 1633];
const KEYS = "123A456B789C*0#D";
const VOLUME = 0.05;
const LENGTH_S = 0.12;
const GAP_S = 0.06;

/** The two frequencies of a key; null for anything else. */
export function frequenciesOf(key: string): readonly [number, number] | null {
  const at = KEYS.indexOf(key.toUpperCase());
  const [row, column] = [ROWS[Math.floor(at / 4)], COLUMNS[at % 4]];
  return at < 0 || key === "" || row === undefined || column === undefined ? null : [row, column];
}

let context: AudioContext | null = null;

/** Lets the agent hear what they press; the other side gets the real ones from the phone. */
export function playKeys(keys: string): void {
  if (typeof AudioContext === "undefined") return;
  context ??= new AudioContext();
  void context.resume();
  let start = context.currentTime;
  for (const key of keys) {
    for (const hz of frequenciesOf(key) ?? []) {
      const tone = new OscillatorNode(context, { frequency: hz });
      const level = new GainNode(context, { gain: VOLUME });
      tone.connect(level).connect(context.destination);
      tone.start(start);
      tone.stop(start + LENGTH_S);
    }
    start += LENGTH_S + GAP_S;
  }
}
