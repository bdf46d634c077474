import { signal } from "@preact/signals";
import { ApiError } from "../api";

const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 30_000;
/** Answers that say "not now" rather than "no": signed out, too slow, too much. */
const NOT_NOW: readonly number[] = [0, 401, 408, 425, 429];

export type JobKind = "wrap_up" | "note" | "callback" | "task";

/** Something to be made on the server, kept until it was. */
export interface Job {
  /** The idempotency key: however often it is sent, it happens once. */
  readonly key: string;
  readonly kind: JobKind;
  readonly at: number;
  readonly path: string;
  readonly body: object;
  /** Whom it is about, in words. */
  readonly name: string;
  readonly callId: string | null;
  /** The server said no: it waits for somebody to look at it. */
  readonly refused?: { readonly code: string; readonly message: string };
}

export function refusalOf({ code, message }: NonNullable<Job["refused"]>): ApiError {
  return new ApiError(400, code, message);
}

/** What is used of the browser's Web Locks. */
export interface Locks {
  request(name: string, work: () => Promise<void>): Promise<unknown>;
}

export interface OutboxOptions {
  readonly userId: string;
  readonly storage: Storage;
  /** One window of a browser sends at a time. Null where the browser has no locks (plain http). */
  readonly locks: Locks | null;
  readonly post: (path: string, body: object, key: string) => Promise<unknown>;
  readonly online: () => boolean;
  /** A job is done, whichever window sent it; `answer` only where it was this one. */
  readonly sent: (job: Job, answer: unknown) => void;
  readonly now: () => number;
}

/** What became of something that was put in: done, waiting for the server, or refused. */
export type Outcome = "sent" | "kept" | ApiError;

/**
 * What was saved and is not on the server yet. It is in this browser's storage before it is sent,
 * so that neither a reload nor a crash nor a restart of the server takes it, and leaves the storage
 * once the server has it.
 *
 * It holds customers' data in the clear: a key to hide it with would lie beside it. So nothing stays
 * longer than it must: what is done is removed at once, and signing out sends the rest first.
 *
 * Each job has a place of its own in the storage, because two windows write there; the one that
 * holds the lock sends. Where there are no locks both may, and the key makes that one effect.
 */
export class Outbox {
  readonly jobs = signal<readonly Job[]>([]);
  private readonly prefix: string;
  /** Jobs that the storage did not take (it is off, or full): kept as long as the page lives. */
  private readonly unstored = new Map<string, Job>();
  private sending: Promise<void> = Promise.resolve();
  private failures = 0;
  private retryAt = 0;

  constructor(private readonly options: OutboxOptions) {
    this.prefix = `outbox:${options.userId}:`;
    this.read();
  }

  /** Keeps it, and tries to send it. Resolves when it is done, refused, or known to have to wait. */
  async submit(job: Job): Promise<Outcome> {
    this.write(job);
    await this.send();
    const left = this.find(job.key);
    if (left === undefined) return "sent";
    if (left.refused === undefined) return "kept";
    return refusalOf(left.refused);
  }

  /** Sends what waits, one after the other. Never throws. */
  send(): Promise<void> {
    this.sending = this.sending.then(() => this.locked(() => this.sendAll()));
    return this.sending;
  }

  /** Called by the desk's ticker. */
  tick(now: number): void {
    if (now < this.retryAt || !this.options.online() || !this.hasWaiting()) return;
    this.retryAt = Number.POSITIVE_INFINITY; // until this attempt says when the next one is due
    void this.send();
  }

  /** The server is back. */
  wake(): void {
    this.failures = 0;
    this.retryAt = 0;
  }

  hasWaiting(): boolean {
    return this.jobs.peek().some(({ refused }) => refused === undefined);
  }

  /** A refused one once more, as it is. */
  async again(key: string): Promise<void> {
    const job = this.find(key);
    if (job === undefined) return;
    const { refused: _, ...fresh } = job;
    this.write(fresh);
    await this.send();
  }

  remove(key: string): void {
    this.unstored.delete(key);
    try {
      this.options.storage.removeItem(this.prefix + key);
    } catch {
      // no storage: it was not there
    }
    this.read();
  }

  /** Puts back what was removed. */
  restore(job: Job): void {
    this.write(job);
  }

  /** Another window wrote into the storage. */
  hear(key: string | null): void {
    if (key !== null && !key.startsWith(this.prefix)) return;
    const before = this.jobs.peek();
    this.read();
    for (const job of before) {
      if (this.find(job.key) === undefined) this.options.sent(job, null);
    }
  }

  private async locked(work: () => Promise<void>): Promise<void> {
    const { locks } = this.options;
    if (locks === null) await work();
    else await locks.request(this.prefix, work);
  }

  private async sendAll(): Promise<void> {
    this.read(); // another window may have sent some
    for (const job of this.jobs.peek()) {
      if (job.refused === undefined && !(await this.sendOne(job))) return;
    }
    this.failures = 0;
    this.retryAt = 0;
  }

  /** False when the server is not to be had now. */
  private async sendOne(job: Job): Promise<boolean> {
    try {
      const answer = await this.options.post(job.path, job.body, job.key);
      this.remove(job.key);
      this.options.sent(job, answer);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (isForLater(error)) {
        this.retryAt =
          this.options.now() + Math.min(LAST_RETRY_MS, FIRST_RETRY_MS << this.failures);
        this.failures = Math.min(this.failures + 1, 4);
        return false;
      }
      this.write({ ...job, refused: { code: error.code, message: error.message } });
      return true;
    }
  }

  private find(key: string): Job | undefined {
    return this.jobs.peek().find((job) => job.key === key);
  }

  private write(job: Job): void {
    try {
      this.options.storage.setItem(this.prefix + job.key, JSON.stringify(job));
      this.unstored.delete(job.key);
    } catch {
      this.unstored.set(job.key, job);
    }
    this.read();
  }

  private read(): void {
    const found = [...stored(this.options.storage, this.prefix), ...this.unstored.values()];
    this.jobs.value = found.sort((a, b) => a.at - b.at);
  }
}

function isForLater({ status }: ApiError): boolean {
  return status >= 500 || NOT_NOW.includes(status);
}

function stored(storage: Storage, prefix: string): Job[] {
  const jobs: Job[] = [];
  try {
    for (let index = 0; index < storage.length; index += 1) {
      const key = storage.key(index);
      if (!key?.startsWith(prefix)) continue;
      const text = storage.getItem(key);
      if (text !== null) jobs.push(JSON.parse(text) as Job);
    }
  } catch {
    // storage is off, or something else wrote there
  }
  return jobs;
}
