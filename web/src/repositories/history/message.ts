/** What a commit says: the first line names it, the rest explains. */
import { visible } from "@/ui/visible";

export function subject(message: string): string {
  return visible(message.trimStart().split("\n", 1)[0]?.trim() ?? "");
}

export function explanation(message: string): string {
  const trimmed = message.trim();
  const end = trimmed.indexOf("\n");
  return end < 0 ? "" : inLines(trimmed.slice(end + 1).trim());
}

/** A text of several lines, with what is hidden in each seen. */
export function inLines(text: string): string {
  return text.split(/\r?\n/).map(visible).join("\n");
}
