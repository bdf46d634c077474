import { signal } from "@preact/signals";
import { ApiError } from "./api";

/**
 * A record fetched by its key. While another one is on its way `data` is null (a skeleton holds its
 * place); a refresh of the same one keeps showing what is there.
 */
export class Resource<T> {
  readonly data = signal<T | null>(null);
  readonly error = signal<ApiError | null>(null);
  private key: string | null = null;
  private turn = 0;

  constructor(private readonly fetch: (key: string) => Promise<T>) {}

  /** Shows the record of this key; the same key again changes nothing. */
  open(key: string | null): void {
    if (key === this.key) return;
    this.key = key;
    this.data.value = null;
    this.error.value = null;
    void this.refresh();
  }

  async refresh(): Promise<void> {
    const { key } = this;
    this.turn += 1;
    const { turn } = this;
    if (key === null) return;
    try {
      const data = await this.fetch(key);
      if (turn !== this.turn) return; // a later question overtook this answer
      this.data.value = data;
      this.error.value = null;
    } catch (error) {
      if (turn !== this.turn) return;
      if (!(error instanceof ApiError)) throw error;
      this.error.value = error;
    }
  }

  /** An answer that came another way, e.g. from a PATCH. */
  set(key: string, data: T): void {
    if (key !== this.key) return;
    this.turn += 1;
    this.data.value = data;
  }
}
