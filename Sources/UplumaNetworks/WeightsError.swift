/// Why a weights file cannot be used: which file, which tensor, what was expected, what to do.
package struct WeightsError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Sendable, Hashable, CaseIterable {
        /// No file of that name in any of the places it may lie in.
        case notFound
        /// The file exists but cannot be read.
        case unreadable
        /// The file is not in the safetensors format, or only a part of one.
        case malformed
        /// The file names a network this version does not know, or none.
        case unknownArchitecture
        /// A setting in the file's metadata is missing, unreadable or out of range.
        case invalidSetting
        case missingTensor
        case unexpectedTensor
        case wrongType
        case wrongShape
        /// A weight is infinite or not a number.
        case notFinite
        /// A number lies outside what its tensor may hold.
        case outOfRange
    }

    package let code: Code
    package let file: String
    /// Nil when the trouble is with the file as a whole.
    package let tensor: String?
    /// What was found and what was expected.
    package let problem: String
    package let remedy: String

    package init(_ code: Code, file: String, tensor: String? = nil, problem: String, remedy: String) {
        self.code = code
        self.file = file
        self.tensor = tensor
        self.problem = problem
        self.remedy = remedy
    }

    package var description: String {
        let place = tensor.map { ", tensor '\($0)'" } ?? ""
        return "Weights file \"\(file)\"\(place): \(problem); \(remedy)."
    }
}
