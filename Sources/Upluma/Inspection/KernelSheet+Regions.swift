// Every kernel of the regions (figure 5), and the regions in the picture.
extension KernelSheet {
    private static let regionColors = [
        // Told apart by the colour-blind (Okabe and Ito, 2008).
        RGB(0, 114, 178), RGB(213, 94, 0), RGB(0, 158, 115), RGB(204, 121, 167), RGB(230, 159, 0), RGB(86, 180, 233),
    ]
    /// Pixels of what stands beside the kernels.
    private static let side = 168

    static func color(_ index: Int) -> RGB { regionColors[index % regionColors.count] }

    /// A panel for each region in rows, below its name.
    func regions(_ panel: (Int) -> Panel) -> Panel {
        let panels = picture.regions.enumerated().map { index, kernels in
            let (box, name) = (kernels.region.box, kernels.region.kind.name)
            let swatch = 7 * Self.textScale
            let heading = Panel(width: Self.columnWidth, height: swatch + 12) { canvas, x, y in
                canvas.fill(Box(x: x, y: y, width: swatch, height: swatch), Self.color(index))
                let text = "\(name), \(box.width)×\(box.height) at \(box.x),\(box.y)"
                canvas.draw(
                    TextRaster.fitted(text, width: Self.columnWidth - 2 * swatch, scale: Self.textScale),
                    x: x + swatch + 12, y: y, scale: Self.textScale)
            }
            return Panel.column([heading, panel(index)], gap: 0).widened(to: Self.columnWidth)
        }
        let rows = stride(from: 0, to: panels.count, by: Self.columns).map { start in
            Panel.row(Array(panels[start..<min(panels.count, start + Self.columns)]), gap: Self.gap)
        }
        return .column(rows, gap: Self.gap)
    }

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
        let text = Panel.text(facts, width: Self.side, scale: 2, color: Self.captionColor)
        return .row(
            [Panel.column([mean, text], gap: 16).widened(to: Self.side), cells(differences[index], index, changes)],
            gap: 16)
    }

    private func cells(_ kernels: [[Float]], _ index: Int, _ scale: ColorScale) -> Panel {
        let region = picture.regions[index]
        let space = Self.columnWidth - Self.side - 16
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
                    height: box.height * pixel), Self.color(index), thickness: 3)
        }
    }
}
