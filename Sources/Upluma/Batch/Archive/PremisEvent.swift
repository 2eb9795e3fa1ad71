public import Foundation
import UplumaMedia

/// Something that was done to a file, in the terms of PREMIS 3; types, outcomes and roles are the words of the Library of
/// Congress' vocabularies (id.loc.gov/vocabulary/preservation).
public struct PremisEvent: Codable, Sendable, Equatable {
    /// The raw values are the labels of the vocabulary eventType.
    public enum Kind: String, Codable, CaseIterable, Sendable {
        case creation
        case fixityCheck = "fixity check"
        case messageDigestCalculation = "message digest calculation"
        case validation

        /// Where the vocabulary defines it.
        public var address: String { "http://id.loc.gov/vocabulary/preservation/eventType/\(code)" }

        private var code: String {
            switch self {
            case .creation: "cre"
            case .fixityCheck: "fix"
            case .messageDigestCalculation: "mes"
            case .validation: "val"
            }
        }
    }

    /// The raw values are the labels of the vocabulary eventOutcome.
    public enum Outcome: String, Codable, Sendable {
        case success, fail, warning
    }

    public struct Identifier: Codable, Sendable, Equatable {
        public var type: String
        public var value: String
    }

    /// An object that took part: the source of something, or its outcome.
    public struct LinkedObject: Codable, Sendable, Equatable {
        public enum Role: String, Codable, Sendable { case source, outcome }
        public var identifier: Identifier
        public var role: Role
    }

    /// A program that took part.
    public struct LinkedAgent: Codable, Sendable, Equatable {
        public var identifier: Identifier
        public var role: String
    }

    /// A UUID (version 8, RFC 9562) worked out from what happened to what, so that the same work gets the same.
    public var eventIdentifier: Identifier
    public var eventType: Kind
    public var eventTypeUri: String
    public var eventDateTime: Date
    public var eventDetail: String
    public var eventOutcome: Outcome
    public var eventOutcomeDetail: String
    public var linkedAgents: [LinkedAgent]
    public var linkedObjects: [LinkedObject]

    /// - Parameters:
    ///   - number: of the event in its record, from 0.
    ///   - subject: what tells the record from all others, for the identifier.
    init(
        _ kind: Kind, number: Int, subject: String, at date: Date, detail: String, outcome: Outcome = .success,
        outcomeDetail: String, agents: [PremisAgent], objects: [LinkedObject]
    ) throws {
        eventType = kind
        eventTypeUri = kind.address
        eventIdentifier = Identifier(
            type: "UUID", value: try Self.uuid(from: "upluma archive event|\(subject)|\(number)|\(kind.rawValue)"))
        (eventDateTime, eventDetail, eventOutcome) = (date, detail, outcome)
        (eventOutcomeDetail, linkedObjects) = (outcomeDetail, objects)
        linkedAgents = agents.map { LinkedAgent(identifier: $0.agentIdentifier, role: "executing program") }
    }

    /// The first 122 bits of the text's SHA-256 that the form leaves free.
    static func uuid(from text: String) throws -> String {
        let hash = try ContentHash()
        hash.add(Array(text.utf8))
        var digits = Array(hash.finish().prefix(32))
        digits[12] = "8"
        digits[16] = ["8", "9", "a", "b"][(digits[16].hexDigitValue ?? 0) % 4]
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }
}

/// A program that events name.
public struct PremisAgent: Codable, Sendable, Equatable {
    public var agentIdentifier: PremisEvent.Identifier
    public var agentName: String
    /// Of the vocabulary agentType.
    public var agentType: String
    public var agentVersion: String

    init(name: String, version: String) {
        agentIdentifier = PremisEvent.Identifier(type: "name and version", value: "\(name) \(version)")
        (agentName, agentType, agentVersion) = (name, "software", version)
    }

    /// This program, then FFmpeg's libraries.
    static var all: [PremisAgent] {
        [PremisAgent(name: "Upluma", version: UplumaVersion.current)]
            + LibraryVersions.all.map { PremisAgent(name: $0.name, version: $0.version) }
    }
}
