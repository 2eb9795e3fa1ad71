// Every kernel of the regions (figure 5), and the regions in the picture.
extension KernelSheet {
    /// Pixels of what stands beside the kernels.
    private static let side = 168

    /// A region's kernels, beside it in source and result.
    func kernels(ofRegion index: Int) -> Panel {
        let pictures = [picture.source, picture.firstResult].map { closeUp($0, index) }
        return .row([.column(pictures, gap: 16), cells(picture.regions[index].kernels, index, weights)], gap: 16)
    }

    /// How a region's kernels differ from the mean ones, beside their own mean.
    func changes(ofRegion index: Int) -> Panel {
        let region = picture.regions[index].region
        let mean = Panel.numberedKernel(picture.regions[index].mean, weights, width: Self.side)
        let facts =
            "gradient \(NumberText.tenths(100 * region.gradient))% of white per pixel, "
            + "\(Int((100 * region.coherence).rounded()))% of it in one direction"
        let text = Panel.text(facts, width: Self.side, scale: 2, color: Sheet.captionColor)
        return .row(
            [Panel.column([mean, text], gap: 16).widened(to: Self.side), cells(differences[index], index, changes)],
            gap: 16)
    }

    private func cells(_ kernels: [[Float]], _ index: Int, _ scale: ColorScale) -> Panel {
        let region = picture.regions[index]
        let space = Sheet.columnWidth - Self.side - 16
        let cell = (space - 2) / max(region.columns, region.rows)
        return .kernels(kernels, columns: region.columns, scale, tap: max(1, (cell - 2) / region.size))
    }

    /// The region and what is around it, enlarged, the region outlined.
    private func closeUp(_ shown: ShadedPicture, _ index: Int) -> Panel {
        let box = picture.regions[index].region.box
        let source = picture.source.bounds
        let wanted = 3 * RegionChoice.size
        let (width, height) = (min(wanted, source.width), min(wanted, source.height))
        let part = Box(
            x: max(0, min(box.x - (wanted - box.width) / 2, source.width - width)),
            y: max(0, min(box.y - (wanted - box.height) / 2, source.height - height)), width: width, height: height)
        let times = shown.bounds.width / source.width
        let pixel = Self.side / wanted
        let scaled = Box(
            x: part.x * times, y: part.y * times, width: part.width * times, height: part.height * times)
        let grid = Grid(shown, part: scaled, width: part.width * pixel, height: part.height * pixel)
        return Panel(width: Self.side, height: Self.side) { canvas, x, y in
            Panel.gray(grid).draw(on: &canvas, x: x, y: y)
            canvas.outline(
                Box(
                    x: x + (box.x - part.x) * pixel, y: y + (box.y - part.y) * pixel, width: box.width * pixel,
                    height: box.height * pixel), Sheet.color(index), thickness: 3)
        }
    }
}
