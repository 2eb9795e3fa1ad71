import Foundation
import UplumaKernels

/// CAR's method as its definition reads, in double precision, every value by itself: what the fast ways are held against.
enum ResamplerReference {
    /// [channel][row][column]
    struct Picture {
        let channels: Int
        let height: Int
        let width: Int
        var values: [Double]

        init(_ channels: Int, _ height: Int, _ width: Int, _ value: (Int, Int, Int) -> Double) {
            (self.channels, self.height, self.width) = (channels, height, width)
            values = []
            values.reserveCapacity(channels * height * width)
            for channel in 0..<channels {
                for y in 0..<height { for x in 0..<width { values.append(value(channel, y, x)) } }
            }
        }

        subscript(channel: Int, y: Int, x: Int) -> Double { values[(channel * height + y) * width + x] }

        func map(_ function: (Double) -> Double) -> Picture {
            Picture(channels, height, width) { function(self[$0, $1, $2]) }
        }

        /// Right and bottom edge repeated.
        func extended(_ height: Int, _ width: Int) -> Picture {
            Picture(channels, height, width) { self[$0, min($1, self.height - 1), min($2, self.width - 1)] }
        }

        /// Pixels of factor × factor as channels c · factor² + factor · dy + dx.
        func unshuffled(_ factor: Int) -> Picture {
            Picture(channels * factor * factor, height / factor, width / factor) { channel, y, x in
                let (dy, dx) = (channel / factor % factor, channel % factor)
                return self[channel / (factor * factor), factor * y + dy, factor * x + dx]
            }
        }

        /// The inverse.
        func shuffled(_ factor: Int) -> Picture {
            Picture(channels / (factor * factor), height * factor, width * factor) { channel, y, x in
                self[(channel * factor + y % factor) * factor + x % factor, y / factor, x / factor]
            }
        }

        /// A convolution of the picture's own size, mirrored at the edges or with zeros beyond them.
        func convolved(_ layer: Layer, isMirrored: Bool) -> Picture {
            func place(_ index: Int, _ count: Int) -> Int? {
                if (0..<count).contains(index) { return index }
                return isMirrored ? (index < 0 ? -index : 2 * (count - 1) - index) : nil
            }
            let (side, reach) = (layer.side, layer.side / 2)
            return Picture(layer.bias.count, height, width) { output, y, x in
                var sum = Double(layer.bias[output])
                for input in 0..<channels {
                    for ky in 0..<side {
                        guard let row = place(y + ky - reach, height) else { continue }
                        for kx in 0..<side {
                            guard let column = place(x + kx - reach, width) else { continue }
                            let weight = layer.weights[((output * channels + input) * side + ky) * side + kx]
                            sum += Double(weight) * self[input, row, column]
                        }
                    }
                }
                return sum
            }
        }
    }

    /// Weights [output][input][row][column] of a kernel of side × side.
    struct Layer {
        let weights: [Float]
        let bias: [Float]
        let side: Int
    }

    static func leaky(_ slope: Double) -> (Double) -> Double { { $0 > 0 ? $0 : slope * $0 } }

    /// Kernels and displacements, size² channels each, as the small picture has pixels.
    struct Prediction {
        let weights: Picture
        let horizontal: Picture
        let vertical: Picture

        /// The picture sampled: tap size · ky + kx of small pixel (x, y) at
        /// factor · x + (factor - 1) / 2 + kx - (size - 1) / 2 + factor · displacement, counted from `margin` pixels into
        /// the picture. A position's fraction is taken before it is moved into the picture.
        func resampled(_ source: Picture, factor: Int, size: Int, margin: Int = 0) -> Picture {
            func neighbours(_ position: Double, _ count: Int) -> (before: Int, behind: Int, fraction: Double) {
                let whole = position.rounded(.down)
                let before = min(max(Int(whole), 0), count - 1)
                return (before, min(before + 1, count - 1), position - whole)
            }
            let start = Double(factor - 1) / 2 - Double(size - 1) / 2 + Double(margin)
            return Picture(source.channels, weights.height, weights.width) { channel, y, x in
                var sum = 0.0
                for tap in 0..<size * size {
                    let (ky, kx) = (tap / size, tap % size)
                    let px = Double(factor * x + kx) + start + Double(factor) * horizontal[tap, y, x]
                    let py = Double(factor * y + ky) + start + Double(factor) * vertical[tap, y, x]
                    let (columns, rows) = (neighbours(px, source.width), neighbours(py, source.height))
                    func along(_ row: Int) -> Double {
                        let (a, b) = (source[channel, row, columns.before], source[channel, row, columns.behind])
                        return a + columns.fraction * (b - a)
                    }
                    let (above, below) = (along(rows.before), along(rows.behind))
                    sum += weights[tap, y, x] * (above + rows.fraction * (below - above))
                }
                return sum
            }
        }

        /// The first rows and columns.
        func cut(_ height: Int, _ width: Int) -> Prediction {
            func cut(_ picture: Picture) -> Picture {
                Picture(picture.channels, height, width) { picture[$0, $1, $2] }
            }
            return Prediction(weights: cut(weights), horizontal: cut(horizontal), vertical: cut(vertical))
        }
    }
}
