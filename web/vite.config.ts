/** How the page is built, served in development and tested. */
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { FIRST_PAINT, firstPaintBudget } from "./first-paint";

const service = process.env.KEYSHELF_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), firstPaintBudget(175_000)],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "../src/keyshelf/api/static",
    // The folder holds a .gitkeep, which `public/.gitkeep` puts back after emptying.
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: "es2024",
    rolldownOptions: { output: { codeSplitting: FIRST_PAINT } },
    // With `light-dark()` itself: its substitute cannot show a dark part on a light page.
    cssTarget: ["chrome123", "edge123", "firefox120", "safari17.5"],
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": service, "/signed": service, "/healthz": service, "/readyz": service },
  },
  test: { environment: "jsdom", include: ["src/**/*.test.{ts,tsx}"], restoreMocks: true },
});
