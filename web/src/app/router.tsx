/** The addresses of the page. */
import { createRootRoute, createRoute, createRouter, Link } from "@tanstack/react-router";
import { lazy, useMemo } from "react";
import { Shell } from "@/app/Shell";
import { FolderPage } from "@/drive/pages/FolderPage";
import { parseDriveSearch, parseFilterSearch } from "@/drive/urlState";
import { parseChangesSearch, parseFilesSearch, parseHistorySearch } from "@/repositories/urlState";
import { text } from "@/text";
import { Button } from "@/ui/Button";
import { later } from "@/ui/later";
import { Message } from "@/ui/Message";

const ListPage = later(() => import("@/drive/pages/ListPage"));
const SearchPage = later(() => import("@/drive/pages/SearchPage"));
const RepositoriesPage = later(() => import("@/repositories/pages/RepositoriesPage"));
const RepositoryPage = later(() => import("@/repositories/pages/RepositoryPage"));
const FilesView = later(() => import("@/repositories/files/FilesView"));
const HistoryView = later(() => import("@/repositories/history/HistoryView"));
const ChangesView = later(() => import("@/repositories/changes/ChangesView"));
/** For few: it is not fetched ahead for everybody. */
const OperationsPage = lazy(() => import("@/operations/OperationsPage"));

const myFiles = { parentId: null, space: "my-files" } as const;
const shared = { parentId: null, space: "shared" } as const;

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: Crashed });
const getParentRoute = () => root;

const myFilesRoute = createRoute({
  getParentRoute,
  path: "/",
  validateSearch: parseDriveSearch,
  component: function MyFiles() {
    return <FolderPage place={myFiles} search={myFilesRoute.useSearch()} />;
  },
});

const sharedRoute = createRoute({
  getParentRoute,
  path: "/shared",
  validateSearch: parseDriveSearch,
  component: function Shared() {
    return <FolderPage place={shared} search={sharedRoute.useSearch()} />;
  },
});

const folderRoute = createRoute({
  getParentRoute,
  path: "/folder/$id",
  validateSearch: parseDriveSearch,
  component: function Folder() {
    const { id } = folderRoute.useParams();
    const place = useMemo(() => ({ parentId: id }), [id]);
    return <FolderPage place={place} search={folderRoute.useSearch()} />;
  },
});

const recentRoute = createRoute({
  getParentRoute,
  path: "/recent",
  validateSearch: parseDriveSearch,
  component: function Recent() {
    return <ListPage kind="recent" search={recentRoute.useSearch()} />;
  },
});

const favoritesRoute = createRoute({
  getParentRoute,
  path: "/favorites",
  validateSearch: parseDriveSearch,
  component: function Favorites() {
    return <ListPage kind="favorites" search={favoritesRoute.useSearch()} />;
  },
});

const trashRoute = createRoute({
  getParentRoute,
  path: "/trash",
  validateSearch: parseDriveSearch,
  component: function Trash() {
    return <ListPage kind="trash" search={trashRoute.useSearch()} />;
  },
});

const searchRoute = createRoute({
  getParentRoute,
  path: "/search",
  validateSearch: parseFilterSearch,
  component: function Search() {
    return <SearchPage search={searchRoute.useSearch()} />;
  },
});

const repositoriesRoute = createRoute({ getParentRoute, path: "/repositories", component: RepositoriesPage });

const repositoryRoute = createRoute({
  getParentRoute,
  path: "/repositories/$id",
  validateSearch: parseFilesSearch,
  component: function RepositoryFiles() {
    const { id } = repositoryRoute.useParams();
    const search = repositoryRoute.useSearch();
    return (
      <RepositoryPage key={id} id={id} view="files" chosen={search.ref}>
        <FilesView search={search} />
      </RepositoryPage>
    );
  },
});

const historyRoute = createRoute({
  getParentRoute,
  path: "/repositories/$id/history",
  validateSearch: parseHistorySearch,
  component: function RepositoryHistory() {
    const { id } = historyRoute.useParams();
    const { ref } = historyRoute.useSearch();
    return (
      <RepositoryPage key={id} id={id} view="history" chosen={ref}>
        <HistoryView key={ref} />
      </RepositoryPage>
    );
  },
});

const changesRoute = createRoute({
  getParentRoute,
  path: "/repositories/$id/changes",
  validateSearch: parseChangesSearch,
  component: function RepositoryChanges() {
    const { id } = changesRoute.useParams();
    const search = changesRoute.useSearch();
    return (
      <RepositoryPage key={id} id={id} view="changes" chosen={search.ref}>
        <ChangesView search={search} />
      </RepositoryPage>
    );
  },
});

const operationsRoute = createRoute({
  getParentRoute,
  path: "/operations",
  component: function Operations() {
    return <OperationsPage />;
  },
});

const operationsViewRoute = createRoute({
  getParentRoute,
  path: "/operations/$view",
  component: function OperationsView() {
    return <OperationsPage view={operationsViewRoute.useParams().view} />;
  },
});

/** Addresses carry plain text, so that a person can read and write them. */
function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

function stringifySearch(search: Record<string, unknown>): string {
  const given = Object.entries(search).filter((entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== "");
  const query = new URLSearchParams(given).toString();
  return query ? `?${query}` : "";
}

export const router = createRouter({
  routeTree: root.addChildren([
    myFilesRoute, sharedRoute, folderRoute, recentRoute, favoritesRoute, trashRoute, searchRoute,
    repositoriesRoute, repositoryRoute, historyRoute, changesRoute,
    operationsRoute, operationsViewRoute,
  ]),
  parseSearch,
  stringifySearch,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
  interface HistoryState {
    /** Whether this page opened the preview, so that closing it goes back. */
    openedHere?: boolean;
  }
}

function NotFound() {
  return (
    <Message icon="search" title={text.notFound.title} hint={text.notFound.hint}>
      <Link className="button secondary" to="/">{text.notFound.home}</Link>
    </Message>
  );
}

function Crashed() {
  return (
    <Message icon="warning" title={text.crashed.title} hint={text.crashed.hint}>
      <Button variant="primary" onPress={() => location.reload()}>{text.crashed.reload}</Button>
    </Message>
  );
}
