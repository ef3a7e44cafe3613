/** Plays a file as it is. */
import { useQueryClient } from "@tanstack/react-query";
import { startFile } from "@/media/player/file";
import { Player } from "@/media/player/Player";
import { inlineUrl } from "@/previews/inlineUrl";
import type { ViewProps } from "@/previews/viewer";

export default function FilePlayer({ file, url, kind, onFail }: ViewProps & { kind: "audio" | "video" }) {
  const client = useQueryClient();
  const renew = async () => {
    const query = inlineUrl(file);
    await client.invalidateQueries({ queryKey: query.queryKey, refetchType: "none" });
    return client.query(query);
  };
  return <Player file={file} kind={kind} start={(video, listeners) => startFile(video, url, renew, listeners)} sprites={null} onFailure={onFail} />;
}
