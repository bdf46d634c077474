type Listener = (...given: unknown[]) => void;

/**
 * The part of Node's emitter that JsSIP uses, in a tenth of the bytes (`slim_jssip.ts` puts it in
 * its place). Who is told is settled before the first one is: what a listener adds or removes counts
 * from the next event on.
 */
export class EventEmitter {
  private readonly told = new Map<string, { listener: Listener; once: boolean }[]>();

  on(event: string, listener: Listener, once = false): this {
    this.told.set(event, [...(this.told.get(event) ?? []), { listener, once }]);
    return this;
  }

  once(event: string, listener: Listener): this {
    return this.on(event, listener, true);
  }

  /** The one of that name that was added last. */
  removeListener(event: string, listener: Listener): this {
    const told = this.told.get(event) ?? [];
    const last = told.findLastIndex((each) => each.listener === listener);
    this.told.set(event, last < 0 ? told : told.toSpliced(last, 1));
    return this;
  }

  listeners(event: string): Listener[] {
    return (this.told.get(event) ?? []).map(({ listener }) => listener);
  }

  emit(event: string, ...given: unknown[]): boolean {
    const told = this.told.get(event) ?? [];
    for (const { listener, once } of told) {
      if (once) this.removeListener(event, listener);
      listener.apply(this, given);
    }
    return told.length > 0;
  }
}
