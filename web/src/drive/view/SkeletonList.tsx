/** The shape of the files before they are there. */
import { text } from "@/text";
import "@/drive/view/skeleton.css";

export function SkeletonList({ view }: { view: "list" | "grid" }) {
  return (
    <div className={`skeleton ${view}`} role="status" aria-label={text.loading}>
      {Array.from({ length: view === "list" ? 14 : 12 }, (_, index) => (
        <div key={index} className="skeleton-item">
          <span className="bone" />
          <span className="bone" />
        </div>
      ))}
    </div>
  );
}
