import Foundation
import Testing
import UplumaFrames
import UplumaTestSupport

@testable import Upluma

/// Pictures and moments for the tests of sheets.
enum SheetSample {
    static func noise(_ width: Int, _ height: Int, depth: Int = 8, seed: UInt64) -> RGBPicture {
        var noise = SeededNoise(seed: seed)
        let most: UInt16 = depth == 8 ? 255 : 65535
        return RGBPicture(
            width: width, height: height, depth: depth,
            samples: (0..<3 * width * height).map { _ in .random(in: 0...most, using: &noise) },
            tag: .init(primaries: 5, transfer: 6), pixelAspect: Rational(16, 15))
    }

    static func flat(_ width: Int, _ height: Int, code: UInt16, depth: Int = 8) -> RGBPicture {
        RGBPicture(
            width: width, height: height, depth: depth, samples: Array(repeating: code, count: 3 * width * height))
    }

    static func version(_ index: Int, label: String? = nil) -> PreviewVersion {
        PreviewVersion(
            kind: index == 0 ? .baseline : .model, name: "v\(index)", label: label ?? "version \(index)")
    }

    /// - Parameters:
    ///   - milliseconds: of each version.
    static func moment(
        _ pictures: [RGBPicture], seconds: Double = 1.5, frame: Int? = 36, labels: [String] = [],
        milliseconds: [Double] = [], quality: PreviewReport.Quality = .init()
    ) -> PreviewedMoment {
        let format = PictureFormat(chroma: .gray, bitDepth: 8)
        return PreviewedMoment(
            seconds: seconds, frameNumber: frame,
            pictures: pictures.enumerated().map { index, picture in
                PreviewedPicture(
                    version: version(index, label: labels.indices.contains(index) ? labels[index] : nil),
                    frame: Frame(
                        format: format, width: picture.width, height: picture.height,
                        planes: [Plane(width: picture.width, height: picture.height, sample: .uint8)]),
                    picture: picture,
                    milliseconds: milliseconds.indices.contains(index) ? milliseconds[index] : nil, quality: quality)
            })
    }

    static func sheet(_ views: [PreviewView]?, _ moments: [PreviewedMoment]) throws -> PreviewSheet {
        var sheet = PreviewSheet(views: views, input: "folder/film.mkv", scale: 2, threads: 2)
        for moment in moments { try sheet.add(moment) }
        return sheet
    }

    /// Top left corners at which a picture lies in another, sample by sample.
    static func places(of part: RGBPicture, in whole: RGBPicture) -> [[Int]] {
        guard part.width <= whole.width, part.height <= whole.height else { return [] }
        func matches(_ x: Int, _ y: Int, rows: Range<Int>) -> Bool {
            rows.allSatisfy { row in
                let from = 3 * ((y + row) * whole.width + x)
                return whole.samples[from..<from + 3 * part.width]
                    .elementsEqual(part.samples[3 * row * part.width..<3 * (row + 1) * part.width])
            }
        }
        return (0...whole.height - part.height).flatMap { y in
            (0...whole.width - part.width).compactMap { x in
                matches(x, y, rows: 0..<1) && matches(x, y, rows: 0..<part.height) ? [x, y] : nil
            }
        }
    }

    /// A picture in 16 bits, as a sheet of 16 bits shows one of 8.
    static func widened(_ picture: RGBPicture) -> RGBPicture {
        RGBPicture(width: picture.width, height: picture.height, depth: 16, samples: picture.samples.map { 257 * $0 })
    }

    /// Every pixel a square.
    static func enlarged(_ picture: RGBPicture, times: Int) -> RGBPicture {
        var samples: [UInt16] = []
        for y in 0..<times * picture.height {
            for x in 0..<times * picture.width {
                let index = 3 * (y / times * picture.width + x / times)
                samples += picture.samples[index..<index + 3]
            }
        }
        return RGBPicture(
            width: times * picture.width, height: times * picture.height, depth: picture.depth, samples: samples)
    }

    static func texts(_ layout: SheetLayout) -> [String] {
        layout.items.compactMap { item in
            guard case .text(let text, _, _) = item.content else { return nil }
            return text
        }
    }
}

