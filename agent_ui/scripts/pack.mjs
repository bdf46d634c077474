// After the build: compresses every file once (the server sends the .br or .gz beside it), prints
// what a page weighs, and fails when something grew over its budget.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";

const DIST = new URL("../dist/", import.meta.url);
const COMPRESSED = /\.(js|css|html|svg)$/;
const LIMITS = { signIn: 25_000, desk: 100_000, lazy: 15_000 };

const weights = new Map();
for (const file of readdirSync(DIST, { recursive: true })) {
  if (!COMPRESSED.test(file)) continue;
  const content = readFileSync(new URL(file, DIST));
  const zipped = gzipSync(content, { level: 9 });
  weights.set(file, zipped.length);
  writeFileSync(new URL(`${file}.gz`, DIST), zipped);
  writeFileSync(new URL(`${file}.br`, DIST), brotliCompressSync(content));
}

const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", DIST), "utf8"));

/** A chunk with everything it cannot start without. */
function needs(name, files = new Set()) {
  const chunk = manifest[name];
  if (files.has(chunk.file)) return files;
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const imported of chunk.imports ?? []) needs(imported, files);
  return files;
}

/** One language is loaded: the heaviest, which comes first here, counts. */
const languages = ["en", "zh-CN"].map((tag) => manifest[`src/i18n/${tag}.ts`].file);
languages.sort((a, b) => weights.get(b) - weights.get(a));

const sum = (files) => [...files].reduce((total, file) => total + weights.get(file), 0);
const line = (file) => `${String(weights.get(file)).padStart(8)}  ${file}`;

function report(name, files, limit) {
  const total = sum(files);
  const over = total > limit;
  console.log(`${name}: ${total} of ${limit} bytes gzip${over ? ", TOO HEAVY" : ""}`);
  for (const file of [...files].sort((a, b) => weights.get(b) - weights.get(a))) {
    console.log(line(file));
  }
  return over;
}

const jsSip = Object.keys(manifest).find((name) => name.endsWith("jssip/lib/JsSIP.js"));
const worker = [...weights.keys()].find((file) => file.includes("ticker.worker"));
const page = readFileSync(new URL("index.html", DIST), "utf8");
const linked = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, file]) => file);
// Everything but data that a browser asks for until the desk can be used; `tests/bench` watches one
// and refuses what is not in `first_load.json`.
const signIn = new Set(["index.html", "favicon.svg", ...linked, languages[0]]);
const desk = new Set([...signIn, ...needs("src/desk/connect.tsx"), ...needs(jsSip), worker]);
writeFileSync(
  new URL(".vite/first_load.json", DIST),
  JSON.stringify([...new Set([...desk, ...languages])]),
);
const over = [
  report("sign-in page", signIn, LIMITS.signIn),
  report("desk, until it can be worked at", desk, LIMITS.desk),
];
console.log(`on demand, fetched before when there is time (each up to ${LIMITS.lazy}):`);
for (const name of Object.keys(manifest).filter((each) => manifest[each].isDynamicEntry)) {
  const own = [...needs(name)].filter((file) => !desk.has(file));
  if (own.length === 0) continue;
  const heavy = sum(own) > LIMITS.lazy;
  over.push(heavy);
  console.log(`${String(sum(own)).padStart(8)}  ${name}${heavy ? ", TOO HEAVY" : ""}`);
}
process.exit(over.includes(true) ? 1 : 0);
