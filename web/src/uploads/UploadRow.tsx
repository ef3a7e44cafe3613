/** One upload of the tray. */
import { memo } from "react";
import { uploads as words } from "@/text/uploads";
import { Button, IconButton } from "@/ui/Button";
import { FileIcon } from "@/ui/FileIcon";
import { formatBytes, formatDuration, formatRate } from "@/ui/format";
import { Icon } from "@/ui/Icon";
import { visible } from "@/ui/visible";
import type { Item } from "@/uploads/item";
import type { UploadQueue } from "@/uploads/queue";
import { secondsLeft } from "@/uploads/rate";
import { UploadBar } from "@/uploads/UploadBar";

interface UploadRowProps {
  item: Item;
  rate: number | null;
  queue: UploadQueue;
  onDecide: (id: string) => void;
}

export const UploadRow = memo(function UploadRow({ item, rate, queue, onDecide }: UploadRowProps) {
  const name = visible(item.storedName ?? item.name);
  const place = [...item.path.map(visible), name].join(" / ");
  const underWay = item.status === "uploading" || item.status === "finishing" || item.status === "paused";
  return (
    <>
      <FileIcon file={{ filename: item.name, mimetype: item.mimetype, is_folder: item.kind === "folder" }} size={22} />
      <div className="upload-row-main">
        <span className="truncate" title={place}>
          {name}
        </span>
        <span className={`upload-row-state tabular ${item.status}`} title={item.failure ?? item.retrying ?? undefined}>
          {stateOf(item, rate)}
        </span>
        {underWay && item.size > 0 && (
          <UploadBar
            label={name}
            size={item.size}
            sent={item.sent}
            confirmed={item.confirmed}
            tone={item.status === "paused" || item.retrying !== null ? "muted" : "accent"}
          />
        )}
      </div>
      <div className="upload-row-actions">
        <Actions item={item} name={name} queue={queue} onDecide={onDecide} />
      </div>
    </>
  );
});

function Actions({ item, name, queue, onDecide }: Omit<UploadRowProps, "rate"> & { name: string }) {
  const { id, status } = item;
  const main = mainAction(item, name, queue);
  if (status === "done") return <Icon name="check" size={18} className="upload-done" />;
  return (
    <>
      {main !== null && <IconButton className="small" {...main} />}
      {status === "conflict" && (
        <Button className="upload-decide" aria-label={words.decide(name)} onPress={() => onDecide(id)}>
          {words.decideShort}
        </Button>
      )}
      <IconButton className="small" icon="close" label={words.cancel(name)} onPress={() => queue.cancel(id)} />
    </>
  );
}

/** One button, so that it keeps the focus while it changes. */
function mainAction({ id, status, kind }: Item, name: string, queue: UploadQueue) {
  if (status === "paused") return { icon: "play", label: words.resume(name), onPress: () => queue.resume(id) } as const;
  if (status === "failed") return { icon: "retry", label: words.retry(name), onPress: () => queue.retry(id) } as const;
  const canPause = kind === "file" && (status === "uploading" || status === "waiting" || status === "preparing");
  return canPause ? ({ icon: "pause", label: words.pause(name), onPress: () => queue.pause(id) } as const) : null;
}

/** What the second line says in each state. */
const STATES: Record<Item["status"], (item: Item, rate: number | null) => string> = {
  waiting: (item) => (item.kind === "folder" ? words.waiting : words.withSize(words.waiting, formatBytes(item.size))),
  preparing: () => words.preparing,
  uploading: (item, rate) => {
    const left = secondsLeft(item.size - item.sent, rate);
    const parts = [amountOf(item)];
    if (rate !== null && rate > 0) parts.push(formatRate(rate));
    if (left !== null) parts.push(words.left(formatDuration(left)));
    return parts.join(" · ");
  },
  finishing: () => words.finishing,
  done: (item) => (item.kind === "folder" ? words.folderMade : words.withSize(words.done, formatBytes(item.size))),
  paused: (item) => words.withSize(words.pausedItem, amountOf(item)),
  conflict: () => words.conflict,
  failed: (item) => item.failure ?? words.tabFailed,
  detached: (item) => words.withSize(words.detached, formatBytes(item.size)),
  cancelled: () => words.cancelled,
};

function stateOf(item: Item, rate: number | null): string {
  return item.retrying !== null ? words.retrying(item.retrying) : STATES[item.status](item, rate);
}

function amountOf(item: Item): string {
  return words.of(formatBytes(item.sent), formatBytes(item.size));
}
