import { useDesk } from "../desk/context";
import { inWords } from "../desk/notices";
import { t } from "../i18n";
import { Segments } from "../ui/segments";
import type { TaskDraft } from "./wrap_draft";
import "./work.css";

const BLANK: TaskDraft = { body: "", date: "", time: "", owner: "me" };

/** What is to be done after the call. It is kept as one types, and saved with the call. */
export function TaskForm() {
  const { work, subject } = useDesk();
  const draft = work.wrap.draft.value.task ?? BLANK;
  const change = (changes: Partial<TaskDraft>) => {
    const next = { ...draft, ...changes };
    const isBlank = next.body === "" && next.date === "" && next.time === "";
    work.wrap.change({ task: isBlank ? null : next });
    if (work.problem.peek()?.where === "task") work.problem.value = null;
  };
  const problem = work.problem.value?.where === "task" ? work.problem.value : null;
  return (
    <div class="work-form scroll" data-testid="task-form">
      <label class="field">
        {t("task.body")}
        <textarea
          rows={3}
          value={draft.body}
          data-testid="task-body"
          onInput={(event) => change({ body: event.currentTarget.value })}
        />
      </label>
      {problem && (
        <p class="warn" role="alert">
          {problem.error ? inWords(problem.error) : t("task.incomplete")}
        </p>
      )}
      <fieldset class="field" aria-label={t("task.due")}>
        {t("task.due")}
        <div class="when-fields">
          <input
            type="date"
            aria-label={t("callback.date")}
            data-testid="task-date"
            value={draft.date}
            onInput={(event) => change({ date: event.currentTarget.value })}
          />
          <input
            type="time"
            aria-label={t("callback.time")}
            value={draft.time}
            onInput={(event) => change({ time: event.currentTarget.value })}
          />
        </div>
      </fieldset>
      <div class="field">
        {t("task.owner")}
        <Segments
          label={t("task.owner")}
          options={[
            { value: "me", text: t("callback.mine") },
            { value: "anyone", text: t("callback.anyone") },
          ]}
          value={draft.owner}
          onChange={(owner) => change({ owner })}
        />
      </div>
      {subject.value.callId !== null && <p class="hint">{t("callback.hint")}</p>}
    </div>
  );
}
