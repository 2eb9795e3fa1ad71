import Foundation

extension EvaluationReport: Encodable {
    private enum CodingKeys: String, CodingKey {
        case scale, downscale, border, every, threads, models, sets
        case evaluationProtocol = "protocol"
        case smallPictures = "small_pictures"
        case results
        case grayPictures = "gray_pictures"
    }

    /// With several sets, `models` holds the means over all of them and `images` is keyed by `SET/FILE`; `sets` has the
    /// means of each.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(scale, forKey: .scale)
        try container.encode(evaluationProtocol.rawValue, forKey: .evaluationProtocol)
        try container.encode(downscale, forKey: .downscale)
        try container.encode(border, forKey: .border)
        try container.encode(roundsSmall ? "rounded" : "float", forKey: .smallPictures)
        try container.encode(roundsResult ? "rounded" : "float", forKey: .results)
        try container.encode(grayAsStored ? "as stored" : "limited", forKey: .grayPictures)
        try container.encode(every, forKey: .every)
        try container.encode(threads, forKey: .threads)
        var models = container.nestedContainer(keyedBy: NameKey.self, forKey: .models)
        try EvaluationReport.encode(overall, into: &models, withImages: true)
        var sets = container.nestedContainer(keyedBy: NameKey.self, forKey: .sets)
        for set in self.sets {
            var object = sets.nestedContainer(keyedBy: NameKey.self, forKey: NameKey(set.name))
            try object.encode(set.count, forKey: NameKey("pictures"))
            var models = object.nestedContainer(keyedBy: NameKey.self, forKey: NameKey("models"))
            try EvaluationReport.encode(set, into: &models, withImages: false)
        }
    }

    private static func encode(
        _ set: EvaluatedSet, into container: inout KeyedEncodingContainer<NameKey>, withImages: Bool
    ) throws {
        for model in set.models {
            let means = set.means(of: model)
            var object = container.nestedContainer(keyedBy: NameKey.self, forKey: NameKey(model.name))
            try encode(y: means.y, u: means.u, v: means.v, into: &object)
            try object.encode(rounded(means.medianMilliseconds, 3), forKey: NameKey("ms_median"))
            try object.encode(set.leftOut, forKey: NameKey("left_out"))
            guard withImages else { continue }
            var images = object.nestedContainer(keyedBy: NameKey.self, forKey: NameKey("images"))
            for image in model.images {
                var scores = images.nestedContainer(keyedBy: NameKey.self, forKey: NameKey(image.name))
                try encode(y: image.y, u: image.u, v: image.v, into: &scores)
                try scores.encode(rounded(image.milliseconds, 3), forKey: NameKey("ms"))
            }
        }
    }

    /// Luma is always there, null where it has no value (no image left, or restored exactly); chroma where there is some.
    private static func encode(
        y: PlaneScores?, u: PlaneScores?, v: PlaneScores?, into object: inout KeyedEncodingContainer<NameKey>
    ) throws {
        for (plane, scores) in [("y", y), ("u", u), ("v", v)] where plane == "y" || scores != nil {
            let psnr = scores.flatMap { $0.psnr.isFinite ? rounded($0.psnr, 4) : nil }
            try object.encode(psnr, forKey: NameKey("psnr_\(plane)"))
            try object.encode(scores.map { rounded($0.ssim, 6) }, forKey: NameKey("ssim_\(plane)"))
        }
    }

    private static func rounded(_ value: Double, _ places: Int) -> Double {
        let unit = pow(10, Double(places))
        return (value * unit).rounded() / unit
    }
}

/// A key that is a name: of a model, a set or a file.
private struct NameKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
}
