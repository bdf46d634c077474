import { useSignal, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { ApiError } from "../api";
import { useDesk } from "../desk/context";
import { inWords } from "../desk/notices";
import { t } from "../i18n";
import type { CustomerRow } from "../messages.gen";
import { TierBadge } from "../ui/badges";
import { Icon } from "../ui/icon";

const PAUSE_MS = 180;

interface Props {
  label: string;
  shortcut?: string;
  onPick: (partyId: string) => void;
}

/** Finds a customer by name, company or number while one types; arrows and Enter choose. */
export function CustomerSearch({ label, shortcut, onPick }: Props) {
  const { api } = useDesk();
  const text = useSignal("");
  const found = useSignal<readonly CustomerRow[] | null>(null);
  const failure = useSignal("");
  const at = useSignal(0);
  const open = useSignal(false);
  const box = useRef<HTMLDivElement>(null);

  useSignalEffect(() => {
    const q = text.value.trim();
    found.value = null;
    failure.value = "";
    if (q === "") return;
    const timer = setTimeout(async () => {
      try {
        const { items } = await api.findCustomers(q);
        if (text.peek().trim() !== q) return;
        found.value = items;
        at.value = 0;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        failure.value = inWords(error);
      }
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  });

  const pick = (row: CustomerRow) => {
    open.value = false;
    text.value = "";
    onPick(row.id);
  };
  const onKey = (event: KeyboardEvent) => {
    const rows = found.value ?? [];
    const row = rows[at.value];
    if (event.key === "ArrowDown") at.value = Math.min(at.value + 1, rows.length - 1);
    else if (event.key === "ArrowUp") at.value = Math.max(at.value - 1, 0);
    else if (event.key === "Enter" && row) pick(row);
    else if (event.key === "Escape") open.value = false;
    else return;
    event.preventDefault();
  };
  const listed = open.value && text.value.trim() !== "";
  return (
    <div
      class="search"
      ref={box}
      onFocusOut={(event) => {
        if (!box.current?.contains(event.relatedTarget as Node | null)) open.value = false;
      }}
    >
      <Icon name="search" />
      <input
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={listed}
        aria-keyshortcuts={shortcut}
        placeholder={shortcut ? `${label}  ${shortcut.replace("Control+", "Ctrl ")}` : label}
        data-testid="customer-search"
        value={text}
        onFocus={() => {
          open.value = true;
        }}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          open.value = true;
        }}
        onKeyDown={onKey}
      />
      {listed && (
        <ul class="search-list">
          {found.value?.map((row, index) => (
            <li key={row.id}>
              <button
                type="button"
                class="menu-item search-row"
                aria-current={index === at.value}
                data-testid="search-row"
                onClick={() => pick(row)}
              >
                <b>{row.name}</b>
                {row.tier && <TierBadge tier={row.tier} />}
                <span>{row.company}</span>
                <span class="num">{row.display}</span>
              </button>
            </li>
          ))}
          {found.value?.length === 0 && <li class="empty">{t("search.none")}</li>}
          {failure.value !== "" && <li class="empty">{failure.value}</li>}
        </ul>
      )}
    </div>
  );
}
