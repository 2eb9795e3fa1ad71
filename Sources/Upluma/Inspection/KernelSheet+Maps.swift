// Maps of kernel elements over the frame (figure 4).
extension KernelSheet {
    var weightText: String {
        let (block, factor) = (picture.survey.block, picture.survey.factor)
        let each =
            block == 1
            ? "A pixel of a map is one result pixel."
            : "A map has \(factor)×\(factor) pixels for every \(block)×\(block) source pixels: means over the results in "
                + "the same place."
        return
            "Each map shows one weight everywhere: the middle one that of the source pixel in which the result lies, the "
            + "others those of its neighbours. Stripes come of a result's place in its source pixel. \(each)"
    }

    var changeText: String {
        "How far each weight is from its mean over the results in the same place of a source pixel: where the kernels "
            + "follow the picture. Numbers are mean and standard deviation of the weight."
    }

    /// Maps of the inner elements in the order of the kernel, with their legends.
    ///
    /// - Parameters:
    ///   - grids: of every element.
    ///   - word: what their numbers are.
    func maps(_ grids: [Grid], _ word: String) -> Panel {
        let (side, size) = (picture.elements, picture.survey.size)
        let inner = (size - side) / 2..<(size + side) / 2
        let taps = inner.flatMap { row in inner.map { size * row + $0 } }
        let scales = MapScales(grids, taps: taps)
        let rows = Sheet.maps(side, of: grids[0]) { index, times in
            let tap = taps[index]
            return (caption(tap), .colored(grids[tap], scales.scale(of: tap), size: times))
        }
        let bars = scales.legends(word).map {
            Panel.bar($0.scale, title: $0.title, width: Sheet.columnWidth, textScale: Sheet.textScale)
        }
        return .column(rows + [.row(bars, gap: Sheet.gap)], gap: Sheet.gap)
    }

    /// Where an element lies, and its mean and standard deviation, in a line or two.
    private func caption(_ tap: Int) -> [String] {
        let size = picture.survey.size
        let element = picture.survey.elements[tap]
        let lattice = picture.network.stages[0].lattice
        let step = lattice.intervals[0] / lattice.factor
        let (dx, dy) = (step * (element.column - size / 2), step * (element.row - size / 2))
        func words(_ offset: Int, _ before: String, _ after: String) -> String? {
            offset == 0 ? nil : (abs(offset) == 1 ? "" : "\(abs(offset)) ") + (offset < 0 ? before : after)
        }
        let place = [words(dy, "above", "below"), words(dx, "left", "right")].compactMap { $0 }.joined(separator: " ")
        let numbers = "\(NumberText.short(element.mean)) ± \(NumberText.short(element.deviation))"
        let name = place.isEmpty ? "nearest" : place
        return picture.elements > Sheet.columns ? [name, numbers] : [name + ": " + numbers]
    }
}
