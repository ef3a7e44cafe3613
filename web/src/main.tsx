/** The start of the page. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Problem } from "@/api/problem";
import { applyTheme } from "@/app/preferences";
import { router } from "@/app/router";
import { SessionGate } from "@/app/session";
import { pageStands } from "@/ui/later";
import { UploadProvider } from "@/uploads";
import "@/styles/tokens.css";
import "@/styles/base.css";

applyTheme();

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // A service on this very machine answers without a network, whatever the browser thinks of it.
      networkMode: "always",
      refetchOnReconnect: true,
      // Without a network the person is told at once; it is asked again when the network is back.
      retry: (count, error) => error instanceof Problem && error.isTransient && navigator.onLine && count < 2,
    },
  },
});

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      {/* Outside of the gate: files that were chosen outlast the end of a session and the next sign-in. */}
      <UploadProvider>
        <SessionGate>
          <RouterProvider router={router} />
        </SessionGate>
      </UploadProvider>
    </QueryClientProvider>
  </StrictMode>,
);

// Once the page stands, what the first click needs is fetched, so that it opens at once.
setTimeout(pageStands, 1_500);

// A file dropped beside every place for it would be opened by the browser in place of this page.
for (const kind of ["dragover", "drop"] as const) {
  window.addEventListener(kind, (event) => {
    if (event.defaultPrevented || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "none";
  });
}

// A part that was replaced on the server by a newer build is gone: the page starts again with the new one, once.
// Where the server cannot be reached at all, nothing would come in place of this page, and what it holds would be lost.
const RELOADED = "keyshelf.reloaded";
window.addEventListener("vite:preloadError", () => {
  if (sessionStorage.getItem(RELOADED)) return;
  void fetch("/healthz").then(
    (answer) => {
      if (!answer.ok) return;
      sessionStorage.setItem(RELOADED, "yes");
      location.reload();
    },
    () => undefined, // whoever needed the part tells that it failed
  );
});
window.addEventListener("load", () => setTimeout(() => sessionStorage.removeItem(RELOADED), 10_000));
