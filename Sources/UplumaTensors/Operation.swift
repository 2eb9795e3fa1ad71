package import UplumaKernels

/// Numbers for the four sides of a picture, in rows and columns.
package struct Insets: Sendable, Hashable {
    package var top: Int
    package var bottom: Int
    package var left: Int
    package var right: Int

    package static let zero = Insets(0)

    package init(top: Int, bottom: Int, left: Int, right: Int) {
        self.top = top
        self.bottom = bottom
        self.left = left
        self.right = right
    }

    /// The same on all sides.
    package init(_ all: Int) { self.init(top: all, bottom: all, left: all, right: all) }
}

/// Rows and columns of a kernel or a step.
package struct Extent: Sendable, Hashable {
    package var rows: Int
    package var columns: Int

    package init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
    }

    /// A square.
    package init(_ side: Int) { self.init(rows: side, columns: side) }
}

/// A convolution: out(o, y, x) = bias(o) + sum over i, ky, kx of
/// weight(o, i, ky, kx) · in(i, y · stride + ky · dilation - top, x · stride + kx · dilation - left), zero outside.
package struct Convolution: Sendable, Hashable {
    package var inputChannels: Int
    package var outputChannels: Int
    package var kernel: Extent
    package var stride: Extent
    /// Pixels from one tap to the next; 1 for a dense kernel.
    package var dilation: Extent
    /// Zeros around the picture, each side less than what the kernel spans.
    package var padding: Insets
    /// [output][input][row][column] (OIHW).
    package var weights: [Float]
    /// [output]
    package var bias: [Float]

    /// - Parameters: as the properties; `bias` nil is zeros.
    package init(
        inputChannels: Int, outputChannels: Int, kernel: Extent, stride: Extent = Extent(1),
        dilation: Extent = Extent(1), padding: Insets = .zero, weights: [Float], bias: [Float]? = nil
    ) {
        precondition(inputChannels > 0 && outputChannels > 0 && kernel.rows > 0 && kernel.columns > 0)
        precondition(stride.rows > 0 && stride.columns > 0 && dilation.rows > 0 && dilation.columns > 0)
        precondition(
            weights.count == outputChannels * inputChannels * kernel.rows * kernel.columns, "one weight for each tap")
        precondition(bias.map { $0.count == outputChannels } ?? true, "one bias for each output channel")
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.kernel = kernel
        self.stride = stride
        self.dilation = dilation
        self.padding = padding
        self.weights = weights
        self.bias = bias ?? Array(repeating: 0, count: outputChannels)
    }

    /// Rows and columns from the first tap to the last one.
    package var span: Extent {
        Extent(rows: (kernel.rows - 1) * dilation.rows + 1, columns: (kernel.columns - 1) * dilation.columns + 1)
    }

    /// Half of what the kernel spans on each side: with stride 1 and an odd kernel the picture keeps its size.
    package var samePadding: Insets {
        let (rows, columns) = (span.rows - 1, span.columns - 1)
        return Insets(top: rows / 2, bottom: rows - rows / 2, left: columns / 2, right: columns - columns / 2)
    }
}

/// A transposed convolution: every input pixel adds its multiple of the kernel to the pixels from (y, x) · stride on;
/// `crop` is cut off the sides of what comes out, and the bias is added.
///
/// PyTorch's padding p and output padding q are a crop of p at the top and left and p - q at the bottom and right; a
/// negative crop adds rows or columns that hold the bias alone.
package struct TransposedConvolution: Sendable, Hashable {
    package var inputChannels: Int
    package var outputChannels: Int
    package var kernel: Extent
    package var stride: Extent
    /// Top and left 0 or more; bottom and right more than minus the stride.
    package var crop: Insets
    /// [input][output][row][column] (IOHW).
    package var weights: [Float]
    /// [output]
    package var bias: [Float]

    /// - Parameters: as the properties; `bias` nil is zeros.
    package init(
        inputChannels: Int, outputChannels: Int, kernel: Extent, stride: Extent, crop: Insets = .zero,
        weights: [Float], bias: [Float]? = nil
    ) {
        precondition(inputChannels > 0 && outputChannels > 0 && kernel.rows > 0 && kernel.columns > 0)
        precondition(stride.rows > 0 && stride.columns > 0 && crop.top >= 0 && crop.left >= 0)
        precondition(crop.bottom > -stride.rows && crop.right > -stride.columns)
        precondition(
            weights.count == outputChannels * inputChannels * kernel.rows * kernel.columns, "one weight for each tap")
        precondition(bias.map { $0.count == outputChannels } ?? true, "one bias for each output channel")
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.kernel = kernel
        self.stride = stride
        self.crop = crop
        self.weights = weights
        self.bias = bias ?? Array(repeating: 0, count: outputChannels)
    }
}

