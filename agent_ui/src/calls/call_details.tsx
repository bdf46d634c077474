import { useEffect, useMemo } from "preact/hooks";
import { Behind } from "../desk/banner";
import { useDesk } from "../desk/context";
import { inWords } from "../desk/notices";
import { absolute, duration } from "../format";
import { localised, t, tCode } from "../i18n";
import type { CallDetail, CallRow, VisitRow } from "../messages.gen";
import { Recordings } from "../recordings/recordings";
import { Resource } from "../resource";
import { SkeletonRows } from "../ui/skeleton";
import { When } from "../ui/timer";
import { CallMark, kindOf, outcome } from "./contact";
import { Legs } from "./legs";
import { type Truth, TruthMark, truthOf } from "./truth";
import "./call_details.css";

/** All that is known of one call: its way through the queues, who was in it, its sound. */
export function CallDetails({ id }: { id: string }) {
  const desk = useDesk();
  const call = useMemo(() => new Resource((key) => desk.api.call(key)), [desk]);
  call.open(id);
  const logged = desk.store.logged.value;
  useEffect(() => {
    if (logged?.id === id) void call.refresh();
  }, [call, id, logged]);
  const detail = call.data.value;
  const failure = call.error.value;
  return (
    <div class="call-details" data-testid="call-details" data-call-id={id}>
      {detail && <Detail call={detail} />}
      {detail === null && failure === null && <SkeletonRows rows={3} />}
      {detail === null && failure !== null && (
        <p class="hint" role="alert">
          {t("call.failed", { why: inWords(failure) })}{" "}
          <button type="button" class="button quiet" onClick={() => void call.refresh()}>
            {t("player.again")}
          </button>
        </p>
      )}
    </div>
  );
}

function Detail({ call }: { call: CallDetail }) {
  const truth = truthOf(call);
  const elsewhere = call.linked.length > 0 && call.pbx !== "";
  const facts = [
    call.cost_centre && t("call.cost_centre", { name: call.cost_centre }),
    elsewhere && t("call.switch", { name: call.pbx }),
  ].filter(Boolean);
  return (
    <>
      {truth && <TruthNote truth={truth} />}
      {call.result === null && (
        <p class="hint">
          {t("call.going_on")}
          <Behind />
        </p>
      )}
      {call.visits.length > 0 && <Path visits={call.visits} />}
      {call.legs.length > 0 && <Legs call={call} />}
      {call.transfers.length > 0 && (
        <ul class="call-transfers">
          {call.transfers.map(({ kind, by, to, at }) => (
            <li key={at + to}>
              <span>{tCode("transferred", kind, kind)}</span>
              <b>{t("call.transferred", { by, to })}</b>
              <When at={at} />
            </li>
          ))}
        </ul>
      )}
      {call.linked.length > 0 && <Linked rows={call.linked} />}
      {facts.length > 0 && <p class="hint">{facts.join(" · ")}</p>}
      {call.result !== null && <Recordings callId={call.id} />}
    </>
  );
}

/** What is unusual, and what it means, in one sentence. */
function TruthNote({ truth }: { truth: Truth }) {
  return (
    <p class="truth-note" data-testid="truth-note">
      <TruthMark truth={truth} />
      <span>
        <b aria-hidden="true">{t(`truth.${truth}`)}.</b> {t(`truth.${truth}_why`)}
      </span>
    </p>
  );
}

/** The queues in order, how long the caller stayed in each, and why no longer. */
function Path({ visits }: { visits: readonly VisitRow[] }) {
  const queues = useDesk().config.data.value?.queues ?? [];
  const labelOf = (name: string) =>
    localised(queues.find((queue) => queue.name === name)?.label ?? {}, name);
  return (
    <ol class="call-path" aria-label={t("call.queues")} data-testid="call-path">
      {visits.map((visit) => (
        <li key={visit.joined_at + visit.queue} data-outcome={visit.outcome}>
          <b title={labelOf(visit.queue)}>{labelOf(visit.queue)}</b>
          <span class="num" title={absolute(visit.joined_at)}>
            {duration(visit.wait_s)}
          </span>
          <span>{tCode("visit", visit.outcome, visit.outcome)}</span>
          {visit.priority !== 0 && <span>{t("visit.priority", { n: visit.priority })}</span>}
        </li>
      ))}
    </ol>
  );
}

/** Other calls of the same contact; each opens. */
function Linked({ rows }: { rows: readonly CallRow[] }) {
  const desk = useDesk();
  return (
    <section aria-label={t("call.linked")}>
      <h3>{t("call.linked")}</h3>
      <ul class="call-linked">
        {rows.map((row) => (
          <li key={row.id}>
            <button
              type="button"
              class="menu-item"
              data-testid="linked-call"
              onClick={() => desk.showPast(row)}
            >
              <CallMark kind={kindOf(row.direction, row.result)} />
              <When at={row.started_at} />
              <span class="row-text">{row.party_name || row.display || row.agent}</span>
              <span class="num">{outcome(row.result, row.connected_s)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
