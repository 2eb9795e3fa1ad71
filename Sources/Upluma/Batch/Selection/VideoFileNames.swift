/// Which files of a folder are taken for video: by their endings, since a plan opens none of them.
public enum VideoFileNames {
    /// Lower case, without the dot; sorted. What video of the last decades comes in, no sound and no single pictures.
    public static let endings = [
        "264", "265", "3g2", "3gp", "3gpp", "amv", "asf", "avi", "dav", "dif", "divx", "dv", "evo", "f4v", "flc", "fli",
        "flv", "gxf", "h261", "h263", "h264", "h265", "hevc", "ismv", "ivf", "m1v", "m2p", "m2t", "m2ts", "m2v", "m4v",
        "mjpeg", "mjpg", "mk3d", "mkv", "mod", "mov", "movie", "mp2v", "mp4", "mpe", "mpeg", "mpg", "mts", "mxf", "nsv",
        "nut", "nuv", "obu", "ogm", "ogv", "ogx", "pva", "qt", "rm", "rmvb", "roq", "smk", "svi", "tod", "tp", "trp",
        "ts", "ty", "vdr", "viv", "vivo", "vob", "vp6", "vro", "webm", "wm", "wmv", "wtv", "xvid", "y4m", "yuv4mpeg",
    ]

    /// Whether a file of this name is taken for video; upper and lower case are alike.
    public static func isVideo(_ name: String) -> Bool {
        parts(of: name).ending.map { known.contains($0.lowercased()) } ?? false
    }

    private static let known = Set(endings)
    /// Letters and digits of the longest ending that is taken for one where it is not in the list.
    private static let longestUnknown = 5

    /// A name without its ending, and the ending without its dot; nil where it has none. "Mr. Smith" and "Part 1.2"
    /// have none: what follows their dots is no ending's form.
    package static func parts(of name: String) -> (stem: String, ending: String?) {
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else { return (name, nil) }
        let ending = String(name[name.index(after: dot)...])
        let isForm =
            (1...longestUnknown).contains(ending.utf8.count)
            && ending.utf8.allSatisfy { isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            && ending.utf8.contains(where: isLetter)
        guard isForm || known.contains(ending.lowercased()) else { return (name, nil) }
        return (String(name[..<dot]), ending)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
