// Draws the sample clip and writes it to standard output as YUV4MPEG2 (4:4:4, 8 bits, BT.601, limited range).
//
// Usage: SampleClip [WIDTH [FRAMES]]; the height is three quarters of the width, 25 frames a second.
import Foundation

let arguments = CommandLine.arguments.dropFirst().map { Int($0) }
guard !arguments.contains(nil), arguments.count <= 2 else {
    FileHandle.standardError.write(Data("usage: SampleClip [WIDTH [FRAMES]]\n".utf8))
    exit(64)
}
let framesPerSecond = 25
let width = (arguments.first ?? nil) ?? 480
let frames = (arguments.dropFirst().first ?? nil) ?? Int(Scene.seconds) * framesPerSecond
let height = width * 3 / 4

/// Y', Cb and Cr of BT.601, limited range, rounded.
func codes(_ color: Color) -> (UInt8, UInt8, UInt8) {
    let luma = 0.299 * color.red + 0.587 * color.green + 0.114 * color.blue
    func code(_ value: Double) -> UInt8 { UInt8(min(254, max(1, value.rounded()))) }
    return (
        code(16 + 219 * luma), code(128 + 224 * (color.blue - luma) / 1.772),
        code(128 + 224 * (color.red - luma) / 1.402)
    )
}

/// Side of the squares the picture is drawn in, in pixels.
let tile = 16

/// One picture: the luma plane, then Cb, then Cr.
func picture(at time: Double) -> Data {
    let scene = Scene(time: time)
    let unit = Scene.width / Double(width)
    var planes = Data(count: width * height * 3)
    planes.withUnsafeMutableBytes { (bytes: UnsafeMutableRawBufferPointer) in
        for top in stride(from: 0, to: height, by: tile) {
            for left in stride(from: 0, to: width, by: tile) {
                let middle = Point((Double(left) + Double(tile) / 2) * unit, (Double(top) + Double(tile) / 2) * unit)
                let part = scene.cut(to: middle, size: Double(tile) * unit)
                for y in top..<min(top + tile, height) {
                    for x in left..<min(left + tile, width) {
                        let point = Point((Double(x) + 0.5) * unit, (Double(y) + 0.5) * unit)
                        let (luma, cb, cr) = codes(part.color(at: point, pixel: unit))
                        let index = y * width + x
                        bytes[index] = luma
                        bytes[width * height + index] = cb
                        bytes[2 * width * height + index] = cr
                    }
                }
            }
        }
    }
    return planes
}

let output = FileHandle.standardOutput
output.write(Data("YUV4MPEG2 W\(width) H\(height) F\(framesPerSecond):1 Ip A1:1 C444\n".utf8))
for frame in 0..<frames {
    output.write(Data("FRAME\n".utf8))
    output.write(picture(at: Double(frame) / Double(framesPerSecond)))
}
