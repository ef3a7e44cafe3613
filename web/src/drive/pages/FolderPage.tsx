/** A folder, or the root of a space. */
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";
import { getPath, type Place } from "@/api/drive";
import { keys } from "@/api/keys";
import { Problem } from "@/api/problem";
import type { DriveFile, Space } from "@/api/types";
import { setCurrentSpace } from "@/app/currentSpace";
import { type Crumb, Breadcrumbs } from "@/drive/Breadcrumbs";
import { useActions } from "@/drive/actions/useActions";
import { Browser } from "@/drive/Browser";
import { NewButtons } from "@/drive/NewButtons";
import { usePreviewAddress } from "@/drive/pages/usePreviewAddress";
import { type DriveSearch, sortOf, sortSearch } from "@/drive/urlState";
import { text } from "@/text";
import { Message } from "@/ui/Message";

interface FolderPageProps {
  place: Place;
  search: DriveSearch;
}

function rootCrumb(space: Space): Crumb {
  return space === "shared"
    ? { parentId: null, space, name: text.navigation.shared, to: "/shared" }
    : { parentId: null, space, name: text.navigation.myFiles, to: "/" };
}

function crumbsOf(place: Place, path: readonly DriveFile[]): Crumb[] {
  const space = place.parentId === null ? place.space : (path.at(-1)?.space ?? "my-files");
  return [
    rootCrumb(space),
    ...path.map((folder) => ({ parentId: folder.id, space: folder.space, name: folder.filename, to: "/folder/$id" as const })),
  ];
}

function Empty({ place }: { place: Place }) {
  if (place.parentId !== null) return <Message icon="upload" {...text.drive.empty.folder} />;
  return place.space === "shared" ? <Message icon="people" {...text.drive.empty.shared} /> : <Message icon="upload" {...text.drive.empty.root} />;
}

export function FolderPage({ place, search }: FolderPageProps) {
  const navigate = useNavigate();
  const actions = useActions();
  const onPreview = usePreviewAddress();
  const folderId = place.parentId;
  const path = useQuery({
    queryKey: keys.path(folderId ?? ""),
    queryFn: ({ signal }) => getPath(folderId ?? "", signal),
    enabled: folderId !== null,
    retry: (count, error) => !(error instanceof Problem && error.status === 404) && count < 2,
  });
  const { sort: sortKey, order } = search;
  const source = useMemo(() => ({ kind: "folder" as const, place, sort: sortOf({ sort: sortKey, order }) }), [place, sortKey, order]);
  const crumbs = crumbsOf(place, folderId === null ? [] : (path.data ?? []));
  const here = crumbs.at(-1) ?? rootCrumb("my-files");
  const isKnown = folderId === null || path.data !== undefined;

  useEffect(() => {
    document.title = isKnown ? `${here.name} – ${text.product}` : text.product;
    if (isKnown) setCurrentSpace(here.space);
    return () => setCurrentSpace(null);
  }, [isKnown, here.name, here.space]);

  if (path.error instanceof Problem && path.error.status === 404) {
    return (
      <Message icon="folder" title={text.notFound.title} hint={text.notFound.hint}>
        <Link className="button secondary" to="/">{text.notFound.home}</Link>
      </Message>
    );
  }

  const goTo = (crumb: Crumb) => void navigate({ to: crumb.to, params: { id: crumb.parentId ?? "" } });
  return (
    <Browser
      key={folderId ?? here.space}
      name={folderId ?? here.space}
      label={here.name}
      source={source}
      target={isKnown ? here : null}
      dropTarget={here}
      head={
        <>
          {isKnown ? <Breadcrumbs crumbs={crumbs} search={search} actions={actions} onGo={goTo} /> : <div className="crumbs" />}
          <NewButtons target={isKnown ? here : null} actions={actions} />
        </>
      }
      empty={<Empty place={place} />}
      onSort={(sort) => void navigate({ to: ".", search: (old) => ({ ...old, ...sortSearch(sort) }), replace: true })}
      previewId={search.preview}
      onPreview={onPreview}
    />
  );
}
