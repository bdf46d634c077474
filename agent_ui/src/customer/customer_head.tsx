import { useComputed } from "@preact/signals";
import { Dial } from "../calls/dial";
import { useDesk } from "../desk/context";
import { languageName, timeIn } from "../format";
import { t } from "../i18n";
import type { Caller, CustomerCard } from "../messages.gen";
import { MatchChip, TierBadge } from "../ui/badges";
import { Icon } from "../ui/icon";
import { Popover, useClose } from "../ui/popover";
import { CustomerSearch } from "./customer_search";

interface Props {
  card: CustomerCard;
  /** Null when the customer was opened without a call. */
  caller: Caller | null;
}

export function CustomerHead({ card, caller }: Props) {
  const desk = useDesk();
  const facts = useComputed(() => {
    const there = card.zone ? timeIn(card.zone, desk.clock.now.value) : "";
    return [
      card.language && languageName(card.language),
      there && t("customer.time_there", { time: there }),
      card.owner && t("customer.owner", { name: card.owner }),
    ]
      .filter(Boolean)
      .join(" · ");
  });
  return (
    <header class="who">
      <div class="who-line">
        <h2 class="who-name" data-testid="customer-name" title={card.name}>
          {card.name}
        </h2>
        {card.tier && <TierBadge tier={card.tier} />}
        {caller && (
          <Popover
            face={<Icon name="swap" />}
            label={t("customer.change")}
            class="button quiet icon-only"
            wordless
            testid="change-customer"
            align="end"
          >
            <Change />
          </Popover>
        )}
      </div>
      <p class="who-company">{card.company}</p>
      {caller && (
        <p class="who-number">
          <span data-testid="caller-number">
            <Dial number={caller.number} display={caller.display} class="caller" />
          </span>
          <MatchChip match={caller.match} />
        </p>
      )}
      <Numbers except={caller?.number ?? ""} />
      <p class="who-facts">{facts}</p>
      {card.note !== "" && (
        <p class="who-note" data-testid="customer-note">
          {card.note}
        </p>
      )}
    </header>
  );
}

function Change() {
  const desk = useDesk();
  const close = useClose();
  return (
    <div class="change">
      <p>{t("customer.change_hint")}</p>
      <CustomerSearch
        label={t("search.customer")}
        onPick={(id) => {
          void desk.chooseCustomer(id);
          close();
        }}
      />
    </div>
  );
}

/** The customer's numbers besides the one on the line; one click dials. */
function Numbers({ except }: { except: string }) {
  const desk = useDesk();
  const detail = desk.customer.data.value;
  const numbers = detail?.numbers.filter(({ number }) => number !== except) ?? [];
  return (
    <ul class="numbers">
      {numbers.map((row) => (
        <li key={row.number + row.ext}>
          <Dial
            number={row.number}
            display={row.ext ? `${row.display} ×${row.ext}` : row.display}
          />
        </li>
      ))}
    </ul>
  );
}
