/** A failure, told to the person. */
import { hasCode, messageOf } from "@/api/problem";
import { showToast } from "@/ui/toasts";

export function reportError(error: unknown): void {
  // The page for signing in comes by itself and says so.
  if (hasCode(error, "unauthenticated")) return;
  showToast(messageOf(error), { tone: "error" });
}
