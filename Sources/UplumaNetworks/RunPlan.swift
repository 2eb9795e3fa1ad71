import UplumaResampling

/// Which networks of a model run one after the other on the way to a size, and what the user should know about it.
///
/// Of all products of up to `mostRuns` native scales, the smallest that reaches the target in both directions counts,
/// made by the fewest runs, the greatest scale first: it meets the picture it was trained for. Where none reaches it, the
/// greatest product. Lanczos 3 changes what comes out to the target size if that is still another. A network is not run
/// at all for a target that is larger in neither direction.
struct RunPlan: Equatable {
    /// Scales of the runs, in order.
    let factors: [Int]
    /// The source size and the size after each run.
    let sizes: [PlaneSize]
    /// Nil when one run makes the target.
    let note: String?

    /// Runs that are tried at most; what is missing then, a filter enlarges.
    static let mostRuns = 3

    /// - Parameters:
    ///   - name: what the note calls the model.
    ///   - native: scales there are networks for.
    ///   - source: size to begin with.
    ///   - target: size to reach.
    init(name: String, native: [Int], source: PlaneSize, target: PlaneSize) {
        factors = Self.factors(native: native, source: source, target: target)
        var size = source
        sizes =
            [source]
            + factors.map { factor in
                size = PlaneSize(size.width * factor, size.height * factor)
                return size
            }
        note = Self.note(name, native: native, factors: factors, sizes: sizes, target: target)
    }

    private static func factors(native: [Int], source: PlaneSize, target: PlaneSize) -> [Int] {
        let useful = native.filter { $0 > 1 }.sorted(by: >)
        guard !useful.isEmpty, target.width > source.width || target.height > source.height else { return [] }
        var ways: [[Int]] = [[]]
        var best: (way: [Int], product: Int, reaches: Bool) = ([], 1, false)
        for _ in 0..<mostRuns {
            // Each way goes on with a scale that is not greater than its last, so every set of scales comes once.
            ways = ways.flatMap { way in useful.filter { $0 <= way.last ?? .max }.map { way + [$0] } }
            for way in ways {
                let product = way.reduce(1, *)
                let reaches = source.width * product >= target.width && source.height * product >= target.height
                let isBetter =
                    reaches ? !best.reaches || product < best.product : !best.reaches && product > best.product
                if isBetter { best = (way, product, reaches) }
            }
        }
        return best.way
    }

    private static func note(
        _ name: String, native: [Int], factors: [Int], sizes: [PlaneSize], target: PlaneSize
    ) -> String? {
        let reached = sizes[factors.count]
        if factors.count == 1 && reached == target { return nil }
        func text(_ size: PlaneSize) -> String { "\(size.width)×\(size.height)" }
        guard let first = factors.first else {
            return
                "The network \(name) only enlarges; \(text(sizes[0])) to \(text(target)) is made with Lanczos 3 alone."
        }
        var how = factors.count == 1 ? "once" : factors.count == 2 ? "twice" : "\(factors.count) times"
        if native.count > 1 {
            let isEven = factors.allSatisfy { $0 == first }
            how = isEven ? "\(how) at \(first)×" : "at " + factors.map { "\($0)×" }.joined(separator: ", then at ")
        }
        let scales = native.map { "\($0)×" }.joined(separator: ", ")
        var note = "The network \(name) enlarges \(scales); \(text(target)) is made by running it \(how)"
        if reached != target {
            let shrinks = reached.width >= target.width && reached.height >= target.height
            note += " and \(shrinks ? "reducing" : "resizing") \(text(reached)) to \(text(target)) with Lanczos 3"
        }
        return note + "."
    }
}
