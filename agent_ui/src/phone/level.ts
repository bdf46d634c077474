/** What a microphone hears, between a whisper's and a loud voice's level (dBFS). */
const QUIET_DB = -55;
const LOUD_DB = -15;

/** How loud one microphone is, read as often as the screen likes. */
export class Level {
  private context: AudioContext | null = null;
  private source: MediaStreamAudioSourceNode | null = null;
  private analyser: AnalyserNode | null = null;
  private stream: MediaStream | null = null;
  private samples = new Float32Array(0);

  /** Listens to this stream from now on; null for none. */
  of(stream: MediaStream | null): void {
    if (stream === this.stream) return;
    this.source?.disconnect();
    this.source = null;
    this.stream = stream;
    if (stream === null || typeof AudioContext === "undefined") return;
    this.context ??= new AudioContext();
    void this.context.resume();
    this.analyser ??= new AnalyserNode(this.context, { fftSize: 512 });
    this.samples = new Float32Array(this.analyser.fftSize);
    this.source = this.context.createMediaStreamSource(stream);
    this.source.connect(this.analyser);
  }

  /** 0 … 1 */
  read(): number {
    if (this.analyser === null || this.source === null) return 0;
    this.analyser.getFloatTimeDomainData(this.samples);
    return share(this.samples);
  }

  stop(): void {
    this.of(null);
    void this.context?.close();
  }
}

/** The loudness of samples (−1 … 1) as a share of what there is to show. */
export function share(samples: Float32Array): number {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const db = 10 * Math.log10(power + 1e-12);
  return Math.min(1, Math.max(0, (db - QUIET_DB) / (LOUD_DB - QUIET_DB)));
}
