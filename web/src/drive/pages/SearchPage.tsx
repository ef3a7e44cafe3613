/** What the search found, and the filters that narrow it. */
import { useEffect, useMemo } from "react";
import { Browser } from "@/drive/Browser";
import { FilterChips } from "@/drive/FilterChips";
import { usePreviewAddress } from "@/drive/pages/usePreviewAddress";
import { type FilterSearch, filtersOf, hasFilters } from "@/drive/urlState";
import { text } from "@/text";
import { Message } from "@/ui/Message";

const root = { parentId: null, space: "my-files", name: text.navigation.myFiles } as const;

export default function SearchPage({ search }: { search: FilterSearch }) {
  const onPreview = usePreviewAddress();
  const { q, type, date, size } = search;
  const source = useMemo(() => ({ kind: "search" as const, filters: filtersOf({ q, type, date, size }) }), [q, type, date, size]);

  useEffect(() => {
    document.title = `${q ?? text.drive.search.results} – ${text.product}`;
  }, [q]);

  const head = <FilterChips search={search} />;
  if (!hasFilters(search)) {
    return (
      <div className="browser">
        <div className="browser-head">{head}</div>
        <div className="browser-body">
          <Message icon="search" title={text.drive.empty.searchStart.title} hint={text.drive.empty.searchStart.hint} />
        </div>
      </div>
    );
  }
  return (
    <Browser
      key="search"
      name={JSON.stringify(source.filters)}
      label={text.drive.search.results}
      source={source}
      target={null}
      folder={null}
      dropTarget={root}
      head={head}
      empty={<Message icon="search" title={text.drive.empty.search.title} hint={text.drive.empty.search.hint} />}
      onSort={() => undefined}
      previewId={search.preview}
      onPreview={onPreview}
    />
  );
}
