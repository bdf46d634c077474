import { defineConfig } from "vite";
import { slimJsSip } from "./slim_jssip.ts";

// dev.html as files: for tests that open a hundred of its pages while somebody writes at the sources.
export default defineConfig({
  plugins: [slimJsSip()],
  build: {
    target: "es2022",
    emptyOutDir: true,
    minify: false,
    reportCompressedSize: false,
    rolldownOptions: { input: "dev.html" },
  },
});
