import type { Desk } from "../desk/model";
import { dialable } from "../format";
import type { Topic } from "../help/topics";
import { localised, t } from "../i18n";
import type { CustomerRow, TierBadge } from "../messages.gen";

export type EntryKind = "customer" | "dial" | "action" | "state" | "colleague" | "help";

/** One line of the palette. */
export interface Entry {
  readonly id: string;
  readonly kind: EntryKind;
  readonly name: string;
  readonly detail: string;
  readonly tier?: TierBadge | null;
  readonly keys?: string;
  readonly run: () => void;
}

export interface Sources {
  readonly desk: Desk;
  readonly customers: readonly CustomerRow[];
  readonly topics: readonly Topic[];
}

/** Two letters are somewhere in every page of help; these are what somebody looks for. */
const LONG_ENOUGH = 4;
const NUMBER = /^[+*#]?[0-9*#]{2,}$/;

/** What fits the text, kind by kind; without one, what can be done now. Reads signals. */
export function entriesFor(text: string, { desk, customers, topics }: Sources): Entry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (...texts: string[]) => {
    const all = texts.join(" ").toLowerCase();
    return words.every((word) => all.includes(word));
  };
  const asked = words.length > 0;
  const actions = actionEntries(desk).filter(({ name }) => fits(name));
  const states = stateEntries(desk).filter(({ name, detail }) => fits(name, detail));
  if (!asked) return [...actions, ...states];
  const longEnough = text.trim().length >= LONG_ENOUGH;
  const about = ({ title, body }: Topic) => fits(title, longEnough ? body : "");
  return [
    ...customers.map((row) => customerEntry(desk, row)),
    ...dialEntries(desk, text, fits),
    ...actions,
    ...states,
    ...colleagueEntries(desk).filter(({ name, detail }) => fits(name, detail)),
    ...topics.filter(about).map((topic) => helpEntry(desk, topic)),
  ];
}

function customerEntry(desk: Desk, row: CustomerRow): Entry {
  return {
    id: row.id,
    kind: "customer",
    name: row.name,
    detail: [row.company, row.display].filter(Boolean).join(" · "),
    tier: row.tier,
    run: () => desk.showCustomer(row.id),
  };
}

/** What was typed when it is a number, and the speed dial. */
function dialEntries(desk: Desk, text: string, fits: (...texts: string[]) => boolean): Entry[] {
  if (!mayDial(desk)) return [];
  const typed = dialable(text.trim());
  const own = NUMBER.test(typed) ? [{ label: "", number: typed }] : [];
  const speed = desk.prefs.value.speed_dial.filter(({ label, number }) => fits(label, number));
  return [...own, ...speed].map(({ label, number }) => ({
    id: `dial ${label} ${number}`,
    kind: "dial" as const,
    name: t("phone.call_number", { number: label || number }),
    detail: label === "" ? "" : number,
    run: () => dial(desk, number),
  }));
}

function mayDial(desk: Desk): boolean {
  return desk.phone.value.kind !== "none" && desk.current.value === null;
}

function dial(desk: Desk, number: string): void {
  void desk.phoneOrder((phone) => phone.dial(number));
}

function actionEntries(desk: Desk): Entry[] {
  const { actions } = desk;
  return actions.all.value
    .filter((action) => action.unlisted !== true && action.enabled())
    .map((action) => ({
      id: action.id,
      kind: "action" as const,
      name: action.label(),
      detail: "",
      keys: actions.keysOf(action) || action.plain || "",
      run: () => void actions.run(action.id),
    }));
}

/** Not ready, with each reason there is. */
function stateEntries(desk: Desk): Entry[] {
  if (desk.socket.link.value !== "up") return [];
  return (desk.config.data.value?.reasons ?? []).map((reason) => ({
    id: `state.${reason.code}`,
    kind: "state" as const,
    name: localised(reason.label, reason.code),
    detail: t("state.not_ready"),
    run: () => void desk.notReady(reason.code),
  }));
}

/** How the others are, and a call to them. */
function colleagueEntries(desk: Desk): Entry[] {
  return desk.store.colleagues.value.map(({ user_id, name, extension, state }) => ({
    id: user_id,
    kind: "colleague" as const,
    name,
    detail: [t(`state.${state}`), extension].filter(Boolean).join(" · "),
    run: () => {
      if (extension !== "" && mayDial(desk)) dial(desk, extension);
    },
  }));
}

function helpEntry(desk: Desk, { id, title }: Topic): Entry {
  return {
    id: `help ${id}`,
    kind: "help",
    name: title,
    detail: "",
    run: () => {
      desk.panel.value = { kind: "help", topic: id };
    },
  };
}
