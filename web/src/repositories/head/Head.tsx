/** The top of a repository: its name, what it takes, the version on show, its views. */
import { Link } from "@tanstack/react-router";
import { Sizes } from "@/repositories/head/Sizes";
import { VersionMenu } from "@/repositories/head/VersionMenu";
import { useOnShow } from "@/repositories/context";
import { text } from "@/text";
import { repositories as words } from "@/text/repositories";
import { Button } from "@/ui/Button";
import { ask } from "@/ui/dialogs";
import { Icon } from "@/ui/Icon";
import { later } from "@/ui/later";
import "@/repositories/head/head.css";

const CommandsDialog = later(() => import("@/repositories/CommandsDialog"));

export type ViewName = "files" | "history" | "changes";

export function Head({ view }: { view: ViewName }) {
  const { repository, refs, ref } = useOnShow();
  const canLook = repository.is_readable && ref !== null;
  return (
    <header className="repository-head">
      <div className="browser-head">
        <nav className="crumbs" aria-label={text.drive.breadcrumbs}>
          <ol>
            <li><Link className="crumb" to="/repositories">{words.title}</Link></li>
            <li aria-hidden="true" className="crumb-line"><Icon name="chevronRight" size={14} /></li>
            <li>
              <h1 className="crumb truncate" title={repository.name}>{repository.name}</h1>
            </li>
            {repository.is_encrypted && (
              <li className="repository-lock" title={words.encrypted}>
                <Icon name="lock" size={16} />
                <span className="visually-hidden">{words.encrypted}</span>
              </li>
            )}
            {repository.space === "shared" && <li className="ref-chip">{words.shared}</li>}
          </ol>
        </nav>
        <div className="new-buttons">
          <Button icon="terminal" onPress={() => void ask<undefined>((done) => <CommandsDialog repository={repository} refs={refs} version={ref} onClose={() => done(undefined)} />)}>
            {words.commands.title}
          </Button>
        </div>
      </div>
      <Sizes repository={repository} />
      <div className="repository-bar">
        {canLook && <Views view={view} />}
        {canLook && view !== "changes" && <VersionMenu />}
      </div>
    </header>
  );
}

function Views({ view }: { view: ViewName }) {
  const { repository, ref } = useOnShow();
  // The version stays from view to view; the address names it only where it is not the usual one.
  const search = { ref: ref === null || ref === repository.default_branch ? undefined : ref };
  const params = { id: repository.id };
  const common = (name: ViewName) => ({ params, search, className: `view-tab ${name === view ? "current" : ""}`, ...(name === view ? { "aria-current": "page" as const } : {}) });
  return (
    <nav className="view-tabs" aria-label={words.views.label}>
      <Link to="/repositories/$id" {...common("files")}>{words.views.files}</Link>
      <Link to="/repositories/$id/history" {...common("history")}>{words.views.history}</Link>
      <Link to="/repositories/$id/changes" {...common("changes")}>{words.views.changes}</Link>
    </nav>
  );
}
