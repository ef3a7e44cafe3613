/** The words that every view shows, in one catalogue; those of what is loaded later are beside it and come with it. */
import { common } from "@/text/common";
import { drive } from "@/text/drive";

export const text = { ...common, drive } as const;
