/** A folder, or the root of a space. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";
import { knownPath } from "@/api/cache";
import { getPath, type Place } from "@/api/drive";
import { keys } from "@/api/keys";
import { messageOf, Problem } from "@/api/problem";
import type { DriveFile, Space } from "@/api/types";
import { setCurrentSpace } from "@/app/currentSpace";
import { type Crumb, Breadcrumbs } from "@/drive/Breadcrumbs";
import { useActions } from "@/drive/actions/useActions";
import { Browser } from "@/drive/Browser";
import { NewButtons } from "@/drive/NewButtons";
import { usePreviewAddress } from "@/drive/pages/usePreviewAddress";
import { type DriveSearch, sortOf, sortSearch } from "@/drive/urlState";
import { text } from "@/text";
import { Button } from "@/ui/Button";
import { Message } from "@/ui/Message";
import { visible } from "@/ui/visible";

interface FolderPageProps {
  place: Place;
  search: DriveSearch;
}

function rootCrumb(space: Space): Crumb {
  return space === "shared"
    ? { parentId: null, space, name: text.navigation.shared, to: "/shared" }
    : { parentId: null, space, name: text.navigation.myFiles, to: "/" };
}

/** The way from the root down to the place; null while it is not known. */
function crumbsOf(place: Place, path: readonly DriveFile[] | undefined): Crumb[] | null {
  if (place.parentId === null) return [rootCrumb(place.space)];
  if (!path) return null;
  return [
    rootCrumb(path.at(-1)?.space ?? "my-files"),
    ...path.map((folder) => ({ parentId: folder.id, space: folder.space, name: folder.filename, to: "/folder/$id" as const })),
  ];
}

function Empty({ place }: { place: Place }) {
  if (place.parentId !== null) return <Message icon="upload" {...text.drive.empty.folder} />;
  return place.space === "shared" ? <Message icon="people" {...text.drive.empty.shared} /> : <Message icon="upload" {...text.drive.empty.root} />;
}

function isGone(error: Error): boolean {
  return error instanceof Problem && error.status === 404;
}

function usePath(folderId: string | null) {
  const client = useQueryClient();
  return useQuery<DriveFile[]>({
    queryKey: keys.path(folderId ?? ""),
    queryFn: ({ signal }) => getPath(folderId ?? "", signal),
    // A folder that is entered from a list is a place to paste into and to drop on at once.
    placeholderData: () => knownPath(client, folderId ?? ""),
    enabled: folderId !== null,
    retry: (count, error) => !isGone(error) && count < 2,
  });
}

/** Why the path of the folder is not known. */
function NoPath({ error, retry }: { error: Error; retry: () => void }) {
  if (isGone(error)) {
    return (
      <Message icon="folder" title={text.notFound.title} hint={text.notFound.hint}>
        <Link className="button secondary" to="/">{text.notFound.home}</Link>
      </Message>
    );
  }
  return (
    <Message icon="warning" title={text.drive.loadFailed} hint={messageOf(error)}>
      <Button variant="primary" onPress={retry}>{text.retry}</Button>
    </Message>
  );
}

/** Tells the tab and the navigation where the view is. */
function useAnnouncedPlace(name: string | undefined, space: Space | undefined): void {
  useEffect(() => {
    document.title = name === undefined ? text.product : `${visible(name)} – ${text.product}`;
  }, [name]);
  useEffect(() => {
    setCurrentSpace(space ?? null);
    return () => setCurrentSpace(null);
  }, [space]);
}

export function FolderPage({ place, search }: FolderPageProps) {
  const navigate = useNavigate();
  const actions = useActions();
  const onPreview = usePreviewAddress();
  const path = usePath(place.parentId);
  const { sort: sortKey, order } = search;
  const source = useMemo(() => ({ kind: "folder" as const, place, sort: sortOf({ sort: sortKey, order }) }), [place, sortKey, order]);
  const crumbs = crumbsOf(place, path.data);
  const here = crumbs?.at(-1) ?? null;
  useAnnouncedPlace(here?.name, here?.space);

  if (path.error && (isGone(path.error) || !here)) return <NoPath error={path.error} retry={() => void path.refetch()} />;

  const goTo = (crumb: Crumb) => void navigate({ to: crumb.to, params: { id: crumb.parentId ?? "" } });
  const name = place.parentId ?? place.space;
  return (
    <Browser
      key={name}
      name={name}
      label={here?.name ?? ""}
      source={source}
      target={here}
      folder={path.data?.at(-1) ?? null}
      dropTarget={here}
      head={
        <>
          {crumbs ? <Breadcrumbs crumbs={crumbs} search={search} actions={actions} onGo={goTo} /> : <div className="crumbs" />}
          <NewButtons target={here} actions={actions} />
        </>
      }
      empty={<Empty place={place} />}
      onSort={(sort) => void navigate({ to: ".", search: (old) => ({ ...old, ...sortSearch(sort) }), replace: true })}
      previewId={search.preview}
      onPreview={onPreview}
    />
  );
}
