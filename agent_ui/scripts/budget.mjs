// Prints what the built page weighs and fails when it grew over its budget (gzip, as served).
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const DIST = new URL("../dist/", import.meta.url);
const SIGN_IN_LIMIT = 25_000;
const DESK_LIMIT = 100_000;

const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", DIST), "utf8"));
const weight = (file) => gzipSync(readFileSync(new URL(file, DIST)), { level: 9 }).length;

/** A chunk with everything it cannot start without. */
function needs(name, seen = new Set()) {
  const chunk = manifest[name];
  if (seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const css of chunk.css ?? []) seen.add(css);
  for (const imported of chunk.imports ?? []) needs(imported, seen);
  return seen;
}

const signIn = needs("index.html");
signIn.add("index.html");
const everything = new Set([
  ...signIn,
  ...Object.keys(manifest).flatMap((name) => [...needs(name)]),
]);
const locales = Object.values(manifest).filter(({ src }) => src?.startsWith("src/i18n/"));
const heaviest = locales.map(({ file }) => file).sort((a, b) => weight(b) - weight(a));
signIn.add(heaviest[0]);
for (const spare of heaviest.slice(1)) everything.delete(spare);

const assets = [...everything].sort((a, b) => weight(b) - weight(a));
for (const file of assets) console.log(`${String(weight(file)).padStart(8)}  ${file}`);
let failed = false;
for (const [name, files, limit] of [
  ["sign-in page", signIn, SIGN_IN_LIMIT],
  ["whole desk", everything, DESK_LIMIT],
]) {
  const total = [...files].reduce((sum, file) => sum + weight(file), 0);
  const over = total > limit;
  failed ||= over;
  console.log(`${name}: ${total} of ${limit} bytes gzip${over ? ", TOO HEAVY" : ""}`);
}
process.exit(failed ? 1 : 0);
