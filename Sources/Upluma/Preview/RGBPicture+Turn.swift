import UplumaFrames

extension RGBPicture {
    /// The picture turned or mirrored, each sample as it is.
    func turned(_ turn: PictureTurn) -> RGBPicture {
        let size = turn.size(width: width, height: height)
        let turned = [UInt16](unsafeUninitializedCapacity: samples.count) { target, count in
            samples.withUnsafeBufferPointer { source in
                for y in 0..<size.height {
                    let line = turn.reversesRows ? size.height - 1 - y : y
                    for x in 0..<size.width {
                        let column = turn.reversesColumns ? size.width - 1 - x : x
                        let from = 3 * (turn.transposes ? column * width + line : line * width + column)
                        let to = 3 * (y * size.width + x)
                        for channel in 0..<3 { target[to + channel] = source[from + channel] }
                    }
                }
            }
            count = samples.count
        }
        return RGBPicture(
            width: size.width, height: size.height, depth: depth, samples: turned, tag: tag,
            pixelAspect: turn.sampleAspect(pixelAspect))
    }
}
