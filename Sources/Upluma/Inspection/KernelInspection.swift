import Synchronization
import UplumaNetworks

/// Draws the interpolation kernels that a network predicts for a frame: what `upluma inspect kernels` runs.
///
/// Thread safety: `run` is called once; `cancel` may be called from any thread at any time.
public final class KernelInspection: Sendable {
    private let options: KernelInspectionOptions
    private let isCancelled = Atomic(false)

    public init(_ options: KernelInspectionOptions) {
        self.options = options
    }

    /// Stops as soon as possible; `run` then throws kind `interrupted`.
    public func cancel() { isCancelled.store(true, ordering: .relaxed) }

    /// Does the work and writes the picture.
    ///
    /// - Parameter report: receives notes, on the calling thread and the decoder's.
    /// - Returns: the numbers behind the picture.
    /// - Throws: `UplumaError`; no picture is left behind then.
    public func run(_ report: @escaping @Sendable (JobEvent) -> Void = { _ in }) throws -> KernelReport {
        let isCancelled: @Sendable () -> Bool = { [self] in self.isCancelled.load(ordering: .relaxed) }
        return try InspectionWork.run(
            input: options.input, output: options.output, overwrite: options.overwrite, isCancelled: isCancelled,
            report: report,
            prepare: {
                let network = try KernelInspection.network(options)
                try KernelInspection.check(options, network)
                return network
            },
            draw: { network in
                let picture = try KernelPicture(
                    options, network, notes: { report(.note($0)) }, isCancelled: isCancelled)
                let canvas = KernelSheet(picture, name: options.input).canvas()
                return (canvas, KernelReport(picture, options: options, canvas: canvas))
            })
    }

    private static let usualScale = 2

    /// The network to look into, and what it is called.
    private static func network(
        _ options: KernelInspectionOptions
    ) throws -> (name: String, network: AdaptiveNetwork) {
        let known = ModelCatalog.kernelPredictors.map(\.name)
        let instead =
            known.isEmpty
            ? "Give the .safetensors file of one that does."
            : "Give one of \(known.joined(separator: ", ")), or the .safetensors file of such a network."
        guard let name = options.model ?? known.first else {
            throw UplumaError(.usage, "There is no model that predicts kernels. \(instead)")
        }
        guard case .network(let set) = try ModelCatalog.model(name).load().content, !set.adaptiveNetworks.isEmpty
        else { throw UplumaError(.usage, "The model \"\(name)\" predicts no kernels. \(instead)") }
        let networks = set.adaptiveNetworks
        guard let scale = options.scale else {
            return (name, networks.first { $0.factor == usualScale } ?? networks[0])
        }
        guard let network = networks.first(where: { $0.factor == scale }) else {
            let scales = networks.map { "\($0.factor)" }.joined(separator: ", ")
            throw UplumaError(.usage, "The model \"\(name)\" has no kernels for scale \(scale). Give \(scales).")
        }
        return (name, network)
    }

    private static func check(
        _ options: KernelInspectionOptions, _ model: (name: String, network: AdaptiveNetwork)
    ) throws {
        let size = model.network.stages[0].lattice.size
        guard options.elements % 2 == 1, (1...size).contains(options.elements) else {
            throw UplumaError(
                .usage,
                "The kernels of \"\(model.name)\" are \(size)×\(size); \(options.elements) elements of them cannot be "
                    + "mapped. Give an odd number from 1 to \(size).")
        }
        try InspectionWork.check(regions: options.regions.count)
    }
}
