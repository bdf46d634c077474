import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ApiError } from "../api";
import { useDesk } from "../desk/context";
import type { Desk } from "../desk/model";
import { inWords } from "../desk/notices";
import { topicsIn } from "../help/topics";
import { locale, t } from "../i18n";
import type { CustomerRow } from "../messages.gen";
import { TierBadge } from "../ui/badges";
import { keepFocus } from "../ui/focus";
import { Icon } from "../ui/icon";
import { KeyCaps } from "../ui/keys";
import { type Entry, entriesFor } from "./entries";
import "../ui/panels.css";

const PAUSE_MS = 180;
const NOBODY: readonly CustomerRow[] = [];

/** One field for everything: customers, numbers, what can be done, colleagues, help. */
export function Palette() {
  const desk = useDesk();
  const text = useSignal("");
  const customers = useSignal(NOBODY);
  const failure = useSignal("");
  const at = useSignal(0);
  const { field, box } = useField(desk);
  const close = () => {
    desk.panel.value = null;
  };
  useSignalEffect(() => {
    const q = text.value.trim();
    customers.value = NOBODY;
    failure.value = "";
    at.value = 0;
    if (q.length < 2) return;
    const timer = setTimeout(async () => {
      try {
        const { items } = await desk.api.findCustomers(q);
        if (text.peek().trim() === q) customers.value = items;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        failure.value = inWords(error);
      }
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  });
  const entries = useComputed(() =>
    entriesFor(text.value, {
      desk,
      customers: customers.value,
      topics: topicsIn(locale.value, desk.user.may),
    }),
  );
  const rows = entries.value;
  const chosen = Math.min(at.value, rows.length - 1);
  const pick = (entry: Entry | undefined) => {
    if (entry === undefined) return;
    close();
    entry.run();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") at.value = (chosen + 1) % Math.max(rows.length, 1);
    else if (event.key === "ArrowUp") at.value = (chosen + rows.length - 1) % (rows.length || 1);
    else if (event.key === "Enter" && !event.isComposing) pick(rows[chosen]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  };
  return (
    <div
      class="palette"
      ref={box}
      role="dialog"
      aria-label={t("palette.open")}
      data-testid="palette"
    >
      <div class="palette-field">
        <Icon name="search" />
        <input
          ref={field}
          type="text"
          role="combobox"
          aria-label={t("palette.open")}
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={rows.length > 0 ? `palette-${chosen}` : undefined}
          autocomplete="off"
          spellcheck={false}
          placeholder={t("palette.hint")}
          data-testid="customer-search"
          value={text}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
          onKeyDown={onKey}
        />
      </div>
      <div
        class="palette-list scroll"
        id="palette-list"
        role="listbox"
        aria-label={t("palette.open")}
      >
        {rows.map((entry, index) => (
          <Row
            key={entry.id}
            entry={entry}
            id={`palette-${index}`}
            chosen={index === chosen}
            heading={rows[index - 1]?.kind !== entry.kind}
            onPick={() => pick(entry)}
          />
        ))}
      </div>
      {rows.length === 0 && <p class="empty">{t("palette.none")}</p>}
      {failure.value !== "" && <p class="empty">{failure.value}</p>}
    </div>
  );
}

interface RowProps {
  entry: Entry;
  id: string;
  chosen: boolean;
  heading: boolean;
  onPick: () => void;
}

function Row({ entry, id, chosen, heading, onPick }: RowProps) {
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (chosen) row.current?.scrollIntoView?.({ block: "nearest" });
  }, [chosen]);
  return (
    <>
      {heading && (
        <p class="palette-kind" role="presentation">
          {t(`palette.${entry.kind}`)}
        </p>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys */}
      <div
        ref={row}
        id={id}
        class="palette-row"
        role="option"
        tabIndex={-1}
        aria-selected={chosen}
        data-testid={entry.kind === "customer" ? "search-row" : "palette-row"}
        data-kind={entry.kind}
        data-id={entry.id}
        onMouseDown={(event) => event.preventDefault()}
        onClick={onPick}
      >
        <b>{entry.name}</b>
        <span>{entry.detail}</span>
        {entry.tier && <TierBadge tier={entry.tier} />}
        {entry.keys && <KeyCaps combo={entry.keys} />}
      </div>
    </>
  );
}

/** The keys are in the field while it is open, and then where they were; a click beside it closes. */
function useField({ panel }: Desk) {
  const field = useRef<HTMLInputElement>(null);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const giveBack = keepFocus(field.current);
    const outside = (event: Event) => {
      if (!(event.target instanceof Node && box.current?.contains(event.target)))
        panel.value = null;
    };
    document.addEventListener("pointerdown", outside);
    return () => {
      document.removeEventListener("pointerdown", outside);
      giveBack();
    };
  }, [panel]);
  return { field, box };
}
