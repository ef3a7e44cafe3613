/** The start of the page. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Problem } from "@/api/problem";
import { applyTheme } from "@/app/preferences";
import { router } from "@/app/router";
import { SessionGate } from "@/app/session";
import { preloadActions } from "@/drive/actions/useActions";
import { preloadMenus } from "@/ui/Menu";
import { UploadProvider } from "@/uploads";
import "@/styles/tokens.css";
import "@/styles/base.css";

applyTheme();

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (count, error) => error instanceof Problem && error.isTransient && count < 2,
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
setTimeout(() => {
  preloadMenus();
  preloadActions();
}, 1_500);

// A part that was replaced on the server by a newer build is gone: the page starts again with the new one, once.
const RELOADED = "keyshelf.reloaded";
window.addEventListener("vite:preloadError", (event) => {
  if (sessionStorage.getItem(RELOADED)) return;
  sessionStorage.setItem(RELOADED, "yes");
  event.preventDefault();
  location.reload();
});
window.addEventListener("load", () => setTimeout(() => sessionStorage.removeItem(RELOADED), 10_000));
