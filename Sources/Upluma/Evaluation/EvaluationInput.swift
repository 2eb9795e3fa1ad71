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

    /// What there is to measure at `paths`, in the order given, files of a folder by name.
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

    private static func folder(_ path: String) throws -> [EvaluationInput] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path).sorted().filter { !$0.hasPrefix(".") }
        } catch {
            throw UplumaError(.noInput, "The folder \"\(path)\" cannot be read. Check its permissions.")
        }
        let files = names.map { (path as NSString).appendingPathComponent($0) }
        let pictures = files.filter(isPicture)
        let clips = files.filter { clipEndings.contains(ending($0)) }
        guard !pictures.isEmpty || !clips.isEmpty else {
            throw UplumaError(
                .noInput,
                "There is no picture and no clip in the folder \"\(path)\". Name a folder with PNG, BMP or JPEG files or "
                    + "with video files in it.")
        }
        return (pictures.isEmpty ? [] : [EvaluationInput(name: name(path), content: .pictures(pictures))])
            + clips.map { EvaluationInput(name: name($0), content: .clip($0)) }
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
