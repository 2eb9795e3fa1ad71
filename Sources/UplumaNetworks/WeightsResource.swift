import Foundation

/// Finds the weights that come with the program. (The accessor the build system generates ends the process when its
/// bundle is missing.)
package enum WeightsResource {
    /// The environment variable that names a folder of weights to use instead of the shipped ones.
    package static let variable = "UPLUMA_WEIGHTS"

    /// The path of the weights file called `name`.
    ///
    /// - Throws: `WeightsError` with `notFound`, which says where it looked.
    package static func path(of name: String) throws -> String {
        try path(
            of: name, override: ProcessInfo.processInfo.environment[variable], executableFolders: executableFolders)
    }

    /// The rule of `path(of:)`, apart from where its inputs come from: the folder the user names, then, for each folder
    /// in turn, the bundle beside the program and `../share/upluma`. A user's folder without the file is passed over.
    package static func path(of name: String, override: String?, executableFolders: [String]) throws -> String {
        var folders: [String] = []
        if let override, !override.isEmpty { folders.append(override) }
        for folder in executableFolders {
            folders.append("\(folder)/Upluma_UplumaNetworks.resources/Resources")
            folders.append("\(folder)/../share/upluma")
        }
        let candidates = folders.map { URL(fileURLWithPath: "\($0)/\(name)").standardizedFileURL.path }
        if let found = candidates.first(where: { FileManager.default.isReadableFile(atPath: $0) }) { return found }
        throw WeightsError(
            .notFound, file: name,
            problem: "is in none of the places for weights: \(candidates.joined(separator: ", "))",
            remedy: "install it there, or set \(variable) to the folder it is in")
    }

    /// The folder of the running program with links resolved, and the one it was started in by its first argument.
    private static var executableFolders: [String] {
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let paths = [link, Bundle.main.executablePath, CommandLine.arguments.first].compactMap { $0 }
        var folders: [String] = []
        for path in paths {
            let folder = URL(fileURLWithPath: path).resolvingSymlinksInPath().deletingLastPathComponent().path
            if !folders.contains(folder) { folders.append(folder) }
        }
        return folders
    }
}
