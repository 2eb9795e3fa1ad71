import Testing
import UplumaFrames
import UplumaTestSupport

@testable import Upluma

/// Enlarged parts, maps of differences, and what they are made from.
@Suite struct PreviewSheetViewTests {
    /// A picture with detail everywhere.
    private static func textured(_ width: Int, _ height: Int) -> RGBPicture {
        var samples: [UInt16] = []
        for y in 0..<height {
            for x in 0..<width {
                let code = UInt16(100 + 40 * ((x / 2 + y / 3) % 2))
                samples += [code, code, code]
            }
        }
        return RGBPicture(width: width, height: height, depth: 8, samples: samples)
    }

    private static func changed(_ picture: RGBPicture, _ box: Box, by step: Int) -> RGBPicture {
        var changed = picture
        for y in box.y..<box.maxY {
            for index in 3 * (y * picture.width + box.x)..<3 * (y * picture.width + box.maxX) {
                changed.samples[index] = UInt16(Int(changed.samples[index]) + step)
            }
        }
        return changed
    }

    private static func crops(_ layout: SheetLayout) -> [(part: RGBPicture, times: Int)] {
        layout.items.compactMap { item in
            guard case .picture(let picture, _, let times) = item.content else { return nil }
            return (picture, times)
        }
    }

    // MARK: Crops

