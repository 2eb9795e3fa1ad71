import Synchronization
import UplumaNetworks

/// Draws where a learned downscaler's taps lie for a frame, and how much they weigh: what `upluma inspect offsets` runs.
///
/// Thread safety: `run` is called once; `cancel` may be called from any thread at any time.
public final class OffsetInspection: Sendable {
    private let options: OffsetInspectionOptions
    private let isCancelled = Atomic(false)

    public init(_ options: OffsetInspectionOptions) {
        self.options = options
    }

    /// Stops as soon as possible; `run` then throws kind `interrupted`.
    public func cancel() { isCancelled.store(true, ordering: .relaxed) }

    /// Does the work and writes the picture.
    ///
    /// - Parameter report: receives notes, on the calling thread and the decoder's.
    /// - Returns: the numbers behind the picture.
    /// - Throws: `UplumaError`; no picture is left behind then.
    public func run(_ report: @escaping @Sendable (JobEvent) -> Void = { _ in }) throws -> OffsetReport {
        let isCancelled: @Sendable () -> Bool = { [self] in self.isCancelled.load(ordering: .relaxed) }
        return try InspectionWork.run(
            input: options.input, output: options.output, overwrite: options.overwrite, isCancelled: isCancelled,
            report: report,
            prepare: {
                try InspectionWork.check(regions: options.regions.count)
                return try OffsetInspection.downscaler(options.model)
            },
            draw: { downscaler in
                let picture = try OffsetPicture(
                    options, downscaler, notes: { report(.note($0)) }, isCancelled: isCancelled)
                let canvas = OffsetSheet(picture, name: options.input).canvas()
                return (canvas, OffsetReport(picture, options: options, canvas: canvas))
            })
    }

    /// The downscaler to look into.
    private static func downscaler(_ name: String?) throws -> LoadedDownscaler {
        let known = DownscalerCatalog.downscalers.filter { !$0.isFilter }.map(\.name)
        let instead =
            known.isEmpty
            ? "Give the .safetensors file of one that is learned."
            : "Give one of \(known.joined(separator: ", ")), or the .safetensors file of such a network."
        guard let name = name ?? known.first else {
            throw UplumaError(.usage, "There is no learned downscaler. \(instead)")
        }
        let downscaler: Downscaler
        do {
            downscaler = try DownscalerCatalog.downscaler(name)
        } catch is UnknownDownscalerError {
            throw UplumaError(.usage, "There is no downscaler \"\(name)\". \(instead)")
        }
        guard !downscaler.isFilter else {
            throw UplumaError(
                .usage,
                "The downscaler \"\(name)\" is a filter: it moves no taps and weighs them alike everywhere. \(instead)")
        }
        return try downscaler.load()
    }
}

extension Downscaler {
    var isFilter: Bool {
        if case .filter = kind { true } else { false }
    }
}
