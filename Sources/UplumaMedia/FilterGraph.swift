import CFFmpeg
import UplumaFrames

/// Owns a chain of FFmpeg's filters: one input, one output, no conversion in between that was not asked for.
///
/// One caller at a time; its owner is `Deinterlacer` or `AudioConverter`. What came out outlives it.
final class FilterGraph {
    /// One filter of the chain, by FFmpeg's names.
    struct Step {
        let name: String
        let options: String
    }

    /// What goes in.
    struct Input {
        let format: AVPixelFormat
        let width: Int
        let height: Int
        let timeBase: Rational
        /// Frames per second; nil when not constant or unknown.
        let frameRate: Rational?
    }

    private let graph: UnsafeMutablePointer<AVFilterGraph>
    private var source: UnsafeMutablePointer<AVFilterContext>?
    private var sink: UnsafeMutablePointer<AVFilterContext>?

    /// - Throws: `FFmpegStatus` as the filters refuse what goes in or their options, or do not exist.
    convenience init(_ input: Input, _ steps: [Step]) throws(FFmpegStatus) {
        var options =
            "video_size=\(input.width)x\(input.height):pix_fmt=\(input.format.rawValue):time_base=\(input.timeBase)"
        if let rate = input.frameRate { options += ":frame_rate=\(rate)" }
        try self.init(from: Step(name: "buffer", options: options), steps, sink: "buffersink")
    }

    /// Any chain, pictures or sound, with FFmpeg's filters at its ends.
    init(from input: Step, _ steps: [Step], sink sinkName: String) throws(FFmpegStatus) {
        guard let graph = avfilter_graph_alloc() else { throw .noMemory }
        self.graph = graph
        graph.pointee.nb_threads = 1
        avfilter_graph_set_auto_convert(graph, UInt32(bitPattern: Int32(AVFILTER_AUTO_CONVERT_NONE)))
        let first = try add(input)
        var last = first
        for step in steps + [Step(name: sinkName, options: "")] {
            let next = try add(step)
            try FilterGraph.check(avfilter_link(last, 0, next, 0))
            last = next
        }
        source = first
        sink = last
        try FilterGraph.check(avfilter_graph_config(graph, nil))
    }

    deinit {
        var owned: UnsafeMutablePointer<AVFilterGraph>? = graph
        avfilter_graph_free(&owned)
    }

    /// Puts in a picture, which the chain takes over, or with nil says that none will follow.
    func push(_ handle: FrameHandle?) throws(FFmpegStatus) {
        try FilterGraph.check(av_buffersrc_add_frame(source, handle?.frame))
    }

    /// The next picture that is ready, its time in `timeBase`; nil when the chain wants more, or has ended.
    func pull() throws(FFmpegStatus) -> FrameHandle? {
        guard let handle = try? FrameHandle() else { throw .noMemory }
        let status = FFmpegStatus(rawValue: av_buffersink_get_frame(sink, handle.frame))
        if status == .again || status == .endOfFile { return nil }
        try FilterGraph.check(status.rawValue)
        return handle
    }

    /// The unit of the times that come out.
    var timeBase: Rational { Rational(av_buffersink_get_time_base(sink)) }

    private func add(_ step: Step) throws(FFmpegStatus) -> UnsafeMutablePointer<AVFilterContext>? {
        guard let filter = avfilter_get_by_name(step.name) else { throw .filterNotFound }
        var context: UnsafeMutablePointer<AVFilterContext>?
        try FilterGraph.check(avfilter_graph_create_filter(&context, filter, step.name, step.options, nil, graph))
        return context
    }

    private static func check(_ status: Int32) throws(FFmpegStatus) {
        if status < 0 { throw FFmpegStatus(rawValue: status) }
    }
}
