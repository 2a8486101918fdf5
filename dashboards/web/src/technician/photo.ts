/** A picture of the phone's camera → a JPEG of at most 1600 px, without its place: drawing it anew leaves the metadata behind. */

const LONGEST = 1600

export async function shrink(file: File): Promise<Blob> {
  let picture: ImageBitmap
  try {
    picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
  } catch {
    // A format this browser can't draw; the server says whether it takes it.
    return file
  }
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height))
  const canvas = document.createElement('canvas')
  Object.assign(canvas, { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) })
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  return new Promise(done => canvas.toBlob(blob => done(blob ?? file), 'image/jpeg', 0.8))
}
