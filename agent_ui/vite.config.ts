import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { slimJsSip } from "./slim_jssip.ts";

type ModuleInfo = { getModuleInfo: (id: string) => { importedIds: readonly string[] } | null };

const PAGE = fileURLToPath(new URL("src/main.tsx", import.meta.url));
const DESK = fileURLToPath(new URL("src/desk/connect.tsx", import.meta.url));

/** Everything a module needs to start, itself included. */
function needsOf(entry: string, modules: ModuleInfo): ReadonlySet<string> {
  const found = new Set<string>();
  for (let ids = [entry]; ids.length > 0; ) {
    const id = ids.pop() as string;
    if (found.has(id)) continue;
    found.add(id);
    ids.push(...(modules.getModuleInfo(id)?.importedIds ?? []));
  }
  return found;
}

let page: ReadonlySet<string> | undefined;
let desk: ReadonlySet<string> | undefined;

/**
 * What comes first is one file each, not one for every part that something fetched later shares
 * with it: a file of its own compresses badly.
 */
function firstFiles(id: string, context: ModuleInfo): string | null {
  page ??= needsOf(PAGE, context);
  if (page.has(id)) return "page";
  desk ??= needsOf(DESK, context);
  return desk.has(id) ? "desk" : null;
}

// Everything the page loads is a file with a hashed name: the server sends a strict CSP
// (no inline script, no inline style, no data: URL) and lets browsers keep the files for ever.
export default defineConfig({
  base: "/",
  plugins: [slimJsSip()],
  build: {
    target: "es2022",
    manifest: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [{ name: firstFiles, debugName: "first" }],
        },
      },
    },
  },
  server: { host: "127.0.0.1" },
  test: { environment: "happy-dom", include: ["tests/**/*.test.{ts,tsx}"] },
});
