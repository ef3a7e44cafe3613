/** The words that the page shows, in one catalogue; those of previews and media are beside it, for they come later. */
import { common } from "@/text/common";
import { drive } from "@/text/drive";
import { repositories } from "@/text/repositories";
import { uploads } from "@/text/uploads";

export const text = { ...common, drive, uploads, repositories } as const;