/// Whole pictures on sheets.
@Suite struct PreviewSheetTests {
    @Test(
        "samples of all versions are on the sheet as they are",
        arguments: [8, 16], [(48, 30, 2), (7, 5, 1), (7, 5, 3), (1, 1, 2), (33, 17, 10)])
    func sides(depth: Int, size: (width: Int, height: Int, count: Int)) throws {
        let pictures = (0..<size.count).map {
            SheetSample.noise(size.width, size.height, depth: depth, seed: UInt64($0 + 1))
        }
        let sheet = try SheetSample.sheet([.sides], [SheetSample.moment(pictures)]).picture()
        #expect(sheet.depth == depth && sheet.tag == pictures[0].tag && sheet.pixelAspect == pictures[0].pixelAspect)
        let places = pictures.map { SheetSample.places(of: $0, in: sheet) }
        for place in places { #expect(place.count == 1) }
        // In reading order, which is that of the versions.
        let order = places.compactMap(\.first).map { 100_000 * $0[1] + $0[0] }
        #expect(order == order.sorted())
    }

    @Test("one picture of 16 bits makes a sheet of 16 bits, in which 8 bits are repeated") func depths() throws {
        let pictures = [SheetSample.noise(20, 10, seed: 1), SheetSample.noise(20, 10, depth: 16, seed: 2)]
        let sheet = try SheetSample.sheet([.sides], [SheetSample.moment(pictures)]).picture()
        #expect(sheet.depth == 16)
        #expect(SheetSample.places(of: SheetSample.widened(pictures[0]), in: sheet).count == 1)
        #expect(SheetSample.places(of: pictures[1], in: sheet).count == 1)
        // The corner is surround.
        #expect(sheet.samples[0] == 257 * UInt16(SheetStyle.background.red))
    }

    @Test(
        "versions are in rows of at most four, and no row is wider than it may be",
        arguments: [
            (1, 100, 1), (2, 100, 2), (4, 100, 4), (5, 100, 3), (6, 100, 3), (10, 100, 4), (4, 2048, 4), (4, 2730, 3),
            (2, 4096, 2), (2, 4097, 1), (3, 8193, 1),
        ])
    func columns(count: Int, width: Int, columns: Int) {
        let moment = SheetSample.moment(Array(repeating: SheetSample.flat(width, 2, code: 9), count: count))
        #expect(ShownMoment(moment, threads: 1).columns == columns)
    }

    @Test("captions say name, time and figures, the title file, place and size") func captions() throws {
        var quality = PreviewReport.Quality()
        quality.selfConsistencyPsnrY = 45.125
        quality.psnrY = 34.5
        quality.ssimY = 0.94321
        quality.encodedPsnrY = .infinity
        let pictures = [SheetSample.noise(700, 20, seed: 1), SheetSample.noise(700, 20, seed: 2)]
        let moment = SheetSample.moment(
            pictures, seconds: 3723.0045, frame: 89263, labels: ["lanczos3", "sp-vdsr"], milliseconds: [1.234, 56.78],
            quality: quality)
        let shown = ShownMoment(moment, threads: 1)
        let texts = SheetSample.texts(shown.layout([.sides]))
        for text in ["lanczos3", "sp-vdsr"] { #expect(texts.contains(text)) }
        let facts = texts.joined(separator: " ")
        for text in [
            "1.23 ms per frame", "56.8 ms per frame", "self-consistency 45.1", "PSNR 34.50 dB", "SSIM 0.9432",
        ] { #expect(facts.contains(text), "\(text) in \(facts)") }
        #expect(facts.contains("after encoding exact") && !facts.contains("inf"))
        #expect(PreviewText.place(seconds: 3723.0045, frameNumber: 89263) == ["1:02:03.005", "frame 89263"])
    }

    @Test("what is too long for its place has an ellipsis, what is not is whole") func longLabels() {
        let style = SheetStyle(width: 100)
        let long = "sp-vdsr-with-a-very-long-name " + String(repeating: "and words that go on ", count: 5)
        for width in [30, 100, 200, 400, 4000] {
            let caption = SheetCaption(name: long, facts: ["a fact that is long too", "b"])
            let lines = caption.lines(width: width, style: style)
            #expect(lines.allSatisfy { TextRaster.width(of: $0.text, scale: $0.scale) <= width })
            let names = lines.filter { $0.color == SheetStyle.nameColor }
            #expect((1...2).contains(names.count))
            let isWhole = names.map(\.text).joined(separator: " ") == long.split(separator: " ").joined(separator: " ")
            #expect(isWhole != names.contains { $0.text.contains("…") }, "\(names.map(\.text))")
        }
        let one = String(repeating: "x", count: 90)
        let lines = SheetCaption(name: one, facts: []).lines(width: 200, style: style)
        #expect(lines.count == 1 && lines[0].text.contains("…"))
    }

    @Test("pictures that are too wide are reduced to their means, and the caption says so") func wide() throws {
        let picture = RGBPicture(
            width: 24000, height: 4, depth: 8, samples: (0..<3 * 24000 * 4).map { $0 / 3 % 24000 < 12000 ? 40 : 200 })
        let sheet = try SheetSample.sheet([.sides], [SheetSample.moment([picture, picture])]).picture()
        #expect((11000...ShownMoment.mostWidth).contains(sheet.width))
        let shown = ShownMoment(SheetSample.moment([picture]), threads: 2)
        #expect(SheetSample.texts(shown.sides()).contains { $0.contains("shown at 49% of its size") })
        let small = shown.shown[0]
        #expect(small.height == 2 && small.samples.first == 40 && small.samples.last == 200)
        let fitting = ShownMoment(SheetSample.moment([SheetSample.flat(8000, 2, code: 1)]), threads: 1)
        #expect(fitting.share == 1 && !SheetSample.texts(fitting.sides()).contains { $0.contains("shown") })
    }

    @Test(
        "split shows the left of the baseline and the right of the last version",
        arguments: [(40, 12), (41, 9), (9, 6), (1, 1)])
    func split(width: Int, height: Int) throws {
        let pictures = (1...3).map { SheetSample.noise(width, height, seed: $0) }
        let sheet = try SheetSample.sheet([.split], [SheetSample.moment(pictures)]).picture()
        let line = width >= ShownMoment.leastSplit ? 1 : 0
        let right = Box(x: width / 2 + line, y: 0, width: width - width / 2 - line, height: height)
        let last = SheetSample.places(of: pictures[2].part(right), in: sheet)
        #expect(last.count == 1)
        guard width > 1 else { return }
        let left = Box(x: 0, y: 0, width: width / 2 - line, height: height)
        let first = SheetSample.places(of: pictures[0].part(left), in: sheet)
        #expect(first.count == 1 && last.first?.first == first[0][0] + width / 2 + line)
    }

    @Test("alone, a picture has nothing around it", arguments: [8, 16]) func single(depth: Int) throws {
        let pictures = (1...2).map { SheetSample.noise(13, 7, depth: depth, seed: $0) }
        #expect(try SheetSample.sheet([.single], [SheetSample.moment(pictures)]).picture() == pictures[1])
        let wide = SheetSample.noise(13000, 1, depth: depth, seed: 3)
        #expect(try SheetSample.sheet([.single], [SheetSample.moment([wide])]).picture() == wide)
    }

    @Test("several moments have their time above their pictures") func moments() throws {
        let moments = (0..<3).map {
            SheetSample.moment([SheetSample.noise(30, 20, seed: UInt64($0 + 1))], seconds: Double(60 * $0))
        }
        let sheet = try SheetSample.sheet([.sides], moments).picture()
        let tops = try moments.map { moment in
            let places = SheetSample.places(of: moment.pictures[0].picture, in: sheet)
            return try #require(places.first)[1]
        }
        #expect(tops == tops.sorted() && Set(tops).count == 3)
    }

    @Test("a sheet that would be too large is refused, and the one before stays") func tooLarge() throws {
        let moment = SheetSample.moment([SheetSample.flat(8000, 6000, code: 7)])
        var sheet = PreviewSheet(views: [.single, .split], input: "-", scale: 2, threads: 2)
        try sheet.add(moment)
        #expect {
            for _ in 0..<2 { try sheet.add(moment) }
        } throws: {
            ($0 as? UplumaError)?.kind == .usage && "\($0)".contains("2 moments") && "\($0)".contains("grid")
        }
    }

    @Test(
        "text and surround are as light as paper in HDR, not as the sun",
        arguments: [(nil, 65535), (1, 65535), (16, 38010), (18, 49151)] as [(UInt8?, Int)])
    func paper(transfer: UInt8?, white: Int) {
        let tag = transfer.map { RGBPicture.ColorTag(primaries: 9, transfer: $0) }
        let surface = SheetSurface(width: 2, height: 2, depth: 16, tag: tag, color: .white)
        #expect(surface.picture(tag: tag, pixelAspect: nil).samples == Array(repeating: UInt16(white), count: 12))
    }

    @Test("text is told from the surround at 4.5 to 1 at least") func contrast() {
        func light(_ color: RGB) -> Double {
            let value = Double(color.red) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        for color in [SheetStyle.nameColor, SheetStyle.factColor] {
            #expect((light(color) + 0.05) / (light(SheetStyle.background) + 0.05) >= 4.5)
        }
    }
}
