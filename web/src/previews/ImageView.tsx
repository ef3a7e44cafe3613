/** Shows an image, fitted to the window at first; the original comes when somebody looks closer. */
import { type CSSProperties, useEffect, useState } from "react";
import { placeholderOf } from "@/media/thumbhash";
import type { PreviewFile } from "@/previews/file";
import { firstAddress } from "@/previews/picture";
import { previews } from "@/text/previews";
import { IconButton } from "@/ui/Button";
import { Tools } from "@/previews/Tools";
import { usePanZoom, ZOOM_STEP } from "@/previews/usePanZoom";
import { isBrowserImage, type ViewProps } from "@/previews/viewer";
import type { Size } from "@/previews/zoom";
import { visible } from "@/ui/visible";

export function ImageView({ file, url, onFail }: ViewProps) {
  const known = sizeOf(file);
  const [loadedWidth, setLoadedWidth] = useState<number | null>(null);
  const { frame, view, fittedSize, percent, setNatural, zoomBy, fit, handlers } = usePanZoom(known);
  const isFitted = view.scale <= 1;
  const drawnWidth = (fittedSize?.width ?? 0) * view.scale * devicePixelRatio;
  const source = useSharpest(file, url, !isFitted && drawnWidth > (loadedWidth ?? Infinity));
  const words = previews;
  const style = {
    transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})`,
    ...(fittedSize && { inlineSize: fittedSize.width, blockSize: fittedSize.height }),
  };
  return (
    <>
      <div
        ref={frame}
        className="preview-image"
        role="group"
        tabIndex={0}
        aria-label={visible(file.filename)}
        aria-description={words.imageHint}
        data-zoomed={!isFitted || undefined}
        {...handlers}
      >
        {loadedWidth === null && known && <Before file={file} style={style} />}
        <img
          src={source}
          alt={visible(file.filename)}
          draggable={false}
          decoding="async"
          data-shown={loadedWidth !== null || undefined}
          onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => {
            if (known === null) setNatural({ width: naturalWidth, height: naturalHeight });
            setLoadedWidth(naturalWidth);
          }}
          onError={onFail}
          style={style}
        />
      </div>
      {loadedWidth === null && !(known && file.media?.thumbhash) && <div className="preview-skeleton" aria-hidden="true" />}
      <Tools>
        <IconButton icon="minus" label={words.zoomOut} shortcut="−" isDisabled={isFitted} onPress={() => zoomBy(1 / ZOOM_STEP)} />
        <span className="preview-zoom tabular">{percent !== null && words.zoomLevel(percent)}</span>
        <IconButton icon="plus" label={words.zoomIn} shortcut="+" onPress={() => zoomBy(ZOOM_STEP)} />
        <IconButton icon="fit" label={words.zoomFit} shortcut="0" isDisabled={isFitted} onPress={fit} />
      </Tools>
    </>
  );
}

/** The size of the original where it is known before the original is there. */
function sizeOf({ media }: PreviewFile): Size | null {
  return media?.width && media.height ? { width: media.width, height: media.height } : null;
}

/** The placeholder, as large as the picture will be. */
function Before({ file, style }: { file: PreviewFile; style: CSSProperties }) {
  const placeholder = placeholderOf(file.media?.thumbhash);
  return placeholder && <img className="preview-placeholder" src={placeholder.url} alt="" draggable={false} style={style} />;
}

/** Return the address of what is shown: from when `wantsMore` the original, as far as the browser draws it. */
function useSharpest(file: PreviewFile, original: string, wantsMore: boolean): string {
  const first = firstAddress(file, original);
  const loaded = useLoaded(first !== original && wantsMore && isBrowserImage(file) ? original : null);
  return loaded ?? first;
}

/** Return the address once its picture is there to be shown without a gap; one that does not come is done without. */
function useLoaded(url: string | null): string | null {
  const [loaded, setLoaded] = useState<string | null>(null);
  useEffect(() => {
    if (url === null) return undefined;
    const picture = new Image();
    picture.onload = () => setLoaded(url);
    picture.src = url;
    return () => {
      picture.onload = null;
    };
  }, [url]);
  return loaded;
}
