/** The rows of the tray, in three tabs; only those in sight exist. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef, useState } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { uploads as words } from "@/text/uploads";
import { formatCount } from "@/ui/format";
import type { Item } from "@/uploads/item";
import type { UploadQueue } from "@/uploads/queue";
import { UploadRow } from "@/uploads/UploadRow";
import type { Snapshot } from "@/uploads/snapshot";

const TABS = ["active", "failed", "done"] as const;
type Tab = (typeof TABS)[number];

const ROW_HEIGHT = 56;
/** Reasons take two lines. */
const FAILED_ROW_HEIGHT = 76;

interface TrayListProps {
  queue: UploadQueue;
  snapshot: Snapshot;
  onDecide: (id: string) => void;
}

export function TrayList({ queue, snapshot, onDecide }: TrayListProps) {
  const [chosen, setChosen] = useState<Tab | null>(null);
  const lists = { active: snapshot.unfinished, failed: snapshot.failed, done: snapshot.done };
  const tab = chosen === null || (chosen === "failed" && lists.failed.length === 0) ? fullest(snapshot) : chosen;
    const titles = { active: words.tabActive, failed: words.tabFailed, done: words.tabDone };
  const empty = { active: words.nothingActive, failed: words.nothingFailed, done: words.nothingDone };
  return (
    <>
      <ToggleButtonGroup
        className="upload-tabs"
        aria-label={words.trayLabel}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[tab]}
        onSelectionChange={([key]) => setChosen(key as Tab)}
      >
        {TABS.filter((name) => name !== "failed" || lists.failed.length > 0).map((name) => (
          <ToggleButton key={name} id={name} className="upload-tab">
            {titles[name]} <span className="tabular muted">{formatCount(lists[name].length)}</span>
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      {lists[tab].length === 0 ? (
        <p className="upload-empty muted">{empty[tab]}</p>
      ) : (
        <Rows
          key={tab}
          items={lists[tab]}
          height={tab === "failed" ? FAILED_ROW_HEIGHT : ROW_HEIGHT}
          label={titles[tab]} queue={queue} rates={snapshot.rates} onDecide={onDecide} />
      )}
    </>
  );
}

/** The tab to show while the person has chosen none: work first, then failures, then what is done. */
function fullest({ unfinished, failed }: Snapshot): Tab {
  if (unfinished.length > 0) return "active";
  return failed.length > 0 ? "failed" : "done";
}

interface RowsProps {
  items: readonly Item[];
  height: number;
  label: string;
  queue: UploadQueue;
  rates: ReadonlyMap<string, number>;
  onDecide: (id: string) => void;
}

function Rows({ items, height, label, queue, rates, onDecide }: RowsProps) {
  const frame = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => frame.current,
    estimateSize: () => height,
    getItemKey: (index) => items[index]?.id ?? index,
    overscan: 4,
  });
  return (
    <div ref={frame} className="upload-rows">
      <ul aria-label={label} style={{ blockSize: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, key, start }) => {
          const item = items[index];
          if (item === undefined) return null;
          return (
            <li
              key={key}
              className="upload-row"
              aria-posinset={index + 1}
              aria-setsize={items.length}
              style={{ blockSize: height, transform: `translateY(${start}px)` }}
            >
              <UploadRow item={item} rate={rates.get(item.id) ?? null} queue={queue} onDecide={onDecide} />
            </li>
          );
        })}
      </ul>
    </div>
  );
}
