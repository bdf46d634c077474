import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useDesk } from "../desk/context";
import { dayIn } from "../format";
import { localised, t } from "../i18n";
import type { DispositionView } from "../messages.gen";
import { Icon } from "../ui/icon";
import { childrenOf } from "./dispositions";
import { dueAt } from "./wrap_body";
import { browserZone } from "./zones";
import "./work.css";

/** Keys that choose: the first nine of a level. */
const KEYS = 9;

/** What came of the call, how it is filed, and what is promised: all of it is saved with the call. */
export function After() {
  const desk = useDesk();
  const { callId } = desk.subject.value;
  return (
    <div class="after" data-testid="after">
      {callId !== null && <Dispositions key={callId} />}
      <div class="after-row">
        {callId !== null && <Tags key={callId} />}
        <Promises />
      </div>
    </div>
  );
}

/** One level of the tree at a time; a leaf is a choice, a branch opens. */
function Dispositions() {
  const { work } = useDesk();
  const parent = useSignal<string | null>(null);
  const nodes = work.nodes.value;
  const path = work.chosen.value;
  const chosen = path.at(-1) ?? null;
  // What was chosen before is shown where it stands in the tree; whatever else of the call changes
  // (a note is kept, its log comes) leaves who looks for a leaf where they are.
  const leaf = useComputed(() => work.chosen.value.at(-1)?.id);
  useSignalEffect(() => {
    const chosen = leaf.value;
    parent.value = work.nodes.peek().find(({ id }) => id === chosen)?.parent_id ?? null;
  });
  if (nodes.length === 0) return null;
  const level = childrenOf(nodes, parent.value);
  const choose = (node: DispositionView) => {
    if (childrenOf(nodes, node.id).length > 0) {
      parent.value = node.id;
      return;
    }
    work.wrap.change({ disposition: node.id });
    if (work.problem.peek()?.where === "disposition") work.problem.value = null;
    if (node.wants_callback) work.middle.value = "callback";
  };
  const back = () => {
    parent.value = nodes.find(({ id }) => id === parent.peek())?.parent_id ?? null;
  };
  const isMissing = work.problem.value?.where === "disposition";
  return (
    <section class="dispositions" aria-label={t("disposition.title")} data-testid="dispositions">
      <p class="after-head">
        <b>{t("disposition.title")}</b>
        {isMissing ? (
          <span class="warn" role="alert" data-testid="disposition-missing">
            {t("disposition.missing")}
          </span>
        ) : (
          <span class="disposition-path" data-testid="disposition-chosen">
            {path.length > 0
              ? path.map(({ label, code }) => localised(label, code)).join(" › ")
              : work.required.value && t("disposition.required")}
          </span>
        )}
        {parent.value !== null && (
          <button
            type="button"
            class="button quiet"
            aria-keyshortcuts="0"
            data-testid="disposition-back"
            onClick={back}
          >
            {t("disposition.back")} <kbd>0</kbd>
          </button>
        )}
      </p>
      <ul class="disposition-level scroll">
        {level.map((node, index) => {
          const text = localised(node.label, node.code);
          const isBranch = childrenOf(nodes, node.id).length > 0;
          return (
            <li key={node.id}>
              <button
                type="button"
                class="disposition"
                title={text}
                aria-pressed={node.id === chosen?.id}
                aria-keyshortcuts={index < KEYS ? String(index + 1) : undefined}
                data-testid="disposition"
                data-code={node.code}
                onClick={() => choose(node)}
              >
                {index < KEYS && <kbd>{index + 1}</kbd>}
                <span>{text}</span>
                {isBranch && <span aria-hidden="true">›</span>}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Tags() {
  const { work, config } = useDesk();
  const text = useSignal("");
  const tags = work.tags.value;
  const known = config.data.value?.tags ?? [];
  const add = () => {
    const tag = text.peek().trim().slice(0, 40);
    text.value = "";
    if (tag !== "" && !tags.includes(tag)) work.wrap.change({ tags: [...tags, tag] });
  };
  const onInput = (typed: string) => {
    text.value = typed.replace(/[,，]$/, "");
    // A suggestion that was chosen, or a comma: that is one.
    if (typed !== text.peek() || known.includes(typed)) add();
  };
  return (
    <div class="tags" data-testid="tags">
      {tags.map((tag) => (
        <span class="chip" key={tag} data-testid="tag">
          {tag}
          <button
            type="button"
            aria-label={t("tags.remove", { tag })}
            title={t("tags.remove", { tag })}
            onClick={() => work.wrap.change({ tags: tags.filter((each) => each !== tag) })}
          >
            <Icon name="close" />
          </button>
        </span>
      ))}
      <input
        list="tag-suggestions"
        value={text}
        placeholder={t("tags.add")}
        aria-label={t("tags.add")}
        maxLength={40}
        disabled={tags.length >= 20}
        data-testid="tag-add"
        onInput={(event) => onInput(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.ctrlKey) add();
          if (event.key === "Backspace" && text.peek() === "" && tags.length > 0) {
            work.wrap.change({ tags: tags.slice(0, -1) });
          }
        }}
        onBlur={add}
      />
      <datalist id="tag-suggestions">
        {known
          .filter((tag) => !tags.includes(tag))
          .map((tag) => (
            <option key={tag} value={tag} />
          ))}
      </datalist>
    </div>
  );
}

/** What will be saved besides: a click on it shows it, the cross takes it back. */
function Promises() {
  const { work, subject } = useDesk();
  const { callback, task, solved } = work.wrap.draft.value;
  const due = callback && dueAt(callback);
  const { callId, ticketId } = subject.value;
  return (
    <>
      {callId !== null && ticketId !== null && (
        <label class="chip check">
          <input
            type="checkbox"
            checked={solved}
            data-testid="solve-ticket"
            onChange={(event) => work.wrap.change({ solved: event.currentTarget.checked })}
          />
          {t("next.solved")}
        </label>
      )}
      {callback && (
        <Promised
          testid="promised-callback"
          text={
            due
              ? callbackText(callback.zone, Date.parse(due))
              : `${t("work.callback")}: ${t("next.unfinished")}`
          }
          open={() => {
            work.middle.value = "callback";
          }}
          remove={() => work.wrap.change({ callback: null })}
        />
      )}
      {task && (
        <Promised
          testid="next-task"
          text={t("next.task", { body: task.body || t("next.unfinished") })}
          open={() => {
            work.middle.value = "task";
          }}
          remove={() => work.wrap.change({ task: null })}
        />
      )}
    </>
  );
}

/** As it was said to the customer. */
function callbackText(zone: string, at: number): string {
  const time = dayIn(zone, at);
  const there = zone === browserZone() ? time : t("callback.there", { time });
  return t("next.callback_at", { when: there });
}

interface PromisedProps {
  text: string;
  testid: string;
  open: () => void;
  remove: () => void;
}

function Promised({ text, testid, open, remove }: PromisedProps) {
  return (
    <span class="chip" data-testid={testid}>
      <button type="button" class="chip-text" title={text} onClick={open}>
        {text}
      </button>
      <button
        type="button"
        aria-label={`${t("next.remove")}: ${text}`}
        title={t("next.remove")}
        onClick={remove}
      >
        <Icon name="close" />
      </button>
    </span>
  );
}
