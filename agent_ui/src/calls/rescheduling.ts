import { signal } from "@preact/signals";

/** The callbacks (ids) for which another time is being chosen. */
export const rescheduling = signal<ReadonlySet<string>>(new Set());

export function toggleRescheduling(id: string): void {
  const next = new Set(rescheduling.peek());
  if (!next.delete(id)) next.add(id);
  rescheduling.value = next;
}
