import Testing
import UplumaFrames
import UplumaKernels
import UplumaNetworks
import UplumaResampling
import UplumaTestSupport

/// What a downscaler's network predicts, handed out for pictures.
@Suite struct OffsetPredictionTests {
    @Test("a filter's taps are not displaced")
    func filter() throws {
        let loaded = try DownscalerCatalog.downscaler("lanczos3-2x").load()
        let error = #expect(throws: ExecutionError.self) {
            try OffsetPrediction(loaded, sourceSize: PlaneSize(8, 8), source: .float)
        }
        #expect(error?.description.contains("lanczos3-2x is a filter") == true)
    }

    @Test("predictions are what the network is defined to predict", arguments: [0..<13, 4..<5, 7..<12])
    func predictions(rows: Range<Int>) throws {
        let size = PlaneSize(31, 25)
        for (loaded, factor) in [(try DownscalerFiles.loadedLight(), 2), (try DownscalerFiles.loadedFull(), 4)] {
            let source = noisePlane(size).plane
            let luma = ResamplerReference.Picture([source])
            let expected =
                factor == 2
                ? DownscalerFiles.light.reference(luma)
                : DownscalerFiles.full.reference(ResamplerReference.Picture([source, source, source]))
            let prediction = try OffsetPrediction(loaded, sourceSize: size, source: .float)
            #expect(prediction.factor == factor && prediction.unit == Float(factor))
            #expect(prediction.sourceSize == size && prediction.targetSize == loaded.targetSize(of: size))
            let side = prediction.kernelSize
            let rows = rows.clamped(to: 0..<prediction.targetSize.height)
            guard !rows.isEmpty else { continue }
            let taps = [0, side * side - 1, side + 1]
            let found = prediction.elements(of: source, taps: taps, rows: rows)
            for (planes, picture) in [
                (found.weights, expected.weights), (found.horizontal, expected.horizontal),
                (found.vertical, expected.vertical),
            ] {
                #expect(planes.count == taps.count)
                for (tap, plane) in zip(taps, planes) {
                    let values = rows.flatMap { y in (0..<picture.width).map { picture[tap, y, $0] } }
                    // Sums of narrow layers in single precision.
                    let difference = largestDifference(Array(plane.codes.joined()), values)
                    #expect(difference < 1e-5, "tap \(tap): \(difference)")
                }
            }
        }
    }

    @Test("taps rest around the middle of the pixels that become one", arguments: LightForm.all)
    func rest(form: LightForm) throws {
        let network = form.network
        let prediction = try OffsetPrediction(
            DownscalerFiles.loaded(metadata: network.metadata, tensors: network.tensors), sourceSize: PlaneSize(24, 24),
            source: .float)
        let places = prediction.restPositions
        let (size, taps, middle) = (network.kernelSize, network.taps, Float(network.factor - 1) / 2)
        #expect(places.count == size * size && places[1].x == places[0].x + 1 && places[size].y == places[0].y + 1)
        #expect(places[0].x == -places[size * size - 1].x && places[0].y == -places[size * size - 1].y)
        for (tap, place) in places.enumerated() {
            #expect(Float(taps.start) + taps.across[tap] == middle + place.x)
            #expect(Float(taps.start) + taps.down[tap] == middle + place.y)
        }
    }
}
