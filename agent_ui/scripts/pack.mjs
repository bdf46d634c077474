// After the build: compresses every file once (the server sends the .br or .gz beside it), prints
// what a page weighs, and fails when it grew over its budget.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";

const DIST = new URL("../dist/", import.meta.url);
const COMPRESSED = /\.(js|css|html|svg)$/;
const SIGN_IN_LIMIT = 25_000;
const DESK_LIMIT = 100_000;

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

/** One language is loaded: the heaviest counts. */
function withOneLanguage(files) {
  const languages = Object.values(manifest)
    .filter(({ src }) => src?.startsWith("src/i18n/"))
    .map(({ file }) => file)
    .sort((a, b) => weights.get(b) - weights.get(a));
  return new Set([...[...files].filter((file) => !languages.includes(file)), languages[0]]);
}

function report(name, files, limit) {
  const total = [...files].reduce((sum, file) => sum + weights.get(file), 0);
  const over = total > limit;
  console.log(`${name}: ${total} of ${limit} bytes gzip${over ? ", TOO HEAVY" : ""}`);
  return over;
}

const signIn = withOneLanguage(needs("index.html").add("index.html"));
const everything = withOneLanguage([...weights.keys()].filter((file) => !file.endsWith(".svg")));
for (const file of [...everything].sort((a, b) => weights.get(b) - weights.get(a))) {
  console.log(`${String(weights.get(file)).padStart(8)}  ${file}`);
}
const over = [
  report("sign-in page", signIn, SIGN_IN_LIMIT),
  report("whole desk", everything, DESK_LIMIT),
];
process.exit(over.includes(true) ? 1 : 0);
