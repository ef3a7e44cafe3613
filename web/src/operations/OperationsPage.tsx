/** The operator's page: its head, and one of its views. */
import { Link } from "@tanstack/react-router";
import { type ComponentType, lazy, Suspense, useEffect, useRef } from "react";
import { useSession } from "@/app/session";
import { Bones } from "@/operations/Panel";
import { text } from "@/text";
import { operations as words } from "@/text/operations";
import { Message } from "@/ui/Message";
import "@/drive/browser.css";
import "@/operations/operations.css";

export type ViewName = "overview" | "storage" | "cost" | "checks" | "rules" | "jobs";

const VIEWS: Record<ViewName, ComponentType> = {
  overview: lazy(() => import("@/operations/overview/OverviewView")),
  storage: lazy(() => import("@/operations/storage/StorageView")),
  cost: lazy(() => import("@/operations/cost/CostView")),
  checks: lazy(() => import("@/operations/checks/ChecksView")),
  rules: lazy(() => import("@/operations/rules/RulesView")),
  jobs: lazy(() => import("@/operations/jobs/JobsView")),
};
const NAMES = Object.keys(VIEWS) as ViewName[]; // the keys are those of the record

function isView(name: string): name is ViewName {
  return name in VIEWS;
}

export default function OperationsPage({ view = "overview" }: { view?: string }) {
  const { is_admin: isAdmin } = useSession();
  const current = isView(view) ? view : null;
  const tabs = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone there is no room for all of them.
    tabs.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
    document.title = `${current ? words.views[current] : words.title} – ${text.product}`;
  }, [current]);

  if (!isAdmin) return <Message icon="lock" title={words.notAllowed.title} hint={words.notAllowed.hint} />;
  if (!current) {
    return (
      <Message icon="search" title={text.notFound.title} hint={text.notFound.hint}>
        <Link className="button secondary" to="/operations">{words.title}</Link>
      </Message>
    );
  }
  const View = VIEWS[current];
  return (
    <div className="operations">
      <header className="operations-head">
        <div className="page-title">
          <h1>{words.title}</h1>
          <p className="muted">{words.hint}</p>
        </div>
        <nav ref={tabs} className="operations-tabs" aria-label={words.views.label}>
          {NAMES.map((name) => (
            <Link
              key={name}
              to={name === "overview" ? "/operations" : "/operations/$view"}
              params={{ view: name }}
              className={`operations-tab ${name === current ? "current" : ""}`}
              {...(name === current ? { "aria-current": "page" as const } : {})}
            >
              {words.views[name]}
            </Link>
          ))}
        </nav>
      </header>
      <div className="operations-body" id="files" tabIndex={-1}>
        <Suspense fallback={<Bones />}>
          <View />
        </Suspense>
      </div>
    </div>
  );
}
