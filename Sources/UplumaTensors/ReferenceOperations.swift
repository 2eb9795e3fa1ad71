import Foundation
import UplumaKernels

/// The result of an operation, planar.
struct Feature {
    let shape: TensorShape
    let values: UnsafeBufferPointer<Float>

    /// One channel's row.
    func row(_ channel: Int, _ y: Int) -> UnsafeBufferPointer<Float> {
        let start = (channel * shape.height + y) * shape.width
        return UnsafeBufferPointer(rebasing: values[start..<start + shape.width])
    }
}

/// What each operation means, spelled out.
extension Operation {
    /// Writes all values of the result.
    ///
    /// - Parameters:
    ///   - inputs: what it reads.
    ///   - shape: of the result.
    ///   - target: room for the result, apart from the inputs.
    func evaluate(_ inputs: [Feature], shape: TensorShape, into target: UnsafeMutableBufferPointer<Float>) {
        switch self {
        case .input: preconditionFailure("a picture comes from outside")
        case .convolution(let it): it.evaluate(inputs[0], shape, target)
        case .transposedConvolution(let it): it.evaluate(inputs[0], shape, target)
        case .pointwise(let function):
            let pixels = shape.height * shape.width
            for index in target.indices { target[index] = function.value(inputs[0].values[index], index / pixels) }
        case .combination(let combination):
            let (first, second) = (inputs[0].values, inputs[1].values)
            for index in target.indices {
                target[index] = combination.value(first[index], second[index % second.count])
            }
        case .concatenation:
            var start = 0
            for input in inputs {
                for (offset, value) in input.values.enumerated() { target[start + offset] = value }
                start += input.values.count
            }
        case .padding(let it): it.evaluate(inputs[0], shape, target)
        case .pixelShuffle(let factor):
            Operation.shuffle(small: inputs[0].shape, factor: factor) { small, large in
                target[large] = inputs[0].values[small]
            }
        case .pixelUnshuffle(let factor):
            Operation.shuffle(small: shape, factor: factor) { small, large in
                target[small] = inputs[0].values[large]
            }
        }
    }

    /// Calls `body` for every value, with its index in the small tensor, whose channels are sub-pixels, and in the large.
    private static func shuffle(small: TensorShape, factor: Int, _ body: (_ small: Int, _ large: Int) -> Void) {
        for channel in 0..<small.channels {
            let (plane, subpixel) = channel.quotientAndRemainder(dividingBy: factor * factor)
            let (dy, dx) = subpixel.quotientAndRemainder(dividingBy: factor)
            for y in 0..<small.height {
                for x in 0..<small.width {
                    let row = plane * small.height * factor + y * factor + dy
                    body((channel * small.height + y) * small.width + x, (row * small.width + x) * factor + dx)
                }
            }
        }
    }
}

extension Convolution {
    fileprivate func evaluate(_ input: Feature, _ shape: TensorShape, _ target: UnsafeMutableBufferPointer<Float>) {
        var sums = [Double](repeating: 0, count: shape.width)
        for output in 0..<outputChannels {
            for y in 0..<shape.height {
                for x in sums.indices { sums[x] = Double(bias[output]) }
                for channel in 0..<inputChannels {
                    for ky in 0..<kernel.rows {
                        let inputRow = y * stride.rows + ky * dilation.rows - padding.top
                        guard (0..<input.shape.height).contains(inputRow) else { continue }
                        let row = input.row(channel, inputRow)
                        for kx in 0..<kernel.columns {
                            let tap = ((output * inputChannels + channel) * kernel.rows + ky) * kernel.columns + kx
                            let weight = Double(weights[tap])
                            let first = kx * dilation.columns - padding.left
                            for x in sums.indices {
                                let column = x * stride.columns + first
                                if column >= 0 && column < row.count { sums[x] += weight * Double(row[column]) }
                            }
                        }
                    }
                }
                let start = (output * shape.height + y) * shape.width
                for x in sums.indices { target[start + x] = Float(sums[x]) }
            }
        }
    }
}

extension TransposedConvolution {
    fileprivate func evaluate(_ input: Feature, _ shape: TensorShape, _ target: UnsafeMutableBufferPointer<Float>) {
        var sums = [Double](repeating: 0, count: shape.width)
        for output in 0..<outputChannels {
            for y in 0..<shape.height {
                for x in sums.indices { sums[x] = Double(bias[output]) }
                for channel in 0..<inputChannels {
                    for ky in 0..<kernel.rows {
                        let (inputRow, rest) = (y + crop.top - ky).quotientAndRemainder(dividingBy: stride.rows)
                        guard rest == 0, (0..<input.shape.height).contains(inputRow) else { continue }
                        let row = input.row(channel, inputRow)
                        for kx in 0..<kernel.columns {
                            let tap = ((channel * outputChannels + output) * kernel.rows + ky) * kernel.columns + kx
                            let weight = Double(weights[tap])
                            for (column, value) in row.enumerated() {
                                let x = column * stride.columns + kx - crop.left
                                if x >= 0 && x < sums.count { sums[x] += weight * Double(value) }
                            }
                        }
                    }
                }
                let start = (output * shape.height + y) * shape.width
                for x in sums.indices { target[start + x] = Float(sums[x]) }
            }
        }
    }
}

extension Pointwise {
    fileprivate func value(_ value: Float, _ channel: Int) -> Float {
        switch self {
        case .activation(.none): value
        case .activation(.leaky(let slope)): value > 0 ? value : value * slope
        case .activation(.perChannel(let slopes)): value > 0 ? value : value * slopes[channel]
        case .activation(.tanh): Float(tanh(Double(value)))
        case .sigmoid: Float(1 / (1 + exp(-Double(value))))
        case .clamp(let range): min(max(value, range.lowerBound), range.upperBound)
        case .affine(let scales, let offsets):
            Float(Double(value) * Double(scales[channel]) + Double(offsets[channel]))
        }
    }
}

extension Combination {
    fileprivate func value(_ first: Float, _ second: Float) -> Float {
        switch self {
        case .add: first + second
        case .subtract: first - second
        case .multiply: first * second
        case .divide: first / second
        }
    }
}

extension Padding {
    fileprivate func evaluate(_ input: Feature, _ shape: TensorShape, _ target: UnsafeMutableBufferPointer<Float>) {
        let columns = (0..<shape.width).map { source($0 - insets.left, count: input.shape.width) }
        for channel in 0..<shape.channels {
            for y in 0..<shape.height {
                let row = source(y - insets.top, count: input.shape.height).map { input.row(channel, $0) }
                let start = (channel * shape.height + y) * shape.width
                for (x, column) in columns.enumerated() {
                    if let row, let column { target[start + x] = row[column] } else { target[start + x] = 0 }
                }
            }
        }
    }
}
