import Foundation
import UplumaFrames

/// Makes one version of every frame, as the job of its model would.
///
/// Not sendable: its workspace serves one frame at a time.
final class PreviewMaker {
    let version: PreviewVersion
    let options: UpscaleOptions
    private let upscaler: FrameUpscaler
    private let workspace: FrameUpscaler.Workspace

    /// Frames are made again until this has passed, in seconds, for a time that is not that of the first touch of memory.
    private static let patience = 0.3
    private static let mostRuns = 5

    /// - Parameters:
    ///   - plan: of the job; nothing of it is kept but what makes pictures.
    ///   - threads: among how many one frame is divided.
    init(_ version: PreviewVersion, _ plan: UpscalePlan, threads: Int) {
        self.version = version
        options = plan.options
        upscaler = plan.upscaler
        workspace = plan.upscaler.makeWorkspace(threads: threads)
    }

    /// The frame in its new size.
    func make(_ frame: Frame) throws -> Frame { try upscaler.upscale(frame, workspace: workspace) }

    /// The frame in its new size, and the shortest time it took, in milliseconds.
    func makeTimed(_ frame: Frame) throws -> (frame: Frame, milliseconds: Double) {
        let began = ProcessInfo.processInfo.systemUptime
        var (best, start) = (Double.infinity, began)
        for run in 1...Self.mostRuns {
            let result = try make(frame)
            let now = ProcessInfo.processInfo.systemUptime
            best = min(best, now - start)
            if run == Self.mostRuns || now - began > Self.patience { return (result, 1000 * best) }
            start = ProcessInfo.processInfo.systemUptime
        }
        preconditionFailure("the last run returns")
    }
}
