// Maps of kernel elements and of where they move over the frame (figure 4).
extension OffsetSheet {
    var weightText: String {
        let block = picture.survey.block
        let each =
            block == 1
            ? "A pixel of a map is one small pixel."
            : "A pixel of a map is the mean over \(block)×\(block) small pixels."
        let size = picture.survey.size
        return "A small pixel is a weighted sum of \(size)×\(size) places of the source. Each map shows one weight "
            + "everywhere; above it where the tap rests, in source pixels from the middle of the small pixel, and the weight's mean and standard deviation. \(each)"
    }

    var displacementText: String {
        "The colour is the direction in which the tap moves from where it rests, stronger the further it moves, and white "
            + "where it stays: the wheel above is the legend. Numbers are the mean length of the displacement and the "
            + "largest, in source pixels."
    }

    var weightMaps: Panel {
        let (survey, taps) = (picture.survey, picture.innerTaps)
        let rows = Sheet.maps(picture.elements, of: survey.weights[0]) { index, times in
            let element = survey.elements[taps[index]]
            let numbers = "\(NumberText.short(element.mean)) ± \(NumberText.short(element.deviation))"
            return (lines(element, numbers), .colored(survey.weights[taps[index]], weights, size: times))
        }
        let bar = Panel.bar(weights, title: "weight", width: Sheet.columnWidth, textScale: Sheet.textScale)
        return .column(rows + [bar], gap: Sheet.gap)
    }

    var displacementMaps: Panel {
        let (survey, taps) = (picture.survey, picture.innerTaps)
        let rows = Sheet.maps(picture.elements, of: survey.weights[0]) { index, times in
            let tap = taps[index]
            let element = survey.elements[tap]
            let numbers = "\(NumberText.short(element.meanLength)), at most \(NumberText.short(element.longest))"
            return (
                lines(element, numbers),
                Panel.directed(survey.horizontal[tap], survey.vertical[tap], wheel, size: times).framed
            )
        }
        return .column(rows, gap: Sheet.gap)
    }

    /// Where an element rests, and its numbers.
    private func lines(_ element: OffsetSurvey.Element, _ numbers: String) -> [String] {
        func words(_ offset: Double, _ before: String, _ after: String) -> String? {
            offset == 0 ? nil : NumberText.short(abs(offset)) + " " + (offset < 0 ? before : after)
        }
        let place = [words(element.y, "above", "below"), words(element.x, "left", "right")].compactMap { $0 }
        return [place.isEmpty ? "middle" : place.joined(separator: ", "), numbers]
    }
}

extension Panel {
    /// With a thin line inside of its edge, for maps that are mostly white.
    var framed: Panel {
        Panel(width: width, height: height) { canvas, x, y in
            draw(on: &canvas, x: x, y: y)
            canvas.outline(
                Box(x: x + 1, y: y + 1, width: width - 2, height: height - 2), RGB(gray: 190))
        }
    }
}
