package import UplumaFrames
package import UplumaKernels
package import UplumaResampling

extension LoadedModel {
    /// Runs of a network that are tried at most; what is missing then, a filter enlarges. Each run makes the planes
    /// `factor`² times as large.
    static let mostRuns = 3

    /// Plans the way from one size to another, whatever the two are.
    ///
    /// A filter does it in one stage. A network runs as often as it takes to reach the target in both directions, three
    /// times at most, and Lanczos 3 changes the result to the target size if that is still another. A network is not run
    /// at all for a target that is larger in neither direction.
    ///
    /// - Parameters:
    ///   - sourceSize: size of the planes to enlarge.
    ///   - targetSize: size to reach.
    ///   - source: how the source's samples map to values.
    ///   - target: how values map to the target's samples.
    ///   - level: one of `CPULevel.available`; results do not depend on it.
    /// - Returns: the stages, and what the user should know about them.
    package func makeScaler(
        sourceSize: PlaneSize, targetSize: PlaneSize, source: SampleMapping, target: SampleMapping,
        level: CPULevel = .current
    ) -> ScalerChain {
        switch content {
        case .filter(let filter):
            let scaler = FIRScaler(
                filter: filter, sourceSize: sourceSize, targetSize: targetSize, source: source, target: target,
                level: level)
            return ScalerChain(stages: [scaler])
        case .network(let chain):
            let sizes = Self.networkSizes(from: sourceSize, to: targetSize, factor: chain.factor)
            var stages: [any PlaneScaler] = []
            for (index, size) in sizes.dropLast().enumerated() {
                let isLast = index == sizes.count - 2 && sizes[index + 1] == targetSize
                stages.append(
                    ResidualNetworkScaler(
                        chain: chain, sourceSize: size, source: index == 0 ? source : .float,
                        target: isLast ? target : .float, level: level))
            }
            let reached = sizes[sizes.count - 1]
            if stages.isEmpty || reached != targetSize {
                stages.append(
                    FIRScaler(
                        filter: .lanczos3, sourceSize: reached, targetSize: targetSize,
                        source: stages.isEmpty ? source : .float, target: target, level: level))
            }
            let notes = Self.note(model.name, factor: chain.factor, sizes: sizes, target: targetSize).map { [$0] } ?? []
            return ScalerChain(stages: stages, notes: notes)
        }
    }

    /// The source size and the size after each run of the network.
    private static func networkSizes(from source: PlaneSize, to target: PlaneSize, factor: Int) -> [PlaneSize] {
        var sizes = [source]
        var size = source
        while factor > 1, size.width < target.width || size.height < target.height, sizes.count <= mostRuns {
            size = PlaneSize(size.width * factor, size.height * factor)
            sizes.append(size)
        }
        return sizes
    }

    /// What to tell the user; nil when one run makes the target.
    private static func note(_ name: String, factor: Int, sizes: [PlaneSize], target: PlaneSize) -> String? {
        let runs = sizes.count - 1
        let reached = sizes[runs]
        if runs == 1 && reached == target { return nil }
        func text(_ size: PlaneSize) -> String { "\(size.width)×\(size.height)" }
        guard runs > 0 else {
            return
                "The network \(name) only enlarges; \(text(sizes[0])) to \(text(target)) is made with Lanczos 3 alone."
        }
        let how = runs == 1 ? "once" : runs == 2 ? "twice" : "\(runs) times"
        var note = "The network \(name) enlarges \(factor)×; \(text(target)) is made by running it \(how)"
        if reached != target {
            let shrinks = reached.width >= target.width && reached.height >= target.height
            note += " and \(shrinks ? "reducing" : "resizing") \(text(reached)) to \(text(target)) with Lanczos 3"
        }
        return note + "."
    }
}
