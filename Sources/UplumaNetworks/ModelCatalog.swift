import UplumaResampling

/// Everything that can be asked for as a model: the networks, then the FIR filters they are compared with.
///
/// A new network is an entry here and its weights in `Resources`, one file for each scale it was trained for; the files
/// say the rest. Listings, options, golden files and tests follow from the entry.
package enum ModelCatalog {
    package static let models: [Model] =
        [
            Model(
                name: "sp-vdsr", family: "sp-vdsr",
                summary: "six narrow convolutions that correct a Lanczos 3 enlargement; the fastest network",
                kind: .network(
                    .shipped(["sp-vdsr.safetensors", "sp-vdsr-x3.safetensors", "sp-vdsr-x4.safetensors"]))),
            Model(
                name: "sp-vdsr-medium", family: "sp-vdsr",
                summary: "seven layers, twice as wide: a better picture, about four times the work of sp-vdsr",
                kind: .network(
                    .shipped([
                        "sp-vdsr-medium.safetensors", "sp-vdsr-medium-x3.safetensors", "sp-vdsr-medium-x4.safetensors",
                    ]))),
            Model(
                name: "sp-vdsr-deep", family: "sp-vdsr",
                summary: "thirteen layers, four times as wide: the best picture of a clean source, slow",
                kind: .network(.shipped(["sp-vdsr-deep.safetensors"]))),
            Model(
                name: "sp-vdsr-lineart", family: "sp-vdsr",
                summary: "sp-vdsr trained on line art and cel-style pictures",
                kind: .network(.shipped(["sp-vdsr-lineart.safetensors"]))),
            Model(
                name: "sp-vdsr-film", family: "sp-vdsr",
                summary: "sp-vdsr trained on old, compressed video: MPEG-1, MPEG-2, MPEG-4 and early H.264",
                kind: .network(.shipped(["sp-vdsr-film.safetensors"]))),
            Model(
                name: "sp-vdsr-film-medium", family: "sp-vdsr",
                summary: "sp-vdsr-medium trained on old, compressed video",
                kind: .network(.shipped(["sp-vdsr-film-medium.safetensors"]))),
            Model(
                name: "srcnn", family: "srcnn",
                summary: "SRCNN (2015), three layers on a bicubic enlargement; trained briefly, to compare with",
                kind: .network(.shipped(["srcnn.safetensors"]))),
            Model(
                name: "fsrcnn", family: "fsrcnn",
                summary: "FSRCNN (2016), eight layers, the last a transposed one; trained briefly, to compare with",
                kind: .network(.shipped(["fsrcnn.safetensors"]))),
            Model(
                name: "espcn", family: "espcn",
                summary: "ESPCN (2016), three layers with tanh; trained briefly, to compare with",
                kind: .network(.shipped(["espcn.safetensors"]))),
            Model(
                name: "vdsr", family: "vdsr",
                summary: "VDSR (2016), twenty layers, very slow; trained briefly, to compare with",
                kind: .network(.shipped(["vdsr.safetensors"]))),
        ]
        + ResampleFilter.allCases.map(model)

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
        "There is no model \"\(name)\". Give one of \(known.joined(separator: ", ")), or the path of a .safetensors file."
    }
}
