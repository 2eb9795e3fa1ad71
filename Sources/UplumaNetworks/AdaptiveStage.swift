package import UplumaKernels

/// Layers that predict an interpolation kernel for every pixel of a result, and where the taps of those kernels lie on
/// the picture that is resampled by them: the deep adaptive image resampling of Jia, De Brabandere, Tuytelaars and Van
/// Gool (DAIR).
///
/// The layers read the picture (1 channel), or the picture and beside it the network's source, enlarged to the picture's
/// size by nearest neighbour (2 channels). Their last channels are the kernels of the factor² results of each pixel:
/// channel factor² · tap + factor · dy + dx weighs tap size · ky + kx for result (factor · y + dy, factor · x + dx).
/// Layers see zeros outside the picture; taps outside it read its edge pixels. Kernels are used as they are predicted:
/// neither limited nor made to sum to one.
package struct AdaptiveStage: Sendable, Hashable {
    package let layers: [ConvolutionLayer]
    package let lattice: AdaptiveLattice
    /// How many times it is run, each time on its own result; more than once only where it does not enlarge.
    package let repeats: Int

    /// Enlargement of one run in both directions.
    package var factor: Int { lattice.factor }
    /// Whether the layers read the network's source, too.
    package var readsSource: Bool { layers[0].inputChannels == 2 }

    /// - Parameters:
    ///   - layers: at least one; the first reads 1 or 2 channels, the last gives size² · factor².
    ///   - size: rows and columns of the predicted kernels, odd.
    ///   - factor: 1 or more.
    ///   - intervals: pixels of the picture between two taps, one or several (an atrous pyramid).
    ///   - repeats: as the property.
    package init(layers: [ConvolutionLayer], size: Int, factor: Int, intervals: [Int] = [1], repeats: Int = 1) {
        self.layers = layers
        lattice = AdaptiveLattice(size: size, factor: factor, intervals: intervals.map { $0 * factor })
        self.repeats = repeats
        precondition(repeats >= 1 && (repeats == 1 || factor == 1), "a stage that enlarges is run once")
        precondition([1, 2].contains(layers.first?.inputChannels), "a stage reads one picture or two")
        precondition(
            layers.last?.outputChannels == lattice.channels, "the last layer gives \(lattice.channels) weights")
        for (layer, next) in zip(layers, layers.dropFirst()) {
            precondition(layer.outputChannels == next.inputChannels, "layers fit together")
        }
    }

    /// Multiply-adds of one run for each pixel of the picture it reads: of the layers, and of the resampling.
    package var products: Int { layers.reduce(0) { $0 + $1.products } + lattice.channels * lattice.intervals.count }
}

/// A network of such stages, one after the other: one stage is DAIR_5, DAIR_10 or DAIR_20, with several intervals ASP; a
/// second one that enlarges again makes it progressive, one that does not recursive.
///
/// The result is limited to 0...1; pictures between stages are not.
package struct AdaptiveNetwork: Sendable, Hashable {
    /// At least one.
    package let stages: [AdaptiveStage]

    package init(stages: [AdaptiveStage]) {
        precondition(!stages.isEmpty, "a network has a stage")
        self.stages = stages
    }

    /// Enlargement of the whole network in both directions.
    package var factor: Int { stages.reduce(1) { $0 * $1.factor } }

    /// Every stage as often as it is run, and how many times as large as the source the picture is that it reads.
    package var runs: [(stage: AdaptiveStage, times: Int)] {
        var times = 1
        return stages.flatMap { stage in
            defer { times *= stage.factor }
            return Array(repeating: (stage, times), count: stage.repeats)
        }
    }

    /// Source pixels around one in each direction that its results depend on.
    package var halo: Int {
        let reach = runs.reduce(0.0) { sum, run in
            let layers = run.stage.layers.reduce(0) { $0 + $1.reach }
            return sum + Double(layers + run.stage.lattice.reach) / Double(run.times)
        }
        return Int(reach.rounded(.up))
    }

    /// Operations for each source pixel, a multiply-add counted as 2.
    package var operationsPerInputPixel: Int {
        runs.reduce(0) { $0 + 2 * $1.times * $1.times * $1.stage.products }
    }
}
