/** The file being previewed, kept in the address so that Back closes it. */
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useCallback } from "react";

export function usePreviewAddress(): (id: string | null, replace?: boolean) => void {
  const navigate = useNavigate();
  const router = useRouter();
  return useCallback(
    (id, replace = false) => {
      // Closing goes back to the entry that opened the preview, where this page made that entry.
      const openedHere = router.state.location.state.openedHere === true;
      if (id === null && openedHere) {
        router.history.back();
        return;
      }
      void navigate({
        to: ".",
        search: (old) => ({ ...old, preview: id ?? undefined }),
        replace: replace || id === null,
        state: { openedHere: id !== null && (!replace || openedHere) },
      });
    },
    [navigate, router],
  );
}
