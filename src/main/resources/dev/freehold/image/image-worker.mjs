// Makes one image of another and ends. Runs in a jail without a network, so that a picture made to
// break a decoder breaks this process alone. Arguments: the folder with sharp in it, the source, the
// result, and what is wanted as JSON. Prints the result's type, or `refused: WHY` with status 3.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [modules, source, result, json] = process.argv.slice(2);
const wanted = JSON.parse(json);
const sharp = createRequire(join(modules, 'node_modules', 'here.js'))('sharp');

// Decoders of nothing but what browsers show.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadJpegFile',
    'VipsForeignLoadPngFile',
    'VipsForeignLoadWebpFile',
    'VipsForeignLoadNsgifFile',
    'VipsForeignLoadHeifFile',
  ],
});
sharp.cache(false);
sharp.concurrency(2);

function refuse(why) {
  console.log(`refused: ${why}`);
  process.exit(3);
}

const limits = { limitInputPixels: wanted.maxPixels, failOn: 'error', sequentialRead: false };
const facts = await sharp(source, limits)
  .metadata()
  .catch((error) => refuse(/pixel limit/i.test(error.message) ? 'pixels' : 'format'));
if (facts.width * facts.height > wanted.maxPixels) refuse('pixels');

// As it is shown: a camera held upright says so in its metadata.
const turned = (facts.orientation ?? 1) >= 5;
const width = turned ? facts.height : facts.width;
const height = turned ? facts.width : facts.height;

/** How much of the width or height lies before the part that stays. */
function before(room, low, high, offset, size) {
  const moved = Math.abs(offset) < 1 ? offset * size : offset;
  const start = low ? moved : high ? room - moved : room / 2 + moved;
  return Math.round(Math.min(Math.max(start, 0), room));
}

function cover(image) {
  const w = wanted.width;
  const h = wanted.height;
  const scale = Math.min(1, Math.max(w / width, h / height));
  const scaled = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  const part = { width: Math.min(w, scaled.width), height: Math.min(h, scaled.height) };
  if (wanted.gravity === 'sm') return image.resize({ ...part, fit: 'cover', position: 'attention' });
  const room = { x: scaled.width - part.width, y: scaled.height - part.height };
  const to = wanted.gravity === 'ce' ? '' : (wanted.gravity ?? '');
  const left =
    to === 'fp'
      ? Math.min(Math.max(Math.round(wanted.x * scaled.width - part.width / 2), 0), room.x)
      : before(room.x, /we/.test(to), /ea/.test(to), wanted.x ?? 0, scaled.width);
  const top =
    to === 'fp'
      ? Math.min(Math.max(Math.round(wanted.y * scaled.height - part.height / 2), 0), room.y)
      : before(room.y, /no/.test(to), /so/.test(to), wanted.y ?? 0, scaled.height);
  return image.resize({ ...scaled, fit: 'fill' }).extract({ left, top, ...part });
}

function resized(image) {
  const size = { width: wanted.width || undefined, height: wanted.height || undefined };
  if (!size.width && !size.height) return image;
  if (wanted.resize === 'contain') return image.resize({ ...size, fit: 'inside', withoutEnlargement: true });
  if (!size.width || !size.height) return image.resize({ ...size, withoutEnlargement: wanted.resize !== 'fill' });
  return wanted.resize === 'fill' ? image.resize({ ...size, fit: 'fill' }) : cover(image);
}

const own = { jpeg: 'jpeg', png: 'png', webp: 'webp', gif: 'gif', heif: 'avif' }[facts.format];
if (!own) refuse('format');
const format = wanted.format || own;
const quality = wanted.quality || 80;
const options = { avif: { quality, effort: 3 }, webp: { quality }, jpeg: { quality, mozjpeg: false }, png: {}, gif: {} };
await resized(sharp(source, limits).autoOrient())
  [format](options[format])
  .toFile(result)
  .catch(() => refuse('format'));
console.log(`image/${format}`);
