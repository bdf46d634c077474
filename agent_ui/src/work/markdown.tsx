import type { ComponentChildren } from "preact";
import { WithNumbers } from "../calls/with_numbers";

/**
 * The part of Markdown that scripts need, as Preact nodes: headings, paragraphs, lists, quotes,
 * rules, code, bold, italic, links. There is no HTML in it: what looks like a tag is text, and a
 * link goes to http(s) or mail and nowhere else.
 */
export function Markdown({ text }: { text: string }) {
  return <div class="markdown">{blocks(text.replace(/\r\n?/g, "\n").split("\n"))}</div>;
}

const HEADING = /^(#{1,6})\s+(.*)$/;
const RULE = /^(?:-{3,}|\*{3,}|_{3,})\s*$/;
const ITEM = /^(\s*)(?:([-*+])|(\d{1,4})[.)])\s+(.*)$/;
const FENCE = /^```/;
const QUOTE = /^>\s?/;

function blocks(lines: readonly string[]): ComponentChildren[] {
  const made: ComponentChildren[] = [];
  for (let at = 0; at < lines.length; ) {
    const [node, next] = block(lines, at);
    if (node !== null) made.push(node);
    at = next;
  }
  return made;
}

/** The block that begins in this line, and the line after it. */
function block(lines: readonly string[], at: number): [ComponentChildren, number] {
  const line = lines[at] ?? "";
  if (line.trim() === "") return [null, at + 1];
  const heading = HEADING.exec(line);
  // The page has its own h1 and h2 above.
  if (heading) return [<h3 key={at}>{inline(heading[2] ?? "")}</h3>, at + 1];
  if (RULE.test(line)) return [<hr key={at} />, at + 1];
  if (FENCE.test(line)) {
    const end = until(lines, at + 1, (each) => FENCE.test(each));
    return [<pre key={at}>{lines.slice(at + 1, end).join("\n")}</pre>, end + 1];
  }
  if (QUOTE.test(line)) {
    const end = until(lines, at, (each) => !QUOTE.test(each));
    const inside = lines.slice(at, end).map((each) => each.replace(QUOTE, ""));
    return [<blockquote key={at}>{blocks(inside)}</blockquote>, end];
  }
  if (ITEM.test(line)) return list(lines, at);
  const end = until(lines, at + 1, (each) => each.trim() === "" || beginsBlock(each));
  return [<p key={at}>{inline(lines.slice(at, end).join("\n"))}</p>, end];
}

function beginsBlock(line: string): boolean {
  return [HEADING, RULE, FENCE, QUOTE, ITEM].some((each) => each.test(line));
}

function until(lines: readonly string[], from: number, ends: (line: string) => boolean): number {
  let at = from;
  while (at < lines.length && !ends(lines[at] ?? "")) at += 1;
  return at;
}

/** Items of one depth; what is further in belongs to the item before. */
function list(lines: readonly string[], start: number): [ComponentChildren, number] {
  const first = ITEM.exec(lines[start] ?? "");
  const depth = first?.[1]?.length ?? 0;
  const ordered = first?.[3] !== undefined;
  const items: ComponentChildren[] = [];
  let at = start;
  while (at < lines.length) {
    const item = ITEM.exec(lines[at] ?? "");
    if (!item || (item[1]?.length ?? 0) < depth || (item[3] !== undefined) !== ordered) break;
    const end = until(lines, at + 1, (each) => {
      const other = ITEM.exec(each);
      return other ? (other[1]?.length ?? 0) <= depth : !/^\s+\S/.test(each);
    });
    const inside = lines.slice(at + 1, end).map((each) => each.trimEnd());
    items.push(
      <li key={at}>
        {inline(item[4] ?? "")}
        {blocks(inside)}
      </li>,
    );
    at = end;
  }
  const from = Number(first?.[3] ?? 1);
  const whole = ordered ? (
    <ol key={start} start={from}>
      {items}
    </ol>
  ) : (
    <ul key={start}>{items}</ul>
  );
  return [whole, at];
}

const INLINE =
  /(`+)(.+?)\1|\[([^\]\n]+)\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)|\*\*(?=\S)(.+?)(?<=\S)\*\*|(?<![\w*])[*_](?=\S)(.+?)(?<=\S)[*_](?![\w*])/gs;
const SAFE_LINK = /^(?:https?:\/\/|mailto:)/i;

/** One line of it: code, bold, italic and links. */
export function inline(text: string): ComponentChildren[] {
  const made: ComponentChildren[] = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, , code, label, href, bold, italic] = match;
    const key = match.index;
    made.push(<WithNumbers key={`text ${key}`} text={text.slice(at, key)} />);
    if (code !== undefined) made.push(<code key={key}>{code}</code>);
    else if (bold !== undefined) made.push(<b key={key}>{inline(bold)}</b>);
    else if (italic !== undefined) made.push(<i key={key}>{inline(italic)}</i>);
    else if (label !== undefined && href !== undefined && SAFE_LINK.test(href)) {
      made.push(
        <a key={key} href={href} target="_blank" rel="noopener noreferrer">
          {label}
        </a>,
      );
    } else made.push(whole);
    at = key + whole.length;
  }
  made.push(<WithNumbers key="rest" text={text.slice(at)} />);
  return made;
}
