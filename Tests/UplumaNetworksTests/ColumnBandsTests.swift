import Testing

@testable import UplumaNetworks

@Suite struct ColumnBandsTests {
    @Test("bands cover the picture once, each with its halo", arguments: [1, 15, 16, 100, 720, 1921])
    func cover(width: Int) {
        for halo in [0, 1, 7, 16, 25] {
            for count in 1...9 {
                let columns = ColumnBands(width: width, count: count, halo: halo)
                #expect(columns.bands.first?.kept.lowerBound == 0 && columns.bands.last?.kept.upperBound == width)
                for (band, next) in zip(columns.bands, columns.bands.dropFirst()) {
                    #expect(band.kept.upperBound == next.kept.lowerBound)
                }
                for band in columns.bands {
                    #expect(!band.kept.isEmpty, "\(width), \(halo), \(count): \(columns.bands)")
                    #expect(band.read.count == columns.bandWidth && band.read.lowerBound % ColumnBands.grain == 0)
                    #expect(band.read.lowerBound == 0 || band.kept.lowerBound - band.read.lowerBound >= halo)
                    #expect(band.read.upperBound == width || band.read.upperBound - band.kept.upperBound >= halo)
                    #expect(band.read.lowerBound >= 0 && band.read.upperBound <= width)
                }
            }
        }
    }

    @Test("one band is the whole picture, more are narrower, to an end")
    func narrower() {
        var columns: ColumnBands? = ColumnBands(width: 1920, count: 1, halo: 24)
        #expect(columns?.bands == [ColumnBands.Band(read: 0..<1920, kept: 0..<1920)])
        var widths: [Int] = []
        while let current = columns {
            widths.append(current.bandWidth)
            columns = current.narrower
        }
        #expect(widths == widths.sorted(by: >) && widths.count > 5 && (widths.last ?? 0) > 4 * 32)
    }
}
