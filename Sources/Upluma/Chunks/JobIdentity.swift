import Foundation
import UplumaMedia

/// Everything that decides the pictures of a job, as one text: coded pictures of another identity are not gone on with.
struct JobIdentity: Encodable {
    private var source: String
    private var bytes: Int64
    private var changed: Int64
    private var options: UpscaleOptions
    private var version: String
    private var libraries: [String]
    private var model: String?
    private var runs: [String]
    private var fields: String
    private var picture: String
    private var weights: [String]

    /// - Throws: when the source is no more there.
    init(_ plan: UpscalePlan) throws {
        source = plan.options.input
        let status = try FileManager.default.attributesOfItem(atPath: plan.options.input)
        bytes = (status[.size] as? NSNumber)?.int64Value ?? 0
        changed = Int64(((status[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0) * 1_000_000)
        options = plan.options.decidingPictures
        version = UplumaVersion.current
        libraries = LibraryVersions.all.map { "\($0.name) \($0.version)" }
        model = plan.modelName
        runs = plan.upscaler.runs
        fields = "\(String(describing: plan.fields.mode)) \(String(describing: plan.fields.order))"
        let target = plan.upscaler.target
        picture = "\(target.width)×\(target.height) \(target.format) \(plan.encoder.name)"
        weights = plan.weights
    }

    var text: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }
}

extension UpscaleOptions {
    /// With everything that no picture depends on as it is by default: where the result goes, and how it is worked on.
    var decidingPictures: UpscaleOptions {
        var options = self
        (options.input, options.output) = ("", "")
        let defaults = UpscaleOptions(input: "", output: "")
        options.threads = defaults.threads
        options.verifies = defaults.verifies
        options.isStrict = defaults.isStrict
        options.allowsNetwork = defaults.allowsNetwork
        options.overwrite = defaults.overwrite
        options.resumes = defaults.resumes
        return options
    }
}
