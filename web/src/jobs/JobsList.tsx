/** The button with its list. Loaded when there is work to show. */
import { Dialog, DialogTrigger, Heading, Popover } from "react-aria-components";
import { goesOn } from "@/api/jobs";
import type { Job } from "@/api/types";
import { JobRow } from "@/jobs/JobRow";
import { text } from "@/text";
import { IconButton } from "@/ui/Button";
import "@/jobs/jobs.css";
import "@/ui/menu.css";

const words = text.jobs;

export default function JobsList({ jobs }: { jobs: readonly Job[] }) {
  return (
    <DialogTrigger>
      <IconButton icon="retry" className={jobs.some((job) => goesOn(job.state)) ? "jobs-busy" : ""} label={words.label} />
      <Popover className="popover jobs" placement="bottom end" offset={6}>
        <Dialog className="jobs-dialog">
          <Heading slot="title">{words.title}</Heading>
          {jobs.length === 0 && <p className="muted">{words.none}</p>}
          <ul>
            {jobs.map((job) => (
              <JobRow key={job.id} job={job} isListed />
            ))}
          </ul>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
