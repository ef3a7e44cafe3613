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
  const vtt = made.facts?.sprites?.vtt;
  const sprites = vtt === undefined ? null : besideMaster(vtt, made.key, made.url);
  return { hash, master, sprites: sprites && ownAddress(sprites), isEncrypted: made.facts?.streaming?.encrypted ?? false };
}

/** The address of another object of a stream, which is below the folder of the first playlist in the store as over HTTP; null of what is elsewhere. */
export function besideMaster(key: string, masterKey: string, masterUrl: string): string | null {
  const folder = masterKey.slice(0, masterKey.lastIndexOf("/") + 1);
  return key.startsWith(folder) ? new URL(key.slice(folder.length), new URL(masterUrl, location.href)).href : null;
}
