/** A failure, told to the person. */
import { messageOf } from "@/api/problem";
import { showToast } from "@/ui/toasts";

export function reportError(error: unknown): void {
  showToast(messageOf(error), { tone: "error" });
}
