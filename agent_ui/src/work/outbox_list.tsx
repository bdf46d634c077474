import { useDesk } from "../desk/context";
import { inWords } from "../desk/notices";
import { t } from "../i18n";
import { When } from "../ui/timer";
import { type Job, refusalOf } from "./outbox";
import { writtenIn } from "./wrap_body";
import "./work.css";

/** What is kept here until the server has it, and what it said no to. */
export function OutboxList() {
  const { work } = useDesk();
  const jobs = work.outbox.jobs.value;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what is too long is scrolled by keys
    <section class="outbox" aria-label={t("outbox.title")} tabIndex={0} data-testid="outbox-list">
      <b>{t("outbox.title")}</b>
      <ul>
        {jobs.map((job) => (
          <li key={job.key}>
            <Line job={job} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Line({ job }: { job: Job }) {
  const desk = useDesk();
  const { work, todo } = desk;
  const text = writtenIn(job.body);
  const discard = () => {
    work.outbox.remove(job.key);
    todo.undo.offer("outbox", t("outbox.discarded"), async () => work.outbox.restore(job));
  };
  return (
    <div class="outbox-job" data-testid="outbox-job" data-kind={job.kind}>
      <p class="todo-line">
        <b>{t(`outbox.${job.kind}`, { name: job.name || "…" })}</b>
        <When at={new Date(job.at).toISOString()} />
      </p>
      {text !== "" && <p class="todo-note">{text}</p>}
      {job.refused ? (
        <>
          <p class="warn">{inWords(refusalOf(job.refused))}</p>
          <div class="todo-orders">
            <button
              type="button"
              class="button"
              data-testid="outbox-again"
              onClick={() => void work.outbox.again(job.key)}
            >
              {t("outbox.again")}
            </button>
            {job.kind === "wrap_up" && (
              <button
                type="button"
                class="button"
                data-testid="outbox-open"
                onClick={() => void desk.theBench.reopen(job)}
              >
                {t("outbox.open")}
              </button>
            )}
            <button
              type="button"
              class="button quiet"
              data-testid="outbox-discard"
              onClick={discard}
            >
              {t("outbox.discard")}
            </button>
          </div>
        </>
      ) : (
        <p class="hint">{t("outbox.will")}</p>
      )}
    </div>
  );
}
