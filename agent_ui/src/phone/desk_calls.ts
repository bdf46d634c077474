import { useComputed } from "@preact/signals";
import { nameOf } from "../calls/names";
import { useDesk } from "../desk/context";
import type { Desk } from "../desk/model";
import { t } from "../i18n";
import type { CallView, CommandArgs, CommandName } from "../messages.gen";
import { isConsultation } from "./pairing";

/** Somebody is asked about a customer's call; one of the two is talked to, the other waits. */
export interface Consultation {
  readonly customer: CallView;
  readonly consult: CallView;
}

export function consultationOf(calls: readonly CallView[]): Consultation | null {
  const consult = calls.find((call) => call.state !== "ended" && isConsultation(call, calls));
  const customer = calls.find(({ id }) => id === consult?.consult_of);
  return consult && customer ? { consult, customer } : null;
}

export function useConsultation(): Consultation | null {
  const { store } = useDesk();
  return useComputed(() => consultationOf(store.calls.value)).value;
}

/** Everybody in it besides this agent: three, when a colleague has joined. */
export function partiesOf(call: CallView): string {
  return [nameOf(call.caller), ...call.parties].join(" + ");
}

/** Two people can talk: the call is answered and goes on. */
export function isTalk({ state, answered_at }: CallView): boolean {
  return (state === "active" || state === "held") && answered_at !== null;
}

/** Whether an order to the telephone can be carried out now, here or where it is. */
export function useReachable(): boolean {
  const { phone, socket } = useDesk();
  const line = phone.value.line.value;
  return line === "ready" || (line === "elsewhere" && socket.link.value === "up");
}

/** An order that only the server can carry out; a refusal is said. True when it was accepted. */
export function order<N extends CommandName>(
  desk: Desk,
  name: N,
  args: CommandArgs[N],
): Promise<boolean> {
  return desk.notices.attempt(() => desk.socket.command(name, args));
}

/**
 * Ends the call for this agent. While somebody is consulted it ends that, so that no customer is
 * lost by one key too many; of three who talk, the other two go on.
 */
export function hangUp(desk: Desk, id: string): void {
  const consultation = consultationOf(desk.store.calls.peek());
  const about = [consultation?.consult.id, consultation?.customer.id];
  void desk.phoneOrder(async (phone) => {
    if (consultation !== null && about.includes(id)) {
      await desk.socket.command("phone.cancel_consult", { call_id: consultation.customer.id });
    } else await phone.hangup(id);
  });
}

/** What Hang up does to this call, when it does not simply end it. */
export function hangUpHint(call: CallView | null, consultation: Consultation | null): string {
  if (consultation !== null) {
    return t("phone.hangup_consult", { name: nameOf(consultation.consult.caller) });
  }
  return call !== null && call.parties.length > 0 ? t("phone.leave_hint") : t("phone.hangup");
}
