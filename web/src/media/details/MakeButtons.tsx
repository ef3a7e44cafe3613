/** Making what a file can be made into, and removing all that was made. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { isFinal } from "@/api/jobs";
import { lookAgain, type MediaJobType, removeMedia, startMediaJob } from "@/api/media";
import { refreshDrive } from "@/api/cache";
import type { FileMedia, Job, ListedFile } from "@/api/types";
import { followJob } from "@/jobs/store";
import { type StreamWish, StreamsDialog } from "@/media/details/StreamsDialog";
import { media as words } from "@/text/media";
import { Button } from "@/ui/Button";
import { ask } from "@/ui/dialogs";
import { later } from "@/ui/later";
import { Menu } from "@/ui/Menu";
import type { MenuItem } from "@/ui/menu-items";
import { reportError } from "@/ui/reportError";
import { showToast } from "@/ui/toasts";

const DeleteDialog = later(() => import("@/drive/dialogs/DeleteDialog"));

/** What can be made beside the one thing that has a button of its own. */
const MORE: Record<FileMedia["kind"], readonly (readonly [MediaJobType, string])[]> = {
  image: [["image:thumbnail", words.make.thumbnail]],
  video: [["video:cover", words.make.cover], ["video:preview", words.make.preview]],
  audio: [],
};
const STREAMS = new Set<Job["kind"]>(["video:transcode", "video:full", "audio:transcode"]);

interface MakeButtonsProps {
  file: ListedFile;
  media: FileMedia;
  hash: string;
  /** What goes on, and what failed. */
  jobs: readonly Job[];
  hasRenditions: boolean;
  /** Of what cannot be read, or what nothing is known of, nothing can be made before it is looked at again. */
  isKnown: boolean;
}

export function MakeButtons({ file, media, hash, jobs, hasRenditions, isKnown }: MakeButtonsProps) {
  const client = useQueryClient();
  const [isBusy, setBusy] = useState(false);

  async function during(work: () => Promise<void>): Promise<void> {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      reportError(error);
    } finally {
      setBusy(false);
      await refreshDrive(client);
    }
  }
  async function start(type: MediaJobType, options: Record<string, unknown> = {}): Promise<void> {
    const job = await startMediaJob({ type, hash, source: file.key, options });
    followJob(job);
    // The same was asked for before, and all that it made stands.
    if (isFinal(job.state)) showToast(words.make.already);
  }
  async function makeStreams(): Promise<void> {
    const wish = await ask<StreamWish | null>((done) => <StreamsDialog onDone={done} />);
    if (wish) await start("video:transcode", { encrypt: wish.encrypt, ...(wish.isQuick ? { codecs: ["h264"] } : {}) });
  }
  async function remove(): Promise<void> {
    const { title, message, confirm } = words.remove;
    const sure = await ask<boolean>((done) => <DeleteDialog title={title} message={message} confirm={confirm} onDone={done} />);
    if (!sure) return;
    await removeMedia(hash);
    showToast(words.remove.done);
  }
  const isMaking = jobs.some((job) => STREAMS.has(job.kind) && !isFinal(job.state));
  const main = { isDisabled: isBusy || isMaking, variant: media.has_stream ? ("secondary" as const) : ("primary" as const) };
  const more: MenuItem[] = [
    ...(isKnown ? MORE[media.kind] : []).map(([type, label]) => ({ id: type, label, onAction: () => void during(() => start(type)) })),
    { id: "again", label: words.make.again, icon: "retry", onAction: () => void during(async () => followJob(await lookAgain(file.id))) },
  ];
  const away: MenuItem[] = hasRenditions ? [{ id: "remove", label: words.remove.button, icon: "trash", danger: true, onAction: () => void during(remove) }] : [];
  return (
    <div className="media-make">
      {isKnown && media.kind === "video" && (
        <Button {...main} icon="stream" onPress={() => void during(makeStreams)}>
          {media.has_stream ? words.make.streamsAgain : words.make.streams}
        </Button>
      )}
      {isKnown && media.kind === "audio" && (
        <Button {...main} icon="audio" onPress={() => void during(() => start("audio:transcode"))}>
          {media.has_stream ? words.make.audioAgain : words.make.audio}
        </Button>
      )}
      <Menu label={words.make.more} groups={[{ id: "more", items: more }, { id: "away", items: away }]}>
        <Button icon="more" isDisabled={isBusy}>{words.make.more}</Button>
      </Menu>
    </div>
  );
}
