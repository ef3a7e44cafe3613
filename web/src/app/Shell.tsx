/** The frame of every page: header, places on the left, the view, uploads and messages. */
import { Outlet, useRouterState } from "@tanstack/react-router";
import { type MouseEvent, Suspense, useEffect, useState } from "react";
import { Header } from "@/app/Header";
import { Navigation } from "@/app/Navigation";
import { useJobs } from "@/jobs/useJobs";
import { text } from "@/text";
import { Dialogs } from "@/ui/dialogs";
import { focusFiles } from "@/ui/focusFiles";
import { Toasts } from "@/ui/Toasts";
import { UploadTray } from "@/uploads";
import "@/app/shell.css";

export function Shell() {
  const [drawerOpen, setDrawerOpen] = useState(false);
  const address = useRouterState({ select: (state) => state.location.href });
  useJobs();
  useEffect(() => setDrawerOpen(false), [address]);

  return (
    <>
      <a className="skip-link" href="#files" onClick={skipToFiles}>{text.skipToFiles}</a>
      <div className="shell">
        <Header onMenu={() => setDrawerOpen(!drawerOpen)} isMenuOpen={drawerOpen} />
        <Navigation isOpen={drawerOpen} onClose={() => setDrawerOpen(false)} />
        <main className="shell-main">
          <Suspense fallback={null}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <div className="shell-tray">
        <UploadTray />
      </div>
      <Dialogs />
      <Toasts />
      <div id="announcer" className="visually-hidden" aria-live="polite" role="status" />
    </>
  );
}

function skipToFiles(event: MouseEvent): void {
  event.preventDefault();
  focusFiles();
}
