extension GeneratedFile {
    /// Broken files: corrupt packets, missing key frames, garbage, cut tails.
    static let damage: [GeneratedFile] = []
}
