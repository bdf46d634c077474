import { defineConfig } from "vitest/config";

// Everything the page loads is a file with a hashed name: the server sends a strict CSP
// (no inline script, no inline style, no data: URL) and lets browsers keep the files for ever.
export default defineConfig({
  base: "/",
  build: {
    target: "es2022",
    manifest: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { host: "127.0.0.1" },
  test: { environment: "happy-dom", include: ["tests/**/*.test.{ts,tsx}"] },
});
