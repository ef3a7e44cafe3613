/** Shows an image, fitted to the window at first. */
import { useState } from "react";
import { text } from "@/text";
import { IconButton } from "@/ui/Button";
import { Tools } from "@/previews/Tools";
import { usePanZoom, ZOOM_STEP } from "@/previews/usePanZoom";
import type { ViewProps } from "@/previews/viewer";

export function ImageView({ file, url, onFail }: ViewProps) {
  const [shown, setShown] = useState(false);
  const { frame, view, percent, setNatural, zoomBy, fit, handlers } = usePanZoom();
  const words = text.previews;
  const isFitted = view.scale <= 1;
  return (
    <>
      <div
        ref={frame}
        className="preview-image"
        role="group"
        tabIndex={0}
        aria-label={file.filename}
        aria-description={words.imageHint}
        data-zoomed={!isFitted || undefined}
        {...handlers}
      >
        <img
          src={url}
          alt={file.filename}
          draggable={false}
          decoding="async"
          data-shown={shown || undefined}
          onLoad={({ currentTarget }) => {
            setNatural({ width: currentTarget.naturalWidth, height: currentTarget.naturalHeight });
            setShown(true);
          }}
          onError={onFail}
          style={{ transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})` }}
        />
      </div>
      {!shown && <div className="preview-skeleton" aria-hidden="true" />}
      <Tools>
        <IconButton icon="minus" label={words.zoomOut} shortcut="−" isDisabled={isFitted} onPress={() => zoomBy(1 / ZOOM_STEP)} />
        <span className="preview-zoom tabular">{percent !== null && words.zoomLevel(percent)}</span>
        <IconButton icon="plus" label={words.zoomIn} shortcut="+" onPress={() => zoomBy(ZOOM_STEP)} />
        <IconButton icon="fit" label={words.zoomFit} shortcut="0" isDisabled={isFitted} onPress={fit} />
      </Tools>
    </>
  );
}
