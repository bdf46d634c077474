import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { ariaKeys, refusalOf, SECOND } from "./combos";
import { useDesk } from "./context";

/** Under which heading `?`, the settings and the palette list it. */
export type ActionGroup = "call" | "state" | "customer" | "work" | "desk";

export const ACTION_GROUPS: readonly ActionGroup[] = ["call", "state", "customer", "work", "desk"];

/**
 * Something an agent can do without a mouse. Whoever draws its button registers it:
 *
 *     useAction({
 *       id: "phone.hold", group: "call", keys: "Ctrl+Shift+H", plain: "H",
 *       label: () => t("phone.hold"), enabled: () => talking, run: () => hold(),
 *     });
 *     <button aria-keyshortcuts={desk.actions.aria("phone.hold")}> … <Keys of="phone.hold" />
 */
export interface Action {
  /** Its name in `prefs.shortcuts`; never changes once it is out. */
  readonly id: string;
  readonly group: ActionGroup;
  /** The combination it has until the user chooses another, e.g. "Ctrl+Shift+H"; "" for none. */
  readonly keys: string;
  /** A key that does the same while nobody types, e.g. "H". It stays when `keys` are changed. */
  readonly plain?: string;
  readonly label: () => string;
  /** Asked when the key is pressed and when the palette is drawn. */
  readonly enabled: () => boolean;
  readonly run: () => void;
  /** Left out of the palette: the palette itself, for one. */
  readonly unlisted?: boolean;
}

/** Why a combination cannot be given to an action. */
export type Refusal =
  | { readonly kind: "reserved" | "incomplete" }
  | { readonly kind: "taken"; readonly by: Action };

/** Every action there is on the desk now, and the keys it has for this user. */
export class Actions {
  /** The user's own combinations by action id; "" takes an action's keys away. */
  readonly chosen = signal<Readonly<Record<string, string>>>({});
  private readonly table = signal<readonly Action[]>([]);
  /** What can be done only at times: its keys are listed, and kept for it, at all times. */
  readonly rare = signal<readonly Action[]>([]);
  readonly all: ReadonlySignal<readonly Action[]> = computed(() => [
    ...this.table.value,
    ...this.rare.value.filter((one) => this.table.value.every(({ id }) => id !== one.id)),
  ]);
  private readonly byKeys = computed(() => {
    const found = new Map<string, Action>();
    for (const action of this.all.value) if (action.plain) found.set(action.plain, action);
    for (const action of this.all.value) {
      const keys = this.keysOf(action);
      if (keys !== "") found.set(keys, action);
    }
    return found;
  });

  /** Adds an action, or replaces the one with its id. Returns the function that takes it away. */
  register(action: Action): () => void {
    this.table.value = [...this.table.peek().filter(({ id }) => id !== action.id), action];
    return () => {
      this.table.value = this.table.peek().filter((each) => each !== action);
    };
  }

  find(id: string): Action | undefined {
    return this.all.value.find((action) => action.id === id);
  }

  /** What a combination does. */
  at(combo: string): Action | undefined {
    return this.byKeys.value.get(combo);
  }

  keysOf({ id, keys }: Action): string {
    return this.chosen.value[id] ?? keys;
  }

  /** For `aria-keyshortcuts`. Reads signals, as `hint` does: use them while drawing. */
  aria(id: string): string | undefined {
    const action = this.find(id);
    if (action === undefined) return undefined;
    // Of two keys one after the other there is no way to tell.
    const each = [this.keysOf(action), action.plain ?? ""].filter(
      (keys) => keys !== "" && !keys.startsWith(SECOND),
    );
    return each.map(ariaKeys).join(" ") || undefined;
  }

  /** The shortest way to press it, for the eye: "H" rather than "Ctrl+Shift+H". */
  hint(id: string): string {
    const action = this.find(id);
    return action ? (action.plain ?? this.keysOf(action)) : "";
  }

  /** Why this action may not have this combination; null when it may. */
  refusal(id: string, combo: string): Refusal | null {
    const kind = refusalOf(combo);
    if (kind !== null) return { kind };
    const by = this.at(combo);
    return by === undefined || by.id === id ? null : { kind: "taken", by };
  }

  /** Does it, unless it cannot be done now. True when it was done. */
  run(id: string): boolean {
    const action = this.table.peek().find((each) => each.id === id);
    if (action === undefined || !action.enabled()) return false;
    action.run();
    return true;
  }
}

/** Registers an action while the component is there, always with what it was last drawn with. */
export function useAction(action: Action): void {
  const { actions } = useDesk();
  const latest = useRef(action);
  latest.current = action;
  useLayoutEffect(
    () =>
      actions.register({
        ...latest.current,
        label: () => latest.current.label(),
        enabled: () => latest.current.enabled(),
        run: () => latest.current.run(),
      }),
    [actions],
  );
}
