import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

// JsSIP is half of what a browser loads. What of it can never run here is left out of the build, by
// what its own source says and not by a list of ours, so that an update of JsSIP is slimmed alike:
//
// - rules of its grammar that nothing starts from: every start is named in the rest of its source;
// - the grammar's notes for an error message that it makes and throws away;
// - MESSAGE, SUBSCRIBE and NOTIFY outside calls: JsSIP answers those by itself while nobody listens
//   for them, and we do not;
// - of OPTIONS, which `softphone.ts` asks a silent line with, all but that it is sent: any answer is
//   a sign of life, and the socket hears it;
// - a REFER in a call, ours or the other side's: transfers are orders to the server;
// - most of Node's emitter (`slim_events.ts` is the part it uses);
// - its log, which nobody reads: the debug package, and the lines that write to it;
// - its own package.json but for name and version.
//
// `tests/slim_jssip.test.ts` compares the slim grammar with the whole one.

const GRAMMAR = "Grammar.js";
const UNUSED = new Set([
  ...["./Message", "./Subscriber", "./Notifier"],
  ...["./RTCSession/ReferNotifier", "./RTCSession/ReferSubscriber"],
]);
const EVENTS = createRequire(import.meta.url).resolve("./slim_events.ts");
const SILENT = "\0jssip-debug";
const ABSENT = "\0jssip-absent";
const ASK = "\0jssip-options";
const PACKAGE = "\0jssip-package";

const lib = dirname(createRequire(import.meta.url).resolve("jssip"));

/** Every quoted word of JsSIP outside its grammar: a header `call-id` starts the rule `Call_ID`. */
function namedRules(): Set<string> {
  const files = readdirSync(lib, { recursive: true, encoding: "utf8" });
  const own = files.filter((file) => file.endsWith(".js") && file !== GRAMMAR);
  const source = own.map((file) => readFileSync(join(lib, file), "utf8")).join("\n");
  const words = source.matchAll(/['"`]([\w-]+)['"`]/g);
  return new Set([...words].map(([, word]) => ruleName(word ?? "")));
}

function ruleName(word: string): string {
  return word.toLowerCase().replaceAll("-", "_");
}

/** The grammar with the starts that are used; the minifier then drops the rules nobody calls. */
export function slimGrammar(source: string, starts: ReadonlySet<string> = namedRules()): string {
  const table = /(?<=var parseFunctions = \{)[^}]*(?=\})/;
  const expected = /if \(reportFailures === 0\) \{\s*matchFailed\((?:[^()]|\([^()]*\))*?\);\s*\}/g;
  if (!table.test(source) || !expected.test(source)) {
    throw new Error("jssip/lib/Grammar.js is not as slim_jssip.ts knows it");
  }
  return source
    .replace(table, (entries) =>
      entries
        .split(",")
        .filter((entry) => starts.has(ruleName(/"(\w+)"/.exec(entry)?.[1] ?? "")))
        .join(","),
    )
    .replace(expected, "");
}

/** Without the statements that log; one that fills no line of its own stays, and writes nowhere. */
export function silence(source: string): string {
  return source.replace(/^(\s*)logger\.(?:debug|warn)\(.*\);$/gm, "$1;");
}

/** In the place of JsSIP's Options. */
export const askingSource = `
const { OutgoingRequest } = require(${JSON.stringify(join(lib, "SIPMessage.js"))});
const RequestSender = require(${JSON.stringify(join(lib, "RequestSender.js"))});
module.exports = class {
  constructor(ua) { this.ua = ua; }
  send(to) {
    const request = new OutgoingRequest("OPTIONS", this.ua.normalizeTarget(to), this.ua);
    new RequestSender(this.ua, request, {}).send();
  }
};`;

export function slimJsSip(): Plugin {
  const { title, version } = JSON.parse(readFileSync(join(lib, "../package.json"), "utf8"));
  const sources: Record<string, string> = {
    [SILENT]:
      "const make = () => Object.assign(() => undefined, { log() {} });\n" +
      "module.exports = Object.assign(make, { default: make });",
    [ABSENT]: "module.exports = class {};",
    [ASK]: askingSource,
    [PACKAGE]: `module.exports = ${JSON.stringify({ title, version })};`,
  };
  return {
    name: "slim-jssip",
    apply: "build",
    enforce: "pre",
    resolveId(id, importer) {
      if (!importer?.startsWith(lib)) return null;
      if (id === "debug") return SILENT;
      if (id === "events") return EVENTS;
      if (id === "./Options") return ASK;
      if (UNUSED.has(id)) return ABSENT;
      return id === "../package.json" ? PACKAGE : null;
    },
    load: (id) => sources[id] ?? null,
    transform(code, id) {
      if (!id.startsWith(lib)) return null;
      return { code: id === join(lib, GRAMMAR) ? slimGrammar(code) : silence(code), map: null };
    },
  };
}
