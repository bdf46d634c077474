import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { CallView } from "./messages.gen";
import type { GatewaySocket } from "./socket";

/**
 * Click-to-dial: the server rings our own phone first. Who pressed Dial does not want to answer as
 * well, so the calls begun here are answered as they ring, once each.
 */
export class OwnDials {
  /** The number dialled last on this page; "" before the first. */
  readonly last = signal("");
  private readonly ids = signal<ReadonlySet<string>>(new Set());
  private readonly dispose: () => void;

  constructor(
    calls: ReadonlySignal<readonly CallView[]>,
    private readonly command: GatewaySocket["command"],
    answer: (callId: string) => void,
  ) {
    const answered = new Set<string>();
    this.dispose = effect(() => {
      for (const { id, state } of calls.value) {
        if (state !== "ringing" || !this.ids.value.has(id) || answered.has(id)) continue;
        answered.add(id);
        answer(id);
      }
      const gone = [...answered].filter((own) => !calls.value.some(({ id }) => id === own));
      if (gone.length === 0) return;
      for (const id of gone) answered.delete(id);
      this.ids.value = new Set([...this.ids.peek()].filter((id) => !gone.includes(id)));
    });
  }

  has(callId: string): boolean {
    return this.ids.value.has(callId);
  }

  async dial(number: string): Promise<void> {
    this.last.value = number;
    this.expect(await this.command("phone.dial", { number }));
  }

  async echoTest(): Promise<void> {
    this.expect(await this.command("phone.echo_test", {}));
  }

  private expect({ call_id }: Record<string, unknown>): void {
    if (typeof call_id === "string") this.ids.value = new Set([...this.ids.peek(), call_id]);
  }

  stop(): void {
    this.dispose();
  }
}
