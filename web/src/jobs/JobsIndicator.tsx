/** A button in the header that is there while work goes on, and lists it. */
import { Suspense, useEffect, useState } from "react";
import { isListed, useJobList } from "@/jobs/useJobs";
import { later } from "@/ui/later";

const JobsList = later(() => import("@/jobs/JobsList"));

/** Work shorter than this would only flicker. */
const SHOW_AFTER_MS = 600;

export function JobsIndicator() {
  const jobs = useJobList().filter(isListed);
  const busy = jobs.length > 0;
  const [isShown, setShown] = useState(false);

  useEffect(() => {
    const timer = setTimeout(() => setShown(busy), busy ? SHOW_AFTER_MS : 0);
    return () => clearTimeout(timer);
  }, [busy]);

  if (!isShown) return null;
  return (
    <Suspense fallback={null}>
      <JobsList jobs={jobs} />
    </Suspense>
  );
}
