/** Every word the page shows, in one catalogue. */
import { common } from "@/text/common";
import { drive } from "@/text/drive";
import { media } from "@/text/media";
import { previews } from "@/text/previews";
import { repositories } from "@/text/repositories";
import { uploads } from "@/text/uploads";

export const text = { ...common, drive, uploads, previews, media, repositories } as const;
