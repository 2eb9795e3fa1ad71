/// What an evaluation measured. Encodes to the stable keys of `evaluate --json`.
public struct EvaluationReport: Sendable {
    public var scale: Int
    public var evaluationProtocol: EvaluationProtocol
    /// The filter or downscaler that made the small pictures; `bicubic` is MATLAB's.
    public var downscale: String
    /// Pixels left out on each side of every plane.
    public var border: Int
    /// Whether small pictures were rounded to the source's depth.
    public var roundsSmall: Bool
    /// Whether results were.
    public var roundsResult: Bool
    /// Whether grey pictures kept the codes they are stored with.
    public var grayAsStored: Bool
    /// Of a clip, each frame whose number is a multiple of this was measured.
    public var every: Int
    public var threads: Int
    /// Names of the models, in the order given.
    public var models: [String]
    /// One for each folder of pictures and each clip.
    public var sets: [EvaluatedSet]

    /// The scores of all sets together: means over every picture and frame.
    public var overall: EvaluatedSet {
        guard sets.count > 1 else { return sets.first ?? EvaluatedSet(name: "", kind: .pictures, models: models) }
        var all = EvaluatedSet(name: "all", kind: .pictures, models: models)
        for set in sets {
            for index in all.models.indices {
                all.models[index].images += set.models[index].images.map {
                    var image = $0
                    image.name = "\(set.name)/\($0.name)"
                    return image
                }
            }
        }
        return all
    }
}

/// The scores of one folder of pictures or one clip.
public struct EvaluatedSet: Sendable {
    public enum Kind: Sendable { case pictures, clip }

    public var name: String
    public var kind: Kind
    /// One for each model, all with the same images in the same order.
    public var models: [ModelScores]

    init(name: String, kind: Kind, models: [String]) {
        self.name = name
        self.kind = kind
        self.models = models.map { ModelScores(name: $0) }
    }

    /// Pictures or frames measured.
    public var count: Int { models.first?.images.count ?? 0 }

    /// Names of the images that some model restored exactly: their PSNR is infinite, so the means of all models do
    /// without them.
    public var leftOut: [String] {
        let images = models.first?.images ?? []
        return restored(\.y).map { images[$0].name }
    }

    /// The means of a model over the images that no model restored exactly, plane by plane.
    public func means(of model: ModelScores) -> MeanScores {
        func mean(_ plane: KeyPath<ImageScores, PlaneScores?>) -> PlaneScores? {
            let restored = Set(restored(plane))
            let used = model.images.indices.filter { !restored.contains($0) }
                .compactMap { model.images[$0][keyPath: plane] }
            guard !used.isEmpty else { return nil }
            return PlaneScores(
                psnr: used.map(\.psnr).reduce(0, +) / Double(used.count),
                ssim: used.map(\.ssim).reduce(0, +) / Double(used.count))
        }
        let times = model.images.map(\.milliseconds).sorted()
        return MeanScores(
            y: mean(\.y), u: mean(\.u), v: mean(\.v), medianMilliseconds: times.isEmpty ? 0 : times[times.count / 2])
    }

    /// Positions of the images whose plane some model restored exactly.
    private func restored(_ plane: KeyPath<ImageScores, PlaneScores?>) -> [Int] {
        (0..<count).filter { index in models.contains { $0.images[index][keyPath: plane]?.psnr == .infinity } }
    }
}

/// The scores of one model on one set.
public struct ModelScores: Sendable {
    public var name: String
    public var images: [ImageScores] = []

    init(name: String) {
        self.name = name
    }
}

/// The scores of one model on one picture or frame.
public struct ImageScores: Sendable {
    /// The file's name; of a clip the number of the frame, from 0.
    public var name: String
    public var y: PlaneScores?
    /// Cb and Cr, of clips with colour.
    public var u: PlaneScores?
    public var v: PlaneScores?
    /// What enlarging luma took, on all threads together.
    public var milliseconds: Double
}

/// How near one plane is to the original.
public struct PlaneScores: Sendable, Equatable {
    /// In dB, peak 255; infinite when the plane is restored exactly.
    public var psnr: Double
    /// At most 1.
    public var ssim: Double
}

/// Means over a set; nil where there is nothing to take the mean of.
public struct MeanScores: Sendable, Equatable {
    public var y: PlaneScores?
    public var u: PlaneScores?
    public var v: PlaneScores?
    /// The median time of enlarging luma, on all threads together.
    public var medianMilliseconds: Double
}
