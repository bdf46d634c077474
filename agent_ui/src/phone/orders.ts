import { computed, type ReadonlySignal } from "@preact/signals";
import type { PhoneOrderView } from "../messages.gen";

/** Nobody wants a call answered that rang a while ago. */
const VOID_AFTER_MS = 5_000;

/** The orders that another screen gave for the telephone of this one, while they are fresh by the
 * server's clock. */
export function ordersFor(
  screen: string,
  orders: ReadonlySignal<PhoneOrderView | null>,
  serverNow: () => number,
): ReadonlySignal<PhoneOrderView | null> {
  return computed(() => {
    const order = orders.value;
    if (order === null || order.screen !== screen) return null;
    return serverNow() - Date.parse(order.at) <= VOID_AFTER_MS ? order : null;
  });
}
