import { useDesk } from "../desk/context";
import { inWords } from "../desk/notices";
import { t } from "../i18n";
import { Segments } from "../ui/segments";
import { WhenFields } from "./when_fields";
import type { CallbackDraft } from "./wrap_draft";
import { browserZone, knownZone } from "./zones";
import "./work.css";

/** A call that is promised, by the customer's clock. It is kept as one types, and saved with the call. */
export function CallbackForm() {
  const desk = useDesk();
  const { work } = desk;
  const { callId } = desk.subject.value;
  const zone = desk.card.value?.zone ?? "";
  const numbers = desk.customer.data.value?.numbers ?? [];
  const draft = work.wrap.draft.value.callback ?? blank(zone, callId, numbers[0]?.number);
  const change = (changes: Partial<CallbackDraft>) => {
    work.wrap.change({ callback: { ...draft, ...changes } });
    if (work.problem.peek()?.where === "callback") work.problem.value = null;
  };
  const problem = work.problem.value?.where === "callback" ? work.problem.value : null;
  return (
    <div class="work-form scroll" data-testid="callback-form">
      <WhenFields
        value={draft}
        zone={zone === "" ? "" : draft.zone}
        onChange={({ date, time }) => change({ date, time })}
      />
      {problem && (
        <p class="warn" role="alert">
          {problem.error ? inWords(problem.error) : t("callback.incomplete")}
        </p>
      )}
      <label class="field">
        {t("callback.number")}
        <select
          value={draft.number}
          data-testid="callback-number"
          onChange={(event) => change({ number: event.currentTarget.value })}
        >
          {callId !== null && <option value="">{t("callback.call_number")}</option>}
          {numbers.map(({ number, display }) => (
            <option key={number} value={number}>
              {display}
            </option>
          ))}
        </select>
      </label>
      <div class="field">
        {t("callback.owner")}
        <Segments
          label={t("callback.owner")}
          testid="callback-owner"
          options={[
            { value: "me", text: t("callback.mine") },
            { value: "anyone", text: t("callback.anyone") },
          ]}
          value={draft.owner}
          onChange={(owner) => change({ owner })}
        />
      </div>
      <label class="field">
        {t("callback.promise")}
        <input
          value={draft.note}
          data-testid="callback-note"
          onInput={(event) => change({ note: event.currentTarget.value })}
        />
      </label>
      {callId !== null && <p class="hint">{t("callback.hint")}</p>}
    </div>
  );
}

function blank(zone: string, callId: string | null, number = ""): CallbackDraft {
  const place = zone === "" ? browserZone() : knownZone(zone);
  const called = callId === null ? number : "";
  return { date: "", time: "", zone: place, number: called, owner: "me", note: "" };
}
