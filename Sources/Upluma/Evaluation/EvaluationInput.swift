import Foundation

/// A group of samples with means of its own: the pictures of one folder, or one clip.
struct EvaluationInput: Sendable {
    enum Content: Sendable {
        case pictures([String])
        case clip(String)
    }

    /// Unique among the inputs of an evaluation.
    var name: String
    let content: Content

    var files: [String] {
        switch content {
        case .pictures(let paths): paths
        case .clip(let path): [path]
        }
    }

    /// Endings of the files that hold one picture; anything else that is named is taken for a clip.
    static let pictureEndings: Set = [
        "bmp", "gif", "jpeg", "jpg", "pbm", "pgm", "png", "pnm", "ppm", "tga", "tif", "tiff", "webp",
    ]
    /// Endings of the files in a folder that are taken for clips.
    static let clipEndings: Set = [
        "avi", "dv", "flv", "m2ts", "m2v", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "ogv", "rm", "ts", "vob",
        "webm", "wmv", "y4m",
    ]

    /// What there is to measure at `paths`, in the order given, files of a folder by name; a folder that holds nothing
    /// but folders stands for those.
    ///
    /// - Throws: `UplumaError`: `usage` without a path, `noInput` for what is not there and for folders with nothing in
    ///   them.
    static func find(_ paths: [String]) throws -> [EvaluationInput] {
        guard !paths.isEmpty else { throw UplumaError(.usage, "Name a folder, a picture or a clip to evaluate.") }
        var inputs: [EvaluationInput] = []
        var loose: [String: Int] = [:]
        for path in paths {
            guard let status = FileStatus(path: path) else {
                throw UplumaError(.noInput, "There is no file or folder \"\(path)\". Check the name.")
            }
            if status.kind == .directory {
                inputs += try folder(path)
            } else if isPicture(path) {
                // Pictures named one by one form one set for each folder they are in.
                let parent = (path as NSString).deletingLastPathComponent
                if let index = loose[parent], case .pictures(let others) = inputs[index].content {
                    inputs[index] = EvaluationInput(name: inputs[index].name, content: .pictures(others + [path]))
                } else {
                    loose[parent] = inputs.count
                    inputs.append(EvaluationInput(name: name(parent), content: .pictures([path])))
                }
            } else {
                inputs.append(EvaluationInput(name: name(path), content: .clip(path)))
            }
        }
        return withUniqueNames(inputs)
    }

    /// A folder's own pictures and clips; of one that holds none, those of the folders in it.
    private static func folder(_ path: String) throws -> [EvaluationInput] {
        let entries = try contents(of: path)
        let own = inputs(name: name(path), among: entries)
        guard own.isEmpty else { return own }
        let below = try entries.filter { FileStatus(path: $0)?.kind == .directory }.flatMap { folder in
            inputs(name: name(folder), among: try contents(of: folder))
        }
        guard !below.isEmpty else {
            throw UplumaError(
                .noInput,
                "There is no picture and no clip in the folder \"\(path)\". Name a folder with PNG, BMP or JPEG files or "
                    + "with video files in it.")
        }
        return below
    }

    /// Paths of what a folder holds, by name, hidden files left out.
    private static func contents(of path: String) throws -> [String] {
        do {
            let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
            return names.filter { !$0.hasPrefix(".") }.map { (path as NSString).appendingPathComponent($0) }
        } catch {
            throw UplumaError(.noInput, "The folder \"\(path)\" cannot be read. Check its permissions.")
        }
    }

    private static func inputs(name set: String, among files: [String]) -> [EvaluationInput] {
        let pictures = files.filter(isPicture)
        return (pictures.isEmpty ? [] : [EvaluationInput(name: set, content: .pictures(pictures))])
            + files.filter { clipEndings.contains(ending($0)) }
            .map { EvaluationInput(name: name($0), content: .clip($0)) }
    }

    private static func ending(_ path: String) -> String { (path as NSString).pathExtension.lowercased() }
    private static func isPicture(_ path: String) -> Bool { pictureEndings.contains(ending(path)) }

    private static func name(_ path: String) -> String {
        let name = URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent
        return name.isEmpty || name == "/" ? "pictures" : name
    }

    private static func withUniqueNames(_ inputs: [EvaluationInput]) -> [EvaluationInput] {
        var counts: [String: Int] = [:]
        return inputs.map { input in
            counts[input.name, default: 0] += 1
            guard let count = counts[input.name], count > 1 else { return input }
            return EvaluationInput(name: "\(input.name) (\(count))", content: input.content)
        }
    }
}
