/** Whether the details are on show: kept from view to view where there is room for them, and where not they cover what is there. */
import { useState } from "react";
import { setPreferences, usePreferences } from "@/app/preferences";
import { useMediaQuery } from "@/ui/useMediaQuery";

const NARROW = "(max-width: 1000px)";

/** Beside a list and beside a preview each has a choice of its own. */
export function useDetails(where: "details" | "previewDetails") {
  const kept = usePreferences()[where];
  const isNarrow = useMediaQuery(NARROW);
  const [overlaid, setOverlaid] = useState(false);
  return {
    isOpen: isNarrow ? overlaid : kept,
    set: (open: boolean) => {
      if (isNarrow) setOverlaid(open);
      else setPreferences({ [where]: open });
    },
  };
}
