import { networkName } from "../calls/names";
import { useDesk } from "../desk/context";
import type { Shown } from "../desk/model";
import { t } from "../i18n";
import type { Caller } from "../messages.gen";
import { lazy } from "../ui/lazy";
import { SkeletonRows } from "../ui/skeleton";
import { Candidates } from "./candidates";
import { CustomerHead } from "./customer_head";
import { CustomerSearch } from "./customer_search";
import { OpenTickets } from "./open_tickets";
import { QuickCreate } from "./quick_create";
import { Timeline } from "./timeline";

const PastCall = lazy(async () => (await import("../calls/past_call")).PastCall);
const QuickNote = lazy(async () => (await import("./quick_note")).QuickNote);

/** The customer in front of us: known, one of several, new, or nobody yet. */
export function CustomerColumn() {
  const desk = useDesk();
  const shown = desk.shown.value;
  const card = desk.card.value;
  const failure = desk.customer.error.value;
  return (
    <section class="column customer" aria-label={t("tabs.customer")}>
      <div class="scroll customer-body">
        {card && (
          <>
            <CustomerHead card={card} caller={callerOf(shown)} />
            <div class="quick-note-place">
              {desk.bench.value && <QuickNote key={card.party_id} card={card} />}
            </div>
            <OpenTickets tickets={card.tickets} />
            {shown.kind === "past" && <PastCall row={shown.row} />}
            <Timeline key={card.party_id} card={card} />
          </>
        )}
        {card === null && desk.partyId.value !== null && !failure && <SkeletonRows rows={8} />}
        {card === null && failure && <p class="empty">{t("customer.failed")}</p>}
        {card === null && desk.partyId.value === null && <Nobody shown={shown} />}
        {card === null && shown.kind === "past" && <PastCall row={shown.row} />}
      </div>
    </section>
  );
}

function Nobody({ shown }: { shown: Shown }) {
  const caller = callerOf(shown);
  if (caller === null) {
    return (
      <div class="empty empty-page">
        <h2>{t("customer.none_title")}</h2>
        <p>{t("customer.none")}</p>
      </div>
    );
  }
  if (directionOf(shown) === "internal") {
    return (
      <div class="empty empty-page">
        <h2 data-testid="customer-name">{caller.name || caller.display}</h2>
        <p>{t("customer.colleague")}</p>
      </div>
    );
  }
  return (
    <div class="unknown" key={caller.number}>
      {caller.match === "several" && <Candidates caller={caller} />}
      {caller.match === "withheld" && (
        <div class="empty empty-page">
          <h2 data-testid="customer-name">{t("caller.withheld")}</h2>
          <p data-testid="match-kind" data-match="withheld">
            {t("customer.withheld")}
          </p>
        </div>
      )}
      {!caller.looked_up && <SkeletonRows rows={4} />}
      {caller.looked_up && caller.match === "unknown" && (
        <QuickCreate caller={caller} dialled={directionOf(shown) === "outbound"} />
      )}
      {caller.looked_up && <Attach />}
    </div>
  );
}

/** For a caller whom the number does not tell: find them by what they say. */
function Attach() {
  const desk = useDesk();
  return (
    <div class="attach">
      <h3>{t("customer.attach")}</h3>
      <CustomerSearch label={t("search.customer")} onPick={(id) => void desk.chooseCustomer(id)} />
    </div>
  );
}

/** The caller as the call knows them; a call of the past knows a little less. */
function callerOf(shown: Shown): Caller | null {
  if (shown.kind === "call") return shown.call.caller;
  if (shown.kind !== "past") return null;
  const { number, display, match } = shown.row;
  const name = networkName(shown.row);
  return { number, display, name, match, card: null, candidates: [], looked_up: true };
}

function directionOf(shown: Shown): string {
  if (shown.kind === "call") return shown.call.direction;
  return shown.kind === "past" ? shown.row.direction : "";
}
