/// What may be opened as an input: files, and addresses in a network only where that was asked for.
///
/// FFmpeg would take much more for an address ("concat:a|b", "subfile:", "data:"), and playlists would make it open what
/// they name; the list of protocols handed to it rules out all that is not meant here, wherever it is named.
struct InputAddress {
    /// What FFmpeg opens.
    let url: String
    /// FFmpeg's list of the protocols that may be used, by the input itself and by whatever it refers to.
    let protocols: String

    /// Kinds of addresses that can be given.
    static let schemes = ["http", "https", "ftp", "rtsp", "rtmp", "rtmps", "rtp", "udp", "tcp", "srt"]
    /// What they are carried by.
    private static let carriers = ["tls", "httpproxy", "rtmpt", "rtmpe", "crypto"]
    private static let local = ["file", "pipe"]

    /// - Parameter path: a file, taken literally, or "-" for standard input.
    init(file path: String, allowsNetwork: Bool) {
        url = path == "-" ? "pipe:0" : "file:" + path
        let network = allowsNetwork ? InputAddress.schemes + InputAddress.carriers : []
        protocols = (InputAddress.local + network).joined(separator: ",")
    }

    /// An address; what it leads to may not name files of this machine.
    init(network address: String) {
        url = address
        protocols = (InputAddress.schemes + InputAddress.carriers).joined(separator: ",")
    }

    /// The scheme of something that looks like an address, "http" of "http://example.org/a.mp4"; nil for other names.
    static func scheme(of path: String) -> String? {
        guard let colon = path.firstIndex(of: ":"), path[colon...].hasPrefix("://") else { return nil }
        let scheme = path[..<colon]
        guard let first = scheme.unicodeScalars.first, first.properties.isAlphabetic, first.isASCII,
            scheme.unicodeScalars.allSatisfy({
                $0.isASCII
                    && ($0.properties.isAlphabetic || $0.properties.numericType != nil
                        || "+-.".unicodeScalars.contains($0))
            })
        else { return nil }
        return scheme.lowercased()
    }
}
