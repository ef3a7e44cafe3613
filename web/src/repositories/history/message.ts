/** What a commit says: the first line names it, the rest explains. */

export function subject(message: string): string {
  return message.trimStart().split("\n", 1)[0]?.trim() ?? "";
}

export function explanation(message: string): string {
  const trimmed = message.trim();
  const end = trimmed.indexOf("\n");
  return end < 0 ? "" : trimmed.slice(end + 1).trim();
}
