import UplumaKernels
import UplumaResampling

/// Everything that can be asked for as a model: the networks, then the FIR filters they are compared with.
///
/// A new network is an entry here and its weights in `Resources`, one file for each scale it was trained for, and another
/// in 8 bits if it has any; the files say the rest. Listings, options, golden files and tests follow from the entry.
package enum ModelCatalog {
    package static let models: [Model] =
        [
            network(
                "sp-vdsr", scales: [2, 3, 4], costs: [.bf16: 0.002, .int8: 0.061],
                "six narrow convolutions that correct a Lanczos 3 enlargement; the fastest network"),
            network(
                "sp-vdsr-medium", scales: [2, 3, 4], costs: [.bf16: 0.003, .int8: 0.073],
                "seven layers, twice as wide: a better picture, about four times the work of sp-vdsr"),
            network(
                "sp-vdsr-deep", costs: [.bf16: 0.001, .int8: 0.038],
                "thirteen layers, four times as wide: the best picture of a clean source, slow"),
            network(
                "sp-vdsr-lineart", costs: [.bf16: 0.001, .int8: 0.21],
                "sp-vdsr trained on line art and cel-style pictures"),
            network(
                "sp-vdsr-film", costs: [.bf16: 0.001, .int8: 0.043],
                "sp-vdsr trained on old, compressed video: MPEG-1, MPEG-2, MPEG-4 and early H.264"),
            network(
                "sp-vdsr-film-medium", costs: [.bf16: 0.007, .int8: 0.023],
                "sp-vdsr-medium trained on old, compressed video"),
            network(
                "sp-vdsr-car", scales: [2, 4], isQuantized: false,
                "sp-vdsr trained together with the downscalers car-2x and car-4x: for pictures that they made"),
            network(
                "dair-5", family: "dair", scales: [2, 3, 4], costs: [.bf16: 0.001],
                "DAIR (2018), five layers of 64 that predict a 5×5 kernel for every pixel; flat areas stay flat"),
            network(
                "dair-light", family: "dair", costs: [.bf16: 0.007],
                "DAIR with layers of 16, to compare with: below sp-vdsr-medium, which takes as long"),
            network(
                "srcnn", family: "srcnn", costs: [.bf16: 0.207],
                "SRCNN (2015), three layers on a bicubic enlargement; trained briefly, to compare with"),
            network(
                "fsrcnn", family: "fsrcnn", costs: [.bf16: 0.708],
                "FSRCNN (2016), eight layers, the last a transposed one; trained briefly, to compare with"),
            network("espcn", family: "espcn", "ESPCN (2016), three layers with tanh; trained briefly, to compare with"),
            network(
                "vdsr", family: "vdsr", costs: [.bf16: 0.002],
                "VDSR (2016), twenty layers, very slow; trained briefly, to compare with"),
        ]
        + ResampleFilter.allCases.map(model)

    /// A shipped network: its file for scale 2 is called after it, those for others have `-x3`, `-x4` added. Those of the
    /// family sp-vdsr ship in 8 bits too, unless `isQuantized` says otherwise. `costs` is the last column of what `Samples/precision-table.py` prints for Set5 and
    /// the two clips of `Docs/Models.md` (VDSR: Set5 alone), the largest of all scales. (In 8 bits,
    /// sp-vdsr-lineart costs 0.014 dB there but more on hard-edged drawings, which it is for: up to 0.21 dB was seen.)
    private static func network(
        _ name: String, family: String = "sp-vdsr", scales: [Int] = [2], isQuantized: Bool? = nil,
        costs: [Precision: Double] = [:], _ summary: String
    ) -> Model {
        let precisions: [WeightsPrecision] = isQuantized ?? (family == "sp-vdsr") ? [.f32, .int8] : [.f32]
        let files = precisions.flatMap { precision in
            scales.map { precision.fileName(beside: $0 == 2 ? "\(name).safetensors" : "\(name)-x\($0).safetensors") }
        }
        return Model(
            name: name, family: family, summary: summary, kind: .network(.shipped(files)), precisionCosts: costs)
    }

    private static func model(_ filter: ResampleFilter) -> Model {
        Model(name: filter.name, family: "fir", summary: filter.summary, kind: .filter(filter))
    }

    /// The model called `name`, any cubic as `bicubic:B:C`, or that of a weights file: anything that ends in `.safetensors` is a path.
    ///
    /// A file is opened only when the model is used.
    /// - Throws: `UnknownModelError`.
    package static func model(_ name: String) throws -> Model {
        if let model = models.first(where: { $0.name == name }) { return model }
        if let filter = ResampleFilter(named: name) { return model(filter) }
        guard name.hasSuffix(".safetensors") else {
            throw UnknownModelError(name: name, known: models.map(\.name))
        }
        return Model(name: name, family: "file", summary: "weights of your own", kind: .network(.file(name)))
    }
}

/// There is no model of that name.
package struct UnknownModelError: Error, Hashable, Sendable, CustomStringConvertible {
    package let name: String
    package let known: [String]

    package var description: String {
        if DownscalerCatalog.downscalers.contains(where: { $0.name == name }) {
            return
                "\(name) is no model to enlarge with: it makes pictures smaller. Give it to upluma downscale --model, or "
                + "to --downscale."
        }
        return
            "There is no model \"\(name)\". Give one of \(known.joined(separator: ", ")), or the path of a .safetensors "
            + "file."
    }
}
