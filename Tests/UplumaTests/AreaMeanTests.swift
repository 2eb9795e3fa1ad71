import Testing
import UplumaTestSupport

@testable import Upluma

@Suite struct AreaMeanTests {
    @Test(
        "a smaller picture has the means of the areas",
        arguments: [(12, 8, 6, 4), (13, 9, 5, 2), (7, 5, 7, 1), (5, 3, 1, 1), (31, 17, 30, 16), (6, 4, 6, 4)], [1, 3])
    func means(size: (width: Int, height: Int, targetWidth: Int, targetHeight: Int), channels: Int) {
        let (width, height, targetWidth, targetHeight) = size
        var noise = SeededNoise(seed: 3)
        let samples = (0..<channels * width * height).map { _ in UInt16.random(in: 0...65535, using: &noise) }
        func reduced(threads: Int) -> [UInt16] {
            AreaMean.reduced(
                samples, width: width, height: height, channels: channels, toWidth: targetWidth, height: targetHeight,
                threads: threads)
        }
        let result = reduced(threads: 1)
        #expect(result == reduced(threads: 3) && result.count == channels * targetWidth * targetHeight)
        func covered(_ index: Int, _ result: Int, _ source: Int, _ target: Int) -> Double {
            let ratio = Double(source) / Double(target)
            let end = min(Double(index + 1), Double(result + 1) * ratio)
            return max(0, end - max(Double(index), Double(result) * ratio)) / ratio
        }
        for y in 0..<targetHeight {
            for x in 0..<targetWidth {
                for channel in 0..<channels {
                    var mean = 0.0
                    for row in 0..<height {
                        for column in 0..<width {
                            let share = covered(row, y, height, targetHeight) * covered(column, x, width, targetWidth)
                            mean += share * Double(samples[(row * width + column) * channels + channel])
                        }
                    }
                    let value = Double(result[(y * targetWidth + x) * channels + channel])
                    // Half a code of rounding, and the rounding of floats, which have 24 bits for 16.
                    #expect(abs(value - mean) < 0.55, "\(x),\(y): \(value) for \(mean)")
                }
            }
        }
    }
}
