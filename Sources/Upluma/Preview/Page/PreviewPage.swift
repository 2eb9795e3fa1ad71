import Foundation

/// Moments of a preview as one HTML page that needs nothing else: no network, no other file.
///
/// Moments are added one after the other, and of each only its PNG files are kept.
struct PreviewPage {
    /// All versions of one frame, as the page holds them.
    struct Moment {
        let seconds: Double
        let frameNumber: Int?
        let pictures: [Picture]
        /// A small PNG file for the strip of moments.
        let thumbnail: [UInt8]
    }

    /// A version at one moment.
    struct Picture {
        let version: PreviewVersion
        let milliseconds: Double?
        let quality: PreviewReport.Quality
        let png: [UInt8]
    }

    private(set) var moments: [Moment] = []
    /// Every version that some moment has, in the order they came in; pictures are known by moment and by place in here.
    private(set) var versions: [PreviewVersion] = []
    /// How large pictures are shown at 100 %, in pixels of a screen: those of the first moment with square pixels, wider
    /// or narrower than stored where the source's are not square.
    private(set) var shownSize = (width: 1.0, height: 1.0)

    init() {}

    /// Bytes of all pictures it holds.
    var byteCount: Int {
        moments.reduce(0) { sum, moment in
            sum + moment.thumbnail.count + moment.pictures.reduce(0) { $0 + $1.png.count }
        }
    }

    /// - Parameter png: makes the PNG file of a picture; called for each version, and once for a small picture.
    /// - Throws: what `png` throws.
    mutating func add(_ moment: PreviewedMoment, png: (RGBPicture) throws -> [UInt8]) throws {
        let pictures = try moment.pictures.map {
            Picture(
                version: $0.version, milliseconds: $0.milliseconds, quality: $0.quality, png: try png($0.picture))
        }
        // What the strip is there for is the same in all versions; models are what will be looked at.
        let shown = moment.pictures.first { $0.version.kind == .model } ?? moment.pictures[0]
        if moments.isEmpty {
            let picture = shown.picture
            shownSize = (Double(picture.width) * picture.widthOfPixel, Double(picture.height))
        }
        versions += pictures.map(\.version).filter { !versions.contains($0) }
        moments.append(
            Moment(
                seconds: moment.seconds, frameNumber: moment.frameNumber, pictures: pictures,
                thumbnail: try png(shown.picture.thumbnail())))
    }

    /// The page; at least one moment must have been added.
    ///
    /// - Throws: `EncodingError`.
    func html(_ report: PreviewReport) throws -> String {
        precondition(!moments.isEmpty, "a page shows at least one moment")
        let name = PageText.escaped(URL(fileURLWithPath: report.input).lastPathComponent)
        let parts = [
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(PreviewPage.policy)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(name), enlarged ×\(report.scale)</title>
            <style>
            \(PreviewPage.style)
            </style>
            <script>document.documentElement.className = 'scripted';</script>
            </head>
            <body>
            <header>
            <h1>\(name)</h1>
            <p class="lead">Enlarged ×\(report.scale) to \(report.width)\u{202F}×\u{202F}\(report.height) pixels, \
            \(PageText.escaped(report.format)). Frames are made as the whole job would make them.</p>
            </header>
            <main>
            """, viewer, plainPictures, figures, estimates(report), notes(report),
            """
            </main>
            <footer>Made by upluma \(UplumaVersion.current). This page needs no network and no other file.</footer>
            <div id="store" hidden>
            """, heldPictures,
            """
            </div>
            <script type="application/json" id="data">\(try json())</script>
            <script>
            \(PreviewPage.script)
            </script>
            </body>
            </html>

            """,
        ]
        return parts.joined(separator: "\n")
    }

    /// Nothing is loaded from anywhere; pictures are in the page.
    private static let policy =
        "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
        + "base-uri 'none'; form-action 'none'"

    /// Where the script finds a picture.
    func identifier(moment: Int, of version: PreviewVersion) -> String {
        "picture-\(moment)-\(versions.firstIndex(of: version) ?? 0)"
    }

    static func base64(_ png: [UInt8]) -> String { Data(png).base64EncodedString() }
}

// MARK: Data for the script

extension PreviewPage {
    /// What the script has to know; text and figures are in the page.
    private struct ScriptData: Encodable {
        struct Version: Encodable {
            let label: String
        }
        struct Moment: Encodable {
            let time: String
            /// Places in the list of versions.
            let versions: [Int]
        }

        let width: Double
        let height: Double
        let versions: [Version]
        let moments: [Moment]
    }

    /// JSON that may stand in an element `script`, whatever the labels are.
    private func json() throws -> String {
        let data = ScriptData(
            width: shownSize.width, height: shownSize.height, versions: versions.map { .init(label: $0.label) },
            moments: moments.map { moment in
                .init(
                    time: PreviewPageText.place(moment),
                    versions: moment.pictures.compactMap { versions.firstIndex(of: $0.version) })
            })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return PreviewPageText.inScript(String(decoding: try encoder.encode(data), as: UTF8.self))
    }
}
