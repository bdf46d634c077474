import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { useDesk } from "../desk/context";
import { locale, t } from "../i18n";
import { Drawer } from "../ui/drawer";
import { Markdown } from "../work/markdown";
import { topicAt, topicsIn } from "./topics";

/** What can be read about the part of the desk one is in, and the list of the rest. */
export function Help({ topic, from }: { topic: string; from: Element | null }) {
  const { actions, panel, user } = useDesk();
  // F1 is about the place it was pressed at.
  const asked = useSignal<string>(topic || topicAt(from ?? document.activeElement));
  const text = useRef<HTMLElement>(null);
  useEffect(() => {
    if (topic !== "") asked.value = topic;
  }, [topic, asked]);
  const topics = topicsIn(locale.value, user.may);
  const shown = topics.find(({ id }) => id === asked.value) ?? topics[0];
  if (shown === undefined) return null;
  const body = shown.body.replace(/\{([a-z_.]+)\}/g, (whole, id: string) => {
    const action = actions.find(id);
    const keys = action && (actions.keysOf(action) || action.plain);
    return keys ? `\`${keys}\`` : action ? `*${action.label()}*` : whole;
  });
  return (
    <Drawer title={t("panel.help")} testid="help">
      <nav class="help-topics" aria-label={t("help.topics")}>
        {topics.map(({ id, title }) => (
          <button
            type="button"
            key={id}
            class="menu-item"
            aria-current={id === shown.id}
            data-testid={`help-${id}`}
            onClick={() => {
              asked.value = id;
              text.current?.focus();
            }}
          >
            {title}
          </button>
        ))}
      </nav>
      <article
        class="help-text"
        ref={text}
        tabIndex={-1}
        data-testid="help-text"
        data-topic={shown.id}
      >
        <h3>{shown.title}</h3>
        <Markdown text={body} />
      </article>
      <button
        type="button"
        class="button"
        data-testid="help-tour"
        onClick={() => {
          panel.value = { kind: "tour" };
        }}
      >
        {t("help.take_tour")}
      </button>
    </Drawer>
  );
}