/// What makes each value from the one at its place.
package enum Pointwise: Sendable, Hashable {
    case activation(Activation)
    case sigmoid
    case clamp(ClosedRange<Float>)
    /// value · scale + offset, a pair for each channel: scaled residuals, biases before an activation, means that are
    /// subtracted, and batch normalisation as it is when training is over.
    case affine(scales: [Float], offsets: [Float])
}

/// What makes each value from two at its place; a second operand of one channel serves all channels of the first.
package enum Combination: String, Sendable, Hashable, CaseIterable {
    case add, subtract, multiply, divide
}

/// Pixels added around the picture, or cut off it where the inset is negative.
package struct Padding: Sendable, Hashable {
    /// What the added pixels hold.
    package enum Fill: String, Sendable, Hashable, CaseIterable {
        case zero
        /// The picture mirrored, its edge pixel not repeated; insets are less than the side they mirror.
        case reflection
        /// The nearest pixel of the picture.
        case replication
    }

    package var fill: Fill
    package var insets: Insets

    package init(_ fill: Fill, _ insets: Insets) {
        self.fill = fill
        self.insets = insets
    }

    /// The pixel of the picture that an added or kept one shows; nil is zero.
    func source(_ position: Int, count: Int) -> Int? {
        switch fill {
        case _ where position >= 0 && position < count: position
        case .zero: nil
        case .reflection: position < 0 ? -position : 2 * (count - 1) - position
        case .replication: min(max(position, 0), count - 1)
        }
    }
}

/// One step of a network.
package enum Operation: Sendable, Hashable {
    /// A picture from outside.
    case input(channels: Int)
    case convolution(Convolution)
    case transposedConvolution(TransposedConvolution)
    case pointwise(Pointwise)
    case combination(Combination)
    /// The channels of all inputs, one input's after the other's.
    case concatenation
    case padding(Padding)
    /// Channel c · f² + f · dy + dx at (y, x) goes to channel c at (f · y + dy, f · x + dx).
    case pixelShuffle(Int)
    /// The inverse of `pixelShuffle`.
    case pixelUnshuffle(Int)
}

extension Operation: CustomStringConvertible {
    /// What error messages call it.
    package var description: String {
        switch self {
        case .input: "input"
        case .convolution(let it):
            "convolution \(it.kernel.rows)×\(it.kernel.columns), \(it.inputChannels) to \(it.outputChannels) channels"
        case .transposedConvolution(let it):
            "transposed convolution \(it.kernel.rows)×\(it.kernel.columns), "
                + "\(it.inputChannels) to \(it.outputChannels) channels"
        case .pointwise(.activation): "activation"
        case .pointwise(.sigmoid): "sigmoid"
        case .pointwise(.clamp): "clamp"
        case .pointwise(.affine(let scales, _)): "affine map of \(scales.count) channels"
        case .combination(let it): it.rawValue
        case .concatenation: "concatenation"
        case .padding(let it): "\(it.fill.rawValue) padding"
        case .pixelShuffle(let factor): "pixel shuffle by \(factor)"
        case .pixelUnshuffle(let factor): "pixel unshuffle by \(factor)"
        }
    }
}
