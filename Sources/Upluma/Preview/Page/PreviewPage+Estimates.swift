extension PreviewPage {
    /// What the whole job would take, a row a model; empty without jobs.
    func estimates(_ report: PreviewReport) -> String {
        guard !report.jobs.isEmpty else { return "" }
        let rows = report.jobs.map { job in
            let estimate = job.estimate
            let time = estimate.flatMap { estimate in
                estimate.seconds.map {
                    PageTable.Cell(
                        PreviewPageText.duration($0),
                        spread: (estimate.leastSeconds, estimate.mostSeconds), PreviewPageText.duration)
                }
            }
            let speed = estimate.map { estimate in
                PageTable.Cell(
                    "\(PreviewPageText.speed(estimate.slowestFps)) to \(PreviewPageText.speed(estimate.fastestFps))")
            }
            let size = estimate.flatMap { estimate in
                estimate.outputBytes.map {
                    PageTable.Cell(
                        PreviewPageText.bytes($0),
                        spread: (
                            estimate.leastOutputBytes.map { Double($0) }, estimate.mostOutputBytes.map { Double($0) }
                        )
                    ) { PreviewPageText.bytes(Int64($0)) }
                }
            }
            let memory = PageTable.Cell(
                PreviewPageText.bytes(Int64(job.peakBytes ?? job.picturesBytes)),
                small: job.peakBytes == nil
                    ? "pictures alone" : "\(PreviewPageText.bytes(Int64(job.picturesBytes))) are pictures")
            return PageTable.Row(
                name: job.model, mark: nil,
                cells: [time, speed, size].map { $0 ?? PageTable.Cell("–") } + [memory, PageTable.Cell(job.encoder)])
        }
        let table = PageTable(
            title: "What the whole job would take", first: "Model",
            columns: ["Time, h:mm:ss", "Frames a second", "Size of the video", "Memory", "Encoder"], rows: rows)
        return """
            <section aria-labelledby="estimates-title">
            <h2 id="estimates-title">The whole job</h2>
            <p class="soft">\(basis(report))</p>
            \(table.html)
            </section>
            """
    }

    /// What the estimate rests on.
    private func basis(_ report: PreviewReport) -> String {
        let frames = report.jobs.compactMap(\.frames).first
        guard let measured = report.jobs.compactMap({ $0.estimate?.measuredFrames }).max() else {
            return (frames.map { "\($0) frames. " } ?? "") + "Nothing was measured."
        }
        let sample = "Estimated from \(measured) frames that were made on this machine"
        guard let frames else { return sample + "; how many the file has is not known." }
        return "\(frames) frames. \(sample); smaller figures are those of the fastest and the slowest part."
    }
}
