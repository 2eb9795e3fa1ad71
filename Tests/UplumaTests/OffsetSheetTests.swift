import Foundation
import Testing
import UplumaFrames
import UplumaResampling
import UplumaTestSupport

@testable import Upluma

@Suite struct OffsetSheetTests {
    private func picture(
        factor: Int = 2, size: Int = 7, width: Int = 40, height: Int = 30, elements: Int? = nil,
        places: [(x: Int, y: Int)] = []
    ) throws -> OffsetPicture {
        let plane = KnownKernels.noise(width: width, height: height)
        let taps = KnownTaps.varied(of: plane, factor: factor, size: size)
        let small = KnownKernels.noise(width: taps.targetSize.width, height: taps.targetSize.height)
        let frame = Frame(format: KnownKernels.format, width: width, height: height, planes: [plane])
        let shaded = ShadedPicture(small, format: KnownKernels.format, range: .full)
        return try OffsetPicture(
            of: ShownFrame(frame: frame, seconds: 1.5, number: 36), modelName: "known", prediction: taps, small: shaded,
            bicubic: factor == 2 ? shaded : nil, elements: elements, places: places, threads: 2)
    }

    @Test(
        "a sheet is as wide as said, for every size of kernel", arguments: [(2, 7), (2, 6), (4, 13), (4, 12), (2, 1)])
    func sizes(factor: Int, size: Int) throws {
        let picture = try picture(factor: factor, size: size)
        #expect(picture.elements == (size == 1 ? 1 : size % 2 == 1 ? 3 : 4))
        #expect(picture.innerTaps.count == picture.elements * picture.elements)
        let middle = picture.innerTaps.reduce(0) { $0 + Double($1) } / Double(picture.innerTaps.count)
        #expect(middle == Double(size * size - 1) / 2, "around the middle")
        let canvas = OffsetSheet(picture, name: "folder/noise.png").canvas()
        #expect(canvas.width == Sheet.width + 2 * Sheet.margin && canvas.height > 1000)
        #expect(picture.regions.count == 3)
    }

    @Test("odd sizes that are no multiple of the factor") func oddSizes() throws {
        let picture = try picture(width: 41, height: 31, places: [(40, 30)])
        #expect(picture.regions.map(\.box) == [Box(x: 37, y: 27, width: 4, height: 4)])
        #expect(OffsetSheet(picture, name: "noise.png").canvas().height > 1000)
    }

    @Test("every displacement has the colour of the wheel in its place, longest in full colour") func maps() throws {
        let picture = try picture()
        let sheet = OffsetSheet(picture, name: "")
        let survey = picture.survey
        let tap = picture.innerTaps[4]
        let map = Panel.directed(survey.horizontal[tap], survey.vertical[tap], sheet.wheel, size: 3)
        let canvas = map.canvas(margin: 0)
        for (x, y) in [(0, 0), (7, 3), (19, 14)] {
            let expected = sheet.wheel.color(
                dx: Double(survey.horizontal[tap][x, y]), dy: Double(survey.vertical[tap][x, y]))
            #expect(canvas[3 * x, 3 * y] == expected && canvas[3 * x + 2, 3 * y + 2] == expected)
        }
        let lengths = picture.innerTaps.flatMap { tap in
            zip(survey.horizontal[tap].values, survey.vertical[tap].values).map {
                Double(($0 * $0 + $1 * $1).squareRoot())
            }
        }
        #expect(sheet.wheel.longest == lengths.max())
    }

    @Test(
        "elements that do not lie around the middle are refused in a sentence",
        arguments: [(7, 2), (7, 9), (6, 3), (6, 0)])
    func refusals(size: Int, elements: Int) throws {
        let error = #expect(throws: UplumaError.self) { try picture(size: size, elements: elements) }
        #expect(error?.kind == .usage)
        for word in ["\(size)×\(size)", "\(elements)×\(elements)", size == 7 ? "odd" : "even", "to \(size)."] {
            #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
        }
        let outside = #expect(throws: UplumaError.self) { try picture(places: [(40, 2)]) }
        #expect(outside?.message.contains("40,2") == true)
    }

    @Test("every place is smooth, an edge or a texture, by its gradients") func kinds() {
        let (width, height) = (48, 16)
        let noise = KnownKernels.noise(width: width, height: height)
        let shades = (0..<width * height).map { index in
            let (y, x) = index.quotientAndRemainder(dividingBy: width)
            // Flat, a step, and noise.
            return x < 16 ? 0.5 : x < 32 ? (x < 24 ? 0.2 : 0.8) : Float(noise.codes[y][x]) / 255
        }
        let choice = RegionChoice(width: width, height: height, shades: shades)
        #expect(choice.kind(of: Box(x: 6, y: 6, width: 2, height: 2)) == .smooth)
        #expect(choice.kind(of: Box(x: 23, y: 6, width: 2, height: 2)) == .edge)
        #expect(choice.kind(of: Box(x: 40, y: 6, width: 2, height: 2)) == .texture)
    }
}
