import Testing
import UplumaFrames
import UplumaNetworks
import UplumaTestSupport

@testable import Upluma

@Suite struct KernelSheetTests {
    private func picture(
        _ network: AdaptiveNetwork, width: Int = 40, height: Int = 30, elements: Int = 3,
        places: [(x: Int, y: Int)] = []
    ) throws -> KernelPicture {
        let plane = KnownKernels.noise(width: width, height: height)
        let frame = Frame(format: KnownKernels.format, width: width, height: height, planes: [plane])
        return try KernelPicture(
            of: ShownFrame(frame: frame, seconds: 1.5, number: 36), modelName: "constant", network: network,
            elements: elements, places: places, threads: 2)
    }

    @Test("every weight of a kernel has its colour in its place") func kernels() {
        let phases = KnownKernels.catmullRom(factor: 2)
        let scale = ColorScale.around(zero: 1, law: .root)
        let canvas = Panel.kernels(phases.map { $0.map(Float.init) }, columns: 2, scale, tap: 3).canvas(margin: 0)
        #expect(canvas.width == 2 + 2 * (5 * 3 + 2) && canvas.height == canvas.width)
        for (phase, kernel) in phases.enumerated() {
            for tap in 0..<25 {
                let (left, top) = (2 + phase % 2 * 17 + tap % 5 * 3, 2 + phase / 2 * 17 + tap / 5 * 3)
                for (dx, dy) in [(0, 0), (2, 2)] {
                    #expect(canvas[left + dx, top + dy] == scale.color(Double(Float(kernel[tap]))))
                }
            }
        }
        #expect(canvas[0, 0] != .white && canvas[18, 18] == canvas[0, 0], "a line between kernels")
    }

    @Test("weights are written into a kernel in a colour that stands out", arguments: [5, 7, 9])
    func numbers(size: Int) {
        let scale = ColorScale.around(zero: 1, law: .root)
        let kernel = (0..<size * size).map { 1 - Double($0) / Double(size * size) * 2 }
        let panel = Panel.numberedKernel(kernel, scale, width: 272)
        let (canvas, plain) = (panel.canvas(margin: 0), Panel.kernel(kernel, scale, tap: 270 / size).canvas(margin: 0))
        #expect(canvas.width == plain.width && canvas.width <= 272)
        let tap = 270 / size
        for (index, value) in kernel.enumerated() {
            let inked = (0..<tap * tap).filter { pixel in
                let (x, y) = (1 + index % size * tap + pixel % tap, 1 + index / size * tap + pixel / tap)
                let isDrawn = canvas[x, y] != plain[x, y]
                let contrast = ColorMap.Lab(canvas[x, y]).lightness - ColorMap.Lab(plain[x, y]).lightness
                return isDrawn && abs(contrast) > 0.4
            }
            #expect(inked.count > 20, "\(value)")
        }
    }

    @Test("legends end where the data end") func legends() throws {
        let picture = try picture(KnownKernels.network(KnownKernels.catmullRom(factor: 2), slope: 0.4))
        let maps = picture.survey.maps
        let taps = [6, 7, 8, 11, 12, 13, 16, 17, 18]
        let scales = MapScales(maps, taps: taps)
        let others = taps.filter { $0 != 12 }.flatMap { maps[$0].values.map(abs) }
        #expect(scales.common?.range.upperBound == Double(try #require(others.max())))
        #expect(scales.middle?.range.lowerBound == Double(try #require(maps[12].values.min())))
        #expect(scales.middle?.range.upperBound == Double(try #require(maps[12].values.max())))
        #expect(scales.legends("weight").count == 2 && scales.scale(of: 12).range == scales.middle?.range)
        #expect(scales.scale(of: 6).range == scales.common?.range)
        // A middle like the others has their scale; alone, one of its own.
        let even = Grid(width: 2, height: 1, values: [0.5, -0.7])
        let alike = MapScales(Array(repeating: even, count: 9), taps: Array(0..<9))
        #expect(alike.middle == nil && alike.common?.range == -Double(Float(0.7))...Double(Float(0.7)))
        let alone = MapScales(Array(repeating: even, count: 9), taps: [4])
        #expect(alone.common == nil && alone.middle?.range == Double(Float(-0.7))...Double(Float(0.7)))
    }

    @Test("a sheet is as wide as said, for every form of network", arguments: [1, 3, 5])
    func sizes(elements: Int) throws {
        for factor in [2, 3] {
            let first = KnownKernels.network(KnownKernels.catmullRom(factor: factor))
            let second = AdaptiveStage(
                layers: [
                    ConvolutionLayer(
                        inputChannels: 2, outputChannels: 9, kernel: 1, weights: Array(repeating: 0, count: 18),
                        bias: (0..<9).map { $0 == 4 ? 1 : 0 }, activation: .none)
                ], size: 3, factor: 1, intervals: [1, 2])
            for network in [first, AdaptiveNetwork(stages: first.stages + [second])] {
                let picture = try picture(network, elements: elements, places: elements == 1 ? [(0, 0), (39, 29)] : [])
                let canvas = KernelSheet(picture, name: "folder/noise.png").canvas()
                #expect(canvas.width == Sheet.width + 2 * Sheet.margin, "content and margins")
                #expect(canvas.height > 1000)
                #expect(picture.regions.count == (elements == 1 ? 2 : 3))
            }
        }
    }

    @Test("regions outside of the picture are refused in a sentence") func outside() {
        let network = KnownKernels.network(KnownKernels.catmullRom(factor: 2))
        let error = #expect(throws: UplumaError.self) { try picture(network, places: [(40, 2)]) }
        #expect(error?.kind == .usage && error?.message.contains("40,2") == true)
        #expect(error?.message.contains("40×30") == true)
    }
}
