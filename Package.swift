// swift-tools-version: 6.0
import PackageDescription

/// Every Swift target: language mode 6, imports internal unless a signature says otherwise, `any` spelled out.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
]

/// A Swift target of the house; arrows between targets go down only (Docs/Architecture.md).
func room(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: house)
}

/// The tests of one room, in `Tests/<room>Tests`; `exclude` names folders of expected values, read by path.
func tests(of name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.byName(name: name), "UplumaTestSupport"] + dependencies,
        exclude: exclude,
        swiftSettings: house)
}

let package = Package(
    name: "Upluma",
    products: [
        .library(name: "Upluma", targets: ["Upluma"]),
        .executable(name: "upluma", targets: ["UplumaTool"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.1.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.0.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CFFmpeg",
            pkgConfig: "libavfilter",
            providers: [
                .apt(["libavformat-dev", "libavcodec-dev", "libavutil-dev", "libswscale-dev", "libavfilter-dev"])
            ]),
        .target(name: "CFFmpegSupport", dependencies: ["CFFmpeg"]),
        .target(name: "CUplumaKernels"),
        .target(name: "COneDNN", linkerSettings: [.linkedLibrary("dnnl")]),
        room("UplumaFrames"),
        room("UplumaKernels", ["CUplumaKernels", "UplumaFrames"]),
        room("UplumaResampling", ["UplumaKernels", "UplumaFrames"]),
        room("UplumaTensors", ["COneDNN", "UplumaKernels"]),
        room("UplumaQuality", ["UplumaResampling", "UplumaFrames"]),
        room(
            "UplumaNetworks", ["UplumaTensors", "UplumaKernels", "UplumaResampling", "UplumaFrames"],
            resources: [.copy("Resources")]),
        room("UplumaPipeline", [.product(name: "DequeModule", package: "swift-collections")]),
        room("UplumaMedia", ["CFFmpeg", "CFFmpegSupport", "UplumaFrames"]),
        room(
            "Upluma",
            [
                "UplumaFrames", "UplumaKernels", "UplumaResampling", "UplumaQuality", "UplumaNetworks",
                "UplumaPipeline", "UplumaMedia", .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .executableTarget(
            name: "UplumaTool",
            dependencies: ["Upluma", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: house),
        .executableTarget(name: "SampleClip", path: "Samples/SampleClip", swiftSettings: house),
        .executableTarget(
            name: "MinimalUpscale", dependencies: ["Upluma"], path: "Samples/MinimalUpscale", swiftSettings: house),
        room("UplumaTestSupport", ["UplumaFrames"]),
        tests(of: "UplumaFrames"),
        tests(of: "UplumaKernels", ["UplumaFrames"]),
        tests(of: "UplumaResampling", ["UplumaFrames", "UplumaKernels"], exclude: ["Goldens"]),
        tests(of: "UplumaQuality", ["UplumaFrames", "UplumaResampling"], exclude: ["Goldens"]),
        tests(of: "UplumaTensors", ["UplumaKernels"], exclude: ["Goldens"]),
        tests(
            of: "UplumaNetworks", ["UplumaTensors", "UplumaFrames", "UplumaKernels", "UplumaResampling"],
            exclude: ["Goldens"]),
        tests(of: "UplumaPipeline"),
        tests(of: "UplumaMedia", ["CFFmpeg", "UplumaFrames"]),
        tests(of: "Upluma", ["UplumaFrames", "UplumaMedia", "UplumaNetworks", "UplumaQuality", "UplumaResampling"]),
        .testTarget(
            name: "CommandLineTests", dependencies: ["UplumaTool", "UplumaTestSupport"], exclude: ["Goldens"],
            swiftSettings: house),
    ],
    cLanguageStandard: .c11
)
