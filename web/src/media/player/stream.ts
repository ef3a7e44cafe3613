/** What is known of the stream of a film before it is played. */
import type { KnownMedia } from "@/api/media";
import { ownAddress } from "@/media/ownAddress";

export interface Stream {
  hash: string;
  /** Where its first playlist is. */
  master: string;
  /** Where the pictures of the seek bar are named. */
  sprites: string | null;
  isEncrypted: boolean;
}

/** Return the stream of the media; null when none was made, or none is left. */
export function streamOf({ hash, renditions }: KnownMedia): Stream | null {
  const made = renditions.find((each) => each.kind === "stream" && each.url !== null);
  if (!made?.url) return null;
  const master = ownAddress(made.url);
  const sprites = made.facts?.sprites?.vtt;
  const folder = made.key.slice(0, made.key.lastIndexOf("/") + 1);
  return {
    hash,
    master,
    // Both are below the same folder, in the store as over HTTP.
    sprites: sprites?.startsWith(folder) ? ownAddress(new URL(sprites.slice(folder.length), new URL(master, location.href)).href) : null,
    isEncrypted: made.facts?.streaming?.encrypted ?? false,
  };
}
