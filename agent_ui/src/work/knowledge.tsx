import { useSignal, useSignalEffect } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { useDesk } from "../desk/context";
import type { Desk } from "../desk/model";
import { inWords } from "../desk/notices";
import { locale, t } from "../i18n";
import type { ArticleRow } from "../messages.gen";
import { Resource } from "../resource";
import { SkeletonRows } from "../ui/skeleton";
import { Markdown } from "./markdown";
import "./work.css";

const PAUSE_MS = 180;

/** The queue's script first, then what is known; searched while one types. */
export function Knowledge() {
  const desk = useDesk();
  const text = useSignal("");
  const closed = useSignal<ReadonlySet<string>>(new Set());
  const opened = useSignal<ReadonlySet<string>>(new Set());
  const articles = useMemo(
    () =>
      new Resource(async (key) => {
        const [queue = "", language = "", q = ""] = JSON.parse(key) as string[];
        return (await desk.api.articles({ queue, q, locale: language })).items;
      }),
    [desk],
  );
  useSignalEffect(() => {
    const key = JSON.stringify([desk.subject.value.queue, locale.value, text.value.trim()]);
    const timer = setTimeout(() => articles.open(key), text.peek() === "" ? 0 : PAUSE_MS);
    return () => clearTimeout(timer);
  });
  useSignalEffect(() => {
    if (desk.socket.link.value === "up" && articles.error.peek()) void articles.refresh();
  });
  const rows = articles.data.value;
  const error = articles.error.value;
  const isOpen = ({ id }: ArticleRow, index: number) =>
    opened.value.has(id) || (index === 0 && !closed.value.has(id));
  const toggle = (row: ArticleRow, index: number) => {
    const open = isOpen(row, index);
    opened.value = without(opened.peek(), row.id, !open);
    closed.value = without(closed.peek(), row.id, open);
  };
  return (
    <div class="knowledge" data-testid="knowledge">
      <input
        type="search"
        value={text}
        placeholder={t("knowledge.search")}
        aria-label={t("knowledge.search")}
        data-testid="knowledge-search"
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
      />
      <div class="scroll knowledge-rows">
        {rows?.map((row, index) => (
          <article key={row.id} class="article" data-testid="article" data-kind={row.kind}>
            <button
              type="button"
              class="article-title"
              aria-expanded={isOpen(row, index)}
              onClick={() => toggle(row, index)}
            >
              <b>{row.title}</b>
              <small>{t(`knowledge.${row.kind}`)}</small>
            </button>
            {isOpen(row, index) && <Markdown text={filled(row.body, desk)} />}
          </article>
        ))}
        {rows === null && !error && <SkeletonRows rows={3} />}
        {rows?.length === 0 && (
          <p class="empty">{text.value ? t("knowledge.none") : t("knowledge.empty")}</p>
        )}
        {error && (
          <div class="empty" role="alert">
            <p>{t("list.failed", { why: inWords(error) })}</p>
            <button type="button" class="button" onClick={() => void articles.refresh()}>
              {t("list.again")}
            </button>
          </div>
        )}
      </div>
    </div>
  );
}

/** The set with or without this. */
function without(set: ReadonlySet<string>, id: string, has: boolean): ReadonlySet<string> {
  const next = new Set(set);
  if (has) next.add(id);
  else next.delete(id);
  return next;
}

/** A script may name who speaks and who calls: {agent}, {customer}, {company}. */
function filled(body: string, desk: Desk): string {
  const card = desk.card.value;
  const names: Record<string, string | undefined> = {
    agent: desk.user.name,
    customer: card?.name,
    company: card?.company,
  };
  return body.replace(/\{(agent|customer|company)\}/g, (_, name: string) => names[name] || "…");
}