    @Test("parts are where a difference was planted, and show each pixel as a square of four") func crops() throws {
        let base = Self.textured(600, 400)
        let planted = Box(x: 320, y: 200, width: 24, height: 16)
        let versions = [base, base, Self.changed(base, planted, by: 60)]
        let moment = SheetSample.moment(versions)
        let shown = ShownMoment(moment, threads: 2)
        let size = CropPlaces(shown.lumas(), width: 600, height: 400, side: 8, threads: 2)
        let places = size.chosen(3, width: 80, height: 48)
        #expect(places.count == 3)
        #expect(places[0].intersection(planted) == planted)
        for (index, place) in places.enumerated() {
            for other in places[..<index] { #expect(place.grown(by: 80).intersection(other).isEmpty) }
        }
        // Where there is no room for a distance, they lie side by side.
        let near = size.chosen(9, width: 200, height: 120)
        #expect(near.count >= 2)
        for (index, place) in near.enumerated() {
            for other in near[..<index] { #expect(place.intersection(other).isEmpty) }
        }
        let sheet = try SheetSample.sheet([.crops], [moment]).picture()
        let parts = Self.crops(shown.crops(shown.lumas(), width: shown.cropsWidth))
        #expect(parts.count == 9)
        for part in [parts[0], parts[2]] {
            #expect(part.times == 4)
            #expect(!SheetSample.places(of: SheetSample.enlarged(part.part, times: 4), in: sheet).isEmpty)
        }
        #expect(parts[0].part != parts[2].part && parts[0].part == parts[1].part)
    }

    @Test("a difference counts more where there is detail") func detail() {
        var base = SheetSample.flat(320, 160, code: 120)
        // Stripes in the right half only, the same change in both.
        for y in 0..<160 {
            for x in 160..<320 where x / 2 % 2 == 0 {
                for channel in 0..<3 { base.samples[3 * (y * 320 + x) + channel] = 160 }
            }
        }
        let both = [Box(x: 40, y: 64, width: 16, height: 16), Box(x: 240, y: 64, width: 16, height: 16)]
        let other = both.reduce(base) { Self.changed($0, $1, by: 30) }
        let weights = LumaWeights(ColorMatrix(1, sourceHeight: 480))
        let places = CropPlaces(
            [base.luma(weights, threads: 1), other.luma(weights, threads: 1)], width: 320, height: 160, side: 8,
            threads: 1)
        #expect(places.chosen(1, width: 48, height: 32)[0].intersection(both[1]) == both[1])
    }

    @Test("places of equal versions are those of most detail, the same on any number of threads") func alike() {
        let base = SheetSample.flat(200, 120, code: 90)
        let edged = Self.changed(base, Box(x: 96, y: 56, width: 20, height: 12), by: 100)
        let luma = edged.luma(LumaWeights(ColorMatrix(1, sourceHeight: 480)), threads: 2)
        let places = (1...3).map {
            CropPlaces([luma, luma], width: 200, height: 120, side: 8, threads: $0).chosen(3, width: 40, height: 24)
        }
        #expect(places[0][0].intersection(Box(x: 96, y: 56, width: 20, height: 12)).isEmpty == false)
        #expect(places[0] == places[1] && places[1] == places[2] && places[0].count == 3)
    }

    @Test("small pictures have what places they have room for", arguments: [(1, 1), (7, 5), (3, 90), (64, 2)])
    func small(width: Int, height: Int) throws {
        let pictures = (1...2).map { SheetSample.noise(width, height, seed: $0) }
        let shown = ShownMoment(SheetSample.moment(pictures), threads: 2)
        let parts = Self.crops(shown.layout([.crops]))
        #expect(parts.count >= 2 && parts.count.isMultiple(of: 2))
        #expect(parts.allSatisfy { $0.part.width <= width && $0.part.height <= height })
        #expect(try SheetSample.sheet(nil, [SheetSample.moment(pictures)]).picture().height > 10)
        let sheet = try SheetSample.sheet([.crops], [SheetSample.moment(pictures)]).picture()
        #expect(!SheetSample.places(of: SheetSample.enlarged(parts[1].part, times: 4), in: sheet).isEmpty)
    }

    @Test("parts lie on the sheet, whatever the number of versions and the size", arguments: 1...11)
    func many(count: Int) {
        for (width, height) in [(1, 1), (64, 48), (500, 300), (1000, 40)] {
            let base = Self.textured(width, height)
            let shown = ShownMoment(SheetSample.moment(Array(repeating: base, count: count)), threads: 1)
            let layout = shown.layout([.sides, .crops, .split, .difference])
            let most = max(shown.rowWidth, shown.style.leastWidth)
            #expect(layout.width <= most, "\(width)×\(height)")
            for (index, item) in layout.items.enumerated() {
                for other in layout.items[..<index] where !item.box.intersection(other.box).isEmpty {
                    // Only the line of a split lies on something.
                    guard case .fill = item.content else {
                        Issue.record("\(item.box) lies on \(other.box)")
                        continue
                    }
                }
            }
        }
    }

    // MARK: Differences

    @Test("lighter is red, darker is blue, equal is white", arguments: [8, 16]) func colors(depth: Int) {
        let code: UInt16 = depth == 8 ? 1 : 257
        let base = RGBPicture(width: 4, height: 1, depth: depth, samples: Array(repeating: 100 * code, count: 12))
        var other = base
        for channel in 0..<3 {
            other.samples[channel] += 9 * code
            other.samples[3 + channel] -= 9 * code
            other.samples[6 + channel] += 3 * code
        }
        let lumas = [base, other].map { $0.luma(LumaWeights(ColorMatrix(6, sourceHeight: 480)), threads: 1) }
        let difference = LumaDifference(lumas[1], from: lumas[0], width: 4, height: 1, threads: 1)
        // Of codes: weights in 1/65536 are exact for grey.
        #expect(difference.largest == 9 && difference.mean == 21 / 4.0)
        let scale = LumaDifference.scale(for: [difference])
        #expect(scale.range == -10...10)
        let map = difference.map(scale, threads: 1).samples
        #expect(map[0] > map[2] && map[3] < map[5] && map[6] > map[8])
        #expect(map[2] < map[8], "farther is darker")
        #expect(Array(map[9...]) == [255, 255, 255])
    }

    @Test("maps of equal pictures are white, and the legend says that none differs") func white() throws {
        let pictures = Array(repeating: SheetSample.noise(300, 80, seed: 4), count: 2)
        let shown = ShownMoment(SheetSample.moment(pictures), threads: 2)
        let layout = shown.difference(shown.lumas())
        let maps = layout.items.compactMap { item in
            guard case .map(let map) = item.content else { return nil as RGBPicture? }
            return map
        }
        #expect(maps.count == 1 && maps[0].samples.allSatisfy { $0 == 255 })
        #expect(SheetSample.texts(layout).joined(separator: " ").contains("No pixel differs."))
    }

    @Test("all maps have one scale, which one pixel in two hundred may exceed") func oneScale() {
        let base = [UInt16](repeating: 20000, count: 1000)
        func difference(_ codes: Int, pixels: Int) -> LumaDifference {
            var other = base
            for index in 0..<pixels { other[index] += UInt16(257 * codes) }
            return LumaDifference(other, from: base, width: 100, height: 10, threads: 2)
        }
        let quiet = difference(2, pixels: 900)
        #expect(LumaDifference.scale(for: [quiet, difference(90, pixels: 10)]).range == -2...2)
        #expect(LumaDifference.scale(for: [quiet, difference(90, pixels: 11)]).range == -100...100)
        #expect(LumaDifference.beyond(2, in: [quiet, difference(90, pixels: 10)]) == 0.005)
    }

    @Test("one version has nothing to differ from") func alone() {
        let shown = ShownMoment(SheetSample.moment([SheetSample.noise(40, 30, seed: 1)]), threads: 1)
        #expect(SheetSample.texts(shown.difference(shown.lumas())).contains("There is no other version."))
        #expect(ShownMoment.automaticViews(versions: 1) == [.sides, .crops])
    }

    @Test("luma is that of the matrix which made red, green and blue: the source's lines tell it, not the result's")
    func matrixOfTheSource() {
        let picture = SheetSample.noise(8, 960, seed: 4)
        let pictures = SheetSample.moment([picture]).pictures
        let moment = PreviewedMoment(seconds: 0, frameNumber: nil, sourceHeight: 480, pictures: pictures)
        let matrix = pictures[0].frame.color.matrix
        let expected = picture.luma(LumaWeights(ColorMatrix(matrix, sourceHeight: 480)), threads: 1)
        #expect(matrix == ColorDescription.unspecifiedCode && ShownMoment(moment, threads: 1).lumas() == [expected])
        #expect(picture.luma(LumaWeights(ColorMatrix(matrix, sourceHeight: 960)), threads: 1) != expected)
    }

    @Test("weights of luma sum to one and keep grey", arguments: [0, 1, 2, 5, 6, 9, 10] as [Int32])
    func weights(matrix: Int32) {
        let weights = LumaWeights(ColorMatrix(matrix, sourceHeight: 480))
        #expect(weights.red + weights.green + weights.blue == 65536)
        let codes: [UInt16] = [0, 1, 127, 254, 255]
        let gray = RGBPicture(width: 5, height: 1, depth: 8, samples: codes.flatMap { [$0, $0, $0] })
        #expect(gray.luma(weights, threads: 3) == codes.map { 257 * $0 })
        let white = RGBPicture(width: 1, height: 1, depth: 16, samples: [65535, 65535, 65535])
        #expect(white.luma(weights, threads: 1) == [65535])
    }
}
